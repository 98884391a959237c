// URLSearchParams. The format itself is tested in url_search_params.rs.

import { assertEquals, assertThrows, test } from "transom:internal/testing";

test("the constructor takes strings, pairs, records and its own kind", () => {
  const text = (init) => new URLSearchParams(init).toString();
  assertEquals(text("?a=1&b=2"), "a=1&b=2");
  assertEquals(text("??a"), "%3Fa=");
  assertEquals(text([["a", 1], ["a", "2"]]), "a=1&a=2");
  assertEquals(text({ a: "1", b: "x y" }), "a=1&b=x+y");
  assertEquals(text(new URLSearchParams("a=1")), "a=1");
  assertEquals(text(new Map([["m", "1"]])), "m=1");
  assertEquals(text(undefined), "");
  assertEquals(text(null), "null=");
  assertThrows(() => new URLSearchParams([["a"]]), TypeError);
  assertThrows(() => new URLSearchParams([1]), TypeError);
});

test("entries are read and changed by name", () => {
  const params = new URLSearchParams("a=1&b=2&a=3");
  assertEquals([params.get("a"), params.get("x"), params.getAll("a"), params.size], ["1", null, ["1", "3"], 3]);
  assertEquals([params.has("b"), params.has("b", "2"), params.has("b", "3")], [true, true, false]);
  params.set("a", "9");
  assertEquals(params.toString(), "a=9&b=2");
  params.set("c", "0");
  params.append("c", "1");
  params.delete("c", "0");
  assertEquals(params.toString(), "a=9&b=2&c=1");
  params.delete("a");
  assertEquals(params.toString(), "b=2&c=1");
});

test("sort is by code units and stable", () => {
  const params = new URLSearchParams("z=1&\u{1f600}=2&\ufb01=3&a=4&z=0");
  params.sort();
  assertEquals([...params.keys()], ["a", "z", "z", "\u{1f600}", "\ufb01"]);
  assertEquals(params.getAll("z"), ["1", "0"]);
});

test("iteration is live and in order", () => {
  const params = new URLSearchParams("a=1&b=2");
  const seen = [];
  for (const [name, value] of params) {
    seen.push(name + value);
    if (name === "a") params.append("c", "3");
  }
  assertEquals(seen, ["a1", "b2", "c3"]);
  const called = [];
  params.forEach((value, name, object) => called.push([value, name, object === params]));
  assertEquals(called[2], ["3", "c", true]);
  assertEquals(Object.fromEntries(params), { a: "1", b: "2", c: "3" });
});

test("members check their receiver and their arguments", () => {
  assertThrows(() => URLSearchParams.prototype.get.call({}, "a"), TypeError);
  assertThrows(() => new URLSearchParams().append("a"), TypeError);
  assertThrows(() => new URLSearchParams().entries.call(new Map()), TypeError);
});
