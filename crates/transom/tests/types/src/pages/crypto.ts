import { Expectations } from "../expect";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const { subtle } = crypto;

export const GET = async (): Promise<Response> => {
  const expect = new Expectations();
  expect.equal(crypto.getRandomValues(new Uint32Array(2)).length, 2, "getRandomValues");
  expect.equal(crypto.randomUUID().length, 36, "randomUUID");
  for (const hash of ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]) {
    expect.equal((await subtle.digest(hash, bytes("x"))).byteLength > 0, true, hash);
  }
  for (const name of ["AES-CBC", "AES-CTR", "AES-GCM"]) {
    const key = await subtle.generateKey({ name, length: 256 }, true, ["encrypt", "decrypt"]);
    const algorithm = { name, iv: new Uint8Array(16), counter: new Uint8Array(16), length: 64 };
    const hidden = await subtle.encrypt(algorithm, key, bytes("secret"));
    expect.equal(new TextDecoder().decode(await subtle.decrypt(algorithm, key, hidden)), "secret", name);
    expect.equal((await subtle.exportKey("jwk", key)).kty, "oct", `${name} as JWK`);
  }
  const signatures: [AlgorithmIdentifier & (RsaHashedKeyGenParams | EcKeyGenParams | Algorithm), AlgorithmIdentifier | EcdsaParams | RsaPssParams][] = [
    [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, "RSASSA-PKCS1-v1_5"],
    [{ name: "RSA-PSS", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, { name: "RSA-PSS", saltLength: 32 }],
    [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
    [{ name: "Ed25519" }, "Ed25519"],
  ];
  for (const [generated, signed] of signatures) {
    const pair = (await subtle.generateKey(generated, true, ["sign", "verify"])) as CryptoKeyPair;
    const signature = await subtle.sign(signed, pair.privateKey, bytes("x"));
    const spki = await subtle.exportKey("spki", pair.publicKey);
    const copy = await subtle.importKey("spki", spki, generated as EcKeyImportParams, false, ["verify"]);
    expect.equal(await subtle.verify(signed, copy, signature, bytes("x")), true, generated.name);
  }
  const rsa: RsaHashedKeyGenParams = { name: "RSA-OAEP", hash: "SHA-1", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const oaep = await subtle.generateKey(rsa, false, ["encrypt", "decrypt"]);
  const sealed = await subtle.encrypt({ name: "RSA-OAEP" }, oaep.publicKey, bytes("x"));
  expect.equal((await subtle.decrypt({ name: "RSA-OAEP" }, oaep.privateKey, sealed)).byteLength, 1, "RSA-OAEP");
  for (const generated of [{ name: "ECDH", namedCurve: "P-384" }, { name: "X25519" }]) {
    const [a, b] = (await Promise.all([0, 1].map(() => subtle.generateKey(generated, false, ["deriveBits"])))) as [CryptoKeyPair, CryptoKeyPair];
    const [one, two] = await Promise.all([
      subtle.deriveBits({ name: generated.name, public: b.publicKey }, a.privateKey, 256),
      subtle.deriveBits({ name: generated.name, public: a.publicKey }, b.privateKey, 256),
    ]);
    expect.equal([...new Uint8Array(one)], [...new Uint8Array(two)], generated.name);
  }
  const secret = await subtle.importKey("raw", bytes("secret"), "PBKDF2", false, ["deriveKey"]);
  const derivation: Pbkdf2Params = { name: "PBKDF2", hash: "SHA-256", iterations: 10, salt: bytes("salt") };
  const wrapping = await subtle.deriveKey(derivation, secret, { name: "AES-KW", length: 128 }, false, ["wrapKey", "unwrapKey"]);
  const hmac = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign", "verify"]);
  const wrapped = await subtle.wrapKey("raw", hmac, wrapping, "AES-KW");
  const unwrapped = await subtle.unwrapKey("raw", wrapped, wrapping, "AES-KW", { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  expect.equal(await subtle.verify("HMAC", unwrapped, await subtle.sign("HMAC", hmac, bytes("x")), bytes("x")), true, "AES-KW");
  const base = await subtle.importKey("raw", bytes("ikm"), "HKDF", false, ["deriveBits"]);
  const hkdf: HkdfParams = { name: "HKDF", hash: "SHA-256", salt: bytes(""), info: bytes("") };
  expect.equal((await subtle.deriveBits(hkdf, base, 128)).byteLength, 16, "HKDF");
  expect.equal([hmac.type, hmac.extractable, hmac.usages, hmac.algorithm.name], ["secret", true, ["sign", "verify"], "HMAC"], "CryptoKey");
  return expect.answer();
};
