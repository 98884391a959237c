// @ts-check
// Signatures: sign, verify, and the classes that take their input piece by piece.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#class-sign

import { Buffer } from "node:buffer";
import { Writable } from "node:stream";
import { bytesOf, inEncoding, webHash } from "transom:internal/node/crypto/bytes";
import { constants } from "transom:internal/node/crypto/constants";
import { children, INTEGER, SEQUENCE, unsigned, write, writeInteger } from "transom:internal/node/crypto/der";
import { WIDTHS } from "transom:internal/node/crypto/key_formats";
import { privateData, publicData } from "transom:internal/node/crypto/keys";
import { codes } from "transom:internal/node/errors";
import { validateFunction, validateString } from "transom:internal/node/errors/validators";
import { tell } from "transom:internal/node/fs/call";
import { ops } from "transom:internal/ops";

const { ERR_CRYPTO_INVALID_DIGEST, ERR_CRYPTO_SIGN_KEY_REQUIRED, ERR_INVALID_ARG_VALUE } = codes;
const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;
const DIGEST_BYTES = { "SHA-1": 20, "SHA-256": 32, "SHA-384": 48, "SHA-512": 64 };

function hashOf(algorithm, key) {
  if (key.type === "ed25519") return null;
  const name = algorithm ?? (key.type === "ec" ? { "P-256": "sha256", "P-384": "sha384", "P-521": "sha512" }[key.curve] : "sha256");
  const hash = webHash(name);
  if (hash === undefined) throw new ERR_CRYPTO_INVALID_DIGEST(algorithm);
  return hash;
}

/** Length of the salt of RSA-PSS, or null for the older scheme. */
function saltOf(options, key, hash, fallback) {
  const padding = options?.padding ?? (key.type === "rsa-pss" ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING);
  if (padding === RSA_PKCS1_PADDING) return null;
  if (padding !== RSA_PKCS1_PSS_PADDING) throw new ERR_INVALID_ARG_VALUE("options.padding", padding);
  const length = options?.saltLength ?? fallback;
  if (length >= 0) return length;
  if (length === RSA_PSS_SALTLEN_DIGEST) return DIGEST_BYTES[hash];
  return mostSalt(key, hash);
}

function mostSalt(key, hash) {
  const { 0: bits } = key.kind === "public" ? ops.crypto_rsa_from_spki(key.bytes) : ops.crypto_rsa_from_pkcs8(key.bytes);
  return Math.ceil((bits - 1) / 8) - DIGEST_BYTES[hash] - 2;
}

/** Two numbers side by side, as Web Cryptography has them, in the form of X9.62. */
function toDer(pair) {
  const half = pair.byteLength / 2;
  return write(SEQUENCE, writeInteger(pair.subarray(0, half)), writeInteger(pair.subarray(half)));
}

/** Null for what is no such signature. */
function fromDer(der, width) {
  try {
    const parts = children(der);
    if (parts.length !== 2) return null;
    const pair = Buffer.alloc(width * 2);
    for (let i = 0; i < 2; i++) {
      if (parts[i].tag !== INTEGER) return null;
      const number = unsigned(parts[i].content);
      if (number.length > width) return null;
      Buffer.from(number).copy(pair, width * (i + 1) - number.length);
    }
    return pair;
  } catch {
    return null;
  }
}

const ieee = (options) => {
  const encoding = options?.dsaEncoding ?? "der";
  if (encoding !== "der" && encoding !== "ieee-p1363") throw new ERR_INVALID_ARG_VALUE("options.dsaEncoding", encoding);
  return encoding === "ieee-p1363";
};

function signWith(algorithm, data, options) {
  if (options === null || options === undefined) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const key = privateData(options);
  const hash = hashOf(algorithm, key);
  if (key.type === "ed25519") return ops.crypto_ed25519_sign(key.bytes, data);
  if (key.type === "ec") {
    const pair = ops.crypto_ecdsa_sign_sync(key.curve, hash, key.bytes, data);
    return ieee(options) ? pair : toDer(pair);
  }
  if (!key.type.startsWith("rsa")) throw unsupported();
  return ops.crypto_rsa_sign_sync(saltOf(options, key, hash, -2), hash, key.bytes, data);
}

