// @ts-check
// node:crypto: hashes, HMAC, random values, comparison in constant time, and Web Cryptography.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html

import { crypto as webcrypto } from "transom:internal/crypto/crypto";
import { encode, canonical } from "transom:internal/node/buffer/encodings";
import { invalidType, outOfRange, rangeError } from "transom:internal/node/errors";
import { ops } from "transom:internal/ops";
import { Buffer } from "node:buffer";

const abandoned = new FinalizationRegistry((handle) => ops.node_hash_close(handle));
const MAX_RANDOM = 2 ** 31 - 1;

function failure(code, message) {
  const error = new Error(message);
  error.code = code;
  return error;
}

/** Bytes of a string or view. */
function bytesOf(data, encoding, name = "data") {
  if (typeof data === "string") return encode(data, canonical(encoding) ?? "utf8");
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (name === "key" && data instanceof ArrayBuffer) return new Uint8Array(data);
  throw invalidType(name, "of type string or an instance of Buffer, TypedArray, or DataView", data);
}

/** The result in an encoding, or as a Buffer. */
function inEncoding(bytes, encoding) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding === undefined || encoding === null || encoding === "buffer" ? buffer : buffer.toString(encoding);
}

/** What hashes and HMACs have in common: text and bytes go in, one result comes out. */
class Digest {
  #handle;

  constructor(handle) {
    this.#handle = handle;
    abandoned.register(this, handle, this);
  }

  update(data, encoding) {
    if (this.#handle === 0) throw failure("ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    ops.node_hash_update(this.#handle, bytesOf(data, encoding));
    return this;
  }

  digest(encoding) {
    if (this.#handle === 0) throw failure("ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    const bytes = ops.node_hash_digest(this.#handle);
    abandoned.unregister(this);
    this.#handle = 0;
    return inEncoding(bytes, encoding);
  }

  /** A native state with the same input so far. */
  static fork(digest) {
    if (digest.#handle === 0) throw failure("ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    return ops.node_hash_fork(digest.#handle);
  }
}

export class Hash extends Digest {
  copy() {
    return new Hash(Digest.fork(this));
  }
}

export class Hmac extends Digest {}

export function createHash(algorithm) {
  if (typeof algorithm !== "string") throw invalidType("algorithm", "of type string", algorithm);
  const handle = ops.node_hash_open(algorithm, undefined);
  if (handle === 0) throw failure("ERR_OSSL_EVP_UNSUPPORTED", "Digest method not supported");
  return new Hash(handle);
}

export function createHmac(algorithm, key) {
  if (typeof algorithm !== "string") throw invalidType("hmac", "of type string", algorithm);
  const handle = ops.node_hash_open(algorithm, bytesOf(key, "utf8", "key"));
  if (handle === 0) throw failure("ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${algorithm}`);
  return new Hmac(handle);
}

/** The digest of `data` in one call. */
export function hash(algorithm, data, encoding = "hex") {
  return createHash(algorithm).update(data).digest(encoding);
}

export const getHashes = () => ops.node_hash_names();

/** Fills `bytes`, in the pieces that Web Cryptography allows. */
function fillRandom(bytes) {
  for (let at = 0; at < bytes.length; at += 65536) webcrypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
}

export function randomBytes(size, callback) {
  if (typeof size !== "number") throw invalidType("size", "of type number", size);
  if (!(size >= 0 && size <= MAX_RANDOM)) throw outOfRange("size", `>= 0 && <= ${MAX_RANDOM}`, size);
  const bytes = Buffer.alloc(size);
  fillRandom(bytes);
  if (callback === undefined) return bytes;
  queueMicrotask(() => callback(null, bytes));
}

export function randomFillSync(target, offset = 0, size = undefined) {
  const bytes = ArrayBuffer.isView(target) ? bytesOf(target) : new Uint8Array(target);
  fillRandom(bytes.subarray(offset, size === undefined ? undefined : offset + size));
  return target;
}

export function randomFill(target, offset, size, callback) {
  const done = [offset, size, callback].find((argument) => typeof argument === "function");
  const number = (value) => (typeof value === "number" ? value : undefined);
  randomFillSync(target, number(offset), number(size));
  queueMicrotask(() => done(null, target));
}

export function randomInt(min, max, callback) {
  if (max === undefined || typeof max === "function") [min, max, callback] = [0, min, max];
  if (!Number.isSafeInteger(min)) throw invalidType("min", "a safe integer", min);
  if (!Number.isSafeInteger(max)) throw invalidType("max", "a safe integer", max);
  const range = max - min;
  if (max <= min) throw outOfRange("max", `greater than the value of "min" (${min})`, max);
  if (range >= 2 ** 48) throw outOfRange("max - min", `<= ${2 ** 48 - 1}`, range);
  // Values above the last whole multiple of the range would make some results more likely than others.
  const limit = 2 ** 48 - (2 ** 48 % range);
  let value;
  do value = randomBytes(6).readUIntBE(0, 6);
  while (value >= limit);
  const result = (value % range) + min;
  if (callback === undefined) return result;
  queueMicrotask(() => callback(undefined, result));
}

export const randomUUID = () => webcrypto.randomUUID();

export function timingSafeEqual(first, second) {
  const expected = "an instance of ArrayBuffer, Buffer, TypedArray, or DataView";
  const view = (value, name) => {
    if (ArrayBuffer.isView(value)) return bytesOf(value);
    if (value instanceof ArrayBuffer) return new Uint8Array(value);
    throw invalidType(name, expected, value);
  };
  const [a, b] = [view(first, "buf1"), view(second, "buf2")];
  if (a.length !== b.length) {
    throw rangeError("ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length");
  }
  return ops.node_timing_safe_equal(a, b);
}

export const { subtle } = webcrypto;
export const getRandomValues = (array) => webcrypto.getRandomValues(array);
export { webcrypto };
export default {
  Hash, Hmac, createHash, createHmac, getHashes, getRandomValues, hash, randomBytes, randomFill, randomFillSync,
  randomInt, randomUUID, subtle, timingSafeEqual, webcrypto,
};
