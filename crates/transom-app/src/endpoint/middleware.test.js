// Rules of middleware. Spec: astro-endpoints.md section 5.

import { callMiddleware, createContext, sequence, trySerializeLocals } from "transom:internal/app/middleware";
import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const last = async () => new Response("endpoint");
const run = async (handler) => (await callMiddleware(handler, {}, last)).text();

test("what a middleware returns decides the answer", async () => {
  assertEquals(await run((_context, next) => next()), "endpoint");
  assertEquals(await run(async () => new Response("early")), "early");
  assertEquals(await run(async (_context, next) => void (await next())), "endpoint");
  assertEquals(
    await run((_context, next) => {
      next();
    }),
    "endpoint",
  );
  assertEquals(await run(async (_context, next) => new Response(`<${await (await next()).text()}>`)), "<endpoint>");
});

test("a middleware that returns no response fails", async () => {
  await assertRejects(run(async () => {}), "MiddlewareNoDataOrNextCalled");
  await assertRejects(run(async () => "text"), "MiddlewareNotAResponse");
  await assertRejects(run(async () => null), "MiddlewareNotAResponse");
  await assertRejects(run(async (_context, next) => (await next(), "text")), "MiddlewareNotAResponse");
  await assertRejects(run(async () => ({ status: 200, headers: new Headers(), body: null })), "MiddlewareNotAResponse");
  const error = new Error("thrown");
  await assertRejects(
    run(() => {
      throw error;
    }),
    error,
  );
});

test("a sequence goes in and comes out in order, without falsy entries", async () => {
  const steps = [];
  const step = (name) => async (_context, next) => {
    steps.push(`${name} in`);
    const response = await next();
    steps.push(`${name} out`);
    return response;
  };
  assertEquals(await run(sequence(step("a"), undefined, step("b"), false, null)), "endpoint");
  assertEquals(steps, ["a in", "b in", "b out", "a out"]);
  assertEquals(await run(sequence()), "endpoint");
});

test("the payload of the last handler of a sequence reaches the end of the chain", async () => {
  let payload;
  const handler = sequence(
    (_context, next) => next(),
    (_context, next) => next("/target"),
  );
  await callMiddleware(handler, {}, async (_context, given) => {
    payload = given;
    return new Response(null);
  });
  assertEquals(payload, "/target");
});

test("a context can be made for tests", async () => {
  const request = new Request("http://a.test/fr/x", { headers: { cookie: "a=1", "accept-language": "de, fr;q=0.5" } });
  const context = createContext({ request, userDefinedLocales: ["en", "fr"], defaultLocale: "en", locals: { n: 1 } });
  assertEquals([context.cookies.get("a").value, context.currentLocale, context.preferredLocale], ["1", "fr", "fr"]);
  assertEquals([context.locals, context.url.pathname, context.originPathname], [{ n: 1 }, "/fr/x", "/fr/x"]);
  assertThrows(() => context.clientAddress, "StaticClientAddressNotAvailable");
  const rewriting = sequence(
    (_context, next) => next("/elsewhere"),
    (_context, next) => next(),
  );
  await assertRejects(callMiddleware(rewriting, context, last), Error);
});

test("locals are serialised when they are plain data", () => {
  assertEquals(trySerializeLocals({ a: [1, "x", null, { b: true }] }), '{"a":[1,"x",null,{"b":true}]}');
  for (const value of [new Date(), new Map(), () => 1, { a: undefined }, Symbol("x"), { a: new (class {})() }]) {
    assertThrows(() => trySerializeLocals(value), Error);
  }
  assert(trySerializeLocals(Object.create(null)) === "{}");
});
