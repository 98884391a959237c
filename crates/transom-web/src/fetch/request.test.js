// Request: constructor, getters, clone, and requests that the server made.

import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";
import { requestInternals } from "transom:internal/fetch/request";

test("a request has the defaults of the standard", () => {
  const request = new Request("http://a/b?c#d");
  assertEquals(
    [request.method, request.url, request.body, request.mode, request.credentials, request.cache, request.redirect],
    ["GET", "http://a/b?c#d", null, "cors", "same-origin", "default", "follow"],
  );
  assertEquals(
    [request.referrer, request.referrerPolicy, request.integrity, request.keepalive, request.destination, request.duplex],
    ["about:client", "", "", false, "", "half"],
  );
  assert(request.signal instanceof AbortSignal && request.signal === request.signal);
});

test("options are converted and checked", () => {
  const request = new Request(new URL("http://a/"), {
    method: "post", headers: { A: "1" }, body: "x", cache: "no-store", redirect: "manual", keepalive: 1,
  });
  assertEquals([request.method, request.headers.get("a"), request.cache, request.redirect, request.keepalive], ["POST", "1", "no-store", "manual", true]);
  assertEquals(request.headers.get("content-type"), "text/plain;charset=UTF-8");
  assertEquals(new Request("http://a", { method: "patch" }).method, "patch");
  assertEquals(new Request("http://a", { method: "Purge" }).method, "Purge");
  for (const method of ["TRACE", "connect", "a b", ""]) assertThrows(() => new Request("http://a", { method }), TypeError);
  assertThrows(() => new Request("http://a", { redirect: "x" }), TypeError);
  assertThrows(() => new Request("http://a", { window: 1 }), TypeError);
  assertThrows(() => new Request("http://a", { signal: {} }), TypeError);
  assertThrows(() => new Request("http://a", 1), TypeError);
});

test("a request needs an absolute URL without credentials", () => {
  assertThrows(() => new Request("/a"), TypeError);
  assertThrows(() => new Request("http://u:p@a/"), TypeError);
  assertThrows(() => new Request(), TypeError);
});

test("GET and HEAD have no body, and streams must say half", async () => {
  assertThrows(() => new Request("http://a", { body: "" }), TypeError);
  assertThrows(() => new Request("http://a", { method: "HEAD", body: "x" }), TypeError);
  assertThrows(() => new Request("http://a", { method: "POST", body: new ReadableStream() }), TypeError);
  const request = new Request("http://a", {
    method: "POST", duplex: "half", body: new ReadableStream({ pull: (c) => (c.enqueue(new Uint8Array([115])), c.close()) }),
  });
  assertEquals(await request.text(), "s");
});

test("a request made of another one takes its body", async () => {
  const first = new Request("http://a/", { method: "PUT", body: "x", headers: { a: "1" } });
  const second = new Request(first, { headers: { b: "2" } });
  assertEquals([first.bodyUsed, second.method, second.headers.get("a"), second.headers.get("b")], [true, "PUT", null, "2"]);
  assertEquals(await second.text(), "x");
  await assertRejects(first.text(), TypeError);
  assertThrows(() => new Request(first), TypeError);
  assertEquals(await new Request(first, { body: "y" }).text(), "y");
  const streamed = new Request("http://a/", { method: "PUT", body: "xyz" });
  assert(streamed.body !== null);
  const third = new Request(streamed);
  assertEquals([await third.text(), streamed.bodyUsed], ["xyz", true]);
  assertThrows(() => new Request(new Request("http://a/", { method: "PUT", body: "x" }), { method: "GET" }), TypeError);
});

test("signals are followed", () => {
  const controller = new AbortController();
  const request = new Request("http://a/", { signal: controller.signal });
  const copies = [new Request(request), request.clone()];
  controller.abort("why");
  for (const one of [request, ...copies]) assertEquals([one.signal.aborted, one.signal.reason], [true, "why"]);
  assertEquals(new Request(request, { signal: null }).signal.aborted, false);
});

test("a clone is a request of its own", async () => {
  const request = new Request("http://a/", { method: "POST", body: "x", headers: { a: "1" } });
  const clone = request.clone();
  clone.headers.set("a", "2");
  assertEquals([request.headers.get("a"), await clone.text(), await request.text()], ["1", "x", "x"]);
  assertThrows(() => request.clone(), TypeError);
});

test("a request of the server is lazy in everything", () => {
  const asked = [];
  const request = requestInternals.createFromServer({
    requestId: 1,
    method: "GET",
    url: () => asked.push("url") && "http://h/p",
    rawHeaders: "host\0h\0cookie\0a=1\0cookie\0b=2\0",
    hasBody: true,
    signalFactory: () => asked.push("signal") && new AbortController().signal,
  });
  assertEquals([request.method, request.body, request.bodyUsed, asked], ["GET", null, false, []]);
  assertEquals([request.url, request.url, asked], ["http://h/p", "http://h/p", ["url"]]);
  assertEquals([...request.headers], [["cookie", "a=1; b=2"], ["host", "h"]]);
  assert(request.signal === request.signal);
  assertEquals(asked, ["url", "signal"]);
  assert(request instanceof Request && requestInternals.isRequest(request));
  request.headers.set("x-changed", "1");
  assertEquals(new Request(request).headers.get("x-changed"), "1");
});

test("subclasses and impostors", () => {
  class Mine extends Request {}
  const mine = new Mine("http://a/");
  assert(mine instanceof Request && requestInternals.isRequest(mine));
  assertThrows(() => Object.create(Request.prototype).url, TypeError);
});

test("members that a server has no use for are checked all the same", () => {
  assertThrows(() => new Request("http://a/", { priority: "urgent" }), TypeError);
  for (const priority of ["high", "low", "auto"]) new Request("http://a/", { priority });
});

test("the mode no-cors lets simple headers through, and no others", () => {
  const headers = {
    accept: "*/*", "accept-language": "de", authorization: "x", "content-language": "en, de",
    "content-type": "application/json", range: "bytes=0-1", "x-own": "1",
  };
  const request = new Request("http://a/", { mode: "no-cors", headers });
  assertEquals([...request.headers.keys()], ["accept", "accept-language", "content-language"]);
  request.headers.append("x-own", "1");
  request.headers.set("authorization", "x");
  request.headers.set("accept", 'a"b');
  request.headers.append("accept-language", "a".repeat(127));
  assertEquals([...request.headers.keys()], ["accept", "accept-language", "content-language"]);
  assertEquals([request.headers.get("accept"), request.headers.get("accept-language")], ["*/*", "de"]);
  request.headers.set("content-type", "text/plain;charset=x");
  request.headers.delete("accept");
  assertEquals([...request.headers.keys()], ["accept-language", "content-language", "content-type"]);

  const full = new Request("http://a/", { headers });
  assertEquals([...full.headers.keys()].length, 7);
  assertEquals([...new Request(full, { mode: "no-cors" }).headers.keys()], ["accept", "accept-language", "content-language"]);
  const typed = (body) => new Request("http://a/", { method: "POST", mode: "no-cors", body }).headers.get("content-type");
  assertEquals([typed("x"), typed(new Blob(["x"], { type: "image/png" }))], ["text/plain;charset=UTF-8", null]);
});
