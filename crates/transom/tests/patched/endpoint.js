// Replaces what a program can replace of the language, then uses every API. Each replacement does what the original
// does and notes that it was called: built-in code must call none of them.

const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;

// What the uses need of the language, from before it is replaced.
const OriginalBuffer = ArrayBuffer;
const OriginalPromise = Promise;
const OriginalBytes = Uint8Array;
const bytesOf = (length) => new OriginalBytes(length);

let isActive = false;
let noted = [];

function note(what) {
  if (!isActive) return;
  isActive = false;
  for (let i = 0; i < noted.length; i++) if (noted[i] === what) return void (isActive = true);
  noted[noted.length] = what;
  isActive = true;
}

/** The language itself asks these, whoever calls: which class a derived object is of. */
const asked = (key) => key === "constructor" || key === Symbol.species || key === "prototype" || key === Symbol.hasInstance;

function patch(path, object) {
  for (const key of ownKeys(object)) {
    if (asked(key)) continue;
    const descriptor = getOwnPropertyDescriptor(object, key);
    const name = `${path}.${String(key)}`;
    for (const part of ["value", "get", "set"]) {
      const original = descriptor[part];
      if (typeof original !== "function" || (part === "value" && original.prototype !== undefined)) continue;
      descriptor[part] = function (...args) {
        note(name);
        return apply(original, this, args);
      };
    }
    try {
      defineProperty(object, key, descriptor);
    } catch {
      // It cannot be replaced.
    }
  }
}

/** A name that built-in code reads or writes on its own objects must be found there, not on Object.prototype. (`then` is
 * what the language itself looks for on each result of a promise.) */
const plainNames = [
  "get", "set", "value", "done", "writable", "enumerable", "configurable", "signal", "type", "detail", "headers",
  "body", "method", "cause", "length", "next", "return", "cancel", "start", "pull", "write", "close", "abort", "transform",
  "flush", "name", "hash", "iv", "public", "usages", "id", "resolve", "reject", "promise", "kind", "stream", "used",
];

