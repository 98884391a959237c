// What node:url and its kin print; the output of Node 22 is in url.txt (see scripts/record-node-output.sh).

import url from "node:url";
import qs from "node:querystring";
import puny from "node:punycode";
const T = (f) => {
  try {
    const v = f();
    return typeof v === "string" ? JSON.stringify(v) : v instanceof URL ? "URL " + v.href : JSON.stringify(v);
  } catch (e) {
    return e.name + " " + e.code + " " + e.message;
  }
};
console.log(Object.keys(url).sort().join(), Object.keys(qs).join(), Object.keys(puny).join());
for (const u of [
  "http://user:pa%20ss@host.com:8080/p/a/t/h?query=string#hash",
  "/a?b=c#d",
  "//host/path",
  "mailto:a@b.com",
  "javascript:alert('hi')",
  "http://[::1]:80/x",
  "HTTP://EXAMPLE.com",
  "http://a.com?x",
  "x",
  "",
  "file:///etc/passwd",
  "http://host:/",
  "a b",
  "http://ex ample.com",
  "http://a.com/a b\\c?d\\e",
  "http://münchen.de/",
  "http://a@b@c/",
  "http:path",
  "http://a.com:80:90",
  "ws://h/p",
  "http://h#f",
  "?q",
  "#h",
  "http://a.com/{x}|y",
  "tel:+1",
  "data:text/plain,hi",
  "http://u@h",
  "git+ssh://git@github.com:org/repo.git",
  "git@github.com:org/repo",
  "http://-a-.com/",
  "postgres://u:p%40w@localhost:5432/db?ssl=true",
  "redis://:pw@h:6379/0",
  "//u@h/p",
  "///p",
  "http://a.com/%zz",
  "\thttp://a.com\n",
]) {
  console.log(
    JSON.stringify(u),
    T(() => {
      const p = url.parse(u);
      return { ...p };
    }),
    T(() => url.parse(u, true).query),
    T(() => url.parse(u, false, true).host),
    T(() => url.format(url.parse(u))),
  );
}
for (const [a, b] of [
  ["/one/two/three", "four"],
  ["http://example.com/", "/one"],
  ["http://example.com/one", "/two"],
  ["http://e.com/a/b", "../c"],
  ["http://e.com/a/b/", "./c?x"],
  ["http://e.com", "?q=1"],
  ["http://e.com/a", "#h"],
  ["http://e.com/a", "//o.com/b"],
  ["http://e.com/a", "https:/x"],
  ["http://e.com/a", "https://y"],
  ["/a/b/c", "../../../d"],
  ["a/b", "../../c"],
  ["mailto:a@b", "c@d"],
  ["http://u:p@h/x", "/y"],
  ["http://e.com/a", ""],
  ["", "x"],
  ["http://e.com/b//c//d;p?q#blarg", "http:#hash#s"],
  ["/users/../../../../test/../../../../todos.txt", "."],
  [".", "#hash1"],
  ["http://a/b/c/d;p?q", "g;x=1/../y"],
  ["http://a/b", "http:c"],
])
  console.log(
    a,
    b,
    T(() => url.resolve(a, b)),
  );
for (const f of [
  () => url.parse(1),
  () => url.format(1),
  () => url.format({ protocol: "http", host: "a", pathname: "b", query: { x: [1, 2] } }),
  () => url.format({ hostname: "::1", port: 1, pathname: "/?" }),
  () =>
    url.format(new URL("http://u:p@münchen.de:81/p?s#h"), {
      unicode: true,
      auth: false,
      fragment: false,
      search: false,
    }),
  () => url.format(new URL("mailto:x")),
  () => url.fileURLToPath("file:///a%20b"),
  () => url.fileURLToPath("http://x"),
  () => url.fileURLToPath("file://h/x"),
  () => url.fileURLToPath("file:///a%2fb"),
  () => url.fileURLToPath(5),
  () => url.fileURLToPath("file:///C:/a", { windows: true }),
  () => url.pathToFileURL("/a b#?%\\c"),
  () => url.pathToFileURL("C:\\a", { windows: true }),
  () => url.pathToFileURL("/a/"),
  () => url.pathToFileURL(1),
  () => url.domainToASCII("español.com"),
  () => url.domainToASCII("xn--iñvalid.com"),
  () => url.domainToUnicode("xn--espaol-zwa.com"),
  () => url.urlToHttpOptions(new URL("https://a:b@[::1]:8/x?y#z")),
  () => new URL("bad"),
  () => url.fileURLToPathBuffer("file:///a%ff") + "",
  () => url.resolveObject("http://a/b", "c").href,
])
  console.log(T(f));
for (const s of [
  "a=1&b=2&a=3",
  "a=%E2%82%AC&b=%zz&c=a+b",
  "=x&y=",
  "a&b",
  "",
  "a=b=c",
  "&&a=1&",
  "%61=1",
  "a=%",
  "__proto__=1",
  "foo:bar;baz:q",
  "a=%C0",
  "a[]=1&a[]=2",
])
  console.log(
    T(() => qs.parse(s)),
    T(() => qs.parse(s, ";", ":")),
    T(() => qs.parse(s, null, null, { maxKeys: 1 })),
  );
for (const o of [
  { a: 1, b: "x y", c: [1, 2], d: true, e: null, f: undefined, g: 10n, h: {}, i: NaN },
  { "é€😀": "~!*()'-._" },
  {},
  null,
  "s",
  { a: "" },
])
  console.log(
    T(() => qs.stringify(o)),
    T(() => qs.stringify(o, ";", ":")),
  );
console.log(
  T(() => qs.escape("a b&c")),
  T(() => qs.unescape("%41+")),
  T(() => qs.stringify({ a: "\ud800" })),
  T(() => qs.unescapeBuffer("a%20b").toString()),
  T(() => qs.stringify({ a: "x y" }, null, null, { encodeURIComponent: (s) => "<" + s + ">" })),
  T(() => qs.parse("a=%41", null, null, { decodeURIComponent: (s) => s.toLowerCase() })),
);
for (const s of ["mañana.com", "☃-⌘.com", "a@münchen.de", "abc", "日本語.jp"])
  console.log(
    puny.toASCII(s),
    puny.toUnicode(puny.toASCII(s)),
    T(() => puny.encode(s)),
    T(() => puny.decode(puny.encode(s))),
  );
console.log(
  T(() => puny.decode("é-")),
  T(() => puny.decode("a!")),
  puny.ucs2.decode("a😀"),
  puny.ucs2.encode([97, 128512]),
);
