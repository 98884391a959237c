// The MIME type of a body, as Content-Type headers with one or several values mean it.

import { assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const typeOf = async (header) => (await new Response("", { headers: { "content-type": header } }).blob()).type;

test("a Content-Type header is parsed as a MIME type", async () => {
  assertEquals(await typeOf("text/plain"), "text/plain");
  assertEquals(await typeOf(" Text/HTML ; Charset=gbk ;x"), "text/html;charset=gbk");
  assertEquals(await typeOf('text/html;x="a b";x=c'), 'text/html;x="a b"');
  assertEquals(await typeOf('text/html;x="a\\"b"'), 'text/html;x="a\\"b"');
  assertEquals(await typeOf("nonsense"), "");
  assertEquals(await typeOf("text/"), "");
});

test("of several values the last counts, and its essence keeps the charset", async () => {
  assertEquals(await typeOf(", text/plain"), "text/plain");
  assertEquals(await typeOf("text/html;charset=gbk, text/html"), "text/html;charset=gbk");
  assertEquals(await typeOf("text/html;charset=gbk, text/plain"), "text/plain");
  assertEquals(await typeOf("text/html, */*, nonsense"), "text/html");
  assertEquals(await typeOf('text/html;x=",", text/plain'), "text/plain");
});

test("the bytes of a form are read before its type is looked at", async () => {
  const reason = new RangeError("broken");
  const broken = new ReadableStream({ start: (controller) => controller.error(reason) });
  await assertRejects(new Response(broken).formData(), RangeError);
  await assertRejects(new Response("a=1", { headers: { "content-type": "text/plain" } }).formData(), TypeError);
});

test("a request is refused for what the constructor's steps refuse", () => {
  const make = (init) => () => new Request("http://a/", init);
  assertThrows(make({ referrer: "not a URL" }), TypeError);
  assertThrows(make({ mode: "no-cors", method: "PUT" }), TypeError);
  assertThrows(make({ cache: "only-if-cached" }), TypeError);
  assertEquals(make({ referrer: "" })().referrer, "");
  assertEquals(make({ referrer: "http://other/" })().referrer, "about:client");
  assertEquals(make({ cache: "only-if-cached", mode: "same-origin" })().cache, "only-if-cached");
});

test("a record is converted before its pairs are looked at", () => {
  const seen = [];
  const record = new Proxy({ a: "1", "bad name": "2" }, {
    get: (target, key) => (seen.push(key), target[key]),
  });
  assertThrows(() => new Headers(record), TypeError);
  assertEquals(seen.filter((key) => typeof key === "string"), ["a", "bad name"]);
  assertThrows(() => new Headers({ [Symbol("x")]: "1" }), TypeError);
});

test("clones of a stream have chunks of their own", async () => {
  const chunk = { deep: { value: 1 } };
  const stream = new ReadableStream({ start: (controller) => (controller.enqueue(chunk), controller.close()) });
  const response = new Response(stream);
  const clone = response.clone();
  const first = (await response.body.getReader().read()).value;
  const second = (await clone.body.getReader().read()).value;
  assertEquals([first === chunk, second === chunk, second.deep.value], [true, false, 1]);
});

test("what has been read stays locked", async () => {
  for (const body of ["text", new Blob(["x"]), new Response("x").body]) {
    const response = new Response(body);
    await response.text();
    assertThrows(() => response.body.getReader(), TypeError);
  }
});

test("integrity metadata is checked", async () => {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array([120]));
  const hash = new Uint8Array(digest).toBase64();
  const load = (integrity) => fetch("data:,x", { integrity });
  assertEquals(await (await load(`sha256-${hash}`)).text(), "x");
  assertEquals(await (await load(`md5-nonsense`)).text(), "x");
  await assertRejects(load(`sha256-${hash} sha512-${hash}`), TypeError);
  assertEquals(await (await fetch("data:,x", { method: "HEAD" })).text(), "");
});
