// Response: constructor, static functions, getters, what the dispatcher sees.

import { TextEncoder } from "transom:internal/encoding/text_encoder";
import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";
import { responseInternals } from "transom:internal/fetch/response";

const wire = (response) => [
  responseInternals.status(response), responseInternals.headerPairs(response), responseInternals.bodyKind(response),
  responseInternals.bodyValue(response),
];

test("content types are those of the standard", async () => {
  const text = ["content-type", "text/plain;charset=UTF-8"];
  assertEquals(wire(new Response("x")), [200, text, "text", "x"]);
  assertEquals(wire(new Response("")), [200, text, "text", ""]);
  assertEquals(wire(new Response(12)), [200, text, "text", "12"]);
  assertEquals(wire(new Response()), [200, [], "empty", null]);
  assertEquals(wire(new Response(null)), [200, [], "empty", null]);
  assertEquals(wire(new Response(undefined)), [200, [], "empty", null]);
  assertEquals(wire(new Response(new Uint8Array([1]))), [200, [], "bytes", new Uint8Array([1])]);
  assertEquals(wire(new Response(new URLSearchParams("a=b c"))), [
    200, ["content-type", "application/x-www-form-urlencoded;charset=UTF-8"], "text", "a=b+c",
  ]);
  assertEquals(wire(new Response(new Blob(["x"], { type: "a/b" })))[1], ["content-type", "a/b"]);
  assertEquals(wire(new Response(new Blob(["x"])))[1], []);
  assertEquals(wire(Response.json({ a: [1] })), [200, ["content-type", "application/json"], "text", '{"a":[1]}']);
  const form = new FormData();
  form.append("a", "1");
  const multipart = new Response(form);
  assert(multipart.headers.get("content-type").startsWith("multipart/form-data; boundary=----formdata-"));
  assertEquals([...(await multipart.formData())], [["a", "1"]]);
});

test("an explicit content type wins", () => {
  assertEquals(new Response("x", { headers: { "Content-Type": "a/b" } }).headers.get("content-type"), "a/b");
  assertEquals(Response.json(1, { headers: [["content-type", "a/b"]] }).headers.get("content-type"), "a/b");
  assertEquals(new Response("x", { headers: { "x-a": "1" } }).headers.get("content-type"), "text/plain;charset=UTF-8");
});

test("headers go out sorted, joined, with each cookie by itself", () => {
  const response = new Response(null, { headers: [["b", "1"], ["set-cookie", "x=1"], ["a", "2"], ["b", "3"]] });
  assertEquals(responseInternals.headerPairs(response), ["a", "2", "b", "1, 3", "set-cookie", "x=1"]);
  response.headers.append("Set-Cookie", "y=2");
  response.headers.delete("b");
  assertEquals(responseInternals.headerPairs(response), ["a", "2", "set-cookie", "x=1", "set-cookie", "y=2"]);
});

test("a change of the init object afterwards changes nothing", async () => {
  const headers = new Headers({ a: "1" });
  const bytes = new Uint8Array([97]);
  const response = new Response(bytes, { headers });
  headers.set("a", "2");
  bytes[0] = 98;
  assertEquals([response.headers.get("a"), await response.text()], ["1", "a"]);
});

test("status and reason are checked", () => {
  const response = new Response(null, { status: 404, statusText: "Not Here" });
  assertEquals([response.status, response.statusText, response.ok, response.type, response.url], [404, "Not Here", false, "default", ""]);
  assertEquals([new Response().ok, new Response(null, { status: 299 }).ok, new Response().redirected], [true, true, false]);
  for (const status of [0, 101, 199, 600, 1000]) assertThrows(() => new Response(null, { status }), RangeError);
  for (const status of [204, 205, 304]) {
    assertThrows(() => new Response("", { status }), TypeError);
    assertThrows(() => Response.json(1, { status }), TypeError);
    assertEquals(new Response(null, { status }).status, status);
  }
  assertThrows(() => new Response(null, { statusText: "a\nb" }), TypeError);
  assertThrows(() => new Response(null, { statusText: "\u0100" }), TypeError);
  assertThrows(() => new Response(null, 1), TypeError);
  assertThrows(() => Response(), TypeError);
});

