// @ts-check
// AES keys and the modes CTR, CBC, GCM and KW. Native halves: aes.rs, gcm.rs.
// Spec: https://w3c.github.io/webcrypto/#aes-ctr, #aes-cbc, #aes-gcm, #aes-kw

import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { checkJwk, checkJwkAlgorithm, dataError, finishJwk, jwkBytes, jwkText } from "transom:internal/crypto/jwk";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { TypedArrayPrototypeGetLength, Uint8Array } = primordials;
const { material, algorithm: algorithmOf, usages: usagesOf, extractable: isExtractable } = cryptoKeyInternals;

const operationError = (message) => new DOMException(message, "OperationError");
const isKeyLength = (bits) => bits === 128 || bits === 192 || bits === 256;

function getKeyLength(algorithm) {
  if (!isKeyLength(algorithm.length)) throw operationError("An AES key has 128, 192 or 256 bits");
  return algorithm.length;
}

/** The operations on keys, the same for every mode; `mode` is the end of the name in JSON Web Keys. */
function keyOperations(name, mode) {
  const create = (extractable, usages, bytes) =>
    cryptoKeyInternals.create("secret", extractable, { name, length: TypedArrayPrototypeGetLength(bytes) * 8 }, usages, bytes);
  return {
    formats: ["raw", "jwk"],
    getKeyLength,

    /** https://w3c.github.io/webcrypto/#aes-ctr-operations-import-key */
    importKey(format, data, algorithm, extractable, usages) {
      let bytes = data;
      if (format === "jwk") {
        // The order of the specification: type and material before the names.
        if (data.kty !== "oct") throw dataError("The JSON Web Key is not of type `oct`");
        bytes = jwkBytes(data, "k");
      }
      const bits = TypedArrayPrototypeGetLength(bytes) * 8;
      if (!isKeyLength(bits)) throw dataError("An AES key has 128, 192 or 256 bits");
      if (format === "jwk") {
        checkJwkAlgorithm(data, `A${bits}${mode}`);
        checkJwk(data, "oct", "enc", extractable, usages);
      }
      return create(extractable, usages, bytes);
    },

    /** https://w3c.github.io/webcrypto/#aes-ctr-operations-generate-key */
    generateKey(algorithm, extractable, usages) {
      return create(extractable, usages, ops.crypto_random(getKeyLength(algorithm) / 8));
    },

    /** https://w3c.github.io/webcrypto/#aes-ctr-operations-export-key */
    exportKey(format, key) {
      const bytes = material(key);
      if (format === "raw") return bytes;
      const alg = `A${algorithmOf(key).length}${mode}`;
      return finishJwk({ kty: "oct", k: jwkText(bytes), alg }, usagesOf(key), isExtractable(key));
    },
  };
}

const CIPHER_USAGES = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];

/** https://w3c.github.io/webcrypto/#aes-ctr-operations-encrypt; decrypting is the same. */
function counterMode(algorithm, key, data) {
  if (TypedArrayPrototypeGetLength(algorithm.counter) !== 16) throw operationError("The counter has not got 16 bytes");
  if (algorithm.length === 0 || algorithm.length > 128) throw operationError("The counter's length is not 1 to 128 bits");
  return ops.crypto_aes_ctr(material(key), algorithm.counter, algorithm.length, data);
}

export const aesCtr = {
  ...keyOperations("AES-CTR", "CTR"), usages: CIPHER_USAGES, encrypt: counterMode, decrypt: counterMode,
};

function checkedIv(algorithm) {
  if (TypedArrayPrototypeGetLength(algorithm.iv) !== 16) throw operationError("The initialization vector has not got 16 bytes");
  return algorithm.iv;
}

export const aesCbc = {
  ...keyOperations("AES-CBC", "CBC"),
  usages: CIPHER_USAGES,
  /** https://w3c.github.io/webcrypto/#aes-cbc-operations-encrypt */
  encrypt: (algorithm, key, data) => ops.crypto_aes_cbc_encrypt(material(key), checkedIv(algorithm), data),
  /** https://w3c.github.io/webcrypto/#aes-cbc-operations-decrypt */
  decrypt: (algorithm, key, data) => ops.crypto_aes_cbc_decrypt(material(key), checkedIv(algorithm), data),
};

/** The length of the tag in bytes. */
function tagBytes(algorithm) {
  const bits = algorithm.tagLength ?? 128;
  if (bits !== 32 && bits !== 64 && bits !== 96 && bits !== 104 && bits !== 112 && bits !== 120 && bits !== 128) {
    throw operationError("The tag has not got 32, 64, 96, 104, 112, 120 or 128 bits");
  }
  return bits / 8;
}

/** NIST SP 800-38D, section 5.2.1.1: a nonce has at least one bit. */
function checkedNonce(algorithm) {
  if (TypedArrayPrototypeGetLength(algorithm.iv) === 0) throw operationError("The initialization vector is empty");
  return algorithm.iv;
}

const additionalData = (algorithm) => algorithm.additionalData ?? new Uint8Array(0);

export const aesGcm = {
  ...keyOperations("AES-GCM", "GCM"),
  usages: CIPHER_USAGES,
  /** https://w3c.github.io/webcrypto/#aes-gcm-operations-encrypt */
  encrypt: (algorithm, key, data) =>
    ops.crypto_aes_gcm_encrypt(material(key), checkedNonce(algorithm), additionalData(algorithm), tagBytes(algorithm), data),
  /** https://w3c.github.io/webcrypto/#aes-gcm-operations-decrypt */
  decrypt: (algorithm, key, data) =>
    ops.crypto_aes_gcm_decrypt(material(key), checkedNonce(algorithm), additionalData(algorithm), tagBytes(algorithm), data),
};

export const aesKw = {
  ...keyOperations("AES-KW", "KW"),
  usages: ["wrapKey", "unwrapKey"],
  /** https://w3c.github.io/webcrypto/#aes-kw-operations-wrap-key */
  wrapKey: (algorithm, key, data) => ops.crypto_aes_wrap(material(key), data),
  /** https://w3c.github.io/webcrypto/#aes-kw-operations-unwrap-key */
  unwrapKey: (algorithm, key, data) => ops.crypto_aes_unwrap(material(key), data),
};
