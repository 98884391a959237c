// URL: constructor, getters, setters, the static functions. What the parser itself does is in url_conformance.rs.

import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

const PARTS = [
  "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash",
];

function check(input, base, expected) {
  const url = new URL(input, base);
  assertEquals(PARTS.map((part) => url[part]), expected, input);
}

test("getters are the parts of the href", () => {
  check("https://u:p@example.com:8080/a/b?q=1#f", undefined, [
    "https://u:p@example.com:8080/a/b?q=1#f", "https://example.com:8080", "https:", "u", "p", "example.com:8080",
    "example.com", "8080", "/a/b", "?q=1", "#f",
  ]);
  check("../x?", "http://u@EXAMPLE.com:80/a/b/c", [
    "http://u@example.com/a/x?", "http://example.com", "http:", "u", "", "example.com", "example.com", "", "/a/x", "", "",
  ]);
  check("http://:p@h/", undefined, ["http://:p@h/", "http://h", "http:", "", "p", "h", "h", "", "/", "", ""]);
  check("mailto:a@b?c#", undefined, ["mailto:a@b?c#", "null", "mailto:", "", "", "", "", "", "a@b", "?c", ""]);
  check("http://[::1]:3/", undefined, ["http://[::1]:3/", "http://[::1]:3", "http:", "", "", "[::1]:3", "[::1]", "3", "/", "", ""]);
  check("web+x:/.//p", undefined, ["web+x:/.//p", "null", "web+x:", "", "", "", "", "", "//p", "", ""]);
  check("file:///a", undefined, ["file:///a", "null", "file:", "", "", "", "", "", "/a", "", ""]);
  assertEquals(new URL("blob:https://a.b:1/x").origin, "https://a.b:1");
});

test("what is no URL is refused with Node's code", () => {
  const error = assertThrows(() => new URL("/x"), TypeError);
  assertEquals([error.message, error.code, error.input], ["Invalid URL", "ERR_INVALID_URL", "/x"]);
  assertThrows(() => new URL("x", "y"), TypeError);
  assertThrows(() => new URL(), TypeError);
  assertThrows(() => URL("http://a"), TypeError);
});

test("parse and canParse do not throw", () => {
  assertEquals(URL.parse("b", "http://a/").href, "http://a/b");
  assertEquals(URL.parse("b"), null);
  assertEquals([URL.canParse("b"), URL.canParse("b", "http://a"), URL.canParse("http://a")], [false, true, true]);
});

test("arguments are converted, and lone surrogates replaced", () => {
  assertEquals(new URL({ toString: () => "http://a/b" }).href, "http://a/b");
  assertEquals(new URL(new URL("http://a/b"), undefined).href, "http://a/b");
  assertEquals(new URL("http://a/\ud800").pathname, "/%EF%BF%BD");
});

test("setters change one part or nothing", () => {
  const url = new URL("http://a.b/c?d#e");
  url.protocol = "https";
  url.host = "x.y:99";
  url.pathname = "p q";
  url.username = "me";
  url.password = "s:t";
  url.hash = "";
  assertEquals(url.href, "https://me:s%3At@x.y:99/p%20q?d");
  url.port = "443";
  url.protocol = "nope:nope";
  url.port = "x";
  url.hostname = "";
  assertEquals(url.href, "https://me:s%3At@x.y/p%20q?d");
  assertThrows(() => {
    url.href = "nope";
  }, TypeError);
  url.href = "http://z/";
  assertEquals(url.href, "http://z/");
});

test("searchParams and search are one and the same", () => {
  const url = new URL("http://a/?x=1#h");
  const params = url.searchParams;
  assert(params === url.searchParams);
  params.append("y", "a b");
  assertEquals(url.href, "http://a/?x=1&y=a+b#h");
  url.search = "?z=%20";
  assertEquals([...params], [["z", " "]]);
  params.delete("z");
  assertEquals(url.href, "http://a/#h");
  url.href = "http://b/?q=2";
  assertEquals(params.get("q"), "2");
});

test("a URL is its href as string and in JSON", () => {
  const url = new URL("http://a");
  assertEquals([`${url}`, url.toJSON(), JSON.stringify({ url })], ["http://a/", "http://a/", '{"url":"http://a/"}']);
  assertEquals(Object.prototype.toString.call(url), "[object URL]");
});

test("object URLs stand for a blob until they are revoked", async () => {
  const url = URL.createObjectURL(new Blob(["content"], { type: "text/x" }));
  assert(url.startsWith("blob:null/"));
  const response = await fetch(url);
  assertEquals([await response.text(), response.headers.get("content-type")], ["content", "text/x"]);
  URL.revokeObjectURL(url);
  let error;
  await fetch(url).catch((reason) => (error = reason));
  assert(error instanceof TypeError);
  assertThrows(() => URL.createObjectURL({}), TypeError);
});

test("members check their receiver", () => {
  const { get } = Object.getOwnPropertyDescriptor(URL.prototype, "href");
  assertThrows(() => get.call({}), TypeError);
  assertThrows(() => URL.prototype.toString.call({}), TypeError);
});
