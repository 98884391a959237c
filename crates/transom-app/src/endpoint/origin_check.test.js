// The origin check. Spec: astro-endpoints.md section 4.1.

import { isForbidden, isFormLike, isSafeMethod } from "transom:internal/app/origin_check";
import { eachHeader, firstHeader } from "transom:internal/app/raw_headers";
import { assert, assertEquals, test } from "transom:internal/testing";

const raw = (headers) => Object.entries(headers).map(([name, value]) => `${name}\0${value}\0`).join("");
const forbidden = (headers, origin = "http://example.com") => isForbidden(raw({ host: "example.com", ...headers }), origin);

test("forms of another origin are refused", () => {
  const form = "application/x-www-form-urlencoded";
  assert(!forbidden({ origin: "http://example.com", "content-type": form }));
  for (const origin of ["http://evil.com", "https://example.com", "http://example.com:80", "null", "HTTP://example.com", ""]) {
    assert(forbidden({ origin, "content-type": form }), origin);
  }
  assert(forbidden({ "content-type": form }));
});

test("a request without a content type needs the origin", () => {
  assert(forbidden({}));
  assert(!forbidden({ origin: "http://example.com" }));
});

test("other content types pass from anywhere", () => {
  assert(!forbidden({ "content-type": "application/json" }));
  assert(!forbidden({ origin: "http://evil.com", "content-type": "" }), "an empty content type is there, and no form's");
  for (const type of ["MULTIPART/FORM-DATA; boundary=x", "text/plain", "application/json; x=text/plain"]) {
    assert(isFormLike(type) && forbidden({ "content-type": type }), type);
  }
});

test("the origin of the request is compared as a URL writes it", () => {
  const headers = { origin: "http://example.com" };
  assert(!forbidden(headers, "http://EXAMPLE.com:80"));
  assert(forbidden({ origin: "http://EXAMPLE.com:80" }, "http://EXAMPLE.com:80"));
  assert(forbidden(headers, "http://example.com:8080"));
});

test("only three methods are exempt", () => {
  assertEquals(["GET", "HEAD", "OPTIONS", "POST", "DELETE", "QUERY"].filter(isSafeMethod), ["GET", "HEAD", "OPTIONS"]);
});

test("a value that looks like a name is not found", () => {
  const block = "x-a\0origin\0origin\0http://a\0origin-x\0y\0origin\0http://b\0";
  assertEquals([firstHeader(block, "origin"), firstHeader(block, "x-b"), firstHeader("", "x")], ["http://a", null, null]);
  const all = [];
  eachHeader(block, "origin", (value) => all.push(value));
  assertEquals(all, ["http://a", "http://b"]);
  assert(isForbidden(block, "http://a"), "two origins are none");
});
