// fetch(): what happens before and beside the network. The network itself is tested in exchange_tests.rs.

import { assert, assertEquals, assertRejects, test } from "transom:internal/testing";

test("data URLs are fetched without a network", async () => {
  const response = await fetch("data:text/x;base64,aGk=#f");
  assertEquals([response.status, response.type, response.url], [200, "basic", "data:text/x;base64,aGk="]);
  assertEquals([response.headers.get("content-type"), await response.text()], ["text/x", "hi"]);
  assertEquals(await (await fetch("data:,a%20b")).text(), "a b");
});

test("failures are a TypeError with the reason as cause", async () => {
  for (const url of ["ftp://a/", "nope:x", "data:broken", "blob:null/unknown", "about:blank"]) {
    const error = await assertRejects(fetch(url), TypeError, url);
    assertEquals(error.message, "fetch failed");
    assert(error.cause instanceof Error && error.cause.message.length > 0, url);
  }
  const invalid = await assertRejects(fetch("/relative"), TypeError);
  assertEquals(invalid.message, "Failed to parse URL from /relative");
  await assertRejects(fetch(), TypeError);
  await assertRejects(fetch("data:,x", { body: "x" }), TypeError);
});

test("an aborted signal fails at once with its reason and cancels the body", async () => {
  await assertRejects(fetch("http://127.0.0.1:1/", { signal: AbortSignal.abort() }), "AbortError");
  const reason = new Error("mine");
  let cancelled;
  const body = new ReadableStream({ cancel: (why) => void (cancelled = why) });
  const options = { method: "POST", body, duplex: "half", signal: AbortSignal.abort(reason) };
  await assertRejects(fetch("http://127.0.0.1:1/", options), reason);
  assertEquals(cancelled, reason);
});

test("fetched responses have immutable headers", async () => {
  const response = await fetch("data:,x");
  let error;
  try {
    response.headers.set("a", "b");
  } catch (thrown) {
    error = thrown;
  }
  assert(error instanceof TypeError);
});

test("blob URLs are those of the moment in which the request was made", async () => {
  const url = URL.createObjectURL(new Blob(["kept"], { type: "text/x" }));
  const request = new Request(url);
  const copy = new Request(request.clone());
  URL.revokeObjectURL(url);
  assertEquals(await (await fetch(request)).text(), "kept");
  assertEquals((await fetch(copy)).headers.get("content-type"), "text/x");
  await assertRejects(fetch(url), TypeError);
});

test("a Blob without a type, or with one that is none, has an empty content type", async () => {
  for (const type of ["", "invalid"]) {
    const response = await fetch(URL.createObjectURL(new Blob(["a"], { type })));
    assertEquals([response.headers.get("content-type"), response.headers.get("content-length")], ["", "1"]);
  }
});

test("integrity may be written without padding and in either alphabet", async () => {
  const hash = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"; // Of "hello".
  for (const text of [hash, `${hash}=`, hash.replaceAll("+", "-").replaceAll("/", "_")]) {
    assertEquals(await (await fetch("data:,hello", { integrity: `sha256-${text}` })).text(), "hello");
  }
  await assertRejects(fetch("data:,hallo", { integrity: `sha256-${hash}` }), TypeError);
});
