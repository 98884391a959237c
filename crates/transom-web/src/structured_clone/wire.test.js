// Serialized values as text and bytes.

import { Blob } from "transom:internal/blob/blob";
import { File, fileInternals } from "transom:internal/blob/file";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { QuotaExceededError } from "transom:internal/dom_exception/quota_exceeded_error";
import { deserialize } from "transom:internal/structured_clone/deserialize";
import { Serializer } from "transom:internal/structured_clone/serialize";
import { decode, encode } from "transom:internal/structured_clone/wire";
import { assert, assertEquals, test } from "transom:internal/testing";

function carried(value) {
  const { text, parts } = encode(new Serializer().serialize(value));
  assertEquals(typeof text, "string");
  return deserialize(decode(text, parts));
}

test("primitives arrive as they are", () => {
  const values = [0, -0, 1.5, NaN, Infinity, -Infinity, "", "a\ud800\u0000", true, false, null, undefined, 12345678901234567890n];
  for (const value of values) assert(Object.is(carried(value), value), String(value));
  assertEquals(carried(values), values);
});

test("objects of the language arrive, with their identity and cycles", () => {
  const value = {
    date: new Date(5), pattern: /a/gi, boxed: Object("s"), list: [1, , 3], nested: { __proto__: null, a: 1 },
    map: new Map([[{ k: 1 }, new Set([1n])]]), bytes: new Uint8Array([1, 2, 3]), view: new DataView(new ArrayBuffer(4), 1, 2),
    resizable: new ArrayBuffer(2, { maxByteLength: 8 }),
  };
  value.self = value;
  value.again = value.bytes;
  const copy = carried(value);
  assert(copy.self === copy && copy.again === copy.bytes && copy.bytes !== value.bytes);
  assertEquals([copy.date, copy.pattern.source, copy.pattern.flags, copy.boxed.valueOf()], [new Date(5), "a", "gi", "s"]);
  assertEquals([copy.list, 1 in copy.list, copy.nested.a, [...copy.map.keys()][0].k], [[1, , 3], false, 1, 1]);
  assertEquals([[...copy.map.values()][0], copy.bytes, copy.view.byteOffset], [new Set([1n]), new Uint8Array([1, 2, 3]), 1]);
  assertEquals(copy.resizable.maxByteLength, 8);
});

test("errors and objects of the platform arrive", async () => {
  const error = carried(new RangeError("m", { cause: new Error("inner") }));
  assertEquals([error instanceof RangeError, error.message, error.cause.message], [true, "m", "inner"]);
  const exception = carried(new DOMException("m", "AbortError"));
  assertEquals([exception instanceof DOMException, exception.name, exception.code], [true, "AbortError", 20]);
  assertEquals(carried(new QuotaExceededError("m", { quota: 3 })).quota, 3);
  const blob = carried(new Blob(["text"], { type: "a/b" }));
  assertEquals([await blob.text(), blob.type, blob instanceof File], ["text", "a/b", false]);
  const file = carried(new File(["x"], "name", { lastModified: 7 }));
  assertEquals([await file.text(), file.name, file.lastModified], ["x", "name", 7]);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.generateKey(algorithm, false, ["sign"]);
  const copy = carried(key);
  assertEquals([copy.algorithm, copy.usages, copy.extractable], [key.algorithm, ["sign"], false]);
  assertEquals(await crypto.subtle.sign("HMAC", copy, new Uint8Array(1)), await crypto.subtle.sign("HMAC", key, new Uint8Array(1)));
});

test("a file of a request cannot leave its thread", () => {
  const source = { size: 3, read: () => Promise.resolve(new Uint8Array(3)) };
  const file = fileInternals.fromSource(source, "n", { type: "", lastModified: 1 });
  assertEquals(encode(new Serializer().serialize({ file })), null);
});
