// SubtleCrypto: key pairs, signatures, agreement, and the formats of keys.

import { assert, assertEquals, assertRejects, test } from "transom:internal/testing";

const { subtle } = crypto;
const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const hex = (buffer) => new Uint8Array(buffer).toHex();
const data = bytes("some data");
const rsa = (name, hash = "SHA-256") => ({ name, hash, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) });

/** Every algorithm that signs: parameters for the key, and for signing. */
const signing = [
  [rsa("RSASSA-PKCS1-v1_5", "SHA-1"), "RSASSA-PKCS1-v1_5"],
  [rsa("RSA-PSS"), { name: "RSA-PSS", saltLength: 20 }],
  [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-512" }],
  [{ name: "ECDSA", namedCurve: "P-384" }, { name: "ECDSA", hash: "SHA-1" }],
  [{ name: "ECDSA", namedCurve: "P-521" }, { name: "ECDSA", hash: "SHA-256" }],
  [{ name: "Ed25519" }, "Ed25519"],
];

test("signatures are verified, and those of other data are not", async () => {
  for (const [algorithm, parameters] of signing) {
    const { privateKey, publicKey } = await subtle.generateKey(algorithm, false, ["sign", "verify"]);
    assertEquals([privateKey.type, privateKey.usages, privateKey.extractable], ["private", ["sign"], false]);
    assertEquals([publicKey.type, publicKey.usages, publicKey.extractable], ["public", ["verify"], true]);
    const signature = await subtle.sign(parameters, privateKey, data);
    assert(await subtle.verify(parameters, publicKey, signature, data));
    assert(!(await subtle.verify(parameters, publicKey, signature, bytes("other"))));
    assert(!(await subtle.verify(parameters, publicKey, new Uint8Array(3), data)));
    await assertRejects(subtle.sign(parameters, publicKey, data), "InvalidAccessError");
  }
});

test("keys go through every format and stay the same", async () => {
  for (const [algorithm, parameters] of signing) {
    const pair = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const signature = await subtle.sign(parameters, pair.privateKey, data);
    for (const format of ["spki", "jwk", "raw"]) {
      if (format === "raw" && algorithm.name.startsWith("RSA")) continue;
      const exported = await subtle.exportKey(format, pair.publicKey);
      const key = await subtle.importKey(format, exported, algorithm, true, ["verify"]);
      assert(await subtle.verify(parameters, key, signature, data));
      assertEquals(key.algorithm, pair.publicKey.algorithm);
    }
    for (const format of ["pkcs8", "jwk"]) {
      const exported = await subtle.exportKey(format, pair.privateKey);
      const key = await subtle.importKey(format, exported, algorithm, true, ["sign"]);
      assert(await subtle.verify(parameters, pair.publicKey, await subtle.sign(parameters, key, data), data));
      if (format === "pkcs8") assertEquals(hex(await subtle.exportKey("pkcs8", key)), hex(exported));
      await assertRejects(subtle.importKey(format, exported, algorithm, true, ["verify"]), "SyntaxError");
      await assertRejects(subtle.importKey(format, exported, algorithm, true, []), "SyntaxError");
    }
    await assertRejects(subtle.exportKey("spki", pair.privateKey), "InvalidAccessError");
    await assertRejects(subtle.importKey("spki", new Uint8Array(10), algorithm, true, ["verify"]), "DataError");
  }
});

test("a JSON Web Key must be for what it is imported as", async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const jwk = await subtle.exportKey("jwk", pair.privateKey);
  assertEquals(Object.keys(jwk), ["kty", "crv", "x", "y", "d", "key_ops", "ext"]);
  const load = (change) => subtle.importKey("jwk", { ...jwk, ...change }, algorithm, true, ["sign"]);
  for (const change of [
    { kty: "RSA" }, { use: "enc" }, { ext: false }, { crv: "P-384" }, { x: "AA" }, { y: jwk.x }, { alg: "ES384" },
    { key_ops: ["verify"] }, { key_ops: ["sign", "sign"] },
  ]) {
    await assertRejects(load(change), "DataError");
  }
  assertEquals((await load({ alg: "ES256", use: "sig" })).type, "private");
});

