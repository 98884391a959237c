// DOMException.

import { DOMException, isDOMException } from "transom:internal/dom_exception/dom_exception";
import { QuotaExceededError } from "transom:internal/dom_exception/quota_exceeded_error";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

test("name, message and code", () => {
  const error = new DOMException("gone", "NotFoundError");
  assertEquals([error.name, error.message, error.code, String(error)], ["NotFoundError", "gone", 8, "NotFoundError: gone"]);
  const plain = new DOMException();
  assertEquals([plain.name, plain.message, plain.code], ["Error", "", 0]);
  assertEquals(new DOMException("m", "Own").code, 0);
  assertEquals([DOMException.ABORT_ERR, plain.DATA_CLONE_ERR], [20, 25]);
});

test("it is a real error whose properties are on the prototype", () => {
  const error = new DOMException("m", "AbortError");
  assert(error instanceof Error && error instanceof DOMException && isDOMException(error) && Error.isError(error));
  assert(!Object.hasOwn(error, "name") && !Object.hasOwn(error, "message"));
  assertEquals(typeof error.stack, "string");
  assertEquals(Object.getPrototypeOf(DOMException) === Function.prototype, true);
  assertEquals(Object.prototype.toString.call(error), "[object DOMException]");
  assertEquals(["code", "message", "name"].every((key) => Object.keys(DOMException.prototype).includes(key)), true);
  assertEquals(DOMException.length, 0);
});

test("brands and subclasses", () => {
  class Own extends DOMException {}
  assertEquals(new Own("m", "AbortError").code, 20);
  assert(new Own() instanceof Own);
  assertThrows(() => DOMException.prototype.name, TypeError);
  assertThrows(() => DOMException("m"), TypeError);
});

test("QuotaExceededError says how much was asked for", () => {
  const error = new QuotaExceededError("too much", { quota: 1, requested: 2 });
  assertEquals([error.name, error.message, error.code, error.quota, error.requested], ["QuotaExceededError", "too much", 22, 1, 2]);
  assertEquals([error instanceof DOMException, new QuotaExceededError().quota], [true, null]);
  for (const options of [{ quota: -1 }, { requested: -1 }, { quota: 2, requested: 1 }]) {
    assertThrows(() => new QuotaExceededError("", options), RangeError);
  }
  assertEquals("quota" in new DOMException("", "QuotaExceededError"), false);
});
