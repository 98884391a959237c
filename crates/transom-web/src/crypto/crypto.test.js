// Crypto: random values.

import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

test("getRandomValues fills exactly the view", () => {
  const bytes = new Uint8Array(64);
  const view = bytes.subarray(8, 56);
  assert(crypto.getRandomValues(view) === view);
  assert(bytes.slice(0, 8).every((byte) => byte === 0) && bytes.slice(56).every((byte) => byte === 0));
  assert(view.some((byte) => byte !== 0));
  assert(crypto.getRandomValues(new BigUint64Array(4)).some((number) => number !== 0n));
  assertEquals(crypto.getRandomValues(new Int16Array(0)).length, 0);
});

test("getRandomValues refuses what it cannot fill", () => {
  assertThrows(() => crypto.getRandomValues(new Float32Array(1)), "TypeMismatchError");
  assertThrows(() => crypto.getRandomValues(new DataView(new ArrayBuffer(1))), "TypeMismatchError");
  const error = assertThrows(() => crypto.getRandomValues(new Uint8Array(65537)), "QuotaExceededError");
  assertEquals([error.constructor.name, error.code, error.quota, error.requested], ["QuotaExceededError", 22, null, null]);
  assertThrows(() => crypto.getRandomValues([]), TypeError);
  assertThrows(() => crypto.getRandomValues(), TypeError);
  crypto.getRandomValues(new Uint8Array(65536));
});

test("randomUUID is of version 4 and new every time", () => {
  const id = crypto.randomUUID();
  assert(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id), id);
  assert(id !== crypto.randomUUID());
});

test("Crypto cannot be constructed", () => {
  assertThrows(() => new Crypto(), TypeError);
  assertThrows(() => new crypto.subtle.constructor(), TypeError);
  assertThrows(() => Crypto.prototype.randomUUID.call({}), TypeError);
});
