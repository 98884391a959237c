// SubtleCrypto: digests and HMAC.

import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

const importKey = (usages = ["sign", "verify"], hash = "SHA-256", secret = "Jefe", extractable = true) =>
  crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash }, extractable, usages);

test("digests are those of the standard, for every source of bytes", async () => {
  const abc = bytes("abc");
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  for (const data of [abc, abc.buffer, new DataView(abc.buffer), bytes("xabcx").subarray(1, 4)]) {
    const digest = await crypto.subtle.digest("sha-256", data);
    assert(digest instanceof ArrayBuffer);
    assertEquals(hex(digest), expected);
  }
  assertEquals(hex(await crypto.subtle.digest({ name: "SHA-1" }, abc)), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assertEquals((await crypto.subtle.digest("SHA-384", abc)).byteLength, 48);
  assertEquals((await crypto.subtle.digest("SHA-512", new Uint8Array(0))).byteLength, 64);
});

test("the data is taken before anything waits", async () => {
  const data = bytes("abc");
  const digest = crypto.subtle.digest("SHA-1", data);
  data.fill(0);
  assertEquals(hex(await digest), "a9993e364706816aba3e25717850c26c9cd0d89d");
});

test("failures are rejections", async () => {
  await assertRejects(crypto.subtle.digest("MD5", new Uint8Array(1)), "NotSupportedError");
  await assertRejects(crypto.subtle.digest("SHA-1", "text"), TypeError);
  await assertRejects(crypto.subtle.digest("SHA-1"), TypeError);
  await assertRejects(crypto.subtle.digest({}, new Uint8Array(1)), TypeError);
});

test("HMAC signs and verifies", async () => {
  const key = await importKey();
  assertEquals([key.type, key.extractable, key.usages, key.algorithm], [
    "secret", true, ["sign", "verify"], { name: "HMAC", hash: { name: "SHA-256" }, length: 32 },
  ]);
  const data = bytes("what do ya want for nothing?");
  const signature = await crypto.subtle.sign("HMAC", key, data);
  assertEquals(hex(signature), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  assertEquals(await crypto.subtle.verify("HMAC", key, signature, data), true);
  assertEquals(await crypto.subtle.verify({ name: "hmac" }, key, signature, bytes("other")), false);
  assertEquals(await crypto.subtle.verify("HMAC", key, signature.slice(1), data), false);
  const sha512 = await importKey(["sign"], { name: "SHA-512" });
  assertEquals((await crypto.subtle.sign("HMAC", sha512, data)).byteLength, 64);
});

test("keys are only for what they were made for", async () => {
  const verifyOnly = await importKey(["verify"]);
  await assertRejects(crypto.subtle.sign("HMAC", verifyOnly, bytes("x")), "InvalidAccessError");
  await assertRejects(crypto.subtle.sign("HMAC", {}, bytes("x")), TypeError);
  await assertRejects(importKey([]), "SyntaxError");
  await assertRejects(importKey(["encrypt"]), "SyntaxError");
  await assertRejects(importKey(["nope"]), TypeError);
  await assertRejects(importKey(["sign"], "MD5"), "NotSupportedError");
  await assertRejects(importKey(["sign"], "SHA-256", ""), "DataError");
  await assertRejects(crypto.subtle.importKey("raw", bytes("x"), "HMAC", true, ["sign"]), TypeError);
  await assertRejects(crypto.subtle.importKey("raw", bytes("x"), { name: "AES-CBC" }, true, ["sign"]), "SyntaxError");
  assertThrows(() => new CryptoKey(), TypeError);
  // What a script does to the objects that it sees does not change the key.
  verifyOnly.usages.push("sign");
  verifyOnly.algorithm.name = "ECDSA";
  await assertRejects(crypto.subtle.sign("HMAC", verifyOnly, bytes("x")), "InvalidAccessError");
});

test("keys are generated, exported and imported again", async () => {
  const generated = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign", "verify"]);
  assertEquals(generated.algorithm.length, 512);
  const raw = await crypto.subtle.exportKey("raw", generated);
  assertEquals(raw.byteLength, 64);
  const jwk = await crypto.subtle.exportKey("jwk", await importKey());
  assertEquals(jwk, { kty: "oct", k: "SmVmZQ", alg: "HS256", key_ops: ["sign", "verify"], ext: true });
  const again = await crypto.subtle.importKey("jwk", jwk, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
  assertEquals(hex(await crypto.subtle.exportKey("raw", again)), "4a656665");
  const hidden = await importKey(["sign"], "SHA-256", "x", false);
  await assertRejects(crypto.subtle.exportKey("raw", hidden), "InvalidAccessError");
  const wrong = { ...jwk, alg: "HS512" };
  await assertRejects(crypto.subtle.importKey("jwk", wrong, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]), "DataError");
  await assertRejects(crypto.subtle.exportKey("spki", generated), "NotSupportedError");
});
