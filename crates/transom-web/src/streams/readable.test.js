// ReadableStream of values: reading, cancelling, iterating, teeing.

import { ByteLengthQueuingStrategy, CountQueuingStrategy } from "transom:internal/streams/queuing_strategy";
import { ReadableStream } from "transom:internal/streams/readable";
import { ReadableStreamDefaultController } from "transom:internal/streams/readable_default_controller";
import { ReadableStreamDefaultReader } from "transom:internal/streams/readers";
import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const turns = async (count = 5) => {
  for (let i = 0; i < count; i++) await undefined;
};

function counting(to, log = []) {
  let next = 1;
  return new ReadableStream({
    pull(controller) {
      log.push(`pull ${next}`);
      controller.enqueue(next++);
      if (next > to) controller.close();
    },
    cancel(reason) {
      log.push(`cancel ${reason}`);
    },
  });
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test("chunks are read in order, then the stream is done", async () => {
  const reader = counting(2).getReader();
  assertEquals(await reader.read(), { value: 1, done: false });
  assertEquals(await reader.read(), { value: 2, done: false });
  assertEquals(await reader.read(), { value: undefined, done: true });
  await reader.closed;
});

test("start gets a controller, and pull is called as the high water mark asks", async () => {
  const log = [];
  let controller;
  new ReadableStream({
    start(given) {
      controller = given;
      log.push(given instanceof ReadableStreamDefaultController, given.desiredSize);
    },
    pull(given) {
      log.push(given === controller);
      given.enqueue(0);
    },
  }, new CountQueuingStrategy({ highWaterMark: 2 }));
  await turns();
  assertEquals(log, [true, 2, true, true]);
  assertEquals(controller.desiredSize, 0);
});

test("reads that wait are answered in order", async () => {
  let controller;
  const reader = new ReadableStream({ start: (given) => void (controller = given) }).getReader();
  const reads = [reader.read(), reader.read(), reader.read()];
  controller.enqueue("a");
  controller.enqueue("b");
  controller.close();
  assertEquals((await Promise.all(reads)).map(({ value, done }) => `${value} ${done}`), ["a false", "b false", "undefined true"]);
  assertThrows(() => controller.enqueue("c"), TypeError);
  assertThrows(() => controller.close(), TypeError);
});

test("an error empties the queue and rejects everything", async () => {
  let controller;
  const stream = new ReadableStream({ start: (given) => void (controller = given) });
  controller.enqueue(1);
  const failure = new Error("failure");
  controller.error(failure);
  controller.error(new Error("ignored"));
  const reader = stream.getReader();
  await assertRejects(reader.read(), failure);
  await assertRejects(reader.closed, failure);
  await assertRejects(reader.cancel(), failure);
  assertEquals(controller.desiredSize, null);
});

test("a pull that throws or rejects errors the stream", async () => {
  const failure = new Error("failure");
  await assertRejects(new ReadableStream({ pull() { throw failure; } }).getReader().read(), failure);
  await assertRejects(new ReadableStream({ pull: () => Promise.reject(failure) }).getReader().read(), failure);
  assertThrows(() => new ReadableStream({ start() { throw failure; } }), failure);
});

test("a slow pull is not called again before it is over", async () => {
  let pulls = 0;
  let release;
  const reader = new ReadableStream({
    pull(controller) {
      pulls++;
      controller.enqueue(pulls);
      return new Promise((resolve) => (release = resolve));
    },
  }, { highWaterMark: 0 }).getReader();
  reader.read();
  await turns();
  const second = reader.read();
  await turns();
  assertEquals(pulls, 1);
  release();
  assertEquals((await second).value, 2);
});

test("cancel reaches the source once and closes the stream", async () => {
  const log = [];
  const stream = counting(5, log);
  await turns();
  assertEquals(await stream.cancel("enough"), undefined);
  assertEquals(log, ["pull 1", "cancel enough"]);
  assertEquals(await stream.getReader().read(), { value: undefined, done: true });
  const failure = new Error("failure");
  await assertRejects(new ReadableStream({ cancel() { throw failure; } }).cancel(), failure);
});

test("a locked stream refuses what needs it", async () => {
  const stream = counting(3);
  const reader = stream.getReader();
  assert(stream.locked);
  assertThrows(() => stream.getReader(), TypeError);
  assertThrows(() => stream.tee(), TypeError);
  assertThrows(() => new ReadableStreamDefaultReader(stream), TypeError);
  await assertRejects(stream.cancel(), TypeError);
  reader.releaseLock();
  assert(!stream.locked);
  await assertRejects(reader.read(), TypeError);
  await assertRejects(reader.closed, TypeError);
  await assertRejects(reader.cancel(), TypeError);
});

test("releasing a reader rejects its reads and leaves the chunks for the next", async () => {
  let controller;
  const stream = new ReadableStream({ start: (given) => void (controller = given) });
  const first = stream.getReader();
  const waiting = first.read();
  first.releaseLock();
  await assertRejects(waiting, TypeError);
  controller.enqueue("kept");
  assertEquals((await stream.getReader().read()).value, "kept");
});

test("sizes come from the strategy and must be sane", async () => {
  let controller;
  new ReadableStream({ start: (given) => void (controller = given) }, new ByteLengthQueuingStrategy({ highWaterMark: 10 }));
  controller.enqueue(new Uint8Array(4));
  assertEquals(controller.desiredSize, 6);
  new ReadableStream({ start: (given) => void (controller = given) }, { size: () => -1 });
  assertThrows(() => controller.enqueue(1), RangeError);
  assertEquals(controller.desiredSize, null);
  assertThrows(() => new ReadableStream({}, { highWaterMark: -1 }), RangeError);
  assertThrows(() => new ReadableStream({}, { size: 1 }), TypeError);
  assertThrows(() => new ReadableStream(null), TypeError);
  assertThrows(() => new ReadableStream({ type: "other" }), TypeError);
});

test("async iteration reads to the end and releases the lock", async () => {
  const stream = counting(3);
  assertEquals(await collect(stream), [1, 2, 3]);
  assert(!stream.locked);
});

test("leaving the loop cancels unless told otherwise", async () => {
  const log = [];
  for await (const chunk of counting(5, log)) if (chunk === 2) break;
  assertEquals(log.at(-1), "cancel undefined");
  const kept = counting(5);
  for await (const chunk of kept.values({ preventCancel: true })) if (chunk === 2) break;
  assertEquals(await collect(kept), [3, 4, 5]);
});

test("calls of next line up", async () => {
  const iterator = counting(2)[Symbol.asyncIterator]();
  const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
  assertEquals(results.map((result) => result.value), [1, 2, undefined, undefined]);
  assertEquals(await iterator.return("x"), { value: "x", done: true });
  assertEquals(ReadableStream.prototype.values, ReadableStream.prototype[Symbol.asyncIterator]);
  await assertRejects(Object.getPrototypeOf(iterator).next.call({}), TypeError);
});

test("tee gives both branches every chunk, and cancels with both reasons", async () => {
  const [left, right] = counting(3).tee();
  assertEquals(await Promise.all([collect(left), collect(right)]), [[1, 2, 3], [1, 2, 3]]);
  let reasons;
  const [first, second] = new ReadableStream({ cancel: (reason) => void (reasons = reason) }).tee();
  const canceled = first.cancel(1);
  await turns();
  assertEquals(reasons, undefined);
  await Promise.all([canceled, second.cancel(2)]);
  assertEquals(reasons, [1, 2]);
});

test("an error reaches both branches of a tee", async () => {
  let controller;
  const [left, right] = new ReadableStream({ start: (given) => void (controller = given) }).tee();
  const failure = new Error("failure");
  controller.error(failure);
  await assertRejects(left.getReader().read(), failure);
  await assertRejects(right.getReader().read(), failure);
});

test("ReadableStream.from takes asynchronous and synchronous iterables", async () => {
  async function* generate() {
    yield "a";
    yield "b";
  }
  assertEquals(await collect(ReadableStream.from(generate())), ["a", "b"]);
  assertEquals(await collect(ReadableStream.from([1, Promise.resolve(2)])), [1, 2]);
  assertEquals(await collect(ReadableStream.from(new Set(["x"]))), ["x"]);
  assertThrows(() => ReadableStream.from(1), TypeError);
  assertThrows(() => ReadableStream.from({}), TypeError);
  assertThrows(() => ReadableStream.from({ [Symbol.asyncIterator]: () => 1 }), TypeError);
});

test("cancelling a stream from an iterable closes the iterator", async () => {
  let ended = "not";
  async function* generate() {
    try {
      yield 1;
      yield 2;
    } finally {
      ended = "ended";
    }
  }
  const reader = ReadableStream.from(generate()).getReader();
  await reader.read();
  await reader.cancel("x");
  assertEquals(ended, "ended");
  const failure = new Error("failure");
  await assertRejects(ReadableStream.from([Promise.reject(failure)]).getReader().read(), failure);
});

test("patched prototypes do not matter", async () => {
  const { then } = Promise.prototype;
  const { push } = Array.prototype;
  let noticed = false;
  Promise.prototype.then = function (...args) {
    noticed = true;
    return then.apply(this, args);
  };
  Array.prototype.push = () => {
    noticed = true;
  };
  Object.defineProperty(Object.prototype, "highWaterMark", { configurable: true, set: () => (noticed = true) });
  try {
    const reader = new ReadableStream({ pull: (controller) => controller.enqueue(1) }).tee()[0].getReader();
    await reader.read();
  } finally {
    Promise.prototype.then = then;
    Array.prototype.push = push;
    delete Object.prototype.highWaterMark;
  }
  assert(!noticed);
});

test("an iterator asks the source for more before its result arrives", async () => {
  let pulls = 0;
  const iterator = new ReadableStream({ pull: (controller) => controller.enqueue(pulls++) }).values();
  assertEquals(await iterator.next(), { value: 0, done: false });
  assertEquals(await iterator.return("end"), { value: "end", done: true });
  assertEquals([pulls, iterator.return.length, iterator.next.length], [2, 1, 0]);
});

test("from takes strings, which are iterable too", async () => {
  const chunks = [];
  for await (const chunk of ReadableStream.from("a\u{1f600}")) chunks.push(chunk);
  assertEquals(chunks, ["a", "\u{1f600}"]);
  for (const value of [null, undefined, 1, {}]) assertThrows(() => ReadableStream.from(value), TypeError);
});