function patchAll() {
  const generator = getPrototypeOf(getPrototypeOf((function* () {})()));
  const asyncGenerator = getPrototypeOf(getPrototypeOf((async function* () {})()));
  const prototypes = {
    Array: Array.prototype, ArrayBuffer: ArrayBuffer.prototype, BigInt: BigInt.prototype, Boolean: Boolean.prototype,
    DataView: DataView.prototype, Date: Date.prototype, Error: Error.prototype, FinalizationRegistry: FinalizationRegistry.prototype,
    Function: Function.prototype, Map: Map.prototype, Number: Number.prototype, Promise: Promise.prototype,
    RegExp: RegExp.prototype, Set: Set.prototype, String: String.prototype, Symbol: Symbol.prototype,
    TypedArray: getPrototypeOf(Uint8Array.prototype), Uint8Array: Uint8Array.prototype, WeakMap: WeakMap.prototype,
    WeakRef: WeakRef.prototype, WeakSet: WeakSet.prototype, Iterator: Iterator.prototype, Generator: generator,
    AsyncGenerator: asyncGenerator, ArrayIterator: getPrototypeOf([].values()), MapIterator: getPrototypeOf(new Map().keys()),
    SetIterator: getPrototypeOf(new Set().keys()), StringIterator: getPrototypeOf(""[Symbol.iterator]()),
  };
  const functions = { Array, ArrayBuffer, BigInt, Date, Error, JSON, Map, Math, Number, Object, Promise, Reflect, String, Symbol, Uint8Array };
  const names = ["Array", "Map", "Set", "WeakMap", "Promise", "Uint8Array", "ArrayBuffer", "DataView", "Error", "TypeError", "RegExp",
    "String", "Number", "Proxy", "Symbol", "parseInt", "Date", "FinalizationRegistry"];
  for (const name in functions) patch(name, functions[name]);
  for (const name in prototypes) patch(`${name}.prototype`, prototypes[name]);
  for (const name of names) {
    const original = globalThis[name];
    defineProperty(globalThis, name, {
      __proto__: null,
      configurable: true,
      get() {
        note(`globalThis.${name}`);
        return original;
      },
    });
  }
  for (const name of plainNames) {
    defineProperty(Object.prototype, name, {
      __proto__: null,
      configurable: true,
      get() {
        note(`Object.prototype.${name}`);
        return undefined;
      },
      set(value) {
        note(`Object.prototype.${name} =`);
        defineProperty(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
      },
    });
  }
}

const wasm = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const bytes = new Uint8Array([1, 2, 3]);
const plain = (object) => ({ __proto__: null, ...object });
const gzip = Uint8Array.fromBase64("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==");
const hmac = plain({ name: "HMAC", hash: "SHA-256" });
const iterator = Symbol.iterator;

/** A sequence that is iterated by methods of its own: those of arrays are replaced, and are called for a program's arrays. */
const list = (first, second) => ({
  __proto__: null,
  [iterator]() {
    let at = 0;
    return {
      __proto__: null,
      next() {
        at++;
        if (at === 1) return { __proto__: null, done: false, value: first };
        return { __proto__: null, done: at > 2 || second === undefined, value: second };
      },
    };
  },
});
const signing = list("sign", "verify");

/** Each uses an API in a way that needs nothing of the language but operators. */
const uses = plain({
  headers() {
    const headers = new Headers(plain({ a: "1" }));
    headers.append("b", " 2 ");
    headers.set("a", "3");
    headers.delete("b");
    return headers.get("a") + headers.has("b");
  },
  async request() {
    const request = new Request("http://h/?a", plain({ method: "post", body: "text", headers: plain({ x: "y" }) }));
    return request.method + request.url + request.headers.get("content-type") + (await request.clone().text()) + (await request.text());
  },
  async response() {
    return (await Response.json(plain({ a: 1 })).json()).a + (await new Response(bytes).bytes())[1] + (await new Response("ab").blob()).size;
  },
  async formData() {
    const form = new FormData();
    form.append("a", "1");
    form.append("f", new Blob(list("x")), "name");
    const read = await new Response(form).formData();
    return read.get("a") + read.get("f").name + (await new Response("b=2", plain({ headers: plain({ "content-type": "application/x-www-form-urlencoded" }) })).formData()).get("b");
  },
  async fetch() {
    const response = await fetch("data:text/plain;charset=x,hi", plain({ integrity: "" }));
    return response.headers.get("content-type") + (await response.text());
  },
  async network(origin) {
    const response = await fetch(origin + "/echo", plain({ method: "POST", body: "sent", headers: plain({ "content-type": "a/b" }) }));
    return response.status + (await response.text());
  },
  async networkStream(origin) {
    const reader = (await fetch(origin + "/echo", plain({ method: "POST", body: "piece", headers: plain({ "content-type": "a/b" }) }))).body.getReader();
    const chunk = await reader.read();
    return chunk.value[0];
  },
  async integrity() {
    const response = await fetch("data:,hello", plain({ integrity: "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=" }));
    return await response.text();
  },
  async readable() {
    const stream = new ReadableStream(plain({ start: (controller) => (controller.enqueue("a"), controller.close()) }));
    const branches = stream.tee();
    const left = await branches[0].getReader().read();
    const right = await branches[1].getReader().read();
    return left.value + right.value;
  },
  async byteStream() {
    const stream = new ReadableStream(plain({ type: "bytes", pull: (controller) => (controller.enqueue(bytesOf(2)), controller.close()) }));
    return (await stream.getReader(plain({ mode: "byob" })).read(bytesOf(4))).value[0];
  },
  async pipe() {
    let seen = "";
    const source = new ReadableStream(plain({ start: (controller) => (controller.enqueue("a"), controller.close()) }));
    const upper = new TransformStream(plain({ transform: (chunk, controller) => controller.enqueue(chunk + "b") }));
    await source.pipeThrough(upper).pipeTo(new WritableStream(plain({ write: (chunk) => void (seen += chunk) })));
    return seen;
  },
  async textStreams() {
    return await new Response(new Response("ä").body.pipeThrough(new TextDecoderStream()).pipeThrough(new TextEncoderStream())).text();
  },
  async compression() {
    const packed = new Response("hello").body.pipeThrough(new CompressionStream("gzip"));
    return (await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).text()) +
      (await new Response(new Response(gzip).body.pipeThrough(new DecompressionStream("gzip"))).text());
  },
  url() {
    const url = new URL("/a?b=c&d=e", "http://user@h:81");
    url.searchParams.append("f", "g");
    url.searchParams.sort();
    url.pathname = "/x";
    return url.href + url.host + url.origin + url.searchParams.get("f") + new URLSearchParams("?x=1").toString() + URL.canParse("nope");
  },
  urlPattern() {
    return new URLPattern(plain({ pathname: "/:id(\\d+)" })).exec(plain({ pathname: "/7" })).pathname.groups.id;
  },
  encoding() {
    return new TextDecoder().decode(new TextEncoder().encode("ä")) + new TextDecoder("utf-16le").decode(bytes, plain({ stream: true })) + btoa(atob("aGk="));
  },
  async blob() {
    const blob = new Blob(list(bytes, new Blob(list("text", "b"))), plain({ type: "a/b" }));
    const file = new File(list(blob), "n", plain({ lastModified: 1 }));
    const url = URL.createObjectURL(file);
    const text = await (await fetch(url)).text();
    URL.revokeObjectURL(url);
    return (await file.slice(1, 4).text()) + text + file.name + file.size;
  },
  async digest() {
    return (await crypto.subtle.digest("SHA-256", bytes)) + crypto.getRandomValues(uses.target)[9] + crypto.randomUUID().length;
  },
  async keys() {
    const key = await crypto.subtle.generateKey(hmac, true, signing);
    const copy = await crypto.subtle.importKey("raw", await crypto.subtle.exportKey("raw", key), hmac, false, signing);
    return (await crypto.subtle.verify("HMAC", copy, await crypto.subtle.sign("HMAC", key, bytes), bytes)) + key.algorithm.name;
  },
  async pairs() {
    const algorithm = plain({ name: "ECDSA", namedCurve: "P-256" });
    const pair = await crypto.subtle.generateKey(algorithm, true, signing);
    const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
    const key = await crypto.subtle.importKey("spki", spki, algorithm, true, list("verify"));
    const signed = plain({ name: "ECDSA", hash: plain({ name: "SHA-256" }) });
    return await crypto.subtle.verify(signed, key, await crypto.subtle.sign(signed, pair.privateKey, bytes), bytes);
  },
  async aes() {
    const key = await crypto.subtle.generateKey(plain({ name: "AES-GCM", length: 128 }), true, list("encrypt", "decrypt"));
    const algorithm = plain({ name: "AES-GCM", iv: bytes });
    return (await crypto.subtle.decrypt(algorithm, key, await crypto.subtle.encrypt(algorithm, key, bytes))) instanceof OriginalBuffer;
  },
  events() {
    let seen = "";
    const target = new EventTarget();
    target.addEventListener("a", (event) => void (seen += event.type), plain({ once: true }));
    target.dispatchEvent(new CustomEvent("a", plain({ detail: 1 })));
    target.dispatchEvent(new Event("a"));
    return seen + new ErrorEvent("e", plain({ message: "m" })).message + new CloseEvent("c", plain({ code: 1 })).code;
  },
  abort() {
    const controller = new AbortController();
    const any = AbortSignal.any(list(controller.signal));
    let seen = "";
    any.onabort = () => void (seen += "aborted");
    controller.abort("why");
    return seen + any.reason + AbortSignal.timeout(100000).aborted;
  },
  messages: () => new OriginalPromise((resolve) => {
    const channel = new MessageChannel();
    channel.port2.onmessage = (event) => resolve(event.data.a + event.ports.length);
    channel.port1.postMessage(plain({ a: 1 }));
  }),
  broadcast: () => new OriginalPromise((resolve) => {
    const here = new BroadcastChannel("patched");
    const there = new BroadcastChannel("patched");
    there.onmessage = (event) => {
      here.close();
      there.close();
      resolve(event.data);
    };
    here.postMessage("all");
  }),
  timers: () => new OriginalPromise((resolve) => {
    clearTimeout(setTimeout(() => resolve("wrong"), 0));
    const interval = setInterval(() => (clearInterval(interval), queueMicrotask(() => resolve("ticked"))), 1);
  }),
  clone() {
    const value = plain({ list: [1, plain({ deep: bytes })], date: uses.date, map: uses.map, set: uses.set, error: uses.error, pattern: uses.pattern });
    const copy = structuredClone(value);
    return copy.list[1].deep[0] + structuredClone(copy.map === value.map) + structuredClone("s");
  },
  performance() {
    const mark = performance.mark("m", plain({ startTime: 1, detail: plain({}) }));
    return mark.startTime + performance.measure("n", plain({ start: "m", end: 3 })).duration + performance.getEntriesByName("m").length;
  },
  observer: () => new OriginalPromise((resolve) => {
    const observer = new PerformanceObserver((list) => (observer.disconnect(), resolve(list.getEntries().length)));
    observer.observe(plain({ type: "mark" }));
    performance.mark("seen");
  }),
  console() {
    console.log("%s %d %o", "text", 1, plain({ a: [1], m: uses.map, s: uses.set, d: uses.date, e: uses.error }));
    console.table([plain({ a: 1 })]);
    console.group("g");
    console.groupEnd();
    console.count();
    console.assert(true);
    console.time("t");
    console.timeEnd("t");
    return "printed";
  },
  async context() {
    return await uses.storage.run("in", async () => (await undefined, uses.storage.getStore()));
  },
  navigator: () => navigator.userAgent.length > 0,
  exceptions: () => new DOMException("m", "AbortError").code + new QuotaExceededError("m", plain({ quota: 1 })).quota,
  async webAssembly() {
    const response = new Response(wasm, plain({ headers: plain({ "content-type": "application/wasm" }) }));
    return (await WebAssembly.compileStreaming(response)) instanceof WebAssembly.Module;
  },
  socket: () => new OriginalPromise((resolve) => {
    const socket = new WebSocket("ws://127.0.0.1:1/", "a");
    socket.onclose = (event) => resolve(event.code);
  }),
  eventSource: () => new OriginalPromise((resolve) => {
    const source = new EventSource("http://127.0.0.1:1/");
    source.onerror = () => (source.close(), resolve("failed"));
  }),
});
uses.date = new Date(0);
uses.target = new Uint8Array(2);
uses.map = new Map([[1, 2]]);
uses.set = new Set([1]);
uses.error = new TypeError("m", { cause: 1 });
uses.pattern = /a/g;
uses.storage = new AsyncContext.Variable();
uses.storage = { __proto__: null, run: uses.storage.run.bind(uses.storage), getStore: uses.storage.get.bind(uses.storage) };

const names = Object.keys(uses).filter((name) => typeof uses[name] === "function");

export async function run(origin) {
  patchAll();
  const report = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    let result;
    isActive = true;
    try {
      result = await uses[name](origin);
    } catch (error) {
      isActive = false;
      result = `${error}\n${error.stack}`;
      noted[noted.length] = "an exception";
    }
    isActive = false;
    report[report.length] = { __proto__: null, name, result: `${result}`, noted };
    noted = [];
  }
  return report;
}
