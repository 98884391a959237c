// Inspection and the console's formatting.

import { AbortController } from "transom:internal/abort/abort_controller";
import { Blob } from "transom:internal/blob/blob";
import { console } from "transom:internal/console/console";
import { format } from "transom:internal/console/format";
import { inspect } from "transom:internal/console/inspect";
import { table } from "transom:internal/console/table";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { assert, assertEquals, test } from "transom:internal/testing";

/** Each row: a value, and its rendering. */
function check(rows) {
  for (const [value, expected] of rows) assertEquals(inspect(value), expected);
}

test("primitives", () => {
  check([
    ["it's", '"it\'s"'], ['a "b"\n', "'a \"b\"\\n'"], [-0, "-0"], [10n, "10n"], [Symbol("s"), "Symbol(s)"], [null, "null"],
    [undefined, "undefined"], [NaN, "NaN"],
  ]);
});

test("structures", () => {
  class Point {
    x = 1;
    get hidden() {
      throw new Error("called");
    }
  }
  const cycle = { a: 1 };
  cycle.self = cycle;
  check([
    [{}, "{}"], [[], "[]"], [[1, , "b"], "[ 1, <1 empty item>, 'b' ]"], [{ "a-b": 1, [Symbol("k")]: 2 }, "{ 'a-b': 1, [Symbol(k)]: 2 }"],
    [new Point(), "Point { x: 1 }"], [Object.create(null), "[Object: null prototype] {}"], [cycle, "<ref *1> { a: 1, self: [Circular *1] }"],
    [{ get a() { throw 1; }, set b(_) {} }, "{ a: [Getter], b: [Setter] }"], [{ a: { b: { c: { d: 1 } } } }, "{ a: { b: { c: [Object] } } }"],
    [new Map([["k", { v: 1 }]]), "Map(1) { 'k' => { v: 1 } }"], [new Set([1, "2"]), "Set(2) { 1, '2' }"],
    [new Uint8Array([1, 2]), "Uint8Array(2) [ 1, 2 ]"], [new ArrayBuffer(3), "ArrayBuffer { [Uint8Contents]: <00 00 00>, [byteLength]: 3 }"],
    [new Date(0), "1970-01-01T00:00:00.000Z"], [new Date(NaN), "Invalid Date"], [/a/g, "/a/g"], [Object("s"), "[String: 's']"],
    [Object(1), "[Number: 1]"], [Point, "[class Point]"], [class extends Point {}, "[class (anonymous) extends Point]"],
    [function named() {}, "[Function: named]"],
    [new Blob(["ab"], { type: "x/y" }), "Blob { size: 2, type: 'x/y' }"], [new AbortController(), "AbortController {}"],
  ]);
});

test("promises show their state", () => {
  assertEquals(inspect(new Promise(() => {})), "Promise { <pending> }");
});

test("long structures break into lines", () => {
  assertEquals(inspect({ a: "x".repeat(40), b: "y".repeat(40) }), `{\n  a: '${"x".repeat(40)}',\n  b: '${"y".repeat(40)}'\n}`);
  const lines = inspect(Array.from({ length: 120 }, (_, index) => index)).split("\n");
  assert(lines.length < 14 && lines.at(-2).endsWith("... 20 more items"));
});

test("errors show heading, stack, cause and properties", () => {
  const error = new TypeError("broken", { cause: new Error("inner") });
  error.code = "E_X";
  const text = inspect(error);
  assert(text.startsWith("TypeError: broken\n    at "), text);
  assert(text.includes("[cause]: Error: inner") && text.includes("code: 'E_X'"), text);
  assert(inspect({ e: new DOMException("m", "AbortError") }).includes("DOMException [AbortError]: m"));
  const bare = new Error("m");
  Object.defineProperty(bare, "stack", { value: "f@file.js:1:2\n@file.js:3:4\n" });
  assertEquals(inspect(bare), "Error: m\n    at f (file.js:1:2)\n    at file.js:3:4");
});

test("format specifiers", () => {
  for (const [args, expected] of [
    [[], ""], [["a", 1, "b", { c: "d" }], "a 1 b { c: 'd' }"], [["%s is %d", "x", "42"], "x is 42"], [["%i %f", 3.9, "1.5"], "3 1.5"],
    [["%o %O", [1], { a: 1 }], "[ 1, [length]: 1 ] { a: 1 }"], [["%c%s", "css", "styled"], "styled"], [["100%", 1], "100% 1"], [["%%d", 1], "%d 1"],
    [["%s"], "%s"], [["%d", Symbol("s")], "NaN"], [["%x", 1], "%x 1"], [[{ a: 1 }, "%s"], "{ a: 1 } %s"],
  ]) {
    assertEquals(format(args), expected);
  }
});

test("tables", () => {
  assertEquals(table([{ a: 1, b: "x" }, { a: 2 }]), [
    "┌─────────┬───┬─────┐",
    "│ (index) │ a │ b   │",
    "├─────────┼───┼─────┤",
    "│ 0       │ 1 │ 'x' │",
    "│ 1       │ 2 │     │",
    "└─────────┴───┴─────┘",
  ].join("\n"));
  assert(table(new Map([["k", 1]])).includes("'k'"));
  assert(table([1]).includes("Values"));
  assertEquals(table([{ a: 1, b: 2 }], ["b"]).includes(" a "), false);
  assertEquals(table("text"), null);
});

test("the namespace", () => {
  assertEquals(Object.getPrototypeOf(Object.getPrototypeOf(console)) === Object.prototype, true);
  assertEquals(Object.keys(console).length, 19);
  const { log } = console;
  assertEquals(typeof log, "function");
});

test("colours are those of Node", () => {
  const [yellow, green, off] = ["\x1b[33m", "\x1b[32m", "\x1b[39m"];
  const list = [1, "a", null, undefined, true];
  assertEquals(
    inspect(list, { colors: true }),
    `[ ${yellow}1${off}, ${green}'a'${off}, \x1b[1mnull\x1b[22m, \x1b[90mundefined${off}, ${yellow}true${off} ]`,
  );
});

test("%j is JSON", () => {
  assertEquals(format(["%j", { a: [1] }]), '{"a":[1]}');
});
