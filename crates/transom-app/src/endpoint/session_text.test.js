// Values of a session as text. Spec: astro-endpoints.md section 3.5.

import { sessionText, sessionValue } from "transom:internal/app/session_text";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

const copy = (value) => sessionValue(sessionText(value));

test("types beyond JSON survive", () => {
  const value = copy({
    url: new URL("https://domain.invalid"), map: new Map([[1, { a: 2 }]]), set: new Set(["x"]), date: new Date(0),
    big: 12n, undef: undefined, nan: NaN, inf: -Infinity, zero: -0, re: /a"b/gi, list: [1, , "x"], text: "\u2028\"</script>",
  });
  assert(value.url instanceof URL && value.url.href === "https://domain.invalid/");
  assertEquals([value.map, value.set, value.date.getTime(), value.big], [new Map([[1, { a: 2 }]]), new Set(["x"]), 0, 12n]);
  assertEquals([value.undef, value.nan, value.inf, Object.is(value.zero, -0)], [undefined, NaN, -Infinity, true]);
  assertEquals([value.re.source, value.re.flags, 1 in value.list, value.list.length], ['a"b', "gi", false, 3]);
  assertEquals(value.text, "\u2028\"</script>");
  for (const simple of [undefined, null, 0, "", true]) assertEquals(copy(simple), simple);
});

test("references stay references", () => {
  const shared = { n: 1 };
  const value = { a: shared, b: shared };
  value.self = value;
  const read = copy(value);
  assert(read.self === read && read.a === read.b);
});

test("a key may have any name", () => {
  const value = copy(JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'));
  assertEquals(Object.keys(value), ["__proto__", "constructor"]);
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  assertEquals(Object.getPrototypeOf(copy(Object.create(null))), null);
});

test("what has no text is refused", () => {
  for (const value of [() => 1, Symbol("x"), new (class A {})(), { [Symbol("x")]: 1 }, Promise.resolve(1)]) {
    assertThrows(() => sessionText(value), TypeError);
  }
  for (const text of ["", "[]", "{}", "[5", '[["Strange",1]]', "[[7]]"]) assertThrows(() => sessionValue(text), Error, text);
});
