// What node:assert and its kin print; the output of Node 22 is in assert.txt (see scripts/record-node-output.sh).

import assert, { AssertionError } from "node:assert";
import strict from "node:assert/strict";
import util from "node:util";
const T = (f) => {
  try {
    f();
    console.log("ok");
  } catch (e) {
    console.log("[" + e.name + "|" + e.code + "|" + e.operator + "|" + e.generatedMessage + "] " + e.message);
  }
};
const A = async (f) => {
  try {
    await f();
    console.log("ok");
  } catch (e) {
    console.log("[" + e.name + "|" + e.code + "|" + e.operator + "] " + e.message);
  }
};
console.log(Object.keys(assert).sort().join(), Object.keys(strict).sort().join());
const big = (n, x) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => ["k" + String(i).padStart(2, "0"), i === x ? "X" : i]));
for (const f of [
  () => assert.equal(1, 2),
  () => assert.equal("a", "b", "msg"),
  () => assert.equal({}, {}),
  () => assert.notEqual(1, 1),
  () => assert.strictEqual(1, 2),
  () => assert.strictEqual("a", "b"),
  () => assert.strictEqual("a".repeat(20), "a".repeat(15) + "b"),
  () => assert.strictEqual({ a: 1 }, { a: 1 }),
  () => assert.strictEqual([1, 2], [1, 2]),
  () => assert.strictEqual(1, "1"),
  () => assert.strictEqual(0, -0),
  () => assert.strictEqual("a\nb\nc", "a\nx\nc"),
  () => assert.strictEqual(null, undefined),
  () =>
    assert.strictEqual(
      () => 1,
      () => 1,
    ),
  () => assert.notStrictEqual(1, 1),
  () => assert.notStrictEqual("long string", "long string"),
  () => {
    const o = { a: 1 };
    assert.notStrictEqual(o, o);
  },
  () => assert.deepEqual({ a: 1 }, { a: 2 }),
  () => assert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }),
  () => assert.deepStrictEqual([1, 2, 3], [1, 2, 4]),
  () => assert.deepStrictEqual({ a: 1 }, { a: "1" }),
  () => assert.deepStrictEqual(new Map([[1, 2]]), new Map([[1, 3]])),
  () => assert.deepStrictEqual(1, 2),
  () => assert.deepStrictEqual([], {}),
  () => assert.deepStrictEqual(big(40, -1), big(40, 20)),
  () => assert.deepStrictEqual(big(8, -1), big(8, 7)),
  () => assert.deepStrictEqual({ a: 1 }, { a: 1, b: 2 }),
  () => assert.deepStrictEqual(new Set([1]), new Set([2])),
  () => assert.deepStrictEqual(new Date(0), new Date(1)),
  () => assert.deepStrictEqual(new Error("a"), new Error("b")),
  () => assert.deepStrictEqual({ a: 1 }, { a: 2 }, "custom"),
  () => assert.strictEqual(1, 2, "cm"),
  () => assert.strictEqual(1, 2, new RangeError("own")),
  () => assert.notDeepEqual({ a: 1 }, { a: 1 }),
  () => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }),
  () => assert.notDeepStrictEqual(1, 1),
  () => assert.deepEqual([1], ["1"]),
  () => assert.deepEqual({ a: 1 }, [1]),
  () => assert.partialDeepStrictEqual({ a: 1 }, { a: 2 }),
  () => assert.partialDeepStrictEqual({ a: 1, b: 2 }, { a: 1 }),
  () => assert.partialDeepStrictEqual([1, 2, 3], [3, 1]),
  () => assert.ok(1),
  () => assert.ok(),
  () => assert(0, "msg"),
  () => assert.ok(null, new TypeError("tt")),
  () => assert.fail(),
  () => assert.fail("boom"),
  () => assert.fail(new TypeError("q")),
  () => assert.ifError(null),
  () => assert.ifError(new Error("if")),
  () => assert.ifError("str"),
  () => assert.match("abc", /x/),
  () => assert.match("abc", /b/),
  () => assert.match(1, /x/),
  () => assert.doesNotMatch("abc", /b/),
  () => assert.match("a", "a"),
  () => assert.throws(() => {}),
  () => assert.throws(() => {}, TypeError),
  () => assert.throws(() => {}, "m"),
  () => assert.throws(() => {}, TypeError, "m"),
  () =>
    assert.throws(() => {
      throw new Error("x");
    }),
  () =>
    assert.throws(() => {
      throw new Error("x");
    }, /x/),
  () =>
    assert.throws(() => {
      throw new Error("x");
    }, /y/),
  () =>
    assert.throws(() => {
      throw new Error("x");
    }, Error),
  () =>
    assert.throws(() => {
      throw new Error("x");
    }, TypeError),
  () =>
    assert.throws(
      () => {
        throw new Error("x");
      },
      { message: "x" },
    ),
  () =>
    assert.throws(
      () => {
        throw new Error("x");
      },
      { message: "y", name: "Error" },
    ),
  () =>
    assert.throws(
      () => {
        throw new Error("x");
      },
      (e) => e.message === "x",
    ),
  () =>
    assert.throws(
      () => {
        throw new Error("x");
      },
      (e) => false,
    ),
  () =>
    assert.throws(() => {
      throw new Error("x");
    }, "x"),
  () =>
    assert.throws(() => {
      throw new Error("x");
    }, {}),
  () => assert.throws("x"),
  () =>
    assert.throws(
      () => {
        throw null;
      },
      { a: 1 },
    ),
  () =>
    assert.throws(() => {
      throw new Error("x");
    }, new Error("x")),
  () =>
    assert.throws(
      () => {
        throw new Error("x");
      },
      { message: /x/ },
    ),
  () =>
    assert.throws(() => {
      throw new Error("x");
    }, 5),
  () =>
    assert.doesNotThrow(() => {
      throw new Error("dn");
    }),
  () =>
    assert.doesNotThrow(() => {
      throw new Error("dn");
    }, "m"),
  () => assert.doesNotThrow(() => {}),
  () =>
    assert.doesNotThrow(() => {
      throw new Error("dn");
    }, TypeError),
  () =>
    assert.doesNotThrow(
      () => {
        throw new TypeError("dn");
      },
      TypeError,
      "mm",
    ),
  () => strict.equal(1, "1"),
  () => strict.deepEqual([1], ["1"]),
  () => assert.equal(1),
  () => new AssertionError({}).message,
  () => {
    throw new AssertionError({ message: "m", actual: 1 });
  },
  () => {
    throw new AssertionError({ actual: 1, expected: 2, operator: "strictEqual" });
  },
  () => new AssertionError(),
  () => assert.strictEqual(NaN, 0),
  () => assert.strictEqual(10n, 10),
  () => assert.strictEqual(Symbol.for("a"), Symbol.for("b")),
  () => assert.strictEqual([1, 2, 3, 4, 5, 6, 7], "x"),
  () => assert.deepStrictEqual("a".repeat(100), "b".repeat(100)),
  () => assert.deepStrictEqual([[1, [2, { a: 3 }]]], [[1, [2, { a: 4 }]]]),
  () => assert.deepStrictEqual({ a: undefined }, {}),
  () => assert.strictEqual("a b c d e f", "a b c d x f"),
  () => assert.strictEqual(undefined, "some text that is long"),
])
  T(f);
await A(() => assert.rejects(Promise.resolve(1)));
await A(() => assert.rejects(Promise.reject(new Error("r"))));
await A(() =>
  assert.rejects(async () => {
    throw new Error("r");
  }, /z/),
);
await A(() => assert.rejects(() => 1));
await A(() => assert.rejects(5));
await A(() => assert.doesNotReject(Promise.reject(new Error("dr"))));
await A(() => assert.doesNotReject(async () => {}));
try {
  assert.strictEqual(1, 2);
} catch (e) {
  console.log(
    Object.keys(e),
    String(e).split("\n")[0],
    e instanceof Error,
    util.inspect(e).includes("ERR_ASSERTION"),
    util.inspect(e).includes("actual: 1"),
  );
}
const tr = new assert.CallTracker();
const fn = tr.calls(() => 1, 2);
fn();
T(() => tr.verify());
console.log(tr.report()[0].message.slice(0, 60), tr.getCalls(fn).length);
