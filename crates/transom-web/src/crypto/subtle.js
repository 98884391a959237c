// @ts-check
// SubtleCrypto.
// Spec: https://w3c.github.io/webcrypto/#subtlecrypto-interface
//
// Every method first converts its arguments, then normalises the algorithm and copies its data, then works; since
// methods are async functions, whatever goes wrong is a rejection. What an algorithm does is in a file of its own,
// found through implementations.js.

import { normalizeAlgorithm } from "transom:internal/crypto/algorithm";
import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { implementations } from "transom:internal/crypto/implementations";
import { convertJwk, dataError } from "transom:internal/crypto/jwk";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const {
  JSONParse, JSONStringify, ObjectSetPrototypeOf, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSet, TypeError, Uint8Array,
} = primordials;

const convertFormat = webidl.enumeration("KeyFormat", ["raw", "spki", "pkcs8", "jwk"]);
const USAGES = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];
const convertUsages = webidl.sequence(webidl.enumeration("KeyUsage", USAGES));
const convertKey = webidl.interfaceType("CryptoKey", (value) => cryptoKeyInternals.is(value));

/** https://w3c.github.io/webcrypto/#dfn-SubtleCrypto */
export class SubtleCrypto {
  #brand = true;

  constructor(key = undefined) {
    webidl.requireInternal(key);
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-encrypt */
  async encrypt(algorithm, key, data) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.encrypt", arguments.length, 3);
    return exactBuffer(await cipher("encrypt", algorithm, key, data));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-decrypt */
  async decrypt(algorithm, key, data) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.decrypt", arguments.length, 3);
    return exactBuffer(await cipher("decrypt", algorithm, key, data));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-sign */
  async sign(algorithm, key, data) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.sign", arguments.length, 3);
    convertKey(key, "SubtleCrypto.sign: argument 2");
    webidl.BufferSource(data, "SubtleCrypto.sign: argument 3");
    const normalized = normalizeAlgorithm(algorithm, "sign", "SubtleCrypto.sign: argument 1");
    requireUse(key, normalized.name, "sign");
    return exactBuffer(await implementations[normalized.name].sign(normalized, key, webidl.bytesOf(data)));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-verify */
  async verify(algorithm, key, signature, data) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.verify", arguments.length, 4);
    convertKey(key, "SubtleCrypto.verify: argument 2");
    webidl.BufferSource(signature, "SubtleCrypto.verify: argument 3");
    webidl.BufferSource(data, "SubtleCrypto.verify: argument 4");
    const normalized = normalizeAlgorithm(algorithm, "verify", "SubtleCrypto.verify: argument 1");
    requireUse(key, normalized.name, "verify");
    const given = webidl.bytesOf(signature);
    return await implementations[normalized.name].verify(normalized, key, given, webidl.bytesOf(data));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-digest */
  async digest(algorithm, data) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.digest", arguments.length, 2);
    webidl.BufferSource(data, "SubtleCrypto.digest: argument 2");
    const { name } = normalizeAlgorithm(algorithm, "digest", "SubtleCrypto.digest: argument 1");
    // The op takes its own copy of the bytes before this function goes on.
    return exactBuffer(await ops.crypto_digest(name, webidl.bytesOf(data)));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-generateKey */
  async generateKey(algorithm, extractable, keyUsages) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.generateKey", arguments.length, 3);
    const context = "SubtleCrypto.generateKey";
    const usages = convertUsages(keyUsages, `${context}: argument 3`);
    const normalized = normalizeAlgorithm(algorithm, "generateKey", `${context}: argument 1`);
    const implementation = implementations[normalized.name];
    checkUsages(usages, implementation, normalized.name);
    const result = await implementation.generateKey(normalized, !!extractable, ordered(usages));
    const key = result.privateKey ?? result;
    if (cryptoKeyInternals.usages(key).length === 0) throw new DOMException("The key has no usage", "SyntaxError");
    return result;
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-deriveKey */
  async deriveKey(algorithm, baseKey, derivedKeyType, extractable, keyUsages) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.deriveKey", arguments.length, 5);
    const context = "SubtleCrypto.deriveKey";
    convertKey(baseKey, `${context}: argument 2`);
    const usages = convertUsages(keyUsages, `${context}: argument 5`);
    const normalized = normalizeAlgorithm(algorithm, "deriveBits", `${context}: argument 1`);
    const ofImport = normalizeAlgorithm(derivedKeyType, "importKey", `${context}: argument 3`);
    const ofLength = normalizeAlgorithm(derivedKeyType, "getKeyLength", `${context}: argument 3`);
    requireUse(baseKey, normalized.name, "deriveKey");
    const length = implementations[ofLength.name].getKeyLength(ofLength);
    const secret = await implementations[normalized.name].deriveBits(normalized, baseKey, length);
    return importBytes("raw", secret, ofImport, !!extractable, usages);
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-deriveBits */
  async deriveBits(algorithm, baseKey, length = null) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.deriveBits", arguments.length, 2);
    convertKey(baseKey, "SubtleCrypto.deriveBits: argument 2");
    if (length !== null) length = webidl.unsignedLong(length, "SubtleCrypto.deriveBits: argument 3");
    const normalized = normalizeAlgorithm(algorithm, "deriveBits", "SubtleCrypto.deriveBits: argument 1");
    requireUse(baseKey, normalized.name, "deriveBits");
    return exactBuffer(await implementations[normalized.name].deriveBits(normalized, baseKey, length));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey */
  async importKey(format, keyData, algorithm, extractable, keyUsages) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.importKey", arguments.length, 5);
    const context = "SubtleCrypto.importKey";
    format = convertFormat(format, `${context}: argument 1`);
    const isBytes = webidl.isBufferSource(keyData);
    // (BufferSource or JsonWebKey)
    const data = isBytes ? webidl.BufferSource(keyData, `${context}: argument 2`) : convertJwk(keyData, `${context}: argument 2`);
    const usages = convertUsages(keyUsages, `${context}: argument 5`);
    const normalized = normalizeAlgorithm(algorithm, "importKey", `${context}: argument 3`);
    if (isBytes === (format === "jwk")) throw new TypeError(`${context}: argument 2 is not of format \`${format}\``);
    return importBytes(format, isBytes ? webidl.copyBufferSource(data) : data, normalized, !!extractable, usages);
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey */
  async exportKey(format, key) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.exportKey", arguments.length, 2);
    format = convertFormat(format, "SubtleCrypto.exportKey: argument 1");
    const exported = exportBytes(format, convertKey(key, "SubtleCrypto.exportKey: argument 2"));
    return format === "jwk" ? exported : exactBuffer(webidl.copyBufferSource(exported));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-wrapKey */
  async wrapKey(format, key, wrappingKey, wrapAlgorithm) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.wrapKey", arguments.length, 4);
    const context = "SubtleCrypto.wrapKey";
    format = convertFormat(format, `${context}: argument 1`);
    convertKey(key, `${context}: argument 2`);
    convertKey(wrappingKey, `${context}: argument 3`);
    const { 0: operation, 1: normalized } = normalizeWrapping(wrapAlgorithm, "wrapKey", "encrypt", `${context}: argument 4`);
    requireUse(wrappingKey, normalized.name, "wrapKey");
    const exported = exportBytes(format, key);
    const bytes = format === "jwk" ? jwkToBytes(exported) : exported;
    return exactBuffer(await implementations[normalized.name][operation](normalized, wrappingKey, bytes));
  }

