// structuredClone.

import { Blob } from "transom:internal/blob/blob";
import { File } from "transom:internal/blob/file";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { QuotaExceededError } from "transom:internal/dom_exception/quota_exceeded_error";
import { EventTarget } from "transom:internal/events/event_target";
import { ReadableStream } from "transom:internal/streams/readable";
import { structuredClone } from "transom:internal/structured_clone/structured_clone";
import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

test("primitives and their objects", () => {
  for (const value of [1, -0, "s", true, null, undefined, 10n]) assert(Object.is(structuredClone(value), value));
  for (const object of [Object(1), Object("s"), Object(false), Object(1n)]) {
    const copy = structuredClone(object);
    assert(copy !== object && copy.valueOf() === object.valueOf());
  }
});

test("structures keep their cycles, holes and shared parts", () => {
  const shared = { x: 1 };
  const value = { list: [1, , shared], shared, map: new Map([[shared, new Set([shared])]]), date: new Date(5) };
  value.self = value;
  const copy = structuredClone(value);
  assert(copy !== value && copy.self === copy && copy.list[2] === copy.shared && copy.shared !== shared);
  assert(!(1 in copy.list) && copy.list.length === 3);
  assert(copy.map.get(copy.shared).has(copy.shared));
  assertEquals(copy.date, new Date(5));
});

test("regular expressions lose their position", () => {
  const pattern = /a\/b/giu;
  pattern.lastIndex = 3;
  const copy = structuredClone(pattern);
  assertEquals([copy.source, copy.flags, copy.lastIndex], ["a\\/b", "giu", 0]);
});

test("instances become plain objects with their own enumerable properties", () => {
  class Point {
    x = 1;
    #hidden = 2;
    get y() {
      return this.#hidden;
    }
  }
  const copy = structuredClone(Object.defineProperty(new Point(), "z", { value: 1 }));
  assertEquals(copy, { x: 1 });
  assertEquals(structuredClone({ get a() { return 7; } }), { a: 7 });
});

test("buffers and views are copied together", () => {
  const buffer = new Uint8Array([1, 2, 3, 4]).buffer;
  const value = { bytes: new Uint8Array(buffer, 1, 2), words: new Uint16Array(buffer), view: new DataView(buffer, 2) };
  const copy = structuredClone(value);
  assertEquals(copy.bytes, new Uint8Array([2, 3]));
  assert(copy.bytes.buffer === copy.words.buffer && copy.view.byteOffset === 2 && copy.bytes.buffer !== buffer);
  const resizable = structuredClone(new ArrayBuffer(2, { maxByteLength: 8 }));
  assertEquals([resizable.byteLength, resizable.maxByteLength], [2, 8]);
});

test("errors keep name, message, stack and cause", () => {
  const error = new RangeError("far", { cause: new Error("near") });
  const copy = structuredClone(error);
  assert(copy instanceof RangeError && copy.cause instanceof Error && copy !== error);
  assertEquals([copy.message, copy.cause.message, copy.stack], ["far", "near", error.stack]);
  const odd = new Error("m");
  odd.name = "Odd";
  assertEquals(structuredClone(odd).name, "Error");
});

test("the platform's own objects", async () => {
  const { blob, file, error } = structuredClone({
    blob: new Blob(["b"], { type: "a/b" }),
    file: new File(["f"], "name", { lastModified: 3 }),
    error: new DOMException("m", "AbortError"),
  });
  assert(blob instanceof Blob && !(blob instanceof File) && file instanceof File && error instanceof DOMException);
  assertEquals([await blob.text(), blob.type, await file.text(), file.name, file.lastModified], ["b", "a/b", "f", "name", 3]);
  assertEquals([error.name, error.message, error.code], ["AbortError", "m", 20]);
});

