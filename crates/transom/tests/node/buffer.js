// What node:buffer and its kin print; the output of Node 22 is in buffer.txt (see scripts/record-node-output.sh).

import buffer, { Buffer, transcode, isUtf8, isAscii, constants, kMaxLength, Blob, File, SlowBuffer } from "node:buffer";
import util from "node:util";
const S = (x) =>
  x instanceof Error
    ? `${x.name}|${x.code}|${x.message}`
    : x instanceof Uint8Array
      ? (Buffer.isBuffer(x) ? "B:" : "U:") + Buffer.from(x).toString("hex")
      : typeof x === "bigint"
        ? x + "n"
        : typeof x === "string"
          ? JSON.stringify(x)
          : typeof x === "object" && x !== null
            ? JSON.stringify(x)
            : String(x);
const log = (...a) => console.log(...a.map(S));
const T = (...fs) =>
  fs.forEach((f) => {
    try {
      log(f());
    } catch (e) {
      log(e);
    }
  });
console.log(Object.keys(buffer).sort().join());
console.log(Object.getOwnPropertyNames(Buffer).sort().join());
console.log(Object.getOwnPropertyNames(Buffer.prototype).sort().join());
for (const e of ["utf8", "utf-8", "UCS2", "utf16le", "latin1", "binary", "ascii", "base64", "base64url", "hex"]) {
  const b = Buffer.from("aé€😀\u0080Zg==", "utf8");
  log(
    e,
    b.toString(e),
    Buffer.from("48656c6c6fYQ_-=", e),
    Buffer.byteLength("héllo€==", e),
    Buffer.from("h€\ud800x", e),
  );
}
T(
  () => Buffer.from(5),
  () => Buffer.from(null),
  () => Buffer.from(undefined),
  () => Buffer.from({}),
  () => Buffer.from(true),
  () => Buffer.from(Symbol()),
  () => Buffer.from("a", "nope"),
  () => Buffer.from([1, 256, -1, "3", 1.5]),
  () => Buffer.from({ length: 2, 0: 1, 1: 2 }),
  () => Buffer.from(new String("str")),
  () => Buffer.from({ type: "Buffer", data: [1, 2] }),
  () => Buffer.from(new Uint16Array([1, 256])),
  () => Buffer.from(new ArrayBuffer(4), 1, 2),
  () => Buffer.from(new ArrayBuffer(4), 5),
  () => Buffer.from(new ArrayBuffer(4), 1, 9),
  () =>
    Buffer.from({
      [Symbol.toPrimitive]() {
        return "prim";
      },
    }),
  () => Buffer.from(() => 1),
  () =>
    Buffer.from({
      valueOf() {
        return "vo";
      },
    }),
);
T(
  () => Buffer.alloc(3, "ab"),
  () => Buffer.alloc(-1),
  () => Buffer.alloc("5"),
  () => Buffer.alloc(4, "YQ==", "base64"),
  () => Buffer.alloc(3, 1),
  () => Buffer.alloc(3, Buffer.from([1, 2])),
  () => Buffer.alloc(2, ""),
  () => Buffer.alloc(NaN),
  () => Buffer.allocUnsafe(2).length,
  () => Buffer.alloc(2 ** 54),
  () => Buffer.alloc(3, "zz", "hex"),
);
T(
  () => Buffer.concat([Buffer.from("ab"), new Uint8Array([1])]),
  () => Buffer.concat([Buffer.from("ab")], 1),
  () => Buffer.concat([Buffer.from("ab")], 4),
  () => Buffer.concat("x"),
  () => Buffer.concat(["x"]),
  () => Buffer.concat([], 5),
  () => Buffer.concat([Buffer.from("a")], -1),
  () => Buffer.concat([Buffer.from("a")], "1"),
);
T(
  () => Buffer.compare(Buffer.from("a"), Buffer.from("b")),
  () => Buffer.compare("a", Buffer.from("b")),
  () => Buffer.from("abc").compare(Buffer.from("xabc"), 1),
  () => Buffer.from("abc").compare(Buffer.from("b"), 0, 1, 1, 2),
  () => Buffer.from("abc").compare(Buffer.from("b"), 0, 5),
  () => Buffer.from("abc").compare("x"),
  () => Buffer.from("a").equals(new Uint8Array([97])),
  () => Buffer.from("a").equals("a"),
  () => Buffer.from("abc").compare(Buffer.from("b"), -1),
);
const b = Buffer.from("abcabcabc€");
T(
  () => b.indexOf("bc"),
  () => b.indexOf("bc", 2),
  () => b.indexOf("bc", -4),
  () => b.lastIndexOf("bc"),
  () => b.lastIndexOf("bc", 5),
  () => b.lastIndexOf("bc", -100),
  () => b.indexOf(99),
  () => b.indexOf(99.5),
  () => b.indexOf(""),
  () => b.indexOf("", 100),
  () => b.lastIndexOf(""),
  () => b.indexOf(Buffer.from("ca")),
  () => b.indexOf({}),
  () => b.includes("€"),
  () => b.indexOf("YmM=", "base64"),
  () => b.indexOf("6263", 0, "hex"),
  () => b.indexOf("x", "nope"),
  () => Buffer.from("abab", "utf16le").indexOf("b", "utf16le"),
  () => Buffer.from("abab", "utf16le").lastIndexOf("a", "utf16le"),
  () => b.lastIndexOf(97, 3),
  () => b.lastIndexOf(97, -20),
  () => b.indexOf("abc", undefined),
  () => b.lastIndexOf("abc", null),
  () => b.lastIndexOf("abc", undefined),
  () => b.indexOf("" + b, 1),
);
T(
  () => b.slice(1, -1).length,
  () => b.subarray(-3).toString(),
  () => b.toString("utf8", 1, 3),
  () => b.toString("utf8", -1, 2),
  () => b.toString("hex", 50),
  () => b.toString("x"),
  () => b.toString(null),
  () => b.toString(undefined, "1", "3"),
  () => b.toJSON().data.length,
  () => b.toString("latin1", 9),
  () => b.toString("ascii", 9),
  () => b.latin1Slice(0, 3),
  () => b.utf8Slice(1, 3),
  () => b.hexSlice(),
);
const w = () => Buffer.alloc(6);
T(
  () => {
    const x = w();
    return [x.write("abc"), x] + "";
  },
  () => {
    const x = w();
    x.write("héllo€", 1);
    return x;
  },
  () => {
    const x = w();
    x.write("abc", 2, 2);
    return x;
  },
  () => {
    const x = w();
    x.write("616263", "hex");
    return x;
  },
  () => {
    const x = w();
    x.write("abc", 1, "latin1");
    return x;
  },
  () => w().write("a", 7),
  () => w().write("a", 0, 9),
  () => w().write(5),
  () => {
    const x = w();
    return x.write("€€€", 0);
  },
  () => {
    const x = w();
    x.write("ab", 1, 4, "utf16le");
    return x;
  },
  () => w().write("a", -1),
  () => w().write("a", "nope"),
  () => w().write("a", 1.5),
  () => {
    const x = w();
    return x.write("€", 4);
  },
);
T(
  () => w().fill("ab", 1, 4),
  () => w().fill(257),
  () => w().fill("é"),
  () => w().fill("61", "hex"),
  () => w().fill("a", 7),
  () => w().fill("a", 0, 9),
  () => w().fill(Buffer.alloc(0)),
  () => w().fill(""),
  () => w().fill("zz", "hex"),
  () => w().fill("a", "nope"),
  () => w().fill(true),
  () => w().fill("a", -1),
  () => w().fill("a", 0, 3, 5),
  () => w().fill(1, 2, 1),
);
T(
  () => {
    const t = w();
    return [b.copy(t, 1, 2, 4), t] + "";
  },
  () => b.copy(w(), -1),
  () => b.copy(w(), 0, 50),
  () => b.copy(w(), 0, 0, -1),
  () => b.copy("x"),
  () => b.copy(w(), 10),
  () => b.copy(new Uint16Array(2)),
);
const n = Buffer.from([0x80, 1, 2, 3, 4, 5, 6, 0xff, 0x7f, 0x80]);
for (const m of [
  "UInt8",
  "Int8",
  "UInt16LE",
  "UInt16BE",
  "Int16LE",
  "Int16BE",
  "UInt32LE",
  "UInt32BE",
  "Int32LE",
  "Int32BE",
  "FloatLE",
  "FloatBE",
  "DoubleLE",
  "DoubleBE",
  "BigUInt64LE",
  "BigUInt64BE",
  "BigInt64LE",
  "BigInt64BE",
]) {
  T(
    () => n["read" + m](),
    () => n["read" + m](1),
    () => n["read" + m](9),
    () => n["read" + m](-1),
    () => n["read" + m](1.5),
    () => n["read" + m]("1"),
    () => {
      const x = Buffer.alloc(9);
      x["write" + m](m.startsWith("Big") ? 5n : 5.7, 1);
      return x;
    },
    () => {
      const x = Buffer.alloc(9);
      x["write" + m](m.startsWith("Big") ? -5n : -5.7);
      return x;
    },
    () => Buffer.alloc(9)["write" + m](m.startsWith("Big") ? 2n ** 65n : 2 ** 40),
    () => Buffer.alloc(1)["write" + m](m.startsWith("Big") ? 1n : 1, 1),
    () => {
      const x = Buffer.alloc(9);
      x["write" + m](m.startsWith("Big") ? 1n : NaN);
      return x;
    },
    () => Buffer.alloc(0)["read" + m](),
    () => m.startsWith("Big") || Buffer.alloc(9)["write" + m]("12", 1),
  );
}
for (const m of ["UIntLE", "UIntBE", "IntLE", "IntBE"])
  for (const k of [1, 2, 3, 4, 5, 6])
    T(
      () => n["read" + m](0, k),
      () => n["read" + m](4, k),
      () => {
        const x = Buffer.alloc(7);
        x["write" + m](m[0] === "I" ? -2 : 2 ** (8 * k) - 2, 1, k);
        return x;
      },
      () => Buffer.alloc(7)["write" + m](2 ** (8 * k) + 1, 0, k),
      () => n["read" + m](8, k),
    );
