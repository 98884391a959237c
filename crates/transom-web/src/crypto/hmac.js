// @ts-check
// HMAC keys and signatures. Native half: hmac.rs.
// Spec: https://w3c.github.io/webcrypto/#hmac-operations

import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze, TypedArrayPrototypeGetLength, Uint8ArrayFromBase64, Uint8ArrayPrototypeToBase64 } = primordials;

const JWK_ALGORITHMS = { __proto__: null, "SHA-1": "HS1", "SHA-256": "HS256", "SHA-384": "HS384", "SHA-512": "HS512" };
/** Block sizes in bits, the default length of a generated key. */
const BLOCK_BITS = { __proto__: null, "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };

const BASE64URL = { __proto__: null, alphabet: "base64url", omitPadding: true };

/** https://w3c.github.io/webcrypto/#hmac-operations-import-key. `usages` is checked already. */
export function importHmacKey(format, data, algorithm, extractable, usages) {
  const material = format === "jwk" ? materialFromJwk(data, algorithm, extractable) : data;
  const bytes = TypedArrayPrototypeGetLength(material);
  if (bytes === 0) throw new DOMException("The key is empty", "DataError");
  let bits = bytes * 8;
  if (algorithm.length !== undefined) {
    if (algorithm.length > bits || algorithm.length <= bits - 8) {
      throw new DOMException("The key is not of the length that the algorithm says", "DataError");
    }
    bits = algorithm.length;
  }
  return create(algorithm, bits, extractable, usages, material);
}

/** https://w3c.github.io/webcrypto/#hmac-operations-generate-key */
export function generateHmacKey(algorithm, extractable, usages) {
  const bits = algorithm.length ?? BLOCK_BITS[algorithm.hash.name];
  if (bits === 0) throw new DOMException("The key length is zero", "OperationError");
  return create(algorithm, bits, extractable, usages, ops.crypto_random((bits + 7) >>> 3));
}

/** https://w3c.github.io/webcrypto/#hmac-operations-export-key, as bytes or as a JsonWebKey. */
export function exportHmacKey(format, key) {
  const material = cryptoKeyInternals.material(key);
  if (format === "raw") return material;
  return {
    kty: "oct",
    k: Uint8ArrayPrototypeToBase64(material, BASE64URL),
    alg: JWK_ALGORITHMS[hashOf(key)],
    key_ops: usagesOf(key),
    ext: cryptoKeyInternals.extractable(key),
  };
}

/** https://w3c.github.io/webcrypto/#hmac-operations-sign */
export function signHmac(key, data) {
  return ops.crypto_hmac_sign(hashOf(key), cryptoKeyInternals.material(key), data);
}

/** https://w3c.github.io/webcrypto/#hmac-operations-verify. Compares in constant time. */
export function verifyHmac(key, signature, data) {
  return ops.crypto_hmac_verify(hashOf(key), cryptoKeyInternals.material(key), signature, data);
}

function hashOf(key) {
  return cryptoKeyInternals.algorithm(key).hash.name;
}

function usagesOf(key) {
  const usages = cryptoKeyInternals.usages(key);
  const copy = [];
  for (let i = 0; i < usages.length; i++) copy[i] = usages[i];
  return copy;
}

function create(algorithm, length, extractable, usages, material) {
  const described = { name: "HMAC", hash: ObjectFreeze({ name: algorithm.hash.name }), length };
  return cryptoKeyInternals.create("secret", extractable, described, usages, material);
}

function materialFromJwk(jwk, algorithm, extractable) {
  if (jwk.kty !== "oct" || typeof jwk.k !== "string") {
    throw new DOMException("The JSON Web Key is not an octet sequence (`kty` must be \"oct\")", "DataError");
  }
  const expected = JWK_ALGORITHMS[algorithm.hash.name];
  if (jwk.alg !== undefined && jwk.alg !== expected) {
    throw new DOMException(`The JSON Web Key is for \`${jwk.alg}\`, not for ${expected}`, "DataError");
  }
  if (jwk.use !== undefined && jwk.use !== "sig") throw new DOMException("The JSON Web Key is not for signing", "DataError");
  if (jwk.ext === false && extractable) throw new DOMException("The JSON Web Key is not extractable", "DataError");
  try {
    return Uint8ArrayFromBase64(jwk.k, BASE64URL);
  } catch {
    throw new DOMException("Member `k` of the JSON Web Key is not base64url", "DataError");
  }
}
