// URLPattern: the data of web-platform-tests, evaluated as urlpattern/resources/urlpatterntests.js does, and the class.

import { ops } from "transom:internal/ops";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

const COMPONENTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];
const EARLIER = {
  protocol: [], hostname: ["protocol"], port: ["protocol", "hostname"], username: [], password: [],
  pathname: ["protocol", "hostname", "port"], search: ["protocol", "hostname", "port", "pathname"],
  hash: ["protocol", "hostname", "port", "pathname", "search"],
};

/** What a component's pattern string should be when the entry does not say. */
function expectedPattern({ pattern, exactly_empty_components: empty = [], expected_obj: expected = {} }, component) {
  if (expected[component] !== undefined) return expected[component];
  const [input, second] = pattern;
  const isObject = typeof input === "object";
  const base = input?.baseURL ?? (typeof second === "string" ? second : undefined);
  if (empty.includes(component)) return "";
  if (isObject && input[component]) return input[component];
  if (isObject && EARLIER[component].some((key) => key in input)) return "*";
  if (base === undefined || component === "username" || component === "password") return "*";
  const value = new URL(base)[component];
  if (component === "protocol") return value.slice(0, -1);
  return component === "search" || component === "hash" ? value.slice(1) : value;
}

function check(entry) {
  if (entry.expected_obj === "error") {
    assertThrows(() => new URLPattern(...entry.pattern), TypeError);
    return;
  }
  const pattern = new URLPattern(...entry.pattern);
  for (const component of COMPONENTS) assertEquals(pattern[component], expectedPattern(entry, component));
  const { inputs, expected_match: expected, exactly_empty_components: empty = [] } = entry;
  if (expected === "error") {
    assertThrows(() => pattern.test(...inputs), TypeError);
    assertThrows(() => pattern.exec(...inputs), TypeError);
    return;
  }
  assertEquals(pattern.test(...inputs), !!expected);
  const result = pattern.exec(...inputs);
  if (!expected) {
    assertEquals(result, null);
    return;
  }
  assertEquals(result.inputs, expected.inputs ?? inputs);
  for (const component of COMPONENTS) {
    const wanted = expected[component] ?? { input: "", groups: empty.includes(component) ? {} : { 0: "" } };
    for (const name in wanted.groups) wanted.groups[name] ??= undefined;
    assertEquals(result[component], wanted);
  }
}

const entries = JSON.parse(ops.test_data("url/urlpatterntestdata.json")).filter((entry) => typeof entry === "object");

test("the data of web-platform-tests", () => {
  const failures = [];
  for (const [index, entry] of entries.entries()) {
    try {
      check(entry);
    } catch (error) {
      failures.push(`${index} ${JSON.stringify(entry.pattern)} ${JSON.stringify(entry.inputs)}: ${error.message}`);
    }
  }
  assert(entries.length > 300);
  assertEquals(failures, []);
});

test("a pattern is made in the ways of the interface", () => {
  assertEquals(new URLPattern().pathname, "*");
  assert(new URLPattern({ pathname: "/A" }, { ignoreCase: true }).test({ pathname: "/a" }));
  assert(new URLPattern("/A", "http://x/", { ignoreCase: true }).test("http://x/a"));
  assert(!new URLPattern({ pathname: "/A" }).test({ pathname: "/a" }));
  assertThrows(() => new URLPattern({ pathname: "/(" }), TypeError);
  assertThrows(() => new URLPattern({}, "http://x/"), TypeError);
  assertThrows(() => URLPattern({}), TypeError);
  assertEquals(new URLPattern({ pathname: "/([a-z]+)" }).hasRegExpGroups, true);
  assertEquals(new URLPattern({ pathname: "/:id" }).hasRegExpGroups, false);
  assertEquals(new URLPattern({ pathname: "/:id" }).exec("http://x/7").pathname, { input: "/7", groups: { id: "7" } });
});
