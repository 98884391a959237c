// What node:util and its kin print; the output of Node 22 is in util.txt (see scripts/record-node-output.sh).

import util, * as ns from "node:util";
import assertTypes from "node:util/types";
const S = (x) =>
  x instanceof Error
    ? `${x.name}|${x.code}|${x.message}`
    : typeof x === "function"
      ? "fn " + x.name + x.length
      : typeof x === "string"
        ? x
        : typeof x === "object" && x !== null
          ? JSON.stringify(x)
          : String(x);
const log = (...a) => console.log(...a.map(S));
const T = (f) => {
  try {
    log(f());
  } catch (e) {
    log(e);
  }
};
console.log(Object.keys(util).sort().join());
console.log(Object.keys(assertTypes).join());
console.log(Object.keys(util.types).length);
const E = util.isDeepStrictEqual;
const cases = [
  [1, 1],
  [1, 2],
  [NaN, NaN],
  [0, -0],
  [[], {}],
  [
    [1, 2],
    [1, 2],
  ],
  [
    [1, , 2],
    [1, undefined, 2],
  ],
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
  [{ a: 1 }, { a: 1, b: undefined }],
  [new Date(1), new Date(1)],
  [new Date(1), new Date(2)],
  [/a/g, /a/g],
  [/a/g, /a/i],
  [new Set([1, 2]), new Set([2, 1])],
  [new Set([{ a: 1 }]), new Set([{ a: 1 }])],
  [new Set([{ a: 1 }]), new Set([{ a: 2 }])],
  [new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])],
  [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]])],
  [new Error("a"), new Error("a")],
  [new Error("a"), new Error("b")],
  [new Error("a"), new TypeError("a")],
  [Object(1), Object(1)],
  [Object("a"), Object("b")],
  [new Uint8Array([1]), new Uint8Array([1])],
  [new Uint8Array([1]), new Int8Array([1])],
  [new Float32Array([0]), new Float32Array([-0])],
  [Symbol.for("a"), Symbol.for("a")],
  ["a", Object("a")],
  [null, undefined],
  [{ [Symbol.for("x")]: 1 }, { [Symbol.for("x")]: 1 }],
  [{ [Symbol.for("x")]: 1 }, { [Symbol.for("x")]: 2 }],
  [Object.create(null), {}],
  [new ArrayBuffer(2), new ArrayBuffer(2)],
  [() => 1, () => 1],
  [new (class A {})(), new (class B {})()],
  [[[1, [2]]], [[1, [2]]]],
  [new Set([1, "1"]), new Set(["1", 1])],
  [new WeakMap(), new WeakMap()],
  [Promise.resolve(1), Promise.resolve(1)],
  [{ a: [1] }, { a: [1] }],
  [Object.assign([1], { x: 1 }), [1]],
  [new Error("a", { cause: 1 }), new Error("a", { cause: 2 })],
];
console.log(cases.map(([a, b]) => (E(a, b) ? 1 : 0)).join(""));
const c1 = {};
c1.c = c1;
const c2 = {};
c2.c = c2;
log(E(c1, c2));
const p = util.promisify((a, cb) => cb(null, a + 1));
log(await p(1));
log(
  await util
    .promisify((cb) => cb(new Error("x")))()
    .catch(S),
);
T(() => util.promisify(1));
const tm = function () {};
tm[util.promisify.custom] = () => "custom";
log(util.promisify(tm)());
util.callbackify(async (a) => a * 2)(4, (e, v) => log("cb", e, v));
util.callbackify(async () => {
  throw null;
})((e) => log("cb", e, e.reason));
await new Promise((r) => setTimeout(r, 5));
T(() => util.callbackify(async () => {})());
log(util.callbackify(async function foo(a) {}));
T(() => util.inherits(1));
function A() {}
function B() {}
util.inherits(A, B);
log(A.super_ === B, new A() instanceof B);
log(
  util.format("%s-%d", 1, "2", { a: 1 }),
  util.formatWithOptions({ compact: true }, "%O", { a: { b: 1 } }),
  util.stripVTControlCharacters("\u001b[31mred\u001b[0m x"),
  util.toUSVString("a\ud800"),
);
log(util.getSystemErrorName(-2), util.getSystemErrorMessage(-111));
T(() => util.getSystemErrorName(1));
T(() => util.getSystemErrorName("a"));
const dep = util.deprecate(
  function f(a, b) {
    return a + b;
  },
  "msg",
  "DEPX",
);
log(dep(1, 2), dep.length);
for (const a of [
  { args: ["-f", "--bar", "b"], options: { foo: { type: "boolean", short: "f" }, bar: { type: "string" } } },
  { args: ["--foo=1"], options: { foo: { type: "string", multiple: true } } },
  {
    args: ["-abc"],
    options: {
      a: { type: "boolean", short: "a" },
      b: { type: "boolean", short: "b" },
      c: { type: "string", short: "c" },
    },
    strict: false,
  },
  { args: ["x", "--", "y", "-z"], allowPositionals: true, tokens: true },
  { args: ["--nope"] },
  { args: ["pos"] },
  { args: ["--foo"], options: { foo: { type: "string" } } },
  { args: ["--foo=x"], options: { foo: { type: "boolean" } } },
  { args: ["--foo", "-x"], options: { foo: { type: "string" } } },
  { args: ["--no-foo"], options: { foo: { type: "boolean" } }, allowNegative: true },
  { args: [], options: { foo: { type: "string", default: "d" } } },
  { args: ["-ofile"], options: { out: { type: "string", short: "o" } }, tokens: true },
  { args: ["--foo", "--foo", "a"], options: { foo: { type: "x" } } },
  { args: ["--unk=1", "p"], strict: false },
])
  T(() => util.parseArgs(a));
