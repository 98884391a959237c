// TransformStream: how its sides end one another.

import { TransformStream } from "transom:internal/streams/transform";
import { assertEquals, assertRejects, test } from "transom:internal/testing";

test("an error right after cancel ends the writable side, and cancel succeeds", async () => {
  let controller;
  const transform = new TransformStream({ start: (c) => void (controller = c) });
  const cancelled = transform.readable.cancel(new Error("not this one"));
  const reason = new Error("boo");
  controller.error(reason);
  assertEquals(await cancelled, undefined);
  await assertRejects(transform.writable.getWriter().closed, reason);
});

test("an error in an asynchronous cancel rejects it", async () => {
  let controller;
  const reason = new Error("boo");
  const transform = new TransformStream({
    start: (c) => void (controller = c),
    cancel: async () => controller.error(reason),
  });
  const cancelled = transform.readable.cancel("enough");
  const closed = transform.writable.close();
  await Promise.all([assertRejects(cancelled, reason), assertRejects(closed, reason)]);
});

test("terminating right after cancel does the same", async () => {
  let controller;
  const transform = new TransformStream({ start: (c) => void (controller = c) });
  const cancelled = transform.readable.cancel(new Error("not this one"));
  controller.terminate();
  assertEquals(await cancelled, undefined);
  await assertRejects(transform.writable.getWriter().closed, TypeError);
});

test("chunks pass through a transformer and its flush", async () => {
  const transform = new TransformStream({
    start: (controller) => controller.enqueue("start"),
    transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()),
    flush: (controller) => controller.enqueue("end"),
  });
  const writer = transform.writable.getWriter();
  writer.write("a");
  writer.write("b");
  writer.close();
  const chunks = [];
  for await (const chunk of transform.readable) chunks.push(chunk);
  assertEquals(chunks, ["start", "A", "B", "end"]);
});
