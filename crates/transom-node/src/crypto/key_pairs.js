// @ts-check
// New keys.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#cryptogeneratekeypairtype-options-callback

import { Buffer } from "node:buffer";
import { curveOf, publicOf } from "transom:internal/node/crypto/key_formats";
import { createSecretKey, wrap } from "transom:internal/node/crypto/keys";
import { randomBytes } from "transom:internal/node/crypto/random";
import { codes } from "transom:internal/node/errors";
import { validateFunction, validateInteger, validateObject, validateOneOf, validateString, validateUint32 } from "transom:internal/node/errors/validators";
import { tell } from "transom:internal/node/fs/call";
import { ops } from "transom:internal/ops";

const { ERR_INVALID_ARG_VALUE, ERR_NOT_SUPPORTED } = codes;
const kCustomPromisifyArgs = Symbol.for("nodejs.util.promisify.customArgs");

/** How the key is made: the native operation's arguments for RSA, or the key. */
function plan(type, options) {
  validateString(type, "type");
  if (type === "rsa" || type === "rsa-pss") {
    validateObject(options, "options");
    validateUint32(options.modulusLength, "options.modulusLength");
    const exponent = options.publicExponent ?? 0x10001;
    validateUint32(exponent, "options.publicExponent");
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(exponent);
    return { type, rsa: [options.modulusLength, bytes] };
  }
  if (type === "ec") {
    validateObject(options, "options");
    validateString(options.namedCurve, "options.namedCurve");
    const curve = curveOf(options.namedCurve);
    return { key: { kind: "private", type, curve, bytes: ops.crypto_ec_generate(curve) } };
  }
  if (type === "ed25519" || type === "x25519") {
    const name = type === "ed25519" ? "Ed25519" : "X25519";
    return { key: { kind: "private", type, bytes: ops.crypto_okp_private(name, randomBytes(32)) } };
  }
  if (["dsa", "dh", "ed448", "x448"].includes(type)) throw new ERR_NOT_SUPPORTED(`keys of type ${type}`, "use `ec`, `ed25519` or `x25519`");
  throw new ERR_INVALID_ARG_VALUE("type", type, "must be a supported key type");
}

/** The pair as objects, or as the options want it. */
function pair(data, options) {
  const { 0: publicKey, 1: privateKey } = [wrap(publicOf(data)), wrap(data)];
  const { publicKeyEncoding, privateKeyEncoding } = options ?? {};
  return {
    publicKey: publicKeyEncoding ? publicKey.export(publicKeyEncoding) : publicKey,
    privateKey: privateKeyEncoding ? privateKey.export(privateKeyEncoding) : privateKey,
  };
}

export function generateKeyPairSync(type, options) {
  const { key, rsa } = plan(type, options);
  return pair(key ?? { kind: "private", type, bytes: ops.crypto_rsa_generate_sync(...rsa) }, options);
}

async function generateLater(type, options) {
  const { key, rsa } = plan(type, options);
  return pair(key ?? { kind: "private", type, bytes: await ops.crypto_rsa_generate(...rsa) }, options);
}

export function generateKeyPair(type, options, callback) {
  if (typeof options === "function") ({ 0: callback, 1: options } = [options, undefined]);
  validateFunction(callback, "callback");
  tell(generateLater(type, options), (error, made) => (error ? callback(error) : callback(null, made.publicKey, made.privateKey)));
}
Object.defineProperty(generateKeyPair, kCustomPromisifyArgs, { value: ["publicKey", "privateKey"] });

export function generateKeySync(type, options) {
  validateOneOf(type, "type", ["aes", "hmac"]);
  validateObject(options, "options");
  if (type === "aes") validateOneOf(options.length, "options.length", [128, 192, 256]);
  else validateInteger(options.length, "options.length", 8, 2 ** 31 - 1);
  return createSecretKey(randomBytes(Math.floor(options.length / 8)));
}

export function generateKey(type, options, callback) {
  validateFunction(callback, "callback");
  const key = generateKeySync(type, options);
  tell(Promise.resolve(key), callback);
}
