// @ts-check
// Keys derived from other secrets: PBKDF2, scrypt, HKDF.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#cryptopbkdf2password-salt-iterations-keylen-digest-callback

import { Buffer } from "node:buffer";
import { bytesOf, inEncoding, webHash } from "transom:internal/node/crypto/bytes";
import { keyBytes } from "transom:internal/node/crypto/keys";
import { codes } from "transom:internal/node/errors";
import { validateFunction, validateInteger, validateString, validateUint32 } from "transom:internal/node/errors/validators";
import { tell } from "transom:internal/node/fs/call";
import { ops } from "transom:internal/ops";

const { ERR_CRYPTO_INVALID_DIGEST, ERR_CRYPTO_INVALID_KEYLEN, ERR_CRYPTO_INVALID_SCRYPT_PARAMS } = codes;
const MAX_LENGTH = 2147483647;

function pbkdf2Arguments(password, salt, iterations, keylen, digest) {
  validateString(digest, "digest");
  const secret = bytesOf(password, "utf8", "password");
  const grain = bytesOf(salt, "utf8", "salt");
  validateInteger(iterations, "iterations", 1, MAX_LENGTH);
  validateInteger(keylen, "keylen", 0, MAX_LENGTH);
  const hash = webHash(digest);
  if (hash === undefined) throw new ERR_CRYPTO_INVALID_DIGEST(digest);
  return [hash, secret, grain, iterations, keylen];
}

export function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  if (typeof digest === "function") ({ 0: callback, 1: digest } = [digest, undefined]);
  const args = pbkdf2Arguments(password, salt, iterations, keylen, digest);
  validateFunction(callback, "callback");
  tell(ops.crypto_pbkdf2(...args).then((bytes) => inEncoding(bytes)), callback);
}

export function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  return inEncoding(ops.crypto_pbkdf2_sync(...pbkdf2Arguments(password, salt, iterations, keylen, digest)));
}

function scryptArguments(password, salt, keylen, options = {}) {
  const secret = bytesOf(password, "utf8", "password");
  const grain = bytesOf(salt, "utf8", "salt");
  validateInteger(keylen, "keylen", 0, MAX_LENGTH);
  const cost = options.N ?? options.cost ?? 16384;
  const size = options.r ?? options.blockSize ?? 8;
  const lanes = options.p ?? options.parallelization ?? 1;
  const most = options.maxmem ?? 32 * 1024 * 1024;
  for (const { 0: name, 1: value } of [["N", cost], ["r", size], ["p", lanes]]) validateUint32(value, name);
  const power = Math.log2(cost);
  if (!Number.isInteger(power) || power < 1) throw new ERR_CRYPTO_INVALID_SCRYPT_PARAMS();
  if (128 * cost * size > most) throw new ERR_CRYPTO_INVALID_SCRYPT_PARAMS("memory limit exceeded");
  return [secret, grain, power, size, lanes, keylen];
}

export function scrypt(password, salt, keylen, options, callback) {
  if (typeof options === "function") ({ 0: callback, 1: options } = [options, undefined]);
  const args = scryptArguments(password, salt, keylen, options);
  validateFunction(callback, "callback");
  tell(ops.node_scrypt(...args).then((bytes) => inEncoding(bytes)), callback);
}

export function scryptSync(password, salt, keylen, options) {
  return inEncoding(ops.node_scrypt_sync(...scryptArguments(password, salt, keylen, options)));
}

function derive(digest, key, salt, info, keylen) {
  validateString(digest, "digest");
  const secret = keyBytes(key);
  const { 0: grain, 1: context } = [bytesOf(salt, "utf8", "salt"), bytesOf(info, "utf8", "info")];
  validateInteger(keylen, "length", 0, MAX_LENGTH);
  if (context.byteLength > 1024) throw new codes.ERR_OUT_OF_RANGE("info", "must not contain more than 1024 bytes", context.byteLength);
  const hash = webHash(digest);
  if (hash === undefined) throw new ERR_CRYPTO_INVALID_DIGEST(digest);
  try {
    const bytes = ops.crypto_hkdf(hash, secret, grain, context, keylen);
    return Buffer.from(bytes).buffer.slice(0, keylen);
  } catch {
    throw new ERR_CRYPTO_INVALID_KEYLEN();
  }
}

export const hkdfSync = (digest, key, salt, info, keylen) => derive(digest, key, salt, info, keylen);

export function hkdf(digest, key, salt, info, keylen, callback) {
  validateFunction(callback, "callback");
  const bytes = derive(digest, key, salt, info, keylen);
  tell(Promise.resolve(bytes), callback);
}