test("transferred buffers move", () => {
  const buffer = new Uint8Array([1, 2]).buffer;
  const { bytes, again } = structuredClone({ bytes: new Uint8Array(buffer), again: buffer }, { transfer: [buffer] });
  assertEquals([bytes, buffer.detached, again === bytes.buffer], [new Uint8Array([1, 2]), true, true]);
  assertThrows(() => structuredClone(1, { transfer: [buffer] }), "DataCloneError");
  const twice = new ArrayBuffer(1);
  assertThrows(() => structuredClone(1, { transfer: [twice, twice] }), "DataCloneError");
  assertThrows(() => structuredClone(() => {}, { transfer: [twice] }), "DataCloneError");
  assert(!twice.detached, "nothing moves when the value cannot be cloned");
});

test("a transferred stream gives its chunks to the copy", async () => {
  const stream = ReadableStream.from(["a", "b"]);
  const copy = structuredClone(stream, { transfer: [stream] });
  assert(stream.locked && copy !== stream);
  const chunks = [];
  for await (const chunk of copy) chunks.push(chunk);
  assertEquals(chunks, ["a", "b"]);
  assertThrows(() => structuredClone(stream, { transfer: [stream] }), "DataCloneError");
});

test("what cannot be cloned", () => {
  for (const value of [
    () => {}, Symbol("s"), Promise.resolve(), new WeakMap(), new WeakRef({}), (function* () {})(), new EventTarget(),
    new ReadableStream(), { deep: [new Set([Symbol()])] },
  ]) {
    assertThrows(() => structuredClone(value), "DataCloneError");
  }
  assertThrows(() => structuredClone(), TypeError);
  assertThrows(() => structuredClone(1, { transfer: {} }), TypeError);
});

test("views that follow the length of their buffer still do so", () => {
  const buffer = new ArrayBuffer(16, { maxByteLength: 32 });
  const views = [new Uint8Array(buffer), new Uint16Array(buffer, 2), new DataView(buffer, 1)];
  const fixed = [new Uint8Array(buffer, 0, 16), new DataView(buffer, 0, 16)];
  new Uint8Array(buffer)[15] = 9;
  const copies = structuredClone([...views, ...fixed]);
  assertEquals([copies[0].buffer === copies[2].buffer, copies[0][15], buffer.byteLength], [true, 9, 16]);
  copies[0].buffer.resize(32);
  assertEquals(copies.map((view) => view.byteLength), [32, 30, 31, 16, 16]);

  const full = new ArrayBuffer(16, { maxByteLength: 16 });
  new Uint8Array(full)[15] = 7;
  const [tracking, still] = structuredClone([new Uint8Array(full), new Uint8Array(full, 0, 16)]);
  assertEquals([tracking[15], still[15]], [7, 7]);
  tracking.buffer.resize(8);
  assertEquals([tracking.length, still.length], [8, 0]);
});

test("views out of the bounds of their buffer are refused", () => {
  const buffer = new ArrayBuffer(16, { maxByteLength: 16 });
  const views = [new Uint8Array(buffer, 8), new Uint8Array(buffer, 8, 8), new DataView(buffer, 8)];
  buffer.resize(4);
  for (const view of views) assertThrows(() => structuredClone(view), "DataCloneError");
});

test("QuotaExceededError keeps its members, and a key of WebCrypto what it may do", async () => {
  const error = structuredClone(new QuotaExceededError("m", { quota: 1, requested: 2 }));
  assert(error instanceof QuotaExceededError);
  assertEquals([error.message, error.quota, error.requested], ["m", 1, 2]);
  const plain = structuredClone(new DOMException("m", "QuotaExceededError"));
  assertEquals([plain.name, plain.constructor], ["QuotaExceededError", DOMException]);

  const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const copy = structuredClone({ key }).key;
  assert(copy !== key && copy instanceof CryptoKey);
  assertEquals([copy.type, copy.extractable, copy.usages, copy.algorithm], [key.type, false, ["sign"], key.algorithm]);
  const data = new Uint8Array(3);
  assertEquals(await crypto.subtle.sign("HMAC", copy, data), await crypto.subtle.sign("HMAC", key, data));
  await assertRejects(crypto.subtle.exportKey("raw", copy), "InvalidAccessError");
});
