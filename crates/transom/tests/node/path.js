// What node:path and its kin print; the output of Node 22 is in path.txt (see scripts/record-node-output.sh).

import path, { posix, win32 } from "node:path";
import * as p2 from "node:path/posix";
import * as w2 from "node:path/win32";
const T = (f) => {
  try {
    return JSON.stringify(f());
  } catch (e) {
    return e.code + e.message;
  }
};
const ps = [
  "",
  "/",
  "//",
  "a",
  "/a",
  "a/",
  "a/b",
  "/a/b/",
  "a//b",
  "./a",
  "../a",
  "a/..",
  "a/../..",
  "/../a",
  ".",
  "..",
  "...",
  "a.txt",
  ".txt",
  "a.b.c",
  "/a/.hidden",
  "a.",
  "..a",
  "a/b.c/",
  "a/./b",
  "/a/b/../../c",
  "file:///x",
  " ",
  "C:",
  "C:\\",
  "C:a",
  "C:\\a\\b",
  "c:/a/../b",
  "\\\\srv\\share",
  "\\\\srv\\share\\",
  "\\\\srv\\share\\a",
  "//srv/share/a/..",
  "\\a",
  "\\\\",
  "a\\b",
  "a\\..\\b",
  "C:..\\a",
  "D:\\a.b",
  "C:\\\\a",
  "/C:/a",
  "a/b\\c.d",
  "..\\..",
  "C:.\\a",
  "\\\\srv",
  "a\\\\b\\",
];
for (const P of [posix, win32])
  for (const p of ps)
    console.log(
      JSON.stringify(p),
      T(() => P.normalize(p)),
      T(() => P.dirname(p)),
      T(() => P.basename(p)),
      T(() => P.basename(p.replace(/[\\/]+$/, ""), ".b")),
      T(() => P.extname(p)),
      T(() => P.isAbsolute(p)),
      T(() => P.parse(p)),
      T(() => P.format(P.parse(p))),
      P === posix ? T(() => P.resolve("/base", p)) : T(() => P.resolve("C:\\base", p)),
      T(() => P.join(p, "x")),
      T(() => P.join("x", p)),
      T(() => P.resolve("/q", p)),
      P === win32 ? T(() => P.toNamespacedPath(p).length > 0) : 0,
    );
for (const [a, b] of [
  ["/a/b", "/a/c"],
  ["/a/b", "/a/b/c"],
  ["/a/b/c", "/a"],
  ["/", "/a"],
  ["/a", "/"],
  ["/ab", "/abc"],
  ["a", "b"],
  ["/a/b/", "/a/b"],
  ["", ""],
  ["/foo/bar/baz", "/foo/bar-x"],
  ["/a/b/c/d", "/x/y"],
])
  console.log(posix.relative(a, b));
for (const [a, b] of [
  ["C:\\a\\b", "C:\\a\\c"],
  ["C:\\a", "D:\\a"],
  ["C:\\", "C:\\a"],
  ["c:\\A", "C:\\a\\b"],
  ["\\\\s\\t\\a", "\\\\s\\t\\b"],
  ["C:\\ab", "C:\\abc"],
  ["C:\\a\\b\\c", "C:\\a"],
])
  console.log(win32.relative(a, b));
for (const f of [
  () => path.join(1),
  () => path.resolve({}),
  () => path.parse(),
  () => path.format(1),
  () => path.basename("a", 1),
  () => path.format({ dir: "d", base: "b" }),
  () => path.format({ root: "/", name: "n", ext: "e" }),
  () => path.format({ root: "/", dir: "/", base: "x" }),
  () => path.join(),
  () => win32.join(),
  () => path.basename("aaa", "a"),
  () => path.basename("a/aaa", "aaa"),
  () => path.basename("/aaa", "/aaa"),
  () => path.basename("aa/b.html", ".html"),
  () => win32.join("//a", "b"),
  () => win32.join("\\", "\\a", "b"),
  () => win32.join("C:", "a"),
])
  console.log(T(f));
console.log(
  Object.keys(path).join(),
  Object.keys(p2).join(),
  Object.keys(w2).join(),
  path.win32 === win32,
  path.posix === path,
  p2.default === path,
);
for (const [p, g] of [
  ["a/b", "a/*"],
  ["a/b/c", "a/**"],
  ["a/b/c", "a/*"],
  ["a.js", "*.{js,ts}"],
  ["x/y.ts", "**/*.ts"],
  ["y.ts", "**/*.ts"],
  ["a", "[ab]"],
  ["c", "[!ab]"],
  ["/a/b", "/a/?"],
  [".h", "*"],
  ["foo.bar", "foo.+(bar|baz)"],
])
  console.log(p, g, path.matchesGlob(p, g));
