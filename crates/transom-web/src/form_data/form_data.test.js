// FormData. Reading and writing the formats is tested with the bodies (fetch/body.test.js) and in multipart_tests.rs.

import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

test("entries keep their order and are read and changed by name", () => {
  const form = new FormData();
  form.append("a", 1);
  form.append("b", "2");
  form.append("a", "3");
  assertEquals([...form], [["a", "1"], ["b", "2"], ["a", "3"]]);
  assertEquals([form.get("a"), form.getAll("a"), form.has("b"), form.get("x")], ["1", ["1", "3"], true, null]);
  form.set("a", "9");
  form.set("c", "0");
  assertEquals([...form], [["a", "9"], ["b", "2"], ["c", "0"]]);
  form.delete("b");
  assertEquals([[...form.keys()], [...form.values()]], [["a", "c"], ["9", "0"]]);
  const seen = [];
  form.forEach((value, name) => seen.push(name + value));
  assertEquals(seen, ["a9", "c0"]);
});

test("blobs become files, and files keep their names", async () => {
  const form = new FormData();
  form.append("blob", new Blob(["x"], { type: "a/b" }));
  form.append("named", new Blob(["y"]), "n.txt");
  const file = new File(["z"], "own.txt", { type: "c/d", lastModified: 5 });
  form.append("file", file);
  form.append("renamed", file, "new.txt");
  const blob = form.get("blob");
  assert(blob instanceof File);
  assertEquals([blob.name, blob.type, await blob.text()], ["blob", "a/b", "x"]);
  assertEquals([form.get("named").name, form.get("file") === file], ["n.txt", true]);
  const renamed = form.get("renamed");
  assertEquals([renamed.name, renamed.type, renamed.lastModified, await renamed.text()], ["new.txt", "c/d", 5, "z"]);
});

test("names and texts are well-formed strings", () => {
  const form = new FormData();
  form.append("\ud800", "\udfff");
  assertEquals([...form], [["\ufffd", "\ufffd"]]);
});

test("members check their receiver and their arguments", () => {
  const form = new FormData();
  assertThrows(() => form.append("a"), TypeError);
  assertThrows(() => form.append("a", "text", "name.txt"), TypeError);
  assertThrows(() => new FormData({}), TypeError);
  assertThrows(() => FormData.prototype.get.call({}, "a"), TypeError);
});
