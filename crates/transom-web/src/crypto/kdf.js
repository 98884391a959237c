// @ts-check
// HKDF and PBKDF2: secrets from which others are derived. Native half: kdf.rs.
// Spec: https://w3c.github.io/webcrypto/#hkdf, #pbkdf2

import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { Uint8Array } = primordials;
const { material } = cryptoKeyInternals;

const USAGES = ["deriveKey", "deriveBits"];

/** https://w3c.github.io/webcrypto/#hkdf-operations-import-key */
function importKey(format, data, algorithm, extractable, usages) {
  if (extractable) throw new DOMException(`${algorithm.name} keys cannot be extractable`, "SyntaxError");
  return cryptoKeyInternals.create("secret", false, { name: algorithm.name }, usages, data);
}

function lengthInBytes(length) {
  if (length === null || length % 8 !== 0) {
    throw new DOMException("The length is not a multiple of 8 bits", "OperationError");
  }
  return length / 8;
}

const getKeyLength = () => null;

export const hkdf = {
  usages: USAGES,
  formats: ["raw"],
  importKey,
  getKeyLength,
  /** https://w3c.github.io/webcrypto/#hkdf-operations-derive-bits */
  deriveBits: (algorithm, key, length) =>
    ops.crypto_hkdf(algorithm.hash.name, material(key), algorithm.salt, algorithm.info, lengthInBytes(length)),
};

export const pbkdf2 = {
  usages: USAGES,
  formats: ["raw"],
  importKey,
  getKeyLength,
  /** https://w3c.github.io/webcrypto/#pbkdf2-operations-derive-bits */
  deriveBits(algorithm, key, length) {
    const bytes = lengthInBytes(length);
    if (algorithm.iterations === 0) throw new DOMException("There are no iterations", "OperationError");
    if (bytes === 0) return new Uint8Array(0);
    return ops.crypto_pbkdf2(algorithm.hash.name, material(key), algorithm.salt, algorithm.iterations, bytes);
  },
};
