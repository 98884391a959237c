// AstroCookies: reading and writing. Spec: astro-endpoints.md section 3.3.

import { AstroCookies } from "transom:internal/app/cookies";
import { setCookieText } from "transom:internal/app/cookie_text";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

const received = (header) => new AstroCookies({ cookieHeader: () => header });
const written = (write) => {
  const cookies = received(null);
  write(cookies);
  return [...cookies.headers()];
};

test("the header is read as the npm package `cookie` reads it", () => {
  const read = (header, name) => received(header).get(name)?.value;
  assertEquals(read("a=first; a=second", "a"), "first");
  assertEquals(read("  a = spaced ; b=2", "a"), "spaced");
  assertEquals(read('a="q"', "a"), '"q"');
  assertEquals(read("novalue; a=1", "a"), "1");
  assertEquals(read("a=1;;b=2", "b"), "2");
  assertEquals(read("a=b=c", "a"), "b=c");
  assertEquals(read("a=h%C3%A9", "a"), "hé");
  assertEquals(read("a=0:%", "a"), "0:%");
  for (const name of ["toString", "hasOwnProperty", "__proto__", "constructor"]) {
    assertEquals([read("x=1", name), received("x=1").has(name)], [undefined, false], name);
  }
  assertEquals(received("a=YQ==").get("a", { decode: (value) => value.toLowerCase() }).value, "yq==");
});

test("an empty cookie exists but has no value", () => {
  const cookies = received("a=; b=1");
  assertEquals([cookies.get("a"), cookies.has("a")], [undefined, true]);
});

test("a value converts on demand", () => {
  const cookies = received('n=22; f=false; z=0; j={"a":1}; t=x');
  assertEquals([cookies.get("n").number(), cookies.get("n").boolean(), cookies.get("n").json()], [22, true, 22]);
  assertEquals([cookies.get("f").boolean(), cookies.get("z").boolean()], [false, false]);
  assertEquals(cookies.get("j").json(), { a: 1 });
  assertThrows(() => cookies.get("t").json(), SyntaxError);
});

test("a value is encoded only where it must be", () => {
  const set = (value, options) => written((cookies) => cookies.set("k", value, options))[0];
  assertEquals(set("http://localhost/path"), "k=http://localhost/path");
  assertEquals(set("hello world"), "k=hello%20world");
  assertEquals(set("100%"), "k=100%25");
  assertEquals(set('a"b,c;d\\e'), "k=a%22b%2Cc%3Bd%5Ce");
  assertEquals(set("hé"), "k=h%C3%A9");
  assertEquals(set("a b", { encode: (value) => value.replace(" ", "_") }), "k=a_b");
  assertThrows(() => set("a b", { encode: (value) => value }), TypeError);
  assertThrows(() => set("\ud800"), URIError);
});

test("values that are no strings become text", () => {
  const set = (value) => written((cookies) => cookies.set("k", value))[0];
  assertEquals(set([1, 2]), "k=1%2C2");
  assertEquals(set({ a: 1 }), "k=%7B%22a%22%3A1%7D");
  assertEquals(set(new Map([[1, 2]])), "k={}");
  assertEquals(set(true), "k=true");
  assertThrows(() => set(null), TypeError);
});

test("attributes stand in a fixed order", () => {
  const options = {
    sameSite: true, priority: "HIGH", partitioned: true, secure: true, httpOnly: true, expires: new Date(0),
    path: "/x", domain: "example.com", maxAge: 60,
  };
  assertEquals(
    setCookieText("k", "v", options, undefined),
    "k=v; Max-Age=60; Domain=example.com; Path=/x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Partitioned; Priority=High; SameSite=Strict",
  );
  assertEquals(setCookieText("k", "v", { sameSite: "none", secure: false, path: "" }, undefined), "k=v; SameSite=None");
});

test("what is no cookie is refused", () => {
  const cases = [
    ["bad name", {}], ["", {}], ["k=", {}], ["k", { maxAge: 1.5 }], ["k", { maxAge: "60" }], ["k", { domain: "a b" }],
    ["k", { path: "/;" }], ["k", { sameSite: "foo" }], ["k", { priority: "zz" }], ["k", { expires: new Date(NaN) }],
  ];
  for (const [name, options] of cases) {
    assertThrows(() => setCookieText(name, "v", options, undefined), TypeError, `${name} ${JSON.stringify(options)}`);
  }
});

test("the latest write of a name counts, at the place of the first", () => {
  assertEquals(
    written((cookies) => {
      cookies.set("a", "1");
      cookies.set("b", "2");
      cookies.set("a", "3", { path: "/x" });
    }),
    ["a=3; Path=/x", "b=2"],
  );
});

test("a deleted cookie is gone at once", () => {
  const cookies = received("a=1");
  cookies.delete("a", { path: "/", maxAge: 5, expires: new Date() });
  assertEquals([cookies.get("a"), cookies.has("a")], [undefined, false]);
  assertEquals([...cookies.headers()], ["a=deleted; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]);
  cookies.set("a", "b r");
  assertEquals(cookies.get("a").value, "b r");
});

test("merging takes over what the other has written", () => {
  const mine = received("x=1");
  mine.set("a", "mine");
  mine.set("b", "mine");
  const theirs = received(null);
  theirs.set("b", "theirs");
  theirs.set("c", "theirs");
  mine.merge(theirs);
  assertEquals([...mine.headers()], ["a=mine", "b=theirs", "c=theirs"]);
  assert(mine.has("c") && mine.has("x"));
});
