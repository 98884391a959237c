// pipeTo, pipeThrough and TransformStream.

import { AbortController } from "transom:internal/abort/abort_controller";
import { ReadableStream } from "transom:internal/streams/readable";
import { TextDecoderStream } from "transom:internal/streams/text_decoder_stream";
import { TextEncoderStream } from "transom:internal/streams/text_encoder_stream";
import { TransformStream } from "transom:internal/streams/transform";
import { WritableStream } from "transom:internal/streams/writable";
import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const turns = async (count = 10) => {
  for (let i = 0; i < count; i++) await undefined;
};

function of(...chunks) {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function recorder(log, sink = {}, strategy = undefined) {
  return new WritableStream({
    write: (chunk) => void log.push(chunk),
    close: () => void log.push("close"),
    abort: (reason) => void log.push(`abort ${reason}`),
    ...sink,
  }, strategy);
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test("pipeTo moves everything, closes and unlocks", async () => {
  const log = [];
  const source = of(1, 2, 3);
  const sink = recorder(log);
  const piped = source.pipeTo(sink);
  assert(source.locked && sink.locked);
  assertEquals(await piped, undefined);
  assertEquals(log, [1, 2, 3, "close"]);
  assert(!source.locked && !sink.locked);
});

test("nothing is read while the destination does not want more", async () => {
  let pulls = 0;
  const source = new ReadableStream({ pull: (controller) => controller.enqueue(++pulls) }, { highWaterMark: 0 });
  let release;
  const sink = recorder([], { write: () => new Promise((resolve) => (release = resolve)) }, { highWaterMark: 2 });
  source.pipeTo(sink);
  await turns();
  assertEquals(pulls, 2);
  release();
  await turns();
  assertEquals(pulls, 3);
});

test("a chunk is not written inside the call of enqueue", async () => {
  let controller;
  let written = false;
  const source = new ReadableStream({ start: (given) => void (controller = given) });
  source.pipeTo(new WritableStream({ write: () => void (written = true) }));
  await turns();
  controller.enqueue(1);
  assert(!written);
  await turns();
  assert(written);
});

test("an error of the source aborts the destination after what was read is written", async () => {
  const log = [];
  let controller;
  const source = new ReadableStream({ start: (given) => void (controller = given) });
  const piped = source.pipeTo(recorder(log));
  await turns();
  controller.enqueue(1);
  await turns();
  controller.error("broken");
  assertEquals(await piped.then(undefined, (reason) => reason), "broken");
  assertEquals(log, [1, "abort broken"]);
});

test("an error of the destination cancels the source", async () => {
  let canceled;
  const source = new ReadableStream({
    pull: (controller) => controller.enqueue(1),
    cancel: (reason) => void (canceled = reason),
  });
  const failure = new Error("failure");
  await assertRejects(source.pipeTo(recorder([], { write: () => Promise.reject(failure) })), failure);
  assertEquals(canceled === failure, true);
});

test("the prevent options leave the other side alone", async () => {
  const log = [];
  const sink = recorder(log);
  await of(1).pipeTo(sink, { preventClose: true });
  await of(2).pipeTo(sink);
  assertEquals(log, [1, 2, "close"]);
  const failing = new ReadableStream({ start: (controller) => controller.error("broken") });
  const kept = recorder([]);
  await failing.pipeTo(kept, { preventAbort: true }).catch(() => {});
  assertEquals(kept.getWriter().desiredSize, 1);
  const source = of(1);
  const closed = new WritableStream();
  await closed.close();
  await assertRejects(source.pipeTo(closed, { preventCancel: true }), TypeError);
  assertEquals(await collect(source), [1]);
});

test("a signal aborts both sides", async () => {
  const log = [];
  const controller = new AbortController();
  const source = new ReadableStream({ cancel: (reason) => void log.push(`cancel ${reason}`) });
  const piped = source.pipeTo(recorder(log), { signal: controller.signal });
  await turns();
  controller.abort("stop");
  assertEquals(await piped.then(undefined, (reason) => reason), "stop");
  assertEquals(log, ["abort stop", "cancel stop"]);
  const late = of(1).pipeTo(recorder([]), { signal: controller.signal });
  assertEquals(await late.then(undefined, (reason) => reason), "stop");
});

test("arguments of pipeTo and pipeThrough are checked", async () => {
  await assertRejects(of().pipeTo({}), TypeError);
  await assertRejects(of().pipeTo(recorder([]), { signal: {} }), TypeError);
  await assertRejects(ReadableStream.prototype.pipeTo.call({}, recorder([])), TypeError);
  assertThrows(() => of().pipeThrough({}), TypeError);
  const locked = of();
  locked.getReader();
  await assertRejects(locked.pipeTo(recorder([])), TypeError);
  assertThrows(() => locked.pipeThrough(new TransformStream()), TypeError);
});

test("a transform changes, drops, adds and flushes chunks", async () => {
  const transform = new TransformStream({
    start: (controller) => controller.enqueue("start"),
    transform(chunk, controller) {
      if (chunk === 2) return;
      controller.enqueue(chunk * 10);
    },
    flush: (controller) => controller.enqueue("flush"),
  });
  assertEquals(await collect(of(1, 2, 3).pipeThrough(transform)), ["start", 10, 30, "flush"]);
  assertEquals(await collect(of("x").pipeThrough(new TransformStream())), ["x"]);
});

test("an asynchronous transform keeps the order", async () => {
  const transform = new TransformStream({
    async transform(chunk, controller) {
      await turns(6 - chunk);
      controller.enqueue(chunk);
    },
  });
  assertEquals(await collect(of(1, 2, 3, 4).pipeThrough(transform)), [1, 2, 3, 4]);
});

test("a transform that fails errors both sides", async () => {
  const failure = new Error("failure");
  const { readable, writable } = new TransformStream({ transform: () => { throw failure; } });
  const writer = writable.getWriter();
  const read = readable.getReader().read();
  await assertRejects(writer.write(1), failure);
  await assertRejects(read, failure);
  await assertRejects(writer.closed, failure);
});

test("writes wait for the readable side", async () => {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  let done = false;
  writer.write("a").then(() => (done = true));
  await turns();
  assert(!done);
  assertEquals((await readable.getReader().read()).value, "a");
  await turns();
  assert(done);
});

test("cancel, abort and terminate reach the transformer and the other side", async () => {
  const log = [];
  const make = () => new TransformStream({ cancel: (reason) => void log.push(reason) });
  const canceled = make();
  await canceled.readable.cancel("cancel");
  await assertRejects(canceled.writable.getWriter().write(1));
  const aborted = make();
  await aborted.writable.abort("abort");
  assertEquals(await aborted.readable.getReader().read().then(undefined, (reason) => reason), "abort");
  assertEquals(log, ["cancel", "abort"]);
  const ended = new TransformStream({ transform: (_chunk, controller) => controller.terminate() });
  const writer = ended.writable.getWriter();
  writer.write(1).catch(() => {});
  assertEquals((await ended.readable.getReader().read()).done, true);
  await assertRejects(writer.closed, TypeError);
});

test("transformers are checked", () => {
  assertThrows(() => new TransformStream({ readableType: "bytes" }), RangeError);
  assertThrows(() => new TransformStream({ writableType: "x" }), RangeError);
  assertThrows(() => new TransformStream({ flush: 1 }), TypeError);
  const failure = new Error("failure");
  assertThrows(() => new TransformStream({ start: () => { throw failure; } }), failure);
});

test("text streams join what is cut in the middle of a character", async () => {
  const encoded = await collect(of("a\ud83d", "\ude00b", "\ud800").pipeThrough(new TextEncoderStream()));
  const flat = encoded.flatMap((chunk) => [...chunk]);
  assertEquals(flat, [0x61, 0xf0, 0x9f, 0x98, 0x80, 0x62, 0xef, 0xbf, 0xbd]);
  const pieces = flat.map((byte) => new Uint8Array([byte]));
  const decoded = await collect(of(...pieces).pipeThrough(new TextDecoderStream()));
  assertEquals(decoded.join(""), "a\u{1f600}b\ufffd");
  await assertRejects(collect(of("text").pipeThrough(new TextDecoderStream())), TypeError);
  const fatal = new TextDecoderStream("utf-8", { fatal: true });
  assertEquals([fatal.encoding, fatal.fatal, fatal.ignoreBOM], ["utf-8", true, false]);
  await assertRejects(collect(of(new Uint8Array([0xff])).pipeThrough(fatal)), TypeError);
});