test("both sides agree on the same secret", async () => {
  const algorithms = [
    [{ name: "ECDH", namedCurve: "P-256" }, 32], [{ name: "ECDH", namedCurve: "P-384" }, 48],
    [{ name: "ECDH", namedCurve: "P-521" }, 66], [{ name: "X25519" }, 32],
  ];
  for (const [algorithm, length] of algorithms) {
    const one = await subtle.generateKey(algorithm, true, ["deriveBits", "deriveKey"]);
    const two = await subtle.generateKey(algorithm, true, ["deriveBits", "deriveKey"]);
    const from = (pair, other) => ({ ...algorithm, public: other.publicKey });
    const here = await subtle.deriveBits(from(one, two), one.privateKey, null);
    const there = await subtle.deriveBits(from(two, one), two.privateKey);
    assertEquals([here.byteLength, hex(here)], [length, hex(there)]);
    const few = new Uint8Array(await subtle.deriveBits(from(one, two), one.privateKey, 11));
    assertEquals([...few], [new Uint8Array(here)[0], new Uint8Array(here)[1] & 0xe0]);
    await assertRejects(subtle.deriveBits(from(one, two), one.privateKey, length * 8 + 8), "OperationError");
    await assertRejects(subtle.deriveBits({ ...algorithm, public: two.privateKey }, one.privateKey), "InvalidAccessError");
    const key = await subtle.deriveKey(from(one, two), one.privateKey, { name: "AES-CBC", length: 256 }, true, ["encrypt"]);
    assertEquals(hex(await subtle.exportKey("raw", key)), hex(here).slice(0, 64));
  }
});

test("a secret of zeros is none", async () => {
  const { privateKey } = await subtle.generateKey("X25519", false, ["deriveBits"]);
  const zero = await subtle.importKey("raw", new Uint8Array(32), "X25519", true, []);
  await assertRejects(subtle.deriveBits({ name: "X25519", public: zero }, privateKey, 256), "OperationError");
});

test("RSA-OAEP encrypts for one label", async () => {
  const pair = await subtle.generateKey(rsa("RSA-OAEP"), true, ["encrypt", "decrypt"]);
  const label = new Uint8Array([255, 0]);
  const sealed = await subtle.encrypt({ name: "RSA-OAEP", label }, pair.publicKey, data);
  assertEquals(hex(await subtle.decrypt({ name: "RSA-OAEP", label }, pair.privateKey, sealed)), hex(data));
  await assertRejects(subtle.decrypt("RSA-OAEP", pair.privateKey, sealed), "OperationError");
  await assertRejects(subtle.encrypt("RSA-OAEP", pair.publicKey, new Uint8Array(500)), "OperationError");
  assertEquals((await subtle.exportKey("jwk", pair.publicKey)).alg, "RSA-OAEP-256");
});

test("keys that cannot be are refused", async () => {
  const usages = ["sign", "verify"];
  await assertRejects(subtle.generateKey({ ...rsa("RSA-PSS"), publicExponent: new Uint8Array([2]) }, true, usages), "OperationError");
  await assertRejects(subtle.generateKey({ name: "ECDSA", namedCurve: "P-1" }, true, usages), "NotSupportedError");
  await assertRejects(subtle.generateKey({ name: "ECDSA" }, true, usages), TypeError);
  await assertRejects(subtle.generateKey("Ed25519", true, []), "SyntaxError");
  await assertRejects(subtle.generateKey("Ed25519", true, ["encrypt"]), "SyntaxError");
  await assertRejects(subtle.importKey("raw", new Uint8Array(31), "Ed25519", true, ["verify"]), "DataError");
});
