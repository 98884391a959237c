// @ts-check
// SubtleCrypto: digests and HMAC.
// Spec: https://w3c.github.io/webcrypto/#subtlecrypto-interface
//
// Every method first normalises the algorithm and copies its data, then works; since methods are async functions,
// whatever goes wrong is a rejection. What an algorithm does is in a file of its own (hmac.js).

import { normalizeAlgorithm } from "transom:internal/crypto/algorithm";
import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { exportHmacKey, generateHmacKey, importHmacKey, signHmac, verifyHmac } from "transom:internal/crypto/hmac";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeSet, TypeError, Uint8Array } =
  primordials;

const convertFormat = webidl.enumeration("KeyFormat", ["raw", "spki", "pkcs8", "jwk"]);
const USAGES = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];
const convertUsages = webidl.sequence(webidl.enumeration("KeyUsage", USAGES));

/** The row of an algorithm's own functions, by its canonical name. */
const implementations = {
  __proto__: null,
  HMAC: {
    usages: ["sign", "verify"],
    formats: ["raw", "jwk"],
    importKey: importHmacKey,
    generateKey: generateHmacKey,
    exportKey: exportHmacKey,
    sign: signHmac,
    verify: verifyHmac,
  },
};

/** https://w3c.github.io/webcrypto/#dfn-SubtleCrypto */
export class SubtleCrypto {
  #brand = true;

  constructor(key = undefined) {
    webidl.requireInternal(key);
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-digest */
  async digest(algorithm, data) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.digest", arguments.length, 2);
    const { name } = normalizeAlgorithm(algorithm, "digest", "SubtleCrypto.digest: argument 1");
    // The op takes its own copy of the bytes before this function goes on.
    const bytes = webidl.BufferSource(data, "SubtleCrypto.digest: argument 2");
    return exactBuffer(await ops.crypto_digest(name, bytes));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey */
  async importKey(format, keyData, algorithm, extractable, keyUsages) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.importKey", arguments.length, 5);
    const context = "SubtleCrypto.importKey";
    format = convertFormat(format, `${context}: argument 1`);
    const normalized = normalizeAlgorithm(algorithm, "importKey", `${context}: argument 3`);
    const implementation = implementations[normalized.name];
    const usages = checkUsages(convertUsages(keyUsages, `${context}: argument 5`), implementation, normalized.name);
    if (!includes(implementation.formats, format)) {
      throw new DOMException(`${normalized.name} keys have no format \`${format}\``, "NotSupportedError");
    }
    let data;
    if (format === "jwk") {
      if (!webidl.isObject(keyData) || webidl.isBufferSource(keyData)) {
        throw new TypeError(`${context}: argument 2 is not a JsonWebKey`);
      }
      data = keyData;
    } else {
      data = webidl.copyBufferSource(webidl.BufferSource(keyData, `${context}: argument 2`));
    }
    const key = implementation.importKey(format, data, normalized, !!extractable, usages);
    if (usages.length === 0) throw new DOMException("A secret key needs at least one usage", "SyntaxError");
    return key;
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-generateKey */
  async generateKey(algorithm, extractable, keyUsages) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.generateKey", arguments.length, 3);
    const context = "SubtleCrypto.generateKey";
    const normalized = normalizeAlgorithm(algorithm, "generateKey", `${context}: argument 1`);
    const implementation = implementations[normalized.name];
    const usages = checkUsages(convertUsages(keyUsages, `${context}: argument 3`), implementation, normalized.name);
    if (usages.length === 0) throw new DOMException("A secret key needs at least one usage", "SyntaxError");
    return implementation.generateKey(normalized, !!extractable, usages);
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey */
  async exportKey(format, key) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.exportKey", arguments.length, 2);
    format = convertFormat(format, "SubtleCrypto.exportKey: argument 1");
    const { name } = algorithmOf(key, "SubtleCrypto.exportKey: argument 2");
    if (!includes(implementations[name].formats, format)) {
      throw new DOMException(`${name} keys have no format \`${format}\``, "NotSupportedError");
    }
    if (!cryptoKeyInternals.extractable(key)) throw new DOMException("The key is not extractable", "InvalidAccessError");
    const exported = implementations[name].exportKey(format, key);
    return format === "jwk" ? exported : exactBuffer(webidl.copyBufferSource(exported));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-sign */
  async sign(algorithm, key, data) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.sign", arguments.length, 3);
    const { name } = normalizeAlgorithm(algorithm, "sign", "SubtleCrypto.sign: argument 1");
    requireKey(key, name, "sign", "SubtleCrypto.sign: argument 2");
    const bytes = webidl.BufferSource(data, "SubtleCrypto.sign: argument 3");
    return exactBuffer(await implementations[name].sign(key, bytes));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-verify */
  async verify(algorithm, key, signature, data) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.verify", arguments.length, 4);
    const { name } = normalizeAlgorithm(algorithm, "verify", "SubtleCrypto.verify: argument 1");
    requireKey(key, name, "verify", "SubtleCrypto.verify: argument 2");
    const given = webidl.BufferSource(signature, "SubtleCrypto.verify: argument 3");
    const bytes = webidl.BufferSource(data, "SubtleCrypto.verify: argument 4");
    return await implementations[name].verify(key, given, bytes);
  }
}

function algorithmOf(key, context) {
  if (!cryptoKeyInternals.is(key)) throw new TypeError(`${context} is not of type CryptoKey`);
  return cryptoKeyInternals.algorithm(key);
}

function requireKey(key, name, usage, context) {
  if (algorithmOf(key, context).name !== name) {
    throw new DOMException(`The key is not for ${name}`, "InvalidAccessError");
  }
  if (!includes(cryptoKeyInternals.usages(key), usage)) {
    throw new DOMException(`The key may not be used to ${usage}`, "InvalidAccessError");
  }
}

/** The usages without repetition, in the order of the standard; throws when the algorithm has not got one of them. */
function checkUsages(usages, implementation, name) {
  for (let i = 0; i < usages.length; i++) {
    if (!includes(implementation.usages, usages[i])) {
      throw new DOMException(`${name} keys cannot be used to ${usages[i]}`, "SyntaxError");
    }
  }
  const result = [];
  for (let i = 0; i < USAGES.length; i++) if (includes(usages, USAGES[i])) result[result.length] = USAGES[i];
  return result;
}

function includes(list, item) {
  for (let i = 0; i < list.length; i++) if (list[i] === item) return true;
  return false;
}

/** The ArrayBuffer of exactly these bytes. */
function exactBuffer(bytes) {
  const buffer = TypedArrayPrototypeGetBuffer(bytes);
  const length = TypedArrayPrototypeGetByteLength(bytes);
  if (primordials.ArrayBufferPrototypeGetByteLength(buffer) === length) return buffer;
  const copy = new Uint8Array(length);
  TypedArrayPrototypeSet(copy, bytes);
  return TypedArrayPrototypeGetBuffer(copy);
}

webidl.configureInterface("SubtleCrypto", SubtleCrypto);