  /** https://w3c.github.io/webcrypto/#SubtleCrypto-method-unwrapKey */
  async unwrapKey(format, wrappedKey, unwrappingKey, unwrapAlgorithm, unwrappedKeyAlgorithm, extractable, keyUsages) {
    this.#brand;
    webidl.requireArguments("SubtleCrypto.unwrapKey", arguments.length, 7);
    const context = "SubtleCrypto.unwrapKey";
    format = convertFormat(format, `${context}: argument 1`);
    webidl.BufferSource(wrappedKey, `${context}: argument 2`);
    convertKey(unwrappingKey, `${context}: argument 3`);
    const usages = convertUsages(keyUsages, `${context}: argument 7`);
    const { 0: operation, 1: normalized } = normalizeWrapping(unwrapAlgorithm, "unwrapKey", "decrypt", `${context}: argument 4`);
    const ofImport = normalizeAlgorithm(unwrappedKeyAlgorithm, "importKey", `${context}: argument 5`);
    requireUse(unwrappingKey, normalized.name, "unwrapKey");
    const given = webidl.bytesOf(wrappedKey);
    const bytes = await implementations[normalized.name][operation](normalized, unwrappingKey, given);
    return importBytes(format, format === "jwk" ? jwkFromBytes(bytes) : bytes, ofImport, !!extractable, usages);
  }
}

