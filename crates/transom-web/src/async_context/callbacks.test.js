// The context in the callbacks of every API: each runs in the flow that gave it or that set it going, and two flows
// that do the same at the same time do not mix.

import { AsyncLocalStorage } from "transom:internal/async_context/async_local_storage";
import { EventSource } from "transom:internal/event_source/event_source";
import { EventTarget } from "transom:internal/events/event_target";
import { Event } from "transom:internal/events/event";
import { BroadcastChannel } from "transom:internal/messaging/broadcast_channel";
import { MessageChannel } from "transom:internal/messaging/message_port";
import { PerformanceObserver } from "transom:internal/performance/observer";
import { performance } from "transom:internal/performance/performance";
import { queueMicrotask } from "transom:internal/scheduling/microtask";
import { clearInterval, setInterval, setTimeout } from "transom:internal/scheduling/timers";
import { CountQueuingStrategy } from "transom:internal/streams/queuing_strategy";
import { WritableStream } from "transom:internal/streams/writable";
import { CompressionStream } from "transom:internal/compression/compression_stream";
import { WebSocket } from "transom:internal/websocket/websocket";
import { assertEquals, test } from "transom:internal/testing";

const storage = new AsyncLocalStorage();
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Each calls `seen(name)` in a callback of an API, and returns what tells that all have been called. */
const uses = {
  timers: (seen) => new Promise((resolve) => {
    setTimeout(() => seen("setTimeout"), 0);
    const id = setInterval(() => {
      clearInterval(id);
      seen("setInterval");
      setTimeout(() => resolve(seen("nested")), 0);
    }, 0);
  }),
  async promises(seen) {
    queueMicrotask(() => seen("queueMicrotask"));
    await turn();
    seen("await");
    await Promise.resolve().then(() => seen("then"));
    await Promise.reject(1).catch(() => seen("catch"));
    const thenable = { then: (resolve) => resolve(seen("thenable")) };
    await thenable;
  },
  async events(seen) {
    const target = new EventTarget();
    target.addEventListener("x", () => seen("listener"));
    target.dispatchEvent(new Event("x"));
    await new Promise((resolve) => {
      const signal = AbortSignal.timeout(1);
      signal.addEventListener("abort", () => resolve(seen("AbortSignal.timeout")));
    });
    const controller = new AbortController();
    AbortSignal.any([controller.signal]).onabort = () => seen("AbortSignal.any");
    controller.abort();
  },
  messages: (seen) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => {
      seen("MessagePort");
      port2.onclose = () => resolve(seen("close"));
      port1.close();
    };
    port1.postMessage(1);
  }),
  broadcasts: (seen, flow) => new Promise((resolve) => {
    const [here, there] = [new BroadcastChannel(flow), new BroadcastChannel(flow)];
    there.onmessage = () => {
      seen("BroadcastChannel");
      here.close();
      there.close();
      resolve();
    };
    here.postMessage(1);
  }),
  async readable(seen) {
    let pulls = 0;
    const stream = new ReadableStream({
      start: () => seen("start"),
      pull(controller) {
        seen("pull");
        if (++pulls === 3) return controller.close();
        return turn().then(() => controller.enqueue(pulls));
      },
    }, { highWaterMark: 1, size: () => (seen("size"), 1) });
    for await (const _ of stream) seen("for await");
    await new ReadableStream({ cancel: () => seen("cancel") }).cancel();
    const bytes = new ReadableStream({ type: "bytes", pull: (c) => (seen("pull of bytes"), c.enqueue(new Uint8Array(1)), c.close()) });
    await bytes.getReader({ mode: "byob" }).read(new Uint8Array(1));
    async function* chunks() {
      seen("generator");
      yield "a";
      await turn();
      yield seen("generator after a turn");
    }
    for await (const _ of ReadableStream.from(chunks()));
    const [left, right] = new ReadableStream({ pull: (c) => (seen("pull of a tee"), c.enqueue(1), c.close()) }).tee();
    await Promise.all([left.getReader().read(), right.getReader().read()]);
  },
  async writable(seen) {
    const stream = new WritableStream({
      start: () => seen("start"),
      write: () => turn().then(() => seen("write")),
      close: () => seen("close"),
    }, new CountQueuingStrategy({ highWaterMark: 3 }));
    const writer = stream.getWriter();
    await Promise.all([writer.write(1), writer.write(2), writer.close()]);
    await new WritableStream({ abort: () => seen("abort") }).abort();
  },
  async transform(seen) {
    const transform = new TransformStream({
      start: () => seen("start"),
      transform: (chunk, controller) => turn().then(() => controller.enqueue((seen("transform"), chunk))),
      flush: () => seen("flush"),
    });
    const sink = new WritableStream({ write: () => seen("end of a pipe") });
    await ReadableStream.from(["a", "b"]).pipeThrough(transform).pipeTo(sink);
    await new TransformStream({ cancel: () => seen("cancel") }).readable.cancel();
  },
  async bodies(seen) {
    await new Response(new ReadableStream({ pull: (c) => (seen("pull of a body"), c.close()) })).text();
    await new Response(new Blob(["text"])).text().then(() => seen("text"));
    await (await fetch("data:,x")).json().catch(() => seen("json"));
    await fetch("http://nowhere.test/").catch(() => seen("fetch"));
    const packed = new Response("x").body.pipeThrough(new CompressionStream("gzip"));
    await new Response(packed).bytes().then(() => seen("compression"));
  },
  async crypto(seen) {
    await crypto.subtle.digest("SHA-256", new Uint8Array(200_000)).then(() => seen("digest"));
    await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]).then(() => seen("generateKey"));
  },
  observer: (seen) => new Promise((resolve) => {
    const observer = new PerformanceObserver(() => {
      observer.disconnect();
      resolve(seen("PerformanceObserver"));
    });
    observer.observe({ type: "mark" });
    performance.mark("m");
  }),
  socket: (seen) => new Promise((resolve) => {
    const socket = new WebSocket("ws://echo.test/");
    socket.onopen = () => socket.send((seen("onopen"), "x"));
    socket.onmessage = () => socket.close((seen("onmessage"), 1000));
    socket.onclose = () => resolve(seen("onclose"));
  }),
  eventSource: (seen) => new Promise((resolve) => {
    const source = new EventSource("http://events.test/");
    source.onopen = () => seen("onopen");
    source.onmessage = () => {
      source.close();
      resolve(seen("onmessage"));
    };
  }),
};

for (const [name, use] of Object.entries(uses)) {
  test(`${name}: callbacks run in their own flow`, async () => {
    const wrong = [];
    let calls = 0;
    const flow = (value) => storage.run(value, () => use((callback) => {
      calls++;
      if (storage.getStore() !== value) wrong.push(`${callback} of ${value} ran in ${storage.getStore()}`);
    }, value));
    await Promise.all([flow("a"), flow("b")]);
    assertEquals(wrong, []);
    assertEquals([calls > 0, storage.getStore()], [true, undefined]);
  });
}
