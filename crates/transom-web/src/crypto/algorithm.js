// @ts-check
// Which algorithms exist for which operation, and how their parameters are read.
// Spec: https://w3c.github.io/webcrypto/#algorithm-normalization
//
// An algorithm is a row in `algorithms`: for each operation that it supports, the dictionary of its parameters.

import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { StringPrototypeToUpperCase } = primordials;

const enforced = { __proto__: null, enforceRange: true };
const octet = (value, context) => webidl.octet(value, context, enforced);
const unsignedShort = (value, context) => webidl.unsignedShort(value, context, enforced);
const unsignedLong = (value, context) => webidl.unsignedLong(value, context, enforced);
/** Step 10 of the normalization: bytes are copied, so that nothing changes them afterwards. */
const bytes = (value, context) => webidl.copyBufferSource(webidl.BufferSource(value, context));
/** https://w3c.github.io/webcrypto/#big-integer */
const bigInteger = (value, context) => webidl.copyBufferSource(webidl.Uint8ArrayType(value, context));
/** A HashAlgorithmIdentifier, read now and normalized once the whole dictionary is read. */
const hash = (value, context) => (webidl.isObject(value) ? value : webidl.DOMString(value, context));
const cryptoKey = webidl.interfaceType("CryptoKey", (value) => cryptoKeyInternals.is(value));

const required = (key, convert) => ({ key, convert, required: true });
const optional = (key, convert) => ({ key, convert });

/** https://w3c.github.io/webcrypto/#dfn-Algorithm */
const Algorithm = webidl.dictionary("Algorithm", [required("name", webidl.DOMString)]);
const params = (name, members, inherits = Algorithm) => webidl.dictionary(name, members, inherits);

const RsaKeyGenParams = params("RsaKeyGenParams", [
  required("modulusLength", unsignedLong), required("publicExponent", bigInteger),
]);
const RsaHashedKeyGenParams = params("RsaHashedKeyGenParams", [required("hash", hash)], RsaKeyGenParams);
const RsaHashedImportParams = params("RsaHashedImportParams", [required("hash", hash)]);
const RsaPssParams = params("RsaPssParams", [required("saltLength", unsignedLong)]);
const RsaOaepParams = params("RsaOaepParams", [optional("label", bytes)]);
const EcdsaParams = params("EcdsaParams", [required("hash", hash)]);
const EcKeyParams = params("EcKeyGenParams", [required("namedCurve", webidl.DOMString)]);
const EcdhKeyDeriveParams = params("EcdhKeyDeriveParams", [required("public", cryptoKey)]);
const AesCtrParams = params("AesCtrParams", [required("counter", bytes), required("length", octet)]);
const AesCbcParams = params("AesCbcParams", [required("iv", bytes)]);
const AesGcmParams = params("AesGcmParams", [
  required("iv", bytes), optional("additionalData", bytes), optional("tagLength", octet),
]);
const AesKeyGenParams = params("AesKeyGenParams", [required("length", unsignedShort)]);
const HmacParams = params("HmacImportParams", [required("hash", hash), optional("length", unsignedLong)]);
const HkdfParams = params("HkdfParams", [required("hash", hash), required("info", bytes), required("salt", bytes)]);
const Pbkdf2Params = params("Pbkdf2Params", [
  required("hash", hash), required("iterations", unsignedLong), required("salt", bytes),
]);

const digest = { digest: Algorithm };
const rsaKey = { generateKey: RsaHashedKeyGenParams, importKey: RsaHashedImportParams, exportKey: Algorithm };
const ecKey = { generateKey: EcKeyParams, importKey: EcKeyParams, exportKey: Algorithm };
const okpKey = { generateKey: Algorithm, importKey: Algorithm, exportKey: Algorithm };
const aesKey = {
  generateKey: AesKeyGenParams, importKey: Algorithm, exportKey: Algorithm, getKeyLength: AesKeyGenParams,
};
const secretKey = { importKey: Algorithm, getKeyLength: Algorithm };

/** https://w3c.github.io/webcrypto/#algorithm-overview: the operations of each algorithm, by its name. */
const registry = {
  "SHA-1": digest,
  "SHA-256": digest,
  "SHA-384": digest,
  "SHA-512": digest,
  HMAC: {
    generateKey: HmacParams, importKey: HmacParams, exportKey: Algorithm, getKeyLength: HmacParams, sign: Algorithm,
    verify: Algorithm,
  },
  "RSASSA-PKCS1-v1_5": { ...rsaKey, sign: Algorithm, verify: Algorithm },
  "RSA-PSS": { ...rsaKey, sign: RsaPssParams, verify: RsaPssParams },
  "RSA-OAEP": { ...rsaKey, encrypt: RsaOaepParams, decrypt: RsaOaepParams },
  ECDSA: { ...ecKey, sign: EcdsaParams, verify: EcdsaParams },
  ECDH: { ...ecKey, deriveBits: EcdhKeyDeriveParams },
  Ed25519: { ...okpKey, sign: Algorithm, verify: Algorithm },
  X25519: { ...okpKey, deriveBits: EcdhKeyDeriveParams },
  "AES-CTR": { ...aesKey, encrypt: AesCtrParams, decrypt: AesCtrParams },
  "AES-CBC": { ...aesKey, encrypt: AesCbcParams, decrypt: AesCbcParams },
  "AES-GCM": { ...aesKey, encrypt: AesGcmParams, decrypt: AesGcmParams },
  "AES-KW": { ...aesKey, wrapKey: Algorithm, unwrapKey: Algorithm },
  HKDF: { ...secretKey, deriveBits: HkdfParams },
  PBKDF2: { ...secretKey, deriveBits: Pbkdf2Params },
};

/** By upper-case name: the name as written, and its operations. */
const algorithms = { __proto__: null };
for (const name in registry) {
  algorithms[StringPrototypeToUpperCase(name)] = { name, operations: { __proto__: null, ...registry[name] } };
}

/**
 * Returns the parameters with the canonical name, or throws a NotSupportedError.
 * https://w3c.github.io/webcrypto/#algorithm-normalization-normalize-an-algorithm
 */
export function normalizeAlgorithm(value, operation, context) {
  // (object or DOMString): a string stands for a dictionary of nothing but the name.
  const object = webidl.isObject(value) ? value : { __proto__: null, name: webidl.DOMString(value, context) };
  const { name } = Algorithm(object, context);
  const found = algorithms[StringPrototypeToUpperCase(name)];
  const convert = found?.operations[operation];
  if (convert === undefined) {
    throw new DOMException(`${context}: \`${name}\` is not supported for ${operation}`, "NotSupportedError");
  }
  const parameters = convert(object, context);
  parameters.name = found.name;
  if (parameters.hash !== undefined) parameters.hash = normalizeAlgorithm(parameters.hash, "digest", context);
  return parameters;
}
