// navigator.

import { Navigator, navigator } from "transom:internal/navigator/navigator";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

test("navigator says what a program runs on", () => {
  assert(/^transom\/\d+\.\d+\.\d+$/.test(navigator.userAgent));
  assert(Number.isInteger(navigator.hardwareConcurrency) && navigator.hardwareConcurrency >= 1);
  assert(/^Linux (x86_64|aarch64)$/.test(navigator.platform));
  assertEquals([navigator.appCodeName, navigator.appName, navigator.appVersion], ["Mozilla", "Netscape", "4.0"]);
  assertEquals([navigator.product, navigator.onLine], ["Gecko", true]);
  assertEquals([navigator.languages, Object.isFrozen(navigator.languages)], [[navigator.language], true]);
  assertEquals(Object.prototype.toString.call(navigator), "[object Navigator]");
  assertThrows(() => new Navigator(), TypeError);
  assertThrows(() => Navigator.prototype.userAgent, TypeError);
});
