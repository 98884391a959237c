// atob and btoa.

import { atob, btoa } from "transom:internal/base64/base64";
import { assertEquals, assertThrows, test } from "transom:internal/testing";

test("round trips of binary strings", () => {
  let all = "";
  for (let i = 0; i < 256; i++) all += String.fromCharCode(i);
  assertEquals(atob(btoa(all)), all);
  assertEquals(btoa("\u00ff\u0000"), "/wA=");
  assertEquals(btoa(null), "bnVsbA==");
});

test("atob forgives white space and missing padding", () => {
  assertEquals(atob(" YQ\n=\f="), "a");
  assertEquals(atob("YWI"), "ab");
  assertEquals(atob(""), "");
});

test("what cannot be converted is refused", () => {
  assertThrows(() => atob("a"), "InvalidCharacterError");
  assertThrows(() => atob("a-b_"), "InvalidCharacterError");
  assertThrows(() => atob("YQ="), "InvalidCharacterError");
  assertThrows(() => btoa("\u0100"), "InvalidCharacterError");
  assertThrows(() => btoa(), TypeError);
});
