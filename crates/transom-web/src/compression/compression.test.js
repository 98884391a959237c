// CompressionStream and DecompressionStream.

import { CompressionStream, DecompressionStream } from "transom:internal/compression/compression_stream";
import { TextDecoder } from "transom:internal/encoding/text_decoder";
import { TextEncoder } from "transom:internal/encoding/text_encoder";
import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const FORMATS = ["deflate", "deflate-raw", "gzip", "brotli"];
const bytesOf = (stream) => new Response(stream).bytes();
const streamOf = (...chunks) => ReadableStream.from(chunks);
const pack = (format, ...chunks) => bytesOf(streamOf(...chunks).pipeThrough(new CompressionStream(format)));
const unpack = (format, ...chunks) => bytesOf(streamOf(...chunks).pipeThrough(new DecompressionStream(format)));
const data = new Uint8Array(200_000).map((_, index) => (index * index) % 251);

test("what was compressed is decompressed", async () => {
  for (const format of FORMATS) {
    const packed = await pack(format, data.subarray(0, 10), data.subarray(10).slice().buffer);
    assert(packed.length < data.length);
    assertEquals((await unpack(format, packed)).toBase64(), data.toBase64());
    const parts = [packed.slice(0, 1), packed.slice(1, 100), packed.slice(100)];
    assertEquals((await unpack(format, ...parts)).toBase64(), data.toBase64());
    assertEquals((await unpack(format, await pack(format))).length, 0);
  }
});

test("bytes that others compressed are read", async () => {
  const hello = "H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==";
  assertEquals(await new Response(streamOf(Uint8Array.fromBase64(hello)).pipeThrough(new DecompressionStream("gzip"))).text(), "hello");
  assertEquals(await new Response(streamOf(Uint8Array.fromBase64("eJzLSM3JyQcABiwCFQ==")).pipeThrough(new DecompressionStream("deflate"))).text(), "hello");
});

test("data that is broken, incomplete or too long is a TypeError", async () => {
  for (const format of FORMATS) {
    const packed = await pack(format, data);
    await assertRejects(unpack(format, packed.slice(0, -1)), TypeError);
    await assertRejects(unpack(format, packed, new Uint8Array(1)), TypeError);
    await assertRejects(unpack(format, new Uint8Array(20).fill(255)), TypeError);
    await assertRejects(unpack(format), TypeError);
  }
  const changed = await pack("gzip", data);
  changed[changed.length - 6] ^= 1;
  await assertRejects(unpack("gzip", changed), TypeError);
});

test("chunks must be bytes, and formats known", async () => {
  for (const chunk of ["text", 1, null, {}, [1]]) {
    await assertRejects(pack("gzip", chunk), TypeError);
    await assertRejects(unpack("gzip", chunk), TypeError);
  }
  assertThrows(() => new CompressionStream("zip"), TypeError);
  assertThrows(() => new DecompressionStream(), TypeError);
  assertThrows(() => CompressionStream("gzip"), TypeError);
});

test("a bomb is unpacked no faster than it is read", async () => {
  const bomb = await pack("gzip", new Uint8Array(50_000_000));
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const written = writer.write(bomb);
  const reader = readable.getReader();
  const first = await reader.read();
  assert(first.value.length <= 65536);
  let isWritten = false;
  written.then(() => (isWritten = true), () => (isWritten = true));
  await Promise.resolve();
  assert(!isWritten);
  await reader.cancel();
});

test("an abort does not wait for a reader", async () => {
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const written = writer.write(await pack("gzip", new Uint8Array(1_000_000)));
  const reader = readable.getReader();
  await reader.read();
  await writer.abort(new RangeError("stop"));
  await Promise.allSettled([written]);
  await assertRejects(reader.read(), RangeError);
});

test("cancelling in the middle ends both sides", async () => {
  const { readable, writable } = new CompressionStream("gzip");
  const writer = writable.getWriter();
  writer.write(data).catch(() => {});
  await readable.cancel("enough");
  await assertRejects(writer.write(data), undefined);
});

test("a chunk is written when what it unpacks to has been handed over", async () => {
  const { readable, writable } = new DecompressionStream("gzip");
  const written = writable.getWriter().write(await pack("gzip", new TextEncoder().encode("hello")));
  const { value } = await readable.getReader().read();
  assertEquals(new TextDecoder().decode(value), "hello");
  await written;
});
