// What node:events and its kin print; the output of Node 22 is in events.txt (see scripts/record-node-output.sh).

import EE, {
  once,
  on,
  EventEmitter,
  errorMonitor,
  getEventListeners,
  setMaxListeners,
  EventEmitterAsyncResource,
  addAbortListener,
  captureRejectionSymbol,
} from "node:events";
const log = (...a) => console.log(...a.map((x) => (typeof x === "string" ? x : JSON.stringify(x))));
const T = (f) => {
  try {
    const v = f();
    log(v === undefined ? "undef" : v);
  } catch (e) {
    log(e.name, e.code ?? "", e.message, String(e));
  }
};
console.log(Object.keys(EE).sort().join(), Object.keys(EE.prototype).join());
console.log(EE === EventEmitter, EE.EventEmitter === EE, EE.defaultMaxListeners);
const e = new EE();
e.on("newListener", (t, l) => log("new", String(t), l.name));
e.on("removeListener", (t, l) => log("removed", String(t), l.name));
function a(...x) {
  log("a", x);
}
function b(...x) {
  log("b", x);
}
e.on("x", a);
e.prependListener("x", b);
e.once("x", a);
e.emit("x", 1, 2);
e.emit("x");
log(e.listenerCount("x"), e.listenerCount("x", a));
e.off("x", a);
e.off("x", b);
log(e.eventNames().map(String));
log(e.rawListeners("newListener").length);
T(() => e.emit("error", new Error("boom")));
T(() => e.emit("error", { a: 1 }));
T(() => e.emit("error"));
T(() => e.on("x", 5));
T(() => e.setMaxListeners(-1));
T(() => new EE({ captureRejections: 1 }));
T(() => setMaxListeners(1, {}));
T(() => getEventListeners({}, "x"));
T(() => (EE.defaultMaxListeners = "a"));
e.on(errorMonitor, (er) => log("mon", er.message));
T(() => e.emit("error", new Error("m2")));
e.removeAllListeners();
log(e.eventNames());
const c = new EE({ captureRejections: true });
c.on("p", async () => {
  throw new Error("rej");
});
c.on("error", (er) => log("captured", er.message));
c.emit("p");
await new Promise((r) => setTimeout(r, 10));
const p = once(e, "ready");
e.emit("ready", 1, 2);
log(await p);
const p2 = once(e, "ready");
e.emit("error", new Error("x"));
await p2.catch((er) => log("once rej", er.message));
const ac = new AbortController();
const p3 = once(e, "n", { signal: ac.signal });
ac.abort();
await p3.catch((er) => log(er.name, er.code, er.message, er.cause?.name));
setTimeout(() => {
  e.emit("v", 1);
  e.emit("v", 2);
  e.emit("end");
}, 5);
for await (const v of on(e, "v", { close: ["end"] })) log("it", v);
const ac2 = new AbortController();
setTimeout(() => ac2.abort(), 5);
try {
  for await (const v of on(e, "v", { signal: ac2.signal })) log(v);
} catch (er) {
  log(er.name, er.message);
}
const et = new EventTarget();
et.addEventListener("foo", () => {});
log(getEventListeners(et, "foo").length);
const po = once(et, "foo");
et.dispatchEvent(new Event("foo"));
log((await po)[0].type);
const r = new EventEmitterAsyncResource({ name: "Q" });
r.on("z", () => log("z", r.asyncId === r.asyncResource.asyncId()));
r.emit("z");
T(() => new EventEmitterAsyncResource({}));
function Old() {
  EE.call(this);
}
Object.setPrototypeOf(Old.prototype, EE.prototype);
const o = new Old();
o.on("q", () => log("old q"));
o.emit("q");
log(Object.keys(o));
class Sub extends EE {
  [captureRejectionSymbol](err, ev, ...args) {
    log("sym", err.message, ev, args);
  }
}
const s = new Sub({ captureRejections: true });
s.on("e", async () => {
  throw new Error("s");
});
s.emit("e", 7);
await null;
await new Promise((r) => setTimeout(r, 5));
const d = addAbortListener(ac.signal, () => log("already"));
await null;
d[Symbol.dispose]?.();
const m = new EE();
m.setMaxListeners(1);
m.on("w", () => {});
m.on("w", () => {});
log(m.getMaxListeners());
log(EE.listenerCount(m, "w"), m.off("none", a) === m, e.emit("none"));
