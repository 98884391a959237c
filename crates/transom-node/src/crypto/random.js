// @ts-check
// Random values, and comparison in constant time.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#cryptorandombytessize-callback

import { Buffer } from "node:buffer";
import { crypto as webcrypto } from "transom:internal/crypto/crypto";
import { bytesOf } from "transom:internal/node/crypto/bytes";
import { invalidType, outOfRange, rangeError } from "transom:internal/node/errors";
import { validateFunction } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";
import { ops } from "transom:internal/ops";

const MAX_RANDOM = 2 ** 31 - 1;

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
  validateFunction(callback, "callback");
  nextTick(callback, null, bytes);
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
  nextTick(done, null, target);
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
  nextTick(callback, undefined, result);
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

