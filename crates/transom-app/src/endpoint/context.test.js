// APIContext as programs see it. Spec: astro-endpoints.md section 3.1.

import { contextInternals } from "transom:internal/app/context";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

const KEYS =
  "cookies routePattern isPrerendered clientAddress currentLocale generator locals params preferredLocale " +
  "preferredLocaleList request site url originPathname csp logger cache session props redirect rewrite getActionResult callAction";

/** A state that notes what was read. */
function stateWith(values) {
  const read = [];
  const state = new Proxy({ route: { pattern: "/x", prerender: false }, ...values }, {
    get(target, name) {
      read.push(name);
      return target[name];
    },
  });
  return { state, read, context: contextInternals.create(state) };
}

test("it is a plain object with keys in a fixed order", () => {
  const { context } = stateWith({});
  assertEquals(Object.keys(context).join(" "), KEYS);
  assertEquals(Object.getPrototypeOf(context), Object.prototype);
  assertEquals(context.constructor, Object);
  assertEquals(String(context), "[object Object]");
  assertEquals(Object.getOwnPropertySymbols(context).map(String), ["Symbol(astro.fetchState)"]);
  assert(Object.isExtensible(context) && "url" in context && !("nope" in context));
  assert(context.__proto__ === Object.prototype);
});

test("getters are not run before they are read", () => {
  const { context, read } = stateWith({ request: "R", cookies: "C" });
  assertEquals(read, []);
  Object.keys(context);
  for (const name of ["cookies", "session", "csp", "locals", "clientAddress", "preferredLocale"]) {
    assert(!read.includes(name), name);
  }
  read.length = 0;
  assertEquals([context.request, context.cookies], ["R", "C"]);
  assertEquals(read, ["request", "cookies"]);
});

test("members are getters or values as in the reference", () => {
  const { context } = stateWith({ cookies: "C", url: "U", locals: {} });
  const shape = (name) => {
    const { get, set, value, writable } = Object.getOwnPropertyDescriptor(context, name);
    return [typeof get, typeof set, value, writable];
  };
  assertEquals(shape("cookies"), ["function", "undefined", undefined, undefined]);
  assertEquals(shape("locals"), ["function", "function", undefined, undefined]);
  assertEquals(shape("url"), ["undefined", "undefined", "U", true]);
  assertEquals(Object.getOwnPropertyDescriptor(context, "cookies").get(), "C");
});

test("values can be assigned, getters cannot", () => {
  const { context } = stateWith({ url: "U", params: {}, locals: {} });
  context.url = "other";
  context.custom = 1;
  assertEquals([context.url, context.custom, Object.keys(context).at(-1)], ["other", 1, "custom"]);
  assertThrows(() => {
    context.cookies = 1;
  }, TypeError);
  const error = assertThrows(() => {
    context.locals = {};
  }, "LocalsReassigned");
  assertEquals(error.message, "`locals` cannot be assigned directly.");
});

test("a copy has the same values", () => {
  const { context } = stateWith({ url: "U", params: { id: "1" }, locals: { a: 1 } });
  const copy = { ...context };
  assertEquals([copy.url, copy.params, copy.locals, copy.routePattern], ["U", { id: "1" }, { a: 1 }, "/x"]);
});

test("after a rewrite the context shows what it showed before", () => {
  const route = { pattern: "/old", prerender: false };
  const values = { route, url: "old", request: "old", params: { a: "old" }, originPathname: "/first" };
  const state = { ...values };
  const context = contextInternals.create(state);
  contextInternals.keep(context);
  Object.assign(state, { route: { pattern: "/new", prerender: false }, url: "new", request: "new", params: {}, originPathname: "/second" });
  assertEquals([context.url, context.request, context.params, context.routePattern], ["old", "old", { a: "old" }, "/old"]);
  assertEquals(context.originPathname, "/second");
});

test("redirect builds a response and nothing else", () => {
  const { context } = stateWith({});
  const response = context.redirect("no base/é?x", 303);
  assertEquals([response.status, response.body], [303, null]);
  assertEquals(context.redirect("/x").status, 302);
  assertThrows(() => context.redirect("/x", 999), RangeError);
});
