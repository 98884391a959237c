// Headers.

import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";
import { parseRaw } from "transom:internal/fetch/header_list";

test("the constructor takes records, pairs and headers", () => {
  assertEquals([...new Headers({ B: "1", a: 2 })], [["a", "2"], ["b", "1"]]);
  assertEquals([...new Headers([["x", "1"], ["X", "2"]])], [["x", "1, 2"]]);
  const source = new Headers({ a: "1" });
  source.append("Set-Cookie", "x=1");
  source.append("set-cookie", "y=2");
  assertEquals([...new Headers(source)], [["a", "1"], ["set-cookie", "x=1"], ["set-cookie", "y=2"]]);
  assertEquals([...new Headers(new Map([["m", "1"]]))], [["m", "1"]]);
  for (const init of ["a", 1, null, [["a"]], [["a", "b", "c"]], [1]]) assertThrows(() => new Headers(init), TypeError);
});

test("names ignore case, values lose white space around them", () => {
  const headers = new Headers();
  headers.set("X-Name", " \t\r\n value \n");
  assertEquals([headers.get("x-nAME"), headers.has("X-NAME")], ["value", true]);
  headers.append("x-name", "");
  assertEquals(headers.get("x-name"), "value, ");
  headers.delete("X-name");
  assertEquals([headers.get("x-name"), headers.has("x-name")], [null, false]);
});

test("what may not stand in a header is refused", () => {
  const headers = new Headers();
  for (const name of ["", " ", "a b", "a:", "é", "a\n", "\u0100"]) {
    assertThrows(() => headers.append(name, "x"), TypeError, name);
    assertThrows(() => headers.get(name), TypeError, name);
    assertThrows(() => headers.has(name), TypeError, name);
    assertThrows(() => headers.delete(name), TypeError, name);
    assertThrows(() => new Headers([[name, "x"]]), TypeError, name);
  }
  for (const value of ["a\nb", "a\rb", "a\0", "\u0100", "a\u{1f600}"]) {
    assertThrows(() => headers.set("a", value), TypeError, value);
    assertThrows(() => new Headers({ a: value }), TypeError, value);
  }
  headers.set("latin", "é\x7f");
  assertEquals(headers.get("latin"), "é\x7f");
});

test("iteration is sorted, joined, live, and each cookie is by itself", () => {
  const headers = new Headers([
    ["z", "1"], ["set-cookie", "b=2"], ["a", "1"], ["Set-Cookie", "a=1"], ["z", "2"], ["m", "x"],
  ]);
  assertEquals([...headers], [["a", "1"], ["m", "x"], ["set-cookie", "b=2"], ["set-cookie", "a=1"], ["z", "1, 2"]]);
  assertEquals(headers.getSetCookie(), ["b=2", "a=1"]);
  assertEquals(headers.get("set-cookie"), "b=2, a=1");
  const seen = [];
  for (const [name] of headers) {
    seen.push(name);
    if (name === "a") headers.append("b", "late");
  }
  assertEquals(seen, ["a", "b", "m", "set-cookie", "set-cookie", "z"]);
});

test("set keeps the place of the first and removes the others", () => {
  const headers = new Headers([["a", "1"], ["b", "2"], ["a", "3"]]);
  headers.set("a", "9");
  assertEquals([...headers], [["a", "9"], ["b", "2"]]);
});

test("many headers are sorted as few are", () => {
  const headers = new Headers();
  for (let i = 99; i >= 0; i--) headers.append(`x-${String(i % 50).padStart(2, "0")}`, String(i));
  const entries = [...headers];
  assertEquals([entries.length, entries[0], entries[49]], [50, ["x-00", "50, 0"], ["x-49", "99, 49"]]);
});

test("a received block is read as Node reads it", () => {
  const raw = "host\0a\0cookie\0x=1\0accept\0*/*\0cookie\0y=2\0accept\0text/x\0host\0b\0content-type\0\0content-type\0z\0";
  assertEquals(parseRaw(raw), [
    "host", "a", "cookie", "x=1; y=2", "accept", "*/*", "accept", "text/x", "content-type", "",
  ]);
  assertEquals(parseRaw(""), []);
});

test("members check their receiver and their arguments", () => {
  assertThrows(() => Headers.prototype.get.call({}, "a"), TypeError);
  assertThrows(() => new Headers().append("a"), TypeError);
  assertThrows(() => new Headers().forEach(), TypeError);
  assert(Object.prototype.toString.call(new Headers()) === "[object Headers]");
});
