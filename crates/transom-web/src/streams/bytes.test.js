// Streams of bytes: BYOB readers, requests, automatic allocation, tee.

import { ReadableStream } from "transom:internal/streams/readable";
import { ReadableByteStreamController } from "transom:internal/streams/readable_byte_controller";
import { ReadableStreamBYOBReader } from "transom:internal/streams/readers";
import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const bytes = (...list) => new Uint8Array(list);

function source(...chunks) {
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

test("enqueue takes the buffer over, and a default reader gets it", async () => {
  const chunk = bytes(1, 2, 3);
  const reader = source(chunk).getReader();
  assertEquals(chunk.byteLength, 0);
  assertEquals(await reader.read(), { value: bytes(1, 2, 3), done: false });
  assertEquals((await reader.read()).done, true);
});

test("a BYOB reader is filled from several chunks and keeps the rest", async () => {
  const reader = source(bytes(1, 2), bytes(3, 4, 5)).getReader({ mode: "byob" });
  assert(reader instanceof ReadableStreamBYOBReader);
  const view = new Uint8Array(4);
  assertEquals(await reader.read(view), { value: bytes(1, 2, 3, 4), done: false });
  assertEquals(view.byteLength, 0);
  assertEquals((await reader.read(new Uint8Array(8))).value, bytes(5));
  const end = await reader.read(new Uint8Array(8));
  assertEquals([end.done, end.value.byteLength, end.value.buffer.byteLength], [true, 0, 8]);
});

test("elements larger than a byte are filled whole", async () => {
  const reader = source(bytes(1, 0, 2), bytes(0, 3, 0)).getReader({ mode: "byob" });
  assertEquals((await reader.read(new Uint16Array(2))).value, new Uint16Array([1, 2]));
  assertEquals((await reader.read(new DataView(new ArrayBuffer(2)))).value.getUint16(0, true), 3);
  await assertRejects(source(bytes(1)).getReader({ mode: "byob" }).read(new Uint16Array(1)), TypeError);
});

test("`min` waits for that many elements", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (given) => void (controller = given) });
  const reader = stream.getReader({ mode: "byob" });
  let done = false;
  const read = reader.read(new Uint8Array(4), { min: 3 }).then((result) => ((done = true), result));
  controller.enqueue(bytes(1, 2));
  for (let i = 0; i < 5; i++) await undefined;
  assert(!done);
  controller.enqueue(bytes(3, 4, 5));
  assertEquals((await read).value, bytes(1, 2, 3, 4));
  await assertRejects(reader.read(new Uint8Array(1), { min: 0 }), TypeError);
  await assertRejects(reader.read(new Uint8Array(1), { min: 2 }), RangeError);
  await assertRejects(reader.read(new Uint8Array(0)), TypeError);
  await assertRejects(reader.read(), TypeError);
});

test("a source can fill the reader's own buffer", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      assert(controller instanceof ReadableByteStreamController);
      const request = controller.byobRequest;
      assertEquals(controller.byobRequest, request);
      request.view[0] = 7;
      request.respond(1);
      assertEquals(request.view, null);
      assertThrows(() => request.respond(1), TypeError);
    },
  });
  const reader = stream.getReader({ mode: "byob" });
  const { value } = await reader.read(new Uint8Array(4));
  assertEquals([value.length, value[0], value.buffer.byteLength], [1, 7, 4]);
});

test("respondWithNewView must show the same region", async () => {
  const errors = [];
  const stream = new ReadableStream({
    type: "bytes",
    pull({ byobRequest }) {
      const { buffer, byteOffset } = byobRequest.view;
      for (const wrong of [new Uint8Array(buffer, 1, 1), new Uint8Array(9), new Uint8Array(buffer, 0, 0)]) {
        try {
          byobRequest.respondWithNewView(wrong);
        } catch (error) {
          errors.push(error.name);
        }
      }
      byobRequest.respondWithNewView(new Uint8Array(buffer.transfer(), byteOffset, 2));
    },
  });
  const { value } = await stream.getReader({ mode: "byob" }).read(new Uint8Array(4));
  assertEquals([value.length, errors], [2, ["RangeError", "RangeError", "TypeError"]]);
});

test("autoAllocateChunkSize gives default readers a request", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: 16,
    pull(controller) {
      assertEquals(controller.byobRequest.view.byteLength, 16);
      controller.byobRequest.view.set([1, 2]);
      controller.byobRequest.respond(2);
    },
  });
  assertEquals((await stream.getReader().read()).value, bytes(1, 2));
  assertThrows(() => new ReadableStream({ type: "bytes", autoAllocateChunkSize: 0 }), TypeError);
});

test("closing and cancelling with a read that waits", async () => {
  let controller;
  const start = (given) => void (controller = given);
  const closing = new ReadableStream({ type: "bytes", start }).getReader({ mode: "byob" });
  const read = closing.read(new Uint8Array(3));
  controller.close();
  controller.byobRequest.respond(0);
  assertEquals(await read, { value: new Uint8Array(0), done: true });
  const canceling = new ReadableStream({ type: "bytes", start }).getReader({ mode: "byob" });
  const lost = canceling.read(new Uint8Array(3));
  await canceling.cancel();
  assertEquals(await lost, { value: undefined, done: true });
});

test("a read of a released reader leaves its bytes in the stream", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (given) => void (controller = given) });
  const first = stream.getReader({ mode: "byob" });
  const lost = first.read(new Uint8Array(3));
  const { byobRequest } = controller;
  byobRequest.view[0] = 1;
  first.releaseLock();
  await assertRejects(lost, TypeError);
  byobRequest.respond(1);
  assertEquals((await stream.getReader().read()).value, bytes(1));
});

test("wrong chunks and wrong streams", async () => {
  let controller;
  new ReadableStream({ type: "bytes", start: (given) => void (controller = given) });
  assertThrows(() => controller.enqueue("text"), TypeError);
  assertThrows(() => controller.enqueue(new Uint8Array(0)), TypeError);
  assertThrows(() => new ReadableStream().getReader({ mode: "byob" }), TypeError);
  assertThrows(() => new ReadableStream({ type: "bytes" }, { size: () => 1 }), RangeError);
  assertEquals(controller.desiredSize, 0);
});

test("tee of bytes: chunks are copies, and BYOB reads work on both branches", async () => {
  const [left, right] = source(bytes(1, 2, 3), bytes(4)).tee();
  const byob = left.getReader({ mode: "byob" });
  const plain = right.getReader();
  const first = await byob.read(new Uint8Array(2));
  assertEquals(first.value, bytes(1, 2));
  first.value[0] = 99;
  let rest = [];
  for (;;) {
    const { value, done } = await plain.read();
    if (done) break;
    rest = [...rest, ...value];
  }
  assertEquals(rest, [1, 2, 3, 4]);
  assertEquals((await byob.read(new Uint8Array(9))).value, bytes(3, 4));
  assertEquals((await byob.read(new Uint8Array(9))).done, true);
});

test("an error of the source reaches BYOB reads of both branches", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (c) => void (controller = c) });
  const readers = stream.tee().map((branch) => branch.getReader({ mode: "byob" }));
  const reads = readers.map((reader) => reader.read(new Uint8Array(1)));
  const reason = new Error("boo");
  controller.error(reason);
  for (const read of reads) await assertRejects(read, reason);
});
