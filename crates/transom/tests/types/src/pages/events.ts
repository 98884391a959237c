import { Expectations } from "../expect";

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

export const GET = async (): Promise<Response> => {
  const expect = new Expectations();
  const seen: string[] = [];
  const target = new EventTarget();
  target.addEventListener("a", (event) => seen.push(event.type), { once: true, passive: true });
  target.addEventListener("a", { handleEvent: (event: Event) => void seen.push(String(event.cancelable)) });
  expect.equal(target.dispatchEvent(new CustomEvent("a", { detail: 1, cancelable: true })), true, "dispatchEvent");
  expect.equal(seen, ["a", "true"], "EventTarget");
  const shown: Event[] = [
    new ErrorEvent("e", { message: "m", lineno: 1 }), new MessageEvent("m", { data: 1 }), new CloseEvent("c", { code: 1000 }),
    new PromiseRejectionEvent("p", { promise: Promise.resolve(), reason: 1 }),
  ];
  expect.equal(shown.map((event) => event.type), ["e", "m", "c", "p"], "events");

  const controller = new AbortController();
  const any = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)]);
  any.onabort = () => seen.push("abort");
  controller.abort(new DOMException("over", "AbortError"));
  expect.equal([any.aborted, (any.reason as DOMException).name, seen.at(-1)], [true, "AbortError", "abort"], "AbortSignal.any");
  expect.equal(AbortSignal.abort("why").reason as string, "why", "AbortSignal.abort");

  const { port1, port2 } = new MessageChannel();
  const received = new Promise<unknown>((resolve) => void (port2.onmessage = (event) => resolve(event.data)));
  port1.postMessage({ a: [1] }, []);
  expect.equal(await received, { a: [1] }, "MessageChannel");
  port1.close();
  const [here, there] = [new BroadcastChannel("types"), new BroadcastChannel("types")];
  const heard = new Promise<unknown>((resolve) => there.addEventListener("message", ({ data }) => resolve(data)));
  here.postMessage("all");
  expect.equal(await heard, "all", "BroadcastChannel");
  here.close();
  there.close();

  const order: string[] = [];
  const interval = setInterval(() => order.push("never"), 60_000);
  setTimeout((text: string) => order.push(text), 0, "timer");
  queueMicrotask(() => order.push("microtask"));
  clearTimeout(setTimeout(() => order.push("cleared"), 0));
  await turn();
  clearInterval(interval);
  expect.equal(order, ["microtask", "timer"], "scheduling");

  const reported = new Promise<string>((resolve) => {
    globalThis.onerror = (message, source, line) => {
      resolve(`${String(message)} ${String(source)} ${line}`);
      return true;
    };
  });
  reportError(new RangeError("told"));
  const text = await reported;
  globalThis.onerror = null;
  expect.equal(/^Uncaught RangeError: told .*events\.ts \d+$/.test(text), true, `reportError: ${text}`);
  const rejected = new Promise<unknown>((resolve) => {
    globalThis.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      resolve(event.reason);
    }, { once: true });
  });
  void Promise.reject(new Error("nobody"));
  expect.equal(((await rejected) as Error).message, "nobody", "unhandledrejection");
  return expect.answer();
};
