// What the rest of the platform does with streams: pumps, internal readers, streams of its own.

import { readableStreamInternals } from "transom:internal/streams/internals";
import { ReadableStream } from "transom:internal/streams/readable";
import { assert, assertEquals, assertRejects, test } from "transom:internal/testing";

const { createReadableStream, pumpTo, readAllChunks } = readableStreamInternals;

const turns = async (count = 5) => {
  for (let i = 0; i < count; i++) await undefined;
};

function sink(log, write = () => undefined) {
  return {
    write(chunk) {
      log.push(chunk);
      return write(chunk);
    },
    close: () => log.push("close"),
    abort: (reason) => log.push(`abort ${reason?.message ?? reason}`),
  };
}

test("queued chunks are pumped at once, later ones inside enqueue", async () => {
  const log = [];
  let controller;
  const stream = new ReadableStream({
    start(given) {
      controller = given;
      given.enqueue(1);
      given.enqueue(2);
    },
  });
  pumpTo(stream, sink(log));
  assertEquals(log, [1, 2]);
  assert(stream.locked);
  controller.enqueue(3);
  assertEquals(log, [1, 2, 3]);
  controller.close();
  assertEquals(log, [1, 2, 3, "close"]);
});

test("a pump waits for the promise of a write", async () => {
  const log = [];
  let release;
  const stream = ReadableStream.from(["a", "b"]);
  pumpTo(stream, sink(log, () => new Promise((resolve) => (release = resolve))));
  await turns();
  assertEquals(log, ["a"]);
  release(true);
  await turns();
  assertEquals(log, ["a", "b"]);
  release(true);
  await turns();
  assertEquals(log, ["a", "b", "close"]);
});

test("a write that reports false cancels the stream", async () => {
  const log = [];
  let canceled = false;
  const stream = new ReadableStream({
    pull: (controller) => controller.enqueue("x"),
    cancel: () => void (canceled = true),
  });
  pumpTo(stream, sink(log, () => Promise.resolve(false)));
  await turns();
  assertEquals([log, canceled], [["x"], true]);
});

test("an error of the stream aborts the sink, one of the sink cancels the stream", async () => {
  const log = [];
  let controller;
  pumpTo(new ReadableStream({ start: (given) => void (controller = given) }), sink(log));
  controller.error(new Error("broken"));
  assertEquals(log, ["abort broken"]);
  let reason;
  const stream = new ReadableStream({
    start: (given) => given.enqueue(1),
    cancel: (given) => void (reason = given.message),
  });
  pumpTo(stream, sink(log, () => { throw new Error("full"); }));
  assertEquals([log, reason], [["abort broken", 1, "abort full"], "full"]);
});

test("stopping a pump cancels the stream with the reason", async () => {
  let reason;
  const stream = new ReadableStream({ cancel: (given) => void (reason = given) });
  const stop = pumpTo(stream, sink([]));
  stop("gone");
  stop("again");
  assertEquals([reason, stream.locked], ["gone", false]);
});

test("all bytes of a stream as one array", async () => {
  const chunks = [new Uint8Array([1, 2]), new Uint8Array([3])];
  assertEquals(await readAllChunks(ReadableStream.from(chunks)), new Uint8Array([1, 2, 3]));
  assertEquals(await readAllChunks(ReadableStream.from([])), new Uint8Array(0));
  await assertRejects(readAllChunks(ReadableStream.from(["text"])), TypeError);
});

test("a stream of the platform pulls only when somebody reads", async () => {
  let pulls = 0;
  const stream = createReadableStream((controller) => {
    pulls++;
    if (pulls === 3) controller.close();
    else controller.enqueueOwned(new Uint8Array([pulls]));
  }, undefined, { type: "bytes" });
  await turns();
  assertEquals(pulls, 0);
  const reader = stream.getReader({ mode: "byob" });
  assertEquals((await reader.read(new Uint8Array(2))).value, new Uint8Array([1]));
  assertEquals((await reader.read(new Uint8Array(2))).value, new Uint8Array([2]));
  assertEquals((await reader.read(new Uint8Array(2))).done, true);
  assert(readableStreamInternals.isDisturbed(stream));
});

test("an internal reader answers by calls", async () => {
  const log = [];
  const stream = ReadableStream.from(["a"]);
  const reader = readableStreamInternals.acquireReader(stream);
  const request = {
    chunk: (value) => log.push(value),
    close: () => log.push("close"),
    error: (reason) => log.push(reason),
  };
  reader.readInto(request);
  await turns(10);
  reader.readInto(request);
  await turns(10);
  assertEquals(log, ["a", "close"]);
  reader.release();
  assert(!readableStreamInternals.isLocked(stream));
});