const m = new util.MIMEType('text/HTML; charset=utf-8;q="a b\\"c"; charset=x');
log(String(m), m.type, m.subtype, m.essence, m.params.get("q"), [...m.params.keys()]);
T(() => new util.MIMEType("nope"));
m.params.set("z", "1 2");
log(m.toString());
m.type = "application";
T(() => {
  m.subtype = "(";
});
log(JSON.stringify(m));
T(() => util.styleText("red", "x"));
T(() => util.styleText(["bold", "red"], "x", { validateStream: false }));
T(() => util.styleText("nope", "x"));
log(util.diff("abc", "axc"), util.diff(["a", "b"], ["a", "c", "b"]));
log(util.parseEnv('A=1\n#c\nB="x\\ny" # c\nexport C=\'q # r\'\nD= sp aced # cc\nE=`multi\nline`\nF=\nG = "unq\n'));
const ty = util.types;
const vals = [
  async () => {},
  async function () {},
  function* () {},
  async function* () {},
  () => {},
  class {},
  new Map().keys(),
  new Set().values(),
  new Map(),
  new Set(),
  new WeakMap(),
  new Proxy({}, {}),
  Promise.resolve(),
  (function () {
    return arguments;
  })(),
  (function* () {})(),
  ns,
  new Date(),
  /x/,
  new Error(),
  Object(1),
  Object(Symbol()),
  new ArrayBuffer(1),
  new DataView(new ArrayBuffer(1)),
  new Uint8Array(1),
  new Float32Array(1),
  { [Symbol.toStringTag]: "Map" },
  null,
  1,
];
for (const k of Object.keys(ty).sort())
  console.log(
    k,
    vals
      .map((v) => {
        try {
          return ty[k](v) ? 1 : 0;
        } catch (e) {
          return "E";
        }
      })
      .join(""),
  );
const ac = new AbortController();
const ab = util.aborted(ac.signal, {});
ac.abort();
await ab;
log(
  util.inspect(new Map([[1, 2]]).entries?.call ? new Map() : 0),
  util.isArray([]),
  util._extend({ a: 1 }, { b: 2 }),
  util.debuglog("x").enabled,
  new util.TextEncoder().encode("a").length,
);
log(util._errnoException(-2, "open", "x"), util._exceptionWithHostPort(-111, "connect", "1.2.3.4", 80));
log(util.inspect.custom, util.promisify.custom);
