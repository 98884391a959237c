// More of what node:stream prints: ends, iterators, operators, web streams; the output of Node 22 is in stream_more.txt.

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

H("finished");
{
  const r = new Readable({ read() {} });
  finished(r, (e) => log("fin", e));
  r.destroy();
  const w = new Writable({
    write(c, e, cb) {
      cb();
    },
  });
  const p = fp(w);
  w.end();
  await p;
  log("fp ok");
  await fp(r).catch((e) => log(e));
  const p3 = fp(new PassThrough().destroy(new Error("dd")));
  await p3.catch((e) => log(e));
  T(() => finished({}, () => {}));
  T(() => finished(r));
}
H("async iter");
{
  for await (const c of Readable.from(["a", Promise.resolve("b")])) log(c);
  const r = Readable.from([1, 2, 3]);
  for await (const c of r) {
    log(c);
    break;
  }
  log(r.destroyed);
  const r2 = Readable.from([1, 2, 3]);
  for await (const c of r2.iterator({ destroyOnReturn: false })) {
    log(c);
    break;
  }
  log(r2.destroyed);
  const r3 = new Readable({ read() {} });
  setTimeout(() => r3.destroy(new Error("it")), 1);
  try {
    for await (const c of r3);
  } catch (e) {
    log(e);
  }
  const r4 = new Readable({ read() {} });
  setTimeout(() => r4.destroy(), 1);
  try {
    for await (const c of r4);
    log("done");
  } catch (e) {
    log(e);
  }
}
H("operators");
{
  const R = () => Readable.from([1, 2, 3, 4]);
  log(
    await R()
      .map((x) => x * 2)
      .toArray(),
    await R()
      .filter((x) => x % 2)
      .toArray(),
    await R().reduce((a, b) => a + b),
    await R().reduce((a, b) => a + b, 10),
    await R().some((x) => x > 3),
    await R().every((x) => x > 3),
    await R().find((x) => x > 2),
    await R().take(2).toArray(),
    await R().drop(2).toArray(),
    await R()
      .flatMap((x) => [x, x])
      .toArray(),
    await R()
      .map(
        async (x) => {
          await wait(5 - x);
          return x;
        },
        { concurrency: 4 },
      )
      .toArray(),
  );
  await R().forEach((x) => log(x));
  await Readable.from([])
    .reduce((a, b) => a)
    .catch((e) => log(e));
  T(() => R().map(1));
  await R()
    .map(() => {
      throw new Error("m");
    })
    .toArray()
    .catch((e) => log(e));
  T(() => R().take(-1));
}
H("abort signal");
{
  const ac = new AbortController();
  const r = addAbortSignal(ac.signal, new Readable({ read() {} }));
  r.on("error", (e) => log(e));
  ac.abort();
  await wait();
  const w = new Writable({ signal: ac.signal, write() {} });
  w.on("error", (e) => log("w", e));
  await wait();
  T(() => addAbortSignal({}, r));
  T(() => addAbortSignal(ac.signal, {}));
}
H("compose");
{
  const c = compose(
    new Transform({
      objectMode: true,
      transform(c, e, cb) {
        cb(null, c + "1");
      },
    }),
    async function* (s) {
      for await (const x of s) yield x + "2";
    },
  );
  c.end("a");
  log(await c.toArray());
  const c2 = compose(async function* (s) {
    for await (const x of s) yield String(x).toUpperCase();
  });
  c2.write("q");
  c2.end();
  log(await c2.toArray());
  log(
    await Readable.from(["z"])
      .compose(async function* (s) {
        for await (const x of s) yield x + x;
      })
      .toArray(),
  );
  T(() => compose());
}
H("duplex from");
{
  log(await Duplex.from(["a", "b"]).toArray());
  const d = Duplex.from(async function* (s) {
    for await (const c of s) yield "[" + c + "]";
  });
  d.end("x");
  log(await d.toArray());
  log(await Duplex.from(Promise.resolve("pr")).toArray());
  T(() => Duplex.from(5));
  const dd = Duplex.from({
    readable: Readable.from(["r"]),
    writable: new Writable({
      objectMode: true,
      write(c, e, cb) {
        log("dw", c);
        cb();
      },
    }),
  });
  dd.end("ww");
  log(await dd.toArray());
  log(await Duplex.from(new Blob(["blob"])).toArray());
}
H("web");
{
  const ws = Readable.toWeb(Readable.from(["a", "b"]));
  const rd = ws.getReader();
  log(await rd.read(), await rd.read(), await rd.read());
  log(
    await Readable.fromWeb(
      new ReadableStream({
        start(c) {
          c.enqueue("x");
          c.enqueue("y");
          c.close();
        },
      }),
      { encoding: "utf8" },
    ).toArray(),
  );
  const out = [];
  const w = Writable.fromWeb(
    new WritableStream({
      write(c) {
        out.push(Buffer.from(c).toString());
      },
    }),
  );
  w.write("1");
  w.end("2");
  await fp(w);
  log(out);
  const w2 = Writable.toWeb(
    new Writable({
      write(c, e, cb) {
        log("tw", c);
        cb();
      },
    }),
  );
  const wr = w2.getWriter();
  await wr.write(Buffer.from("k"));
  await wr.close();
  const { readable, writable } = Duplex.toWeb(new PassThrough());
  const wtr = writable.getWriter();
  wtr.write(Buffer.from("pt"));
  wtr.close();
  log(await consumers.text(readable));
  const df = Duplex.fromWeb(new TransformStream());
  df.end("tt");
  df.setEncoding("utf8");
  log(await df.toArray());
  const er = Readable.toWeb(
    new Readable({
      read() {
        this.destroy(new Error("x"));
      },
    }),
  );
  await er
    .getReader()
    .read()
    .catch((e) => log(e));
  finished(
    new ReadableStream({
      start(c) {
        c.error(new Error("we"));
      },
    }),
    (e) => log("fw", e),
  );
  await wait();
  log(isErrored(er), isReadable(new ReadableStream()), isDisturbed(ws));
  await pp(
    new ReadableStream({
      start(c) {
        c.enqueue("pipe");
        c.close();
      },
    }),
    new TransformStream({
      transform(c, k) {
        k.enqueue(c + "!");
      },
    }),
    async (s) => {
      for await (const c of s) log(c);
    },
  );
}
H("consumers");
{
  log(
    await consumers.text(Readable.from(["a", "b"])),
    await consumers.json(Readable.from(['{"a":', "1}"])),
    await consumers.buffer(Readable.from([Buffer.from("q")])),
    (await consumers.arrayBuffer(Readable.from(["xyz"]))).byteLength,
    (await consumers.blob(Readable.from(["xyz"]))).size,
  );
}
H("misc");
{
  log(getDefaultHighWaterMark(false), getDefaultHighWaterMark(true));
  T(() => new Readable({ highWaterMark: -1 }));
  T(() => new Readable({ highWaterMark: 1.5 }));
  T(() => new Duplex({ readableHighWaterMark: "a" }));
  log(
    new Duplex() instanceof Writable,
    new Readable() instanceof Writable,
    Writable.prototype instanceof Stream,
    Object.keys(new Readable()),
    Object.keys(new Writable()),
  );
  const [a, b] = duplexPair();
  a.end("hey");
  b.setEncoding("utf8");
  log(await b.toArray());
  const r = new Readable({ read() {} });
  r.unshift("u");
  r.push("v");
  r.unshift("t");
  r.push(null);
  log(await consumers.text(r));
  class My extends Readable {
    _read() {
      this.push("m");
      this.push(null);
    }
  }
  log(await consumers.text(new My()));
  function OldT() {
    Transform.call(this);
  }
  OldT.prototype = Object.create(Transform.prototype);
  OldT.prototype._transform = function (c, e, cb) {
    cb(null, c);
  };
  const ot = new OldT();
  ot.end("old");
  log(await consumers.text(ot));
  const m = new Stream();
  log(m instanceof Stream, typeof m.pipe);
  const rr = new Readable({ read() {} });
  rr.resume();
  await wait();
  log(rr.isPaused(), rr.readableFlowing);
  rr.pause();
  log(rr.isPaused());
  rr.push("p1");
  rr.on("data", (c) => log("d", c));
  await wait();
  log(rr.isPaused());
  rr.resume();
  await wait();
  rr.push("p2");
  await wait();
  rr.removeAllListeners("data");
  log(rr.readableFlowing);
}
H("wrap");
{
  const old = new Stream();
  const r = new Readable().wrap(old);
  r.on("data", (c) => log(c));
  r.on("end", () => log("end"));
  old.emit("data", Buffer.from("o"));
  old.emit("end");
  await wait();
}
H("decoder");
{
  const d = new StringDecoder("utf8");
  const b = Buffer.from("a€😀z");
  let s = "";
  for (const x of b) s += d.write(Buffer.from([x])) + "|";
  log(s + d.end());
  const d2 = new StringDecoder("utf8");
  log(
    d2.write(Buffer.from([0xe2, 0x82])),
    d2.lastNeed,
    d2.lastTotal,
    d2.end(),
    d2.write(Buffer.from([0xf0, 0x9f, 0x41])),
    d2.write(Buffer.from([0xc3])),
    d2.end(Buffer.from([0x28])),
  );
  const d3 = new StringDecoder("base64");
  log(d3.write(Buffer.from("ab")), d3.write(Buffer.from("cd")), d3.end());
  const d4 = new StringDecoder("utf16le");
  log(d4.write(Buffer.from([0x61])), d4.write(Buffer.from([0, 0x62])), d4.end(Buffer.from([0])));
  T(() => new StringDecoder("x"));
  T(() => d.write(1));
  const d5 = new StringDecoder("hex");
  log(
    d5.write(Buffer.from("hi")),
    d5.encoding,
    new StringDecoder("UTF-8").encoding,
    new StringDecoder("binary").encoding,
  );
}
H("order");
{
  const w = new Writable({
    write(c, e, cb) {
      process.nextTick(cb);
    },
  });
  watch(w, "w");
  for (let i = 0; i < 3; i++) w.write("k" + i, () => log("cb" + i));
  w.end(() => log("end cb"));
  await wait();
  const t = new PassThrough({ highWaterMark: 2 });
  watch(t, "t!readable!data");
  for (let i = 0; i < 3; i++) log(t.write("12"));
  t.resume();
  t.end();
  await wait();
}
H("autoDestroy false");
{
  const w = new Writable({
    autoDestroy: false,
    emitClose: false,
    write(c, e, cb) {
      cb(new Error("z"));
    },
  });
  watch(w, "w");
  w.write("a");
  await wait();
  log(w.destroyed);
}
H("final err");
{
  const w = new Writable({
    write(c, e, cb) {
      cb();
    },
    final(cb) {
      cb(new Error("F"));
    },
  });
  watch(w, "w");
  w.end((e) => log("ecb", e));
  await wait();
  const w2 = new Writable({
    write(c, e, cb) {
      cb();
      cb();
    },
  });
  watch(w2, "w2");
  w2.write("a");
  await wait();
}
H("errored readable");
{
  const r = new Readable({
    read() {
      throw new Error("thrown");
    },
  });
  watch(r, "r!readable");
  await wait();
  const r2 = new Readable({ objectMode: true, read() {} });
  r2.on("error", (e) => log(e));
  r2.push(undefined);
  r2.push(1);
  log(r2.readableLength);
  const r3 = new Readable({ read() {} });
  r3.on("error", (e) => log(e));
  r3.push(5);
  await wait();
}