test("json refuses what is no JSON", () => {
  assertThrows(() => Response.json(undefined), TypeError);
  assertThrows(() => Response.json(() => {}), TypeError);
  assertThrows(() => Response.json(), TypeError);
  const cycle = {};
  cycle.cycle = cycle;
  assertThrows(() => Response.json(cycle), TypeError);
  assertEquals(responseInternals.bodyValue(Response.json(null)), "null");
});

test("redirect and error have immutable headers", () => {
  const redirect = Response.redirect("http://a/b c", 307);
  assertEquals([redirect.status, redirect.headers.get("location"), redirect.body], [307, "http://a/b%20c", null]);
  assertThrows(() => redirect.headers.append("a", "b"), TypeError);
  assertThrows(() => redirect.headers.delete("location"), TypeError);
  assertEquals(Response.redirect("http://a/").status, 302);
  assertThrows(() => Response.redirect("http://a/", 200), RangeError);
  assertThrows(() => Response.redirect("/relative"), TypeError);
  const error = Response.error();
  assertEquals([error.type, error.status, error.ok, error.body], ["error", 0, false, null]);
  assertThrows(() => error.headers.set("a", "b"), TypeError);
});

test("a clone is a response of its own", async () => {
  const response = new Response("x", { status: 201, statusText: "Y", headers: { a: "1" } });
  const clone = response.clone();
  clone.headers.set("a", "2");
  assertEquals([response.headers.get("a"), clone.status, clone.statusText], ["1", 201, "Y"]);
  assertEquals([await response.text(), response.bodyUsed, clone.bodyUsed, await clone.text()], ["x", true, false, "x"]);
  assertThrows(() => response.clone(), TypeError);
  const streamed = new Response(new ReadableStream({ pull: (c) => (c.enqueue(new TextEncoder().encode("ab")), c.close()) }));
  const branch = streamed.clone();
  assertEquals([await streamed.text(), await branch.text()], ["ab", "ab"]);
  const bytes = new Response(new Uint8Array([1, 2]));
  const other = bytes.clone();
  (await bytes.bytes())[0] = 9;
  assertEquals(await other.bytes(), new Uint8Array([1, 2]));
});

test("subclasses are responses", async () => {
  class Mine extends Response {
    extra = 1;
    get status() {
      return 999;
    }
  }
  const mine = new Mine("x", { status: 202 });
  assert(mine instanceof Response && mine instanceof Mine);
  assertEquals([mine.extra, mine.status, await mine.text()], [1, 999, "x"]);
  assert(responseInternals.isResponse(mine));
  assertEquals(responseInternals.status(mine), 202);
  const impostor = Object.create(Response.prototype);
  assert(!responseInternals.isResponse(impostor) && !responseInternals.isResponse({}) && !responseInternals.isResponse(null));
  assertThrows(() => impostor.status, TypeError);
  await assertRejects(impostor.text(), TypeError);
});

test("what is sent counts as read", async () => {
  const response = new Response("x");
  responseInternals.markUsed(response);
  assert(response.bodyUsed && responseInternals.isUnusable(response));
  await assertRejects(response.text(), TypeError);
  assertThrows(() => responseInternals.markUsed(response), TypeError);
  const empty = new Response(null);
  responseInternals.markUsed(empty);
  assert(!empty.bodyUsed);
});

function drain(response) {
  return new Promise((resolve) => {
    const seen = [];
    responseInternals.pumpBody(response, {
      write: (chunk) => void seen.push(chunk),
      close: () => resolve([...seen, "end"]),
      abort: (reason) => resolve([...seen, reason]),
    });
  });
}

test("streams and generators are moved chunk by chunk", async () => {
  async function* chunks() {
    yield "a";
    yield new Uint8Array([98]);
  }
  const response = new Response(chunks());
  assertEquals([responseInternals.bodyKind(response), responseInternals.bodyValue(response)], ["stream", null]);
  assertEquals(await drain(response), [new Uint8Array([97]), new Uint8Array([98]), "end"]);
  assert(response.bodyUsed);
  const failure = new Error("no");
  const failing = new ReadableStream({
    start(controller) {
      controller.enqueue("first");
    },
    pull(controller) {
      controller.error(failure);
    },
  });
  assertEquals(await drain(new Response(failing)), ["first", failure]);
});
