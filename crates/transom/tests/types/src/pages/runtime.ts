import { Expectations } from "../expect";

/** `(func (export "answer") (result i32) i32.const 42)` */
const module = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 10, 1, 6, 97, 110, 115, 119, 101, 114, 0, 0, 10, 6, 1, 4,
  0, 65, 42, 11,
]);

export const GET = async (): Promise<Response> => {
  const expect = new Expectations();
  performance.clearMarks();
  const mark: PerformanceMark = performance.mark("m", { detail: { a: 1 }, startTime: 5 });
  const measure = performance.measure("n", { start: "m", end: 9 });
  expect.equal([mark.startTime, measure.duration, performance.getEntriesByName("m").length], [5, 4, 1], "performance");
  expect.equal(performance.now() > 0 && performance.timeOrigin > 0, true, "performance.now");
  const observed = new Promise<string[]>((resolve) => {
    const observer = new PerformanceObserver((list) => {
      observer.disconnect();
      resolve(list.getEntries().map(({ name }) => name));
    });
    observer.observe({ type: "mark" });
  });
  performance.mark("seen");
  expect.equal(await observed, ["seen"], "PerformanceObserver");

  const value = { date: new Date(0), map: new Map([[1, new Set(["a"])]]), big: 1n, error: new TypeError("x", { cause: 1 }) };
  const copy = structuredClone(value);
  expect.equal([copy.date.getTime(), copy.map.get(1)?.has("a"), copy.big === 1n], [0, true, true], "structuredClone");
  const buffer = new ArrayBuffer(1);
  expect.equal(structuredClone(buffer, { transfer: [buffer] }).byteLength + buffer.byteLength, 1, "transfer");
  expect.equal(new DOMException("m", "NotFoundError").code, DOMException.NOT_FOUND_ERR, "DOMException");

  const { instance } = await WebAssembly.instantiate(module);
  expect.equal((instance.exports["answer"] as () => number)(), 42, "WebAssembly.instantiate");
  const response = new Response(module, { headers: { "content-type": "application/wasm" } });
  const compiled = await WebAssembly.compileStreaming(response);
  expect.equal(WebAssembly.Module.exports(compiled).map(({ name }) => name), ["answer"], "compileStreaming");

  expect.equal(/^transom\//.test(navigator.userAgent) && navigator.hardwareConcurrency > 0, true, "navigator");
  expect.equal([navigator.onLine, navigator.languages[0] === navigator.language], [true, true], "navigator.language");

  const socket = new WebSocket("ws://127.0.0.1:1/", ["a"]);
  const closed = new Promise<number>((resolve) => void (socket.onclose = ({ code }) => resolve(code)));
  expect.equal([socket.readyState, socket.binaryType], [WebSocket.CONNECTING, "blob"], "WebSocket");
  expect.equal(await closed, 1006, "WebSocket.onclose");
  const events = new EventSource("http://127.0.0.1:1/");
  expect.equal([events.readyState, events.withCredentials], [EventSource.CONNECTING, false], "EventSource");
  events.close();

  console.assert(true);
  console.table([{ a: 1 }]);
  console.group("group");
  console.log("%s %d %o", "text", 1, value);
  console.groupEnd();
  console.time("t");
  console.timeEnd("t");
  return expect.answer();
};
