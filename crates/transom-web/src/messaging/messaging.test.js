// MessageChannel, MessagePort, BroadcastChannel and MessageEvent.

import { BroadcastChannel } from "transom:internal/messaging/broadcast_channel";
import { MessageEvent } from "transom:internal/messaging/message_event";
import { MessageChannel, MessagePort } from "transom:internal/messaging/message_port";
import { setTimeout } from "transom:internal/scheduling/timers";
import { structuredClone } from "transom:internal/structured_clone/structured_clone";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

const later = () => new Promise((resolve) => setTimeout(resolve, 5));
const next = (target) => new Promise((resolve) => target.addEventListener("message", resolve, { once: true }));

test("messages arrive as copies, in order, once the port is started", async () => {
  const { port1, port2 } = new MessageChannel();
  const seen = [];
  port2.addEventListener("message", (event) => seen.push(event.data));
  const value = { a: [1] };
  port1.postMessage(value);
  port1.postMessage("second");
  await later();
  assertEquals(seen, []);
  port2.start();
  assertEquals(seen, []);
  await later();
  assertEquals(seen, [{ a: [1] }, "second"]);
  assert(seen[0] !== value);
});

test("setting onmessage starts the port", async () => {
  const { port1, port2 } = new MessageChannel();
  const received = new Promise((resolve) => (port1.onmessage = resolve));
  port2.postMessage(1);
  const event = await received;
  assert(event instanceof MessageEvent && event.target === port1 && event.isTrusted);
  assertEquals([event.data, event.origin, event.ports.length], [1, "", 0]);
});

test("buffers and ports are moved", async () => {
  const { port1, port2 } = new MessageChannel();
  const inner = new MessageChannel();
  const buffer = new ArrayBuffer(8);
  inner.port2.postMessage("waiting");
  port2.start();
  port1.postMessage({ buffer, port: inner.port1 }, [buffer, inner.port1]);
  assertEquals(buffer.byteLength, 0);
  const event = await next(port2);
  assertEquals(event.data.buffer.byteLength, 8);
  assert(event.ports[0] === event.data.port && event.data.port instanceof MessagePort);
  assert(event.data.port !== inner.port1);
  event.data.port.start();
  assertEquals((await next(event.data.port)).data, "waiting");
  assertThrows(() => port1.postMessage(1, [inner.port1]), "DataCloneError");
  assertThrows(() => port1.postMessage(1, { transfer: [port1] }), "DataCloneError");
  assertThrows(() => port1.postMessage(() => {}), "DataCloneError");
  assertThrows(() => structuredClone(port1), "DataCloneError");
  const moved = structuredClone(port1, { transfer: [port1] });
  moved.postMessage("moved");
  assertEquals((await next(port2)).data, "moved");
});

test("closing one side closes the other", async () => {
  const { port1, port2 } = new MessageChannel();
  const closed = new Promise((resolve) => (port2.onclose = resolve));
  port1.close();
  await closed;
  port2.postMessage("nobody");
});

test("a broadcast reaches the other channels of its name", async () => {
  const [a, b, c, other] = ["x", "x", "x", "y"].map((name) => new BroadcastChannel(name));
  const seen = [];
  for (const [name, channel] of Object.entries({ a, b, c, other })) channel.onmessage = ({ data }) => seen.push([name, data]);
  a.postMessage({ n: 1 });
  c.close();
  await later();
  assertEquals(seen, [["b", { n: 1 }]]);
  a.close();
  assertThrows(() => a.postMessage(1), "InvalidStateError");
  assertThrows(() => b.postMessage(Symbol()), "DataCloneError");
  assertThrows(() => new BroadcastChannel(), TypeError);
});

test("a MessageEvent has the members of its dictionary", () => {
  const event = new MessageEvent("message", { data: 1, origin: "http://a", lastEventId: "7" });
  assertEquals([event.data, event.origin, event.lastEventId, event.source, event.ports], [1, "http://a", "7", null, []]);
  assert(Object.isFrozen(event.ports));
  assertThrows(() => new MessagePort(), TypeError);
});