function unsupported() {
  return Object.assign(new Error("error:03000096:digital envelope routines::operation not supported for this keytype"), { code: "ERR_OSSL_EVP_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE" });
}

function verifyWith(algorithm, data, options, signature) {
  const key = publicData(options);
  const hash = hashOf(algorithm, key);
  if (key.type === "ed25519") return ops.crypto_ed25519_verify(key.bytes, signature, data);
  if (key.type === "ec") {
    const pair = ieee(options) ? signature : fromDer(signature, WIDTHS[key.curve]);
    return pair !== null && ops.crypto_ecdsa_verify_sync(key.curve, hash, key.bytes, pair, data);
  }
  if (!key.type.startsWith("rsa")) throw unsupported();
  const salt = saltOf(options, key, hash, -2);
  // Without a length the signature tells it: the usual ones are tried.
  const lengths = salt !== null && (options?.saltLength ?? -2) === -2 ? [DIGEST_BYTES[hash], salt, 0, 20] : [salt];
  return lengths.some((length) => ops.crypto_rsa_verify_sync(length, hash, key.bytes, signature, data));
}

export function sign(algorithm, data, key, callback) {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, "algorithm");
  const bytes = bytesOf(data, undefined, "buffer");
  if (callback === undefined) return inEncoding(signWith(algorithm, bytes, key));
  validateFunction(callback, "callback");
  tell((async () => inEncoding(signWith(algorithm, bytes, key)))(), callback);
}

export function verify(algorithm, data, key, signature, callback) {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, "algorithm");
  const { 0: bytes, 1: given } = [bytesOf(data, undefined, "buffer"), bytesOf(signature, undefined, "signature")];
  if (callback === undefined) return verifyWith(algorithm, bytes, key, given);
  validateFunction(callback, "callback");
  tell((async () => verifyWith(algorithm, bytes, key, given))(), callback);
}

const kParts = Symbol("parts");

function prepare(signer, algorithm, options) {
  validateString(algorithm, "algorithm");
  if (webHash(algorithm) === undefined) throw Object.assign(new Error("Invalid digest: " + algorithm), { code: "ERR_CRYPTO_INVALID_DIGEST" });
  Reflect.apply(Writable, signer, [options]);
  signer._algorithm = algorithm;
  signer[kParts] = [];
}

const methods = {
  update(data, encoding) {
    this[kParts].push(Buffer.from(bytesOf(data, encoding)));
    return this;
  },
  _write(chunk, encoding, callback) {
    this.update(chunk, encoding);
    callback();
  },
};

export function Sign(algorithm, options) {
  if (!(this instanceof Sign)) return new /** @type {any} */ (Sign)(algorithm, options);
  prepare(this, algorithm, options);
}
Object.setPrototypeOf(Sign.prototype, Writable.prototype);
Object.setPrototypeOf(Sign, Writable);
Object.assign(Sign.prototype, methods, {
  sign(key, encoding) {
    return inEncoding(signWith(this._algorithm, Buffer.concat(this[kParts]), key), encoding);
  },
});

export function Verify(algorithm, options) {
  if (!(this instanceof Verify)) return new /** @type {any} */ (Verify)(algorithm, options);
  prepare(this, algorithm, options);
}
Object.setPrototypeOf(Verify.prototype, Writable.prototype);
Object.setPrototypeOf(Verify, Writable);
Object.assign(Verify.prototype, methods, {
  verify(key, signature, encoding) {
    return verifyWith(this._algorithm, Buffer.concat(this[kParts]), key, bytesOf(signature, encoding, "signature"));
  },
});

export const createSign = (algorithm, options) => new /** @type {any} */ (Sign)(algorithm, options);
export const createVerify = (algorithm, options) => new /** @type {any} */ (Verify)(algorithm, options);
