// What node:inspect and its kin print; the output of Node 22 is in inspect.txt (see scripts/record-node-output.sh).

import ru from "node:util";
const { inspect } = ru;
const fmt = ru.format;
const I = (v, o) => {
  try {
    console.log(inspect(v, o));
  } catch (e) {
    console.log("THREW", e.message);
  }
};
class P {
  constructor() {
    this.x = 1;
  }
  get hid() {
    return 1;
  }
}
class Q extends P {}
class E2 extends Error {}
class VErr extends TypeError {
  constructor(m) {
    super(m);
    this.name = "VErr";
  }
}
const cyc = { a: 1 };
cyc.self = cyc;
cyc.list = [cyc, { cyc }];
// Stacks have places, which differ.
const strip = (e) => {
  const [head] = e.stack.split("\n    at");
  Object.defineProperty(e, "stack", { value: /[@]/.test(head) ? "" : head, configurable: true, writable: true });
  return e;
};
I("it's");
I('a"b\n');
I("`'\"");
I("a\u0000\x1b\x9f\ud800b😀");
I(-0);
I(10n);
I(Symbol("s"));
I(Symbol("a b"));
I(null);
I(undefined);
I(true);
I({});
I([]);
I([1, , "b"]);
I([, , 1, , ,]);
I({ "a-b": 1, [Symbol("k")]: 2, __proto__: null });
I(new P());
I(new Q());
I(Object.create(null));
I(Object.create({}));
I(Object.create(P.prototype));
I(cyc);
I({
  get a() {
    return 1;
  },
  set b(v) {},
  get c() {
    return 1;
  },
  set c(v) {},
});
I({ a: { b: { c: { d: 1 } } } });
I({ a: { b: { c: [] } } });
I({ a: { b: { c: [1] } } });
I({ a: { b: { c: new P() } } });
I({ a: { b: { c: Object.create(null) } } });
I({ a: { b: { c: new Map([[1, 2]]) } } });
I({ a: { b: { c: new Set() } } });
I(
  new Map([
    ["k", { v: 1 }],
    [{ a: 1 }, [1]],
  ]),
);
I(new Set([1, "2", { a: [1, { b: { c: 1 } }] }]));
I(new Map());
I(new Uint8Array([1, 2]));
I(new Float64Array(3));
I(new ArrayBuffer(3));
I(new ArrayBuffer(60));
I(new DataView(new ArrayBuffer(2)));
I(new Date(0));
I(new Date(NaN));
I(Object.assign(new Date(0), { x: 1 }));
I(/a/g);
I(Object.assign(/a/, { x: 1 }));
I(Object("s"));
I(Object(1));
I(Object(-0));
I(Object(1n));
I(Object(true));
I(Object(Symbol("q")));
I(Object.assign(Object("str"), { k: 1 }));
I(P);
I(Q);
I(class {});
I(class extends P {});
I(function named() {});
I(() => {});
I(async () => {});
I(async function af() {});
I(function* g() {});
I(async function* ag() {});
I(Object.assign(function f() {}, { x: 1 }));
I(Math.max);
I(Object.setPrototypeOf(function n() {}, null));
I(Math);
I(JSON);
I(Reflect);
I(globalThis.Intl);
I(Promise);
I(Promise.resolve(4));
I(Promise.reject(new P()).catch(() => {}) && Promise.resolve({ a: 1 }));
const rj = Promise.reject(3);
rj.catch(() => {});
I(rj);
I(new Promise(() => {}));
I(new WeakMap());
I(new WeakSet());
I(new WeakRef({ a: 1 }));
I(
  (function () {
    return arguments;
  })(1, "a"),
);
I((function* () {})());
I((async function* () {})());
I({ a: "x".repeat(40), b: "y".repeat(40) });
I({ a: "x".repeat(100) });
I("x".repeat(100));
I(["x".repeat(50), "y".repeat(50)]);
I({ s: "line1\nline2\nline3 long enough to break over more than the length of it all ok" });
I("line1\nline2 long long long long long long long long long long long long long long long");
I(Array.from({ length: 120 }, (_, i) => i));
I(Array.from({ length: 30 }, (_, i) => "item" + i));
I(Array.from({ length: 101 }, (_, i) => i * i));
I(Array.from({ length: 7 }, (_, i) => ({ i })));
I(new Array(200));
I(Array.from({ length: 27 }, (_, i) => (i % 3 ? "a".repeat(i) : i)));
I(new Set(Array.from({ length: 110 }, (_, i) => i)));
I("a".repeat(10005));
I(Object.fromEntries(Array.from({ length: 30 }, (_, i) => ["k" + i, i])));
I([[[[[]]]]]);
I([[[[1]]]]);
I({ a: [{ b: { c: {} } }] });
I({ a: 1, b: "2", c: [3, { d: 4 }], e: new Map([["f", new Set([5])]]) });
I({ a: { b: 1, c: { d: 2 } }, e: [1, 2, 3] });
I(strip(new Error("msg")));
I(strip(new E2("sub")));
I(strip(new VErr("v")));
I(strip(Object.assign(new Error("with"), { code: "X", n: { a: 1 } })));
I({ e: strip(new Error("in")) });
I([strip(new Error("in"))]);
I(strip(new Error("c", { cause: strip(new Error("inner")) })));
I(strip(new AggregateError([strip(new Error("one"))], "agg")));
I(strip(new Error("")));
I(strip(Object.assign(new Error("n"), { name: "Custom" })));
I({ deep: { deep: { deep: { e: strip(new Error("x")) } } } });
class Foo extends Error {}
I(strip(new Foo("foo")));
I(new Proxy({ a: 1 }, {}));
I(
  new Proxy(
    { a: 1 },
    {
      get() {
        return 5;
      },
    },
  ),
  { showProxy: true },
);
I(new Proxy(function f() {}, {}));
I({ [Symbol.toStringTag]: "T", a: 1 });
class TT {
  get [Symbol.toStringTag]() {
    return "Tag";
  }
}
I(new TT());
I(Object.assign(new TT(), { q: 1 }));
I(Object.assign([1, 2], { x: 1, "-1": 2 }));
class Arr extends Array {}
I(Arr.from([1, 2]));
class MM extends Map {}
I(new MM([[1, 2]]));
I({
  [inspect.custom](d, o) {
    return "CUSTOM " + d;
  },
});
I({
  a: {
    [inspect.custom](d, o, i) {
      return { d, x: typeof i };
    },
  },
});
I({ [inspect.custom]: () => "no" }, { customInspect: false });
I(
  {
    [inspect.custom](d, o) {
      return o.stylize("z", "special");
    },
  },
  { colors: true },
);
I(
  { a: 1, b: "s", c: null, d: undefined, e: Symbol("q"), f: 10n, g: true, h: new Date(0), i: /x/, j: () => {}, k: [1] },
  { colors: true },
);
I({ a: { b: { c: { d: {} } } } }, { depth: 0 });
I({ a: { b: { c: { d: { e: 1 } } } } }, { depth: Infinity });
I({ a: { b: { c: { d: { e: 1 } } } } }, { depth: null });
I({ b: 1, a: 2 }, { sorted: true });
I(
  {
    get a() {
      return { x: 1 };
    },
  },
  { getters: true },
);
I(
  {
    get a() {
      return 1;
    },
  },
  { getters: true },
);
I([1, 2, 3], { maxArrayLength: 1 });
I("abc", { maxStringLength: 1 });
I({ a: 1, b: { c: 1 } }, { compact: false });
I({ a: 1, b: { c: 1 } }, { compact: true });
I({ a: { b: { c: 1 } } }, { compact: 1 });
I(123456789.12345, { numericSeparator: true });
I(1234567n, { numericSeparator: true });
I({ a: 1, b: 2 }, { breakLength: 5 });
I([1, 2, 3], { showHidden: true });
I({ a: 1 }, { showHidden: true });
I(new Uint8Array(2), { showHidden: true });
I(Object.defineProperty({}, "hid", { value: 1 }), { showHidden: true });
I({ a: { b: 1 } }, false, 0);
I(Object.create({}, { x: { value: 1 } }));
I(Array.from({ length: 10 }, (_, i) => i + 0.5));
I(["a", "b", "c", "d", "e", "f", "g"]);
I([1, 2, 3, 4, 5, 6, 7]);
I([true, false, true, false, true, false, true]);
I([undefined, null, undefined, null, undefined, null, undefined]);
I(Array(8).fill("word word"));
I({ x: [[1, 2, [3, 4, [5, [6]]]], { y: [1] }] });
I({ __proto__x: 1, ["__proto__"]: 2 });
I([
  { a: 1, b: 2 },
  { a: 3, b: 4 },
]);
I({ id: 1, name: "Item", tags: ["a", "b"], nested: { deep: { er: { est: 1 } } }, fn() {}, date: new Date(0) });
I({ k: "a'b" });
I({ 1: 1, a1: 2, "1a": 3, é: 4, $: 5 });
for (const a of [
  ["a", 1, "b", { c: "d" }],
  ["%s is %d", "x", "42"],
  ["%i %f", 3.9, "1.5"],
  ["%o", [1]],
  ["%O", { a: 1 }],
  ["%c%s", "css", "styled"],
  ["100%", 1],
  ["%%d", 1],
  ["%s"],
  ["%d", Symbol("s")],
  ["%x", 1],
  [{ a: 1 }, "%s"],
  ["%s", null, undefined],
  ["%s", { a: { b: 1 } }],
  ["%s", [1, [2, [3]]]],
  ["%s", new P()],
  ["%s", Symbol("q")],
  ["%s", -0],
  ["%s", 5n],
  ["%d", "0x10"],
  ["%d", {}],
  ["%d", 5n],
  ["%i", {}],
  ["%j", { a: 1 }],
  ["%j", cyc],
  ["%s", new Date(0)],
  ["%s", strip(new Error("er"))],
  ["%s %s", "a"],
  ["a", "b"],
  [1, 2, "3"],
  [
    "%s",
    {
      toString() {
        return "own";
      },
    },
  ],
  ["%O", { a: { b: { c: { d: 1 } } } }],
  ["%o", { f() {} }],
  ["%d"],
  ["%%"],
  ["%% %s", "a"],
  ["%", 1],
  ["%s%", "a"],
  ["%d", ""],
  ["%f", Symbol("a")],
  ["%i", "42px"],
  ["%d", null],
  ["%s", Object.create(null)],
  [
    "%s",
    new (class X {
      toString() {
        return "inst";
      }
    })(),
  ],
  ["%j", undefined],
  ["%s", true],
]) {
  try {
    console.log(fmt(...a));
  } catch (e) {
    console.log("THREW", e.message);
  }
}
