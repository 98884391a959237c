// Blob and File, in memory and on a file source.

import { Blob, blobInternals } from "transom:internal/blob/blob";
import { File, fileInternals } from "transom:internal/blob/file";
import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const bytes = (...list) => new Uint8Array(list);

/** A file source that keeps to small reads and counts them. */
class Source {
  constructor(content, limit = 3) {
    this.content = content;
    this.size = content.length;
    this.limit = limit;
    this.reads = 0;
  }

  async read(offset, length) {
    this.reads++;
    return this.content.slice(offset, offset + Math.min(length, this.limit));
  }
}

const numbers = (count) => Uint8Array.from({ length: count }, (_, index) => index);

test("a blob joins its parts", async () => {
  const blob = new Blob(["é", bytes(1, 2), new Uint16Array([0x0403]).buffer, new Blob(["x"]), 7], { type: "Text/Plain" });
  assertEquals([blob.size, blob.type], [8, "text/plain"]);
  assertEquals(await blob.bytes(), bytes(0xc3, 0xa9, 1, 2, 3, 4, 0x78, 0x37));
  assertEquals(new Uint8Array(await new Blob([bytes(5)]).arrayBuffer()), bytes(5));
  assertEquals(await new Blob(["\ufeffa\ud800"]).text(), "a\ufffd");
  assertEquals([new Blob().size, new Blob([]).type], [0, ""]);
  assertEquals(new Blob([], { type: "a\u0080" }).type, "");
});

test("parts are copied when the blob is made, and what is read is a copy", async () => {
  const part = bytes(1);
  const blob = new Blob([part]);
  part[0] = 2;
  const read = await blob.bytes();
  read[0] = 3;
  assertEquals(await blob.bytes(), bytes(1));
});

test("line endings", async () => {
  assertEquals(await new Blob(["a\r\nb\rc\n"], { endings: "native" }).text(), "a\nb\nc\n");
  assertEquals(await new Blob(["a\r\nb"]).text(), "a\r\nb");
  assertThrows(() => new Blob([], { endings: "other" }), TypeError);
});

test("slice counts from both ends and clamps", async () => {
  const blob = new Blob(["abc", "def"], { type: "x/y" });
  for (const [args, expected] of [
    [[], "abcdef"], [[2], "cdef"], [[2, 4], "cd"], [[-2], "ef"], [[0, -1], "abcde"], [[4, 2], ""], [[-99, 99], "abcdef"],
    [[NaN, 1.4], "a"],
  ]) {
    assertEquals(await blob.slice(...args).text(), expected, String(args));
  }
  assertEquals([blob.slice(0, 1).type, blob.slice(0, 1, "A/B").type], ["", "a/b"]);
  assertEquals(await blob.slice(1, 5).slice(1, 3).text(), "cd");
});

test("a blob streams its bytes, and each stream is new", async () => {
  const blob = new Blob([numbers(100_000)]);
  let size = 0;
  let chunks = 0;
  for await (const chunk of blob.stream()) {
    assert(chunk instanceof Uint8Array);
    size += chunk.length;
    chunks++;
  }
  assertEquals([size, chunks], [100_000, 2]);
  const reader = blob.stream().getReader({ mode: "byob" });
  assertEquals((await reader.read(new Uint8Array(2))).value, bytes(0, 1));
});

test("a file has a name and a date", async () => {
  const file = new File(["x"], "a/\ud800.txt", { type: "text/plain", lastModified: 5 });
  assertEquals([file.name, file.lastModified, file.size, file.type], ["a/\ufffd.txt", 5, 1, "text/plain"]);
  assert(file instanceof Blob);
  assert(new File([], "n").lastModified > 1e12);
  assert(!(file.slice() instanceof File));
  assertEquals(Object.prototype.toString.call(file), "[object File]");
  assertEquals(Object.keys(File.prototype), ["name", "lastModified"]);
  assertThrows(() => new File([]), TypeError);
  assertThrows(() => new File("ab", "n"), TypeError);
});

test("a file source is read piece by piece, and only where it is needed", async () => {
  const source = new Source(numbers(10));
  const file = fileInternals.fromSource(source, "big", { type: "a/b" });
  assertEquals([file.size, file.name, source.reads], [10, "big", 0]);
  assertEquals(await file.bytes(), numbers(10));
  assertEquals(await file.slice(2, 7).bytes(), numbers(10).slice(2, 7));
  const mixed = new Blob(["<", file.slice(0, 4), ">"]);
  assertEquals(await mixed.bytes(), bytes(0x3c, 0, 1, 2, 3, 0x3e));
  const streamed = [];
  for await (const chunk of mixed.stream()) streamed.push(...chunk);
  assertEquals(streamed, [0x3c, 0, 1, 2, 3, 0x3e]);
  assertEquals([blobInternals.bytesNow(mixed), fileInternals.source(file) === source], [null, true]);
});

test("a file that became shorter is an error, not an endless read", async () => {
  const source = new Source(numbers(4));
  source.size = 8;
  await assertRejects(fileInternals.fromSource(source, "short", {}).bytes(), "NotReadableError");
});

test("brands", async () => {
  await assertRejects(Blob.prototype.text.call({}), TypeError);
  assertThrows(() => Blob.prototype.size, TypeError);
  assertThrows(() => new Blob("text"), TypeError);
  assertThrows(() => new Blob({}), TypeError);
});