T(
  () => n.readUIntLE(0, 7),
  () => n.readUIntLE(0, 0),
  () => n.readUIntLE(0),
  () => n.readUIntLE(),
  () => n.readUIntLE(0, 1.5),
  () => n.readUIntLE("0", 1),
  () => n.writeUIntLE(1, 0, 7),
  () => n.readUint8 === n.readUInt8,
);
T(
  () => Buffer.from("abcd").swap16(),
  () => Buffer.from("abcd").swap32(),
  () => Buffer.from("abcdefgh").swap64(),
  () => Buffer.from("abc").swap16(),
  () => Buffer.from("abc").swap64(),
);
T(
  () => transcode(Buffer.from("€é"), "utf8", "latin1"),
  () => transcode(Buffer.from("é"), "utf8", "utf16le"),
  () => transcode(Buffer.from("a"), "utf8", "hex"),
  () => transcode("a", "utf8", "latin1"),
  () => isUtf8(Buffer.from([0xff])),
  () => isAscii(Buffer.from("é")),
  () => isUtf8("x"),
  () => constants,
  () => kMaxLength,
  () => new File(["a"], "n").name,
  () => Buffer.isEncoding("UTF-8"),
  () => Buffer.isEncoding(5),
  () => Buffer.isBuffer(new Uint8Array(1)),
  () => Buffer.of(1, 2, 300),
  () => Buffer.copyBytesFrom(new Uint16Array([1, 2, 3]), 1, 1),
  () => Buffer.copyBytesFrom([1]),
  () => Buffer.byteLength({}),
  () => Buffer.byteLength(new ArrayBuffer(3)),
  () => Buffer.byteLength("YWI=", "base64"),
  () => new Buffer(3),
  () => Buffer("ab"),
  () => b.buffer === b.parent,
  () => buffer.resolveObjectURL("blob:x"),
);
for (const v of [
  Buffer.from("abc"),
  Buffer.alloc(60),
  Object.assign(Buffer.from("x"), { k: 1, z: "q" }),
  Buffer.alloc(0),
  { b: Buffer.from("hi") },
])
  console.log(util.inspect(v));
class MyB extends Buffer.from("").constructor {}
console.log(
  Buffer.from("abc").map((x) => x + 1) instanceof Buffer,
  Buffer.from("abc").filter(Boolean) instanceof Buffer,
  [...Buffer.from("ab").entries()].join(),
  Buffer.from("ab") + "",
  Buffer.name,
  Buffer.length,
  Buffer.from("a").constructor === Buffer,
  Object.prototype.toString.call(Buffer.from("")),
);
