// SubtleCrypto: encryption, wrapping and derived secrets.

import { assertEquals, assertRejects, test } from "transom:internal/testing";

const { subtle } = crypto;
const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const text = (buffer) => String.fromCharCode(...new Uint8Array(buffer));
const raw = (data, name, usages = ["encrypt", "decrypt"]) => subtle.importKey("raw", data, name, true, usages);
const unhex = (digits) => Uint8Array.fromHex(digits);
const hex = (buffer) => new Uint8Array(buffer).toHex();

test("AES-CBC, -CTR and -GCM give the texts of NIST's examples", async () => {
  const data = unhex("6bc1bee22e409f96e93d7e117393172a");
  const key = unhex("2b7e151628aed2a6abf7158809cf4f3c");
  const iv = unhex("000102030405060708090a0b0c0d0e0f");
  const cbc = await subtle.encrypt({ name: "AES-CBC", iv }, await raw(key, "AES-CBC"), data);
  assertEquals(hex(cbc).slice(0, 32), "7649abac8119b246cee98e9b12e9197d");
  const counter = unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  const ctr = await subtle.encrypt({ name: "AES-CTR", counter, length: 64 }, await raw(key, "AES-CTR"), data);
  assertEquals(hex(ctr), "874d6191b620e3261bef6864990db6ce");
  const gcm = await subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, await raw(new Uint8Array(16), "AES-GCM"), new Uint8Array(16));
  assertEquals(hex(gcm), "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf");
});

test("what was encrypted is decrypted, with every length of key", async () => {
  const parameters = [
    { name: "AES-CBC", iv: new Uint8Array(16) },
    { name: "AES-CTR", counter: new Uint8Array(16), length: 8 },
    { name: "AES-GCM", iv: new Uint8Array(12), additionalData: bytes("more") },
    { name: "AES-GCM", iv: new Uint8Array(20), tagLength: 96 },
  ];
  for (const algorithm of parameters) {
    for (const length of [128, 192, 256]) {
      const key = await subtle.generateKey({ name: algorithm.name, length }, true, ["encrypt", "decrypt"]);
      const sealed = await subtle.encrypt(algorithm, key, bytes("some text"));
      assertEquals(text(await subtle.decrypt(algorithm, key, sealed)), "some text");
      if (algorithm.name === "AES-GCM") {
        const changed = new Uint8Array(sealed);
        changed[0] ^= 1;
        await assertRejects(subtle.decrypt(algorithm, key, changed), "OperationError");
      }
    }
  }
});

test("parameters are checked as the standard says", async () => {
  const cbc = await raw(new Uint8Array(16), "AES-CBC");
  await assertRejects(subtle.encrypt({ name: "AES-CBC", iv: new Uint8Array(4) }, cbc, bytes("x")), "OperationError");
  await assertRejects(subtle.encrypt({ name: "AES-CBC" }, cbc, bytes("x")), TypeError);
  await assertRejects(subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, cbc, bytes("x")), "InvalidAccessError");
  const gcm = await raw(new Uint8Array(16), "AES-GCM", ["encrypt"]);
  const short = { name: "AES-GCM", iv: new Uint8Array(12), tagLength: 24 };
  await assertRejects(subtle.encrypt(short, gcm, bytes("x")), "OperationError");
  await assertRejects(subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, gcm, bytes("x")), "InvalidAccessError");
  await assertRejects(raw(new Uint8Array(15), "AES-GCM"), "DataError");
  await assertRejects(subtle.generateKey({ name: "AES-CBC", length: 100 }, true, ["encrypt"]), "OperationError");
  await assertRejects(raw(new Uint8Array(16), "AES-CBC", []), "SyntaxError");
});

test("HKDF and PBKDF2 derive bits and keys", async () => {
  const hkdf = await subtle.importKey("raw", bytes("secret"), "HKDF", false, ["deriveBits", "deriveKey"]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: bytes("salt"), info: bytes("info") };
  const derived = await subtle.deriveBits(algorithm, hkdf, 256);
  const key = await subtle.deriveKey(algorithm, hkdf, { name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  assertEquals(hex(await subtle.exportKey("raw", key)), hex(derived));
  await assertRejects(subtle.deriveBits(algorithm, hkdf, 7), "OperationError");
  await assertRejects(subtle.deriveBits(algorithm, hkdf), "OperationError");

  const password = await subtle.importKey("raw", bytes("password"), "PBKDF2", false, ["deriveBits"]);
  const pbkdf2 = { name: "PBKDF2", hash: "SHA-1", salt: bytes("salt"), iterations: 2 };
  // RFC 6070, second vector.
  assertEquals(hex(await subtle.deriveBits(pbkdf2, password, 160)), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
  assertEquals((await subtle.deriveBits(pbkdf2, password, 0)).byteLength, 0);
  await assertRejects(subtle.deriveBits({ ...pbkdf2, iterations: 0 }, password, 8), "OperationError");
  await assertRejects(subtle.importKey("raw", bytes("x"), "PBKDF2", true, ["deriveBits"]), "SyntaxError");
});

test("keys are wrapped and unwrapped", async () => {
  const inner = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const kek = await subtle.generateKey({ name: "AES-KW", length: 128 }, false, ["wrapKey", "unwrapKey"]);
  const wrapped = await subtle.wrapKey("raw", inner, kek, "AES-KW");
  assertEquals(wrapped.byteLength, 40);
  const again = await subtle.unwrapKey("raw", wrapped, kek, "AES-KW", "AES-GCM", true, ["encrypt"]);
  assertEquals(hex(await subtle.exportKey("raw", again)), hex(await subtle.exportKey("raw", inner)));

  const gcm = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
  const algorithm = { name: "AES-GCM", iv: new Uint8Array(12) };
  Object.prototype.toJSON = () => "tampered";
  const asJson = await subtle.wrapKey("jwk", inner, gcm, algorithm);
  delete Object.prototype.toJSON;
  const fromJson = await subtle.unwrapKey("jwk", asJson, gcm, algorithm, "AES-GCM", true, ["encrypt"]);
  assertEquals(hex(await subtle.exportKey("raw", fromJson)), hex(await subtle.exportKey("raw", inner)));
  await assertRejects(subtle.unwrapKey("raw", new Uint8Array(40), kek, "AES-KW", "AES-GCM", true, ["encrypt"]), "OperationError");
  await assertRejects(subtle.wrapKey("raw", kek, kek, "AES-KW"), "InvalidAccessError");
});
