// Web IDL conversions and the shape of interfaces.

import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";
import * as webidl from "transom:internal/webidl/webidl";

test("integers wrap, clamp or refuse", () => {
  assertEquals(webidl.octet(257), 1);
  assertEquals(webidl.byte(200), -56);
  assertEquals(webidl.unsignedLong(-1), 4294967295);
  assertEquals(webidl.long(2 ** 31), -(2 ** 31));
  assertEquals(webidl.long("0x10"), 16);
  assertEquals(webidl.long(NaN), 0);
  assertEquals(webidl.unsignedShort(1.5, "x", { clamp: true }), 2);
  assertEquals(webidl.unsignedShort(2.5, "x", { clamp: true }), 2);
  assertEquals(webidl.octet(1e9, "x", { clamp: true }), 255);
  assertEquals(webidl.longLong(-Infinity, "x", { clamp: true }), -Number.MAX_SAFE_INTEGER);
  assertEquals(Object.is(webidl.long(-0.5), 0), true, "there is no negative zero");
  assertThrows(() => webidl.unsignedLongLong(-1, "x", { enforceRange: true }), TypeError);
  assertThrows(() => webidl.unsignedLongLong(2 ** 53, "x", { enforceRange: true }), TypeError);
  assertThrows(() => webidl.octet(NaN, "x", { enforceRange: true }), TypeError);
  assertThrows(() => webidl.octet(1n), TypeError);
  assertThrows(() => webidl.octet(Symbol()), TypeError);
});

test("strings", () => {
  assertEquals(webidl.DOMString(null), "null");
  assertEquals(webidl.USVString("a\ud800b"), "a\ufffdb");
  assertEquals(webidl.ByteString("\u00ff"), "\u00ff");
  assertThrows(() => webidl.ByteString("\u0100"), TypeError);
  assertThrows(() => webidl.DOMString(Symbol("s")), TypeError);
});

test("floating-point values must be finite unless unrestricted", () => {
  assertEquals(webidl.double("1.5"), 1.5);
  assertThrows(() => webidl.double(Infinity), TypeError);
  assertThrows(() => webidl.float(1e300), TypeError);
  assertEquals(webidl.unrestrictedDouble(NaN), NaN);
});

test("a sequence follows the iterator of the value", () => {
  const strings = webidl.sequence(webidl.DOMString);
  assertEquals(strings([1, "b"]), ["1", "b"]);
  assertEquals(strings(new Set(["x"])), ["x"]);
  const odd = [1, 2];
  odd[Symbol.iterator] = function* () {
    yield "own";
  };
  assertEquals(strings(odd), ["own"]);
  assertThrows(() => strings({}), TypeError);
  assertThrows(() => strings("ab"), TypeError);
});

test("a record keeps the enumerable properties in order", () => {
  const convert = webidl.record(webidl.ByteString, webidl.DOMString);
  const hidden = Object.defineProperty({ b: 1, a: 2 }, "c", { value: 3 });
  assertEquals(convert(hidden), [["b", "1"], ["a", "2"]]);
  assertThrows(() => convert({ "\u0100": 1 }), TypeError);
  assertThrows(() => convert({ [Symbol("s")]: 1 }), TypeError);
});

test("a dictionary reads its members in the order of their names", () => {
  const convert = webidl.dictionary("Options", [
    { key: "b", convert: webidl.boolean, default: false },
    { key: "a", convert: webidl.long },
    { key: "r", convert: webidl.any, required: true },
  ]);
  const read = [];
  const source = new Proxy({ r: 1 }, { get: (target, key) => (read.push(key), target[key]) });
  assertEquals({ ...convert(source) }, { a: undefined, b: false, r: 1 });
  assertEquals(read, ["a", "b", "r"]);
  assertThrows(() => convert(undefined), TypeError);
  assertThrows(() => convert(1), TypeError);
});

test("an enumeration takes its values only", () => {
  const convert = webidl.enumeration("Kind", ["x", "y"]);
  assertEquals(convert({ toString: () => "y" }), "y");
  assertThrows(() => convert("z"), TypeError);
});

test("buffer sources are recognised by what they are", () => {
  const disguised = new Uint8Array(2);
  Object.setPrototypeOf(disguised, null);
  assert(webidl.isUint8Array(disguised));
  assert(!webidl.isArrayBuffer({ __proto__: ArrayBuffer.prototype }));
  assertEquals(webidl.viewByteLength(new DataView(new ArrayBuffer(5), 1)), 4);
  assertThrows(() => webidl.BufferSource(new Uint8Array(new ArrayBuffer(1, { maxByteLength: 2 }))), TypeError);
  assertEquals(webidl.bytesOf(new Uint16Array([0x0201])), new Uint8Array([1, 2]));
});

test("a copied buffer source is independent of its species", () => {
  class Sub extends Uint8Array {
    static get [Symbol.species]() {
      throw new Error("asked");
    }
  }
  const source = new Sub([1, 2]);
  const copy = webidl.copyBufferSource(source);
  source[0] = 9;
  assertEquals(copy, new Uint8Array([1, 2]));
  const detached = new Uint8Array(4);
  detached.buffer.transfer();
  assertEquals(webidl.copyBufferSource(detached).length, 0);
});

test("defineInterface gives a class the shape of an interface", () => {
  class Thing {
    get a() {
      return 1;
    }
    b() {}
    static c() {}
  }
  const global = {};
  webidl.defineInterface(global, "Thing", Thing);
  assertEquals(Object.keys(global), []);
  assertEquals(Object.keys(Thing.prototype), ["a", "b"]);
  assertEquals(Object.keys(Thing), ["c"]);
  assertEquals(String(new Thing()), "[object Thing]");
  assert(webidl.isPlatformObject(new Thing()));
});

test("pair iterators are live and have the standard chain", () => {
  class Pairs {
    list = [["a", 1]];
  }
  webidl.definePairIterable(Pairs, "Pairs", {
    count: (pairs) => {
      if (!(pairs instanceof Pairs)) throw new TypeError("Illegal invocation");
      return pairs.list.length;
    },
    key: (pairs, index) => pairs.list[index][0],
    value: (pairs, index) => pairs.list[index][1],
  });
  const pairs = new Pairs();
  const iterator = pairs[Symbol.iterator]();
  assertEquals(iterator.next(), { value: ["a", 1], done: false });
  pairs.list.push(["b", 2]);
  assertEquals(iterator.next(), { value: ["b", 2], done: false });
  assertEquals(iterator.next(), { value: undefined, done: true });
  assertEquals(Pairs.prototype[Symbol.iterator], Pairs.prototype.entries);
  assertEquals(Object.prototype.toString.call(iterator), "[object Pairs Iterator]");
  const prototype = Object.getPrototypeOf(iterator);
  assertEquals(Object.getOwnPropertyNames(prototype), ["next"]);
  assertEquals(Object.getPrototypeOf(prototype), Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
  assertThrows(() => prototype.next.call({}), TypeError);
  assertThrows(() => Pairs.prototype.keys.call({}), TypeError);
  const seen = [];
  pairs.forEach(function (value, key, whole) {
    seen.push(value, key, whole === pairs, this);
  }, 7);
  assertEquals(seen.length, 8);
  assertThrows(() => pairs.forEach(), TypeError);
});
