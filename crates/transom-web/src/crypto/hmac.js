// @ts-check
// HMAC keys and signatures. Native half: hmac.rs.
// Spec: https://w3c.github.io/webcrypto/#hmac-operations

import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { checkJwk, checkJwkAlgorithm, dataError, finishJwk, jwkBytes, jwkText } from "transom:internal/crypto/jwk";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze, TypedArrayPrototypeGetLength, TypeError } = primordials;
const { material, algorithm: algorithmOf, usages: usagesOf, extractable: isExtractable } = cryptoKeyInternals;

const JWK_ALGORITHMS = { __proto__: null, "SHA-1": "HS1", "SHA-256": "HS256", "SHA-384": "HS384", "SHA-512": "HS512" };
/** Block sizes in bits, the default length of a generated key. */
const BLOCK_BITS = { __proto__: null, "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };

const hashOf = (key) => algorithmOf(key).hash.name;

function create(algorithm, length, extractable, usages, bytes) {
  const described = { name: "HMAC", hash: ObjectFreeze({ name: algorithm.hash.name }), length };
  return cryptoKeyInternals.create("secret", extractable, described, usages, bytes);
}

export const hmac = {
  usages: ["sign", "verify"],
  formats: ["raw", "jwk"],

  /** https://w3c.github.io/webcrypto/#hmac-operations-import-key */
  importKey(format, data, algorithm, extractable, usages) {
    let bytes = data;
    if (format === "jwk") {
      checkJwk(data, "oct", "sig", extractable, usages);
      bytes = jwkBytes(data, "k");
      checkJwkAlgorithm(data, JWK_ALGORITHMS[algorithm.hash.name]);
    }
    let bits = TypedArrayPrototypeGetLength(bytes) * 8;
    if (bits === 0) throw dataError("The key is empty");
    if (algorithm.length !== undefined) {
      if (algorithm.length > bits || algorithm.length <= bits - 8) {
        throw dataError("The key is not of the length that the algorithm says");
      }
      bits = algorithm.length;
    }
    return create(algorithm, bits, extractable, usages, bytes);
  },

  /** https://w3c.github.io/webcrypto/#hmac-operations-generate-key */
  generateKey(algorithm, extractable, usages) {
    const bits = algorithm.length ?? BLOCK_BITS[algorithm.hash.name];
    if (bits === 0) throw new DOMException("The key length is zero", "OperationError");
    return create(algorithm, bits, extractable, usages, ops.crypto_random((bits + 7) >>> 3));
  },

  /** https://w3c.github.io/webcrypto/#hmac-operations-export-key */
  exportKey(format, key) {
    const bytes = material(key);
    if (format === "raw") return bytes;
    return finishJwk({ kty: "oct", k: jwkText(bytes), alg: JWK_ALGORITHMS[hashOf(key)] }, usagesOf(key), isExtractable(key));
  },

  /** https://w3c.github.io/webcrypto/#hmac-operations-get-key-length */
  getKeyLength(algorithm) {
    if (algorithm.length === undefined) return BLOCK_BITS[algorithm.hash.name];
    if (algorithm.length === 0) throw new TypeError("The key length is zero");
    return algorithm.length;
  },

  /** https://w3c.github.io/webcrypto/#hmac-operations-sign */
  sign(algorithm, key, data) {
    return ops.crypto_hmac_sign(hashOf(key), material(key), data);
  },

  /** https://w3c.github.io/webcrypto/#hmac-operations-verify. Compares in constant time. */
  verify(algorithm, key, signature, data) {
    return ops.crypto_hmac_verify(hashOf(key), material(key), signature, data);
  },
};
