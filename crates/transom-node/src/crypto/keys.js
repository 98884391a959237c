// @ts-check
// KeyObject, and what the other functions take in its place.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#class-keyobject

import { Buffer } from "node:buffer";
import { CryptoKey } from "transom:internal/crypto/crypto_key";
import { bytesOf } from "transom:internal/node/crypto/bytes";
import { CURVE_NAMES, exported, fromJwk, jwkOf, publicOf, readPrivate, readPublic } from "transom:internal/node/crypto/key_formats";
import { codes } from "transom:internal/node/errors";
import { ops } from "transom:internal/ops";

const { ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = codes;

let dataOf;

/** https://nodejs.org/docs/latest-v22.x/api/crypto.html#class-keyobject */
export class KeyObject {
  #data;

  /** @param {string} type @param {any} data */
  constructor(type, data) {
    if (type !== "secret" && type !== "public" && type !== "private") throw new ERR_INVALID_ARG_VALUE("type", type);
    if (typeof data !== "object" || data === null || data.bytes === undefined) throw new ERR_INVALID_ARG_TYPE("handle", "object", data);
    this.#data = data;
  }

  static {
    dataOf = (key) => (typeof key === "object" && key !== null && #data in key ? key.#data : undefined);
  }

  /** The key of Web Cryptography as a KeyObject. */
  static from(key) {
    if (!(key instanceof CryptoKey)) throw new ERR_INVALID_ARG_TYPE("key", "CryptoKey", key);
    throw new codes.ERR_NOT_SUPPORTED("KeyObject.from(cryptoKey)", "export the key with crypto.subtle.exportKey() and read it with createPublicKey() or createPrivateKey()");
  }

  get type() {
    return this.#data.kind;
  }

  get symmetricKeySize() {
    return this.#data.kind === "secret" ? this.#data.bytes.byteLength : undefined;
  }

  get asymmetricKeyType() {
    return this.#data.kind === "secret" ? undefined : this.#data.type;
  }

  get asymmetricKeyDetails() {
    const { kind, type, curve, bytes } = this.#data;
    if (kind === "secret") return undefined;
    if (type === "ec") return { namedCurve: CURVE_NAMES[curve] };
    if (!type.startsWith("rsa")) return {};
    const { 0: bits, 1: exponent } = kind === "public" ? ops.crypto_rsa_from_spki(bytes) : ops.crypto_rsa_from_pkcs8(bytes);
    return { modulusLength: bits, publicExponent: BigInt(`0x${Buffer.from(exponent).toString("hex")}`) };
  }

  export(options = {}) {
    const { kind, bytes } = this.#data;
    if (options?.format === "jwk") {
      return kind === "secret" ? { kty: "oct", k: Buffer.from(bytes).toString("base64url") } : jwkOf(this.#data);
    }
    if (kind === "secret") return Buffer.from(bytes);
    checkEncoding(options, kind, "options");
    return exported(this.#data, options);
  }

  equals(other) {
    const theirs = dataOf(other);
    if (theirs === undefined) throw new ERR_INVALID_ARG_TYPE("otherKeyObject", "KeyObject", other);
    const { kind, type, bytes } = this.#data;
    return kind === theirs.kind && type === theirs.type && bytes.byteLength === theirs.bytes.byteLength && ops.node_timing_safe_equal(bytes, theirs.bytes);
  }

  /** The same key for Web Cryptography. */
  toCryptoKey() {
    const { kind } = this.#data;
    throw new codes.ERR_NOT_SUPPORTED(`toCryptoKey() of a ${kind} key`, "import it with crypto.subtle.importKey(\"jwk\", key.export({ format: \"jwk\" }), …)");
  }

  get [Symbol.toStringTag]() {
    return "KeyObject";
  }
}
export class SecretKeyObject extends KeyObject {}
export class PublicKeyObject extends KeyObject {}
export class PrivateKeyObject extends KeyObject {}

const CLASSES = { secret: SecretKeyObject, public: PublicKeyObject, private: PrivateKeyObject };

/** A KeyObject of what the native half knows. */
export const wrap = (data) => new CLASSES[data.kind](data.kind, data);
export { dataOf };

function checkEncoding({ format, type }, kind, name) {
  if (format !== "pem" && format !== "der") throw new ERR_INVALID_ARG_VALUE(`${name}.format`, format);
  const types = kind === "public" ? ["pkcs1", "spki"] : ["pkcs1", "pkcs8", "sec1"];
  if (!types.includes(type)) throw new ERR_INVALID_ARG_VALUE(`${name}.type`, type);
}

const KEYS = ["ArrayBuffer", "Buffer", "TypedArray", "DataView", "string", "KeyObject", "CryptoKey"];

/** The bytes of a secret: of a KeyObject, of text or of bytes. */
export function keyBytes(key, encoding = undefined) {
  const data = dataOf(key);
  if (data !== undefined) {
    if (data.kind !== "secret") throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(data.kind, "secret");
    return data.bytes;
  }
  if (typeof key !== "string" && !ArrayBuffer.isView(key) && !(key instanceof ArrayBuffer)) throw new ERR_INVALID_ARG_TYPE("key", KEYS, key);
  return bytesOf(key, encoding, "key");
}

/** What was given in place of a key: its bytes and how they are to be read. */
function given(key) {
  const isBare = typeof key === "string" || ArrayBuffer.isView(key) || key instanceof ArrayBuffer;
  if (isBare) return { bytes: bytesOf(key, "utf8", "key"), options: { format: "pem" } };
  if (key === null || typeof key !== "object" || key.key === undefined) throw new ERR_INVALID_ARG_TYPE("key", [...KEYS.slice(0, 5), "object"], key);
  if (key.format === "jwk") return { jwk: key.key };
  const { key: inner, format = "pem", type, passphrase, encoding } = key;
  if (dataOf(inner) !== undefined) return { data: dataOf(inner) };
  if (typeof inner === "object" && !ArrayBuffer.isView(inner) && !(inner instanceof ArrayBuffer)) throw new ERR_INVALID_ARG_TYPE("key.key", KEYS, inner);
  if (format === "der" && type === undefined) throw new ERR_INVALID_ARG_VALUE("options.type", type);
  return { bytes: bytesOf(inner, encoding ?? "utf8", "key.key"), options: { format, type, passphrase } };
}

/** What the native half knows of a private key. */
export function privateData(key) {
  const own = dataOf(key) ?? dataOf(key?.key);
  if (own !== undefined) {
    if (own.kind !== "private") throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(own.kind, "private");
    return own;
  }
  const { bytes, options, jwk } = given(key);
  return jwk !== undefined ? fromJwk(jwk, "private") : readPrivate(bytes, options);
}

/** What the native half knows of a public key; of a private one it is its public part. */
export function publicData(key) {
  const own = dataOf(key) ?? dataOf(key?.key);
  if (own !== undefined) {
    if (own.kind === "secret") throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE("secret", "private or public");
    return own.kind === "private" ? publicOf(own) : own;
  }
  const { bytes, options, jwk } = given(key);
  if (jwk !== undefined) return fromJwk(jwk, "public");
  const isPrivate = options.format === "der" && (options.type === "pkcs8" || options.type === "sec1");
  return (isPrivate ? null : readPublic(bytes, options)) ?? publicOf(readPrivate(bytes, options));
}

export function createSecretKey(key, encoding) {
  const bytes = bytesOf(key, encoding, "key");
  return wrap({ kind: "secret", bytes: new Uint8Array(bytes) });
}

export const createPrivateKey = (key) => wrap(privateData(key));

export function createPublicKey(key) {
  const own = dataOf(key);
  if (own !== undefined && own.kind !== "private") throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(own.kind, "private");
  return wrap(publicData(key));
}