/** What `encrypt` and `decrypt` share. */
function cipher(operation, algorithm, key, data) {
  const context = `SubtleCrypto.${operation}`;
  convertKey(key, `${context}: argument 2`);
  webidl.BufferSource(data, `${context}: argument 3`);
  const normalized = normalizeAlgorithm(algorithm, operation, `${context}: argument 1`);
  requireUse(key, normalized.name, operation);
  return implementations[normalized.name][operation](normalized, key, webidl.bytesOf(data));
}

/** Throws an InvalidAccessError unless the key is for this algorithm and may be used so. */
function requireUse(key, name, usage) {
  if (cryptoKeyInternals.algorithm(key).name !== name) {
    throw new DOMException(`The key is not for ${name}`, "InvalidAccessError");
  }
  if (!includes(cryptoKeyInternals.usages(key), usage)) {
    throw new DOMException(`The key may not be used for ${usage}`, "InvalidAccessError");
  }
}

/** Wrapping is an operation of its own for some algorithms, for others it is encryption. */
function normalizeWrapping(algorithm, own, other, context) {
  try {
    return [own, normalizeAlgorithm(algorithm, own, context)];
  } catch {
    return [other, normalizeAlgorithm(algorithm, other, context)];
  }
}

function importBytes(format, data, normalized, extractable, usages) {
  const implementation = implementations[normalized.name];
  checkUsages(usages, implementation, normalized.name);
  if (!includes(implementation.formats, format)) {
    throw new DOMException(`${normalized.name} keys have no format \`${format}\``, "NotSupportedError");
  }
  const key = implementation.importKey(format, data, normalized, extractable, ordered(usages));
  if (cryptoKeyInternals.type(key) !== "public" && usages.length === 0) {
    throw new DOMException("The key has no usage", "SyntaxError");
  }
  return key;
}

function exportBytes(format, key) {
  const { name } = cryptoKeyInternals.algorithm(key);
  const implementation = implementations[name];
  if (implementation.exportKey === undefined || !includes(implementation.formats, format)) {
    throw new DOMException(`${name} keys have no format \`${format}\``, "NotSupportedError");
  }
  if (!cryptoKeyInternals.extractable(key)) throw new DOMException("The key is not extractable", "InvalidAccessError");
  return implementation.exportKey(format, key);
}

/** The JSON of a JSON Web Key, in which no `toJSON` of the user's has a part. */
function jwkToBytes(jwk) {
  ObjectSetPrototypeOf(jwk, null);
  ObjectSetPrototypeOf(jwk.key_ops, null);
  return ops.utf8_encode(JSONStringify(jwk));
}

/** https://w3c.github.io/webcrypto/#concept-parse-a-jwk */
function jwkFromBytes(bytes) {
  let jwk;
  try {
    jwk = convertJwk(JSONParse(ops.utf8_decode(bytes, false, false)), "The unwrapped key");
  } catch {
    throw dataError("The unwrapped key is not a JSON Web Key");
  }
  if (jwk.kty === undefined) throw dataError("The unwrapped key has no `kty`");
  return jwk;
}

/** Throws a SyntaxError when the algorithm has not got one of the usages. */
function checkUsages(usages, implementation, name) {
  for (let i = 0; i < usages.length; i++) {
    if (!includes(implementation.usages, usages[i])) {
      throw new DOMException(`${name} keys cannot be used for ${usages[i]}`, "SyntaxError");
    }
  }
}

/** The usages without repetition, in the order of the standard. */
function ordered(usages) {
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
