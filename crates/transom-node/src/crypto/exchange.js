// @ts-check
// Secrets that two sides agree on: diffieHellman and ECDH.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#class-ecdh

import { Buffer } from "node:buffer";
import { bytesOf, inEncoding } from "transom:internal/node/crypto/bytes";
import { curveOf, ecPrivate, WIDTHS } from "transom:internal/node/crypto/key_formats";
import { dataOf } from "transom:internal/node/crypto/keys";
import { codes } from "transom:internal/node/errors";
import { validateObject, validateString } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";

const { ERR_CRYPTO_ECDH_INVALID_FORMAT, ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY, ERR_CRYPTO_INCOMPATIBLE_KEY, ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE, ERR_INVALID_ARG_VALUE, ERR_NOT_SUPPORTED } = codes;

export function diffieHellman(options) {
  validateObject(options, "options");
  const { 0: ours, 1: theirs } = [dataOf(options.privateKey), dataOf(options.publicKey)];
  if (ours === undefined) throw new ERR_INVALID_ARG_VALUE("options.privateKey", options.privateKey);
  if (theirs === undefined) throw new ERR_INVALID_ARG_VALUE("options.publicKey", options.publicKey);
  if (ours.kind !== "private") throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(ours.kind, "private");
  if (theirs.kind === "secret") throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE("secret", "private or public");
  if (ours.type !== theirs.type || ours.curve !== theirs.curve) throw new ERR_CRYPTO_INCOMPATIBLE_KEY("key types for Diffie-Hellman", `${ours.type} and ${theirs.type}`);
  const skip = theirs.kind === "private" ? (theirs.type === "ec" ? WIDTHS[theirs.curve] : 32) : 0;
  const point = theirs.bytes.slice(skip);
  if (ours.type === "ec") return inEncoding(ops.crypto_ecdh(ours.curve, ours.bytes, point));
  if (ours.type === "x25519") return inEncoding(ops.crypto_x25519(ours.bytes, point));
  throw new ERR_CRYPTO_INCOMPATIBLE_KEY("key type for Diffie-Hellman", ours.type);
}

function formatted(point, format = "uncompressed") {
  if (format === "uncompressed") return point;
  const half = (point.length - 1) / 2;
  const odd = point[point.length - 1] & 1;
  if (format === "compressed") return Buffer.concat([Buffer.from([2 + odd]), point.subarray(1, 1 + half)]);
  if (format === "hybrid") return Buffer.concat([Buffer.from([6 + odd]), point.subarray(1)]);
  throw new ERR_CRYPTO_ECDH_INVALID_FORMAT(format);
}

/** https://nodejs.org/docs/latest-v22.x/api/crypto.html#class-ecdh */
export function ECDH(curve) {
  if (!(this instanceof ECDH)) return new /** @type {any} */ (ECDH)(curve);
  validateString(curve, "curve");
  this._curve = curveOf(curve);
  this._key = null;
}

Object.assign(ECDH.prototype, {
  generateKeys(encoding, format) {
    this._key = ops.crypto_ec_generate(this._curve);
    return this.getPublicKey(encoding, format);
  },
  computeSecret(other, inputEncoding, outputEncoding) {
    const point = bytesOf(other, inputEncoding, "otherPublicKey");
    if (this._key === null) throw Object.assign(new Error("Private key is not set"), { code: "ERR_CRYPTO_INVALID_STATE" });
    let secret;
    try {
      secret = ops.crypto_ecdh(this._curve, this._key, ops.crypto_ec_public(this._curve, point));
    } catch {
      throw new ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY();
    }
    return inEncoding(secret, outputEncoding);
  },
  getPrivateKey(encoding) {
    return inEncoding(this._key.slice(0, WIDTHS[this._curve]), encoding);
  },
  getPublicKey(encoding, format) {
    if (this._key === null) throw Object.assign(new Error("Failed to get ECDH public key"), { code: "ERR_CRYPTO_INVALID_STATE" });
    return inEncoding(formatted(this._key.slice(WIDTHS[this._curve]), format), encoding);
  },
  setPrivateKey(key, encoding) {
    this._key = ecPrivate(this._curve, bytesOf(key, encoding, "key")).bytes;
    return this;
  },
});

ECDH.convertKey = (key, curve, inputEncoding, outputEncoding, format) => {
  const name = curveOf(curve);
  return inEncoding(formatted(ops.crypto_ec_public(name, bytesOf(key, inputEncoding, "key")), format), outputEncoding);
};

export const createECDH = (curve) => new /** @type {any} */ (ECDH)(curve);
export const getCurves = () => ["prime256v1", "secp384r1", "secp521r1"];

const REMEDY = "use crypto.diffieHellman() with x25519 or ec keys, or crypto.createECDH()";
export function DiffieHellman() {
  throw new ERR_NOT_SUPPORTED("crypto.DiffieHellman", REMEDY);
}
export function createDiffieHellman() {
  throw new ERR_NOT_SUPPORTED("crypto.createDiffieHellman()", REMEDY);
}
export function getDiffieHellman() {
  throw new ERR_NOT_SUPPORTED("crypto.getDiffieHellman()", REMEDY);
}
