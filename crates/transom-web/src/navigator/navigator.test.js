// navigator.

import { Navigator, navigator } from "transom:internal/navigator/navigator";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

test("navigator says what a program runs on", () => {
  assert(/^transom\/\d+\.\d+\.\d+$/.test(navigator.userAgent));
  assert(Number.isInteger(navigator.hardwareConcurrency) && navigator.hardwareConcurrency >= 1);
  assertEquals(Object.prototype.toString.call(navigator), "[object Navigator]");
  assertThrows(() => new Navigator(), TypeError);
  assertThrows(() => Navigator.prototype.userAgent, TypeError);
});
