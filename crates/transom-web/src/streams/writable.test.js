// WritableStream: writing, back-pressure, closing, aborting.

import { WritableStream, WritableStreamDefaultWriter } from "transom:internal/streams/writable";
import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const turns = async (count = 5) => {
  for (let i = 0; i < count; i++) await undefined;
};

test("writes reach the sink one after the other", async () => {
  const log = [];
  let release;
  const writer = new WritableStream({
    write(chunk) {
      log.push(chunk);
      return new Promise((resolve) => (release = resolve));
    },
    close: () => void log.push("close"),
  }, { highWaterMark: 3 }).getWriter();
  const first = writer.write("a");
  writer.write("b");
  await turns();
  assertEquals(log, ["a"]);
  release();
  await first;
  await turns();
  assertEquals(log, ["a", "b"]);
  const closed = writer.close();
  release();
  await closed;
  assertEquals(log, ["a", "b", "close"]);
  await writer.closed;
});

test("ready follows the desired size", async () => {
  let release;
  const writer = new WritableStream({ write: () => new Promise((resolve) => (release = resolve)) }).getWriter();
  assertEquals(writer.desiredSize, 1);
  const before = writer.ready;
  writer.write(1);
  assertEquals(writer.desiredSize, 0);
  assert(writer.ready !== before);
  let ready = false;
  writer.ready.then(() => (ready = true));
  await turns();
  assert(!ready);
  release();
  await writer.ready;
  assertEquals(writer.desiredSize, 1);
});

test("a failed write errors the stream", async () => {
  const failure = new Error("failure");
  const writer = new WritableStream({ write: () => Promise.reject(failure) }).getWriter();
  await assertRejects(writer.write(1), failure);
  await assertRejects(writer.closed, failure);
  await assertRejects(writer.ready, failure);
  await assertRejects(writer.write(2), failure);
  assertEquals(writer.desiredSize, null);
});

test("abort waits for the write in flight, rejects the others and reaches the sink", async () => {
  const log = [];
  let release;
  let signal;
  const writer = new WritableStream({
    start: (controller) => void ({ signal } = controller),
    write: () => new Promise((resolve) => (release = resolve)),
    abort: (reason) => void log.push(reason),
  }).getWriter();
  await turns();
  const inFlight = writer.write(1);
  const queued = writer.write(2);
  const aborted = writer.abort("stop");
  assertEquals([signal.aborted, signal.reason, log], [true, "stop", []]);
  release();
  await inFlight;
  const reason = await queued.then(undefined, (thrown) => thrown);
  assertEquals(reason, "stop");
  await aborted;
  assertEquals(log, ["stop"]);
});

test("a controller's signal made after the abort is aborted already", async () => {
  let controller;
  const stream = new WritableStream({ start: (given) => void (controller = given) });
  await stream.abort("late");
  assertEquals([controller.signal.aborted, controller.signal.reason], [true, "late"]);
});

test("closing twice, writing after close, closing when locked", async () => {
  const stream = new WritableStream();
  const writer = stream.getWriter();
  await assertRejects(stream.close(), TypeError);
  await assertRejects(stream.abort(), TypeError);
  assertThrows(() => stream.getWriter(), TypeError);
  const closed = writer.close();
  await assertRejects(writer.close(), TypeError);
  await assertRejects(writer.write(1), TypeError);
  await closed;
  assertEquals(writer.desiredSize, 0);
});

test("a released writer is of no use", async () => {
  const stream = new WritableStream();
  const writer = stream.getWriter();
  writer.releaseLock();
  assert(!stream.locked);
  assertThrows(() => writer.desiredSize, TypeError);
  await assertRejects(writer.write(1), TypeError);
  await assertRejects(writer.closed, TypeError);
  await assertRejects(writer.ready, TypeError);
  await new WritableStreamDefaultWriter(stream).close();
});

test("controller.error fails writes to come", async () => {
  let controller;
  const stream = new WritableStream({ start: (given) => void (controller = given) });
  await turns();
  controller.error("broken");
  controller.error("ignored");
  assertEquals(await stream.getWriter().closed.then(undefined, (reason) => reason), "broken");
});

test("sinks are checked", () => {
  assertThrows(() => new WritableStream({ type: "bytes" }), RangeError);
  assertThrows(() => new WritableStream({ write: 1 }), TypeError);
  assertThrows(() => new WritableStream(null), TypeError);
  assertThrows(() => new WritableStream({}, { highWaterMark: NaN }), RangeError);
});
