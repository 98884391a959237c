// What node:v8, readline, diagnostics_channel, async_hooks, timers, os, module, perf_hooks, process and console print; the output of Node 22 is in misc.txt (see scripts/record-node-output.sh).

import v8 from "node:v8";
import vm from "node:vm";
import readline from "node:readline";
import rlp from "node:readline/promises";
import { Readable, PassThrough } from "node:stream";
import dc from "node:diagnostics_channel";
import ah, { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import timers from "node:timers";
import tp from "node:timers/promises";
import { Console } from "node:console";
import os from "node:os";
import mod, { createRequire } from "node:module";
import perf from "node:perf_hooks";
import wt from "node:worker_threads";
import constants from "node:constants";
import util from "node:util";
const S = (x) =>
  x instanceof Error
    ? `${x.name}|${x.code}|${x.message}`
    : typeof x === "string"
      ? x
      : typeof x === "bigint"
        ? x + "n"
        : util.inspect(x, { depth: 6, breakLength: 200 });
const log = (...a) => console.log(...a.map(S));
const T = (f) => {
  try {
    log(f());
  } catch (e) {
    log(e);
  }
};
const wait = (ms = 5) => new Promise((r) => setTimeout(r, ms));
const vals = [
  1,
  -5,
  1.5,
  -0,
  NaN,
  2 ** 31,
  "héllo",
  "€uro",
  true,
  null,
  undefined,
  10n,
  -(2n ** 70n),
  { a: 1, b: [1, , 3] },
  [1, 2, 3],
  new Date(5),
  /x/gi,
  new Map([[1, { a: 2 }]]),
  new Set([1, "2"]),
  Buffer.from("abc"),
  new Uint8Array([1, 2]),
  new Float64Array([1.5]),
  Object("s"),
  Object(5),
  new TypeError("te"),
  { n: { m: { o: "deep" } } },
  [[]],
  {},
  "",
  new ArrayBuffer(3),
];
for (const v of vals) {
  const b = v8.serialize(v);
  const c = v instanceof Error ? 0 : b.toString("hex");
  const back = v8.deserialize(b);
  log(c, back instanceof Error ? back.name + back.message : back);
}
const cyc = {};
cyc.me = cyc;
const cb = v8.deserialize(v8.serialize(cyc));
log(cb.me === cb);
T(() => v8.serialize(() => 1));
T(() => v8.deserialize(Buffer.from([1])));
T(() => v8.deserialize("x"));
const r = readline.createInterface({ input: Readable.from(["a\nb", "c\r\nd\n", "e"]) });
const ls = [];
for await (const l of r) ls.push(l);
log(ls);
const pt = new PassThrough();
const out = new PassThrough();
const r2 = readline.createInterface({ input: pt, output: out, terminal: false });
r2.question("name? ", (a) => log("answer", a));
pt.write("Bob\n");
await wait();
r2.on("close", () => log("closed"));
r2.close();
log(out.read() + "");
T(() => r2.question("x", () => {}));
const pt3 = new PassThrough();
const r3 = rlp.createInterface({ input: pt3, output: new PassThrough() });
const q = r3.question("q");
pt3.write("yes\n");
log(await q);
r3.close();
const ch = dc.channel("ch");
const sub = (m, n) => log("msg", m, n);
log(ch.hasSubscribers, dc.hasSubscribers("ch"));
dc.subscribe("ch", sub);
ch.publish({ a: 1 });
log(dc.unsubscribe("ch", sub), ch.hasSubscribers, dc.channel("ch") === ch);
T(() => dc.channel(5));
const tc = dc.tracingChannel("op");
tc.subscribe({
  start: (m) => log("start", Object.keys(m)),
  end: (m) => log("end", Object.keys(m)),
  asyncStart: (m) => log("as", Object.keys(m)),
  asyncEnd: (m) => log("ae", Object.keys(m)),
  error: (m) => log("err", m.error.message),
});
log(tc.traceSync((x) => x + 1, { c: 1 }, null, 1));
T(() =>
  tc.traceSync(() => {
    throw new Error("ts");
  }, {}),
);
log(await tc.tracePromise(async () => "p", {}));
await tc
  .tracePromise(async () => {
    throw new Error("tp");
  }, {})
  .catch(() => {});
tc.traceCallback(
  (cb) => cb(null, 5),
  0,
  {},
  null,
  (e, v) => log("cb", v),
);
const als0 = new AsyncLocalStorage();
ch.bindStore(als0, (d) => d.v);
ch.runStores({ v: 7 }, () => log(als0.getStore()));
const als = new AsyncLocalStorage();
als.run({ id: 1 }, () => {
  setTimeout(() => log("timeout", als.getStore()), 1);
  setImmediate(() => log("imm", als.getStore()));
  process.nextTick(() => log("tick", als.getStore()));
  Promise.resolve().then(() => log("then", als.getStore()));
});
log(als.getStore());
await wait(10);
const res = als.run("R", () => new AsyncResource("X"));
log(
  res.runInAsyncScope(() => als.getStore()),
  typeof res.asyncId(),
  als.run("B", () => AsyncResource.bind(() => als.getStore()))(),
);
T(() => new AsyncResource());
T(() => ah.createHook({ init: 1 }));
log(
  als.exit(() => als.getStore()),
  als.run(5, () => AsyncLocalStorage.snapshot())(() => als.getStore()),
);
const t = timers.setTimeout(() => {}, 1000);
log(t.hasRef(), t.unref().hasRef(), t.ref() === t, typeof t[Symbol.toPrimitive]());
clearTimeout(t);
T(() => timers.setTimeout("x"));
T(() => setImmediate());
log(await tp.setTimeout(1, "v"), await tp.setImmediate("i"));
const acx = new AbortController();
acx.abort();
await tp.setTimeout(1, 0, { signal: acx.signal }).catch((e) => log(e));
let n = 0;
for await (const x of tp.setInterval(1, "iv")) {
  log(x);
  if (++n === 2) break;
}
log(await util.promisify(setTimeout)(1, "pv"), await util.promisify(setImmediate)("pi"));
await tp.scheduler.wait(1);
await tp.scheduler.yield();
await tp.setTimeout("x").catch((e) => log(e));
const im = setImmediate(() => log("never"));
clearImmediate(im);
await wait();
const sink = [];
const con = new Console({
  stdout: {
    write(s) {
      sink.push(s);
    },
    on() {},
    once() {},
    removeListener() {},
    listenerCount: () => 0,
  },
  ignoreErrors: false,
});
con.log("a %d", 1, { b: 2 });
con.group("g");
con.warn("in\nner");
con.groupEnd();
con.count();
con.count("x");
con.assert(false, "as %s", "q");
con.table([{ a: 1 }, { a: 2 }]);
con.dir({ a: { b: { c: {} } } }, { depth: 0 });
con.error(new Error("e").message);
console.log(sink.join("").trimEnd());
T(() => new Console({}));
T(() => Console(5));
log(
  os.EOL,
  os.platform(),
  os.type(),
  os.arch(),
  os.endianness(),
  os.devNull,
  os.constants.signals.SIGTERM,
  os.constants.errno.ENOENT,
  typeof os.cpus()[0]?.model,
  os.totalmem() > os.freemem(),
  os.hostname().length > 0,
  typeof os.homedir(),
  typeof os.tmpdir(),
  typeof os.userInfo().uid,
  os.loadavg().length,
  os.networkInterfaces().lo?.[0],
  `${os.hostname}` === os.hostname(),
  os.release() === os.release(),
  os.machine(),
);
const req = createRequire(import.meta.url);
log(
  req("path") === req("node:path"),
  req("events").name,
  mod.isBuiltin("fs"),
  mod.isBuiltin("node:test"),
  mod.isBuiltin("test"),
  mod.isBuiltin("express"),
);
T(() => createRequire("x"));
log(req.resolve("fs"), process.getBuiltinModule("util") === util);
log(
  constants.O_RDONLY,
  constants.SIGINT,
  constants.RSA_PKCS1_PADDING,
  Object.keys(constants).length,
  wt.isMainThread,
  wt.threadId,
  wt.parentPort,
);
const h = perf.createHistogram();
h.record(5);
h.record(10);
h.record(10);
log(h.count, h.min, h.max, h.mean, h.percentile(50), h.exceeds);
T(() => h.record(0));
log(
  typeof perf.performance.now(),
  perf.performance.timerify(function foo(a) {
    return a;
  })(3),
);
T(() => perf.performance.eventLoopUtilization().idle >= 0);
log(
  process.platform,
  process.version.split(".")[0],
  typeof process.pid,
  process.cwd() === process.cwd(),
  process.hrtime().length,
  typeof process.hrtime.bigint(),
  Object.keys(process.memoryUsage()),
  process.title.length > 0,
  typeof process.uptime(),
  process.release.name,
  process.exitCode,
  process.argv.length >= 1,
  process.stdout.writable,
  process.env.PATH === process.env.PATH,
  typeof process.umask(),
  process.getuid() === os.userInfo().uid,
);
process.env.FOO_X = 5;
log(process.env.FOO_X, "FOO_X" in process.env, delete process.env.FOO_X, process.env.FOO_X);
T(() => {
  process.env.A = Symbol();
});
T(() => process.nextTick(1));
T(() => process.hrtime(1));
T(() => {
  process.exitCode = "x";
});
T(() => process.emitWarning(1));
const ws = [];
process.on("warning", (w) => ws.push([w.name, w.message, w.code]));
process.emitWarning("careful", { type: "MyW", code: "C1" });
await wait();
log(ws);
log(Object.prototype.toString.call(process), process.listenerCount("warning"));
