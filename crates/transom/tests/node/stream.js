// What node:stream and its kin print; the output of Node 22 is in stream.txt (see scripts/record-node-output.sh).

import Stream, {
  Readable,
  Writable,
  Duplex,
  Transform,
  PassThrough,
  pipeline,
  finished,
  compose,
  addAbortSignal,
  promises,
  isReadable,
  isErrored,
  duplexPair,
  isDisturbed,
  getDefaultHighWaterMark,
} from "node:stream";
import { pipeline as pp, finished as fp } from "node:stream/promises";
import * as consumers from "node:stream/consumers";
import { StringDecoder } from "node:string_decoder";
import { Buffer } from "node:buffer";
import { S, log, T, wait, H, watch } from "./shared/printing.js";

console.log(
  Object.keys(Stream).sort().join(),
  Object.keys(Readable.prototype).join(),
  Object.keys(Writable.prototype).join(),
  Object.keys(Duplex.prototype).join(),
  Object.keys(Transform.prototype).join(),
);
console.log(Object.getOwnPropertyNames(Readable.prototype).sort().join());
console.log(Object.getOwnPropertyNames(Writable.prototype).sort().join());
H("readable flow");
{
  const r = new Readable({ read() {} });
  watch(r, "r!readable");
  r.push("a");
  r.push("b");
  r.push(null);
  await wait();
  log(r.readableEnded, r.destroyed, r.closed, r.readableAborted, r.readableDidRead);
}
H("readable paused");
{
  let n = 0;
  const r = new Readable({
    highWaterMark: 3,
    read(s) {
      log("_read", s);
      n < 4 ? this.push("x" + n++) : this.push(null);
    },
  });
  r.on("readable", () => {
    let c;
    while ((c = r.read()) !== null) log("got", c);
  });
  r.on("end", () => log("end"));
  r.on("close", () => log("close"));
  await wait();
}
H("read n");
{
  const r = new Readable({ read() {} });
  r.push("abcdef");
  log(r.read(2), r.read(10), r.readableLength);
  r.push(null);
  log(r.read(10));
  r.on("end", () => log("end"));
  log(r.read());
  await wait();
}
H("setEncoding");
{
  const r = new Readable({ read() {} });
  r.setEncoding("utf8");
  watch(r, "e");
  const b = Buffer.from("h€llo");
  r.push(b.subarray(0, 2));
  r.push(b.subarray(2));
  r.push(null);
  await wait();
}
H("objectMode");
{
  const r = Readable.from([1, 2, 3]);
  watch(r, "o!readable");
  await wait();
  log(Readable.from("abc").readableHighWaterMark, r.readableObjectMode);
}
H("push after eof");
{
  const r = new Readable({ read() {} });
  watch(r, "p!readable");
  r.push(null);
  r.push("x");
  await wait();
}
H("no read");
{
  const r = new Readable();
  watch(r, "n!readable");
  r.read();
  await wait();
}
H("writable");
{
  const w = new Writable({
    highWaterMark: 3,
    write(c, e, cb) {
      log("w", c, e);
      setTimeout(cb, 1);
    },
    final(cb) {
      log("final");
      cb();
    },
  });
  watch(w, "w");
  log(
    w.write("ab", () => log("cb1")),
    w.write("cd", () => log("cb2")),
    w.writableNeedDrain,
    w.writableLength,
  );
  w.end("zz", () => log("endcb"));
  await wait(20);
  log(w.writableFinished, w.writableEnded, w.destroyed, w.closed);
}
H("writable sync");
{
  const w = new Writable({
    write(c, e, cb) {
      log("w", c);
      cb();
    },
  });
  watch(w, "w");
  w.write("a");
  w.write("b", () => log("cb b"));
  w.end();
  await wait();
}
H("writev/cork");
{
  const w = new Writable({
    writev(cs, cb) {
      log(
        "wv",
        cs.map((c) => c.chunk.toString()),
        cs.allBuffers,
      );
      cb();
    },
  });
  watch(w, "w");
  w.cork();
  w.write("a");
  w.write("b");
  log(w.writableCorked);
  w.uncork();
  w.write("c");
  w.end();
  await wait();
}
H("write errs");
{
  const w = new Writable({
    write(c, e, cb) {
      cb(new Error("bad"));
    },
  });
  watch(w, "w");
  w.write("a", (e) => log("cb", e));
  w.write("b", (e) => log("cb2", e));
  await wait();
  w.write("c", (e) => log("cb3", e));
  T(() => w.write(null));
  T(() => new Writable({ write() {} }).write({}));
  T(() => new Writable({ write() {} }).write("a", "nope"));
  w.end((e) => log("end", e));
  await wait();
}
H("write after end");
{
  const w = new Writable({
    write(c, e, cb) {
      cb();
    },
  });
  watch(w, "w");
  w.end();
  w.write("x", (e) => log("cb", e));
  await wait();
  w.end((e) => log("e2", e));
  await wait();
}
H("destroy");
{
  const w = new Writable({
    write(c, e, cb) {},
    destroy(e, cb) {
      log("_destroy", e);
      cb(e);
    },
  });
  watch(w, "w");
  w.write("a", (e) => log("cb", e));
  w.write("b", (e) => log("cbb", e));
  w.destroy(new Error("D"), (e) => log("dcb", e));
  w.destroy();
  await wait();
  log(w.errored, w.writableAborted);
}
H("construct");
{
  const d = new Duplex({
    construct(cb) {
      log("construct");
      setTimeout(cb, 1);
    },
    read() {
      log("read");
      this.push("x");
      this.push(null);
    },
    write(c, e, cb) {
      log("w", c);
      cb();
    },
    final(cb) {
      log("final");
      cb();
    },
  });
  watch(d, "d!readable");
  d.write("1");
  d.end("2");
  await wait(15);
}
H("construct err");
{
  const d = new Writable({
    construct(cb) {
      cb(new Error("C"));
    },
    write() {},
  });
  watch(d, "d");
  d.write("1", (e) => log("cb", e));
  await wait(15);
}
H("transform");
{
  const t = new Transform({
    transform(c, e, cb) {
      this.push(c.toString().toUpperCase());
      cb(null, "!");
    },
    flush(cb) {
      this.push("end");
      cb();
    },
  });
  watch(t, "t!readable");
  t.write("a");
  t.write("b");
  t.end();
  await wait();
}
H("transform err");
{
  const t = new Transform({
    transform(c, e, cb) {
      cb(new Error("T"));
    },
  });
  watch(t, "t!readable");
  t.write("a");
  await wait();
}
H("pipe");
{
  const r = new Readable({ read() {} });
  const w = new Writable({
    highWaterMark: 2,
    write(c, e, cb) {
      log("w", c);
      setTimeout(cb, 1);
    },
  });
  watch(r, "r!readable!data");
  watch(w, "w");
  r.pipe(w);
  r.push("abc");
  r.push("def");
  r.push(null);
  await wait(20);
}
H("unpipe");
{
  const r = new Readable({ read() {} });
  const w = watch(new PassThrough(), "w!readable!data");
  const w2 = new PassThrough();
  r.pipe(w);
  r.pipe(w2);
  log(r._readableState.pipes.length);
  r.unpipe(w);
  log(r.readableFlowing);
  r.unpipe();
  log(r.readableFlowing);
  await wait();
}
H("pipe err");
{
  const r = new Readable({ read() {} });
  const w = new Writable({
    write(c, e, cb) {
      cb(new Error("we"));
    },
  });
  watch(w, "w");
  r.pipe(w);
  r.push("x");
  await wait();
  log(r.destroyed, r.readableFlowing);
}
H("half open");
{
  const d = new Duplex({
    allowHalfOpen: false,
    read() {
      this.push(null);
    },
    write(c, e, cb) {
      cb();
    },
  });
  watch(d, "d!readable");
  await wait();
}
H("pipeline cb");
{
  pipeline(
    Readable.from(["a", "b"]),
    new PassThrough({ objectMode: true }),
    async function* (src) {
      for await (const c of src) yield c + "1";
    },
    new Writable({
      objectMode: true,
      write(c, e, cb) {
        log("w", c);
        cb();
      },
    }),
    (e) => log("done", e ?? "ok"),
  );
  await wait(20);
}
H("pipeline err");
{
  const r = new Readable({
    read() {
      this.destroy(new Error("src"));
    },
  });
  const w = watch(new PassThrough(), "w!readable");
  pipeline(r, w, (e) => log("done", e));
  await wait();
  log(w.destroyed);
}
H("pipeline premature");
{
  const r = new Readable({ read() {} });
  const w = new PassThrough();
  pipeline(r, w, (e) => log("done", e));
  r.destroy();
  await wait();
}
H("pipeline promise");
{
  log(
    await pp(Readable.from(["x", "y"]), async (src) => {
      let s = "";
      for await (const c of src) s += c;
      return s;
    }),
  );
  const ac = new AbortController();
  const p = pp(new Readable({ read() {} }), new PassThrough(), { signal: ac.signal });
  ac.abort();
  await p.catch((e) => log(e, e.cause?.name));
  await pp([Readable.from(["q"]), new PassThrough().resume()]);
  T(() => pipeline(() => {}));
}
