// @ts-check
// Options of compressors and decompressors.
// Reference: https://nodejs.org/docs/latest-v22.x/api/zlib.html#class-options

import { codes } from "transom:internal/node/errors";
import { validateFiniteNumber } from "transom:internal/node/errors/validators";
import { constants } from "transom:internal/node/zlib/constants";

const { ERR_BROTLI_INVALID_PARAM, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_ZLIB_INITIALIZATION_FAILED, ERR_ZSTD_INVALID_PARAM } = codes;
const MAX_OUTPUT = 2 ** 53 - 1;

function inRange(value, name, lower, upper, fallback) {
  if (!validateFiniteNumber(value, name)) return fallback;
  if (value < lower || value > upper) throw new ERR_OUT_OF_RANGE(name, `>= ${lower} and <= ${upper}`, value);
  return value;
}

/** What all of them have: sizes and flushing. `finish` is the operation for the end of the input. */
export function commonOptions(options, maxFlush, noFlush, finish) {
  const given = options ?? {};
  return {
    chunkSize: inRange(given.chunkSize, "options.chunkSize", constants.Z_MIN_CHUNK, Infinity, constants.Z_DEFAULT_CHUNK),
    flush: inRange(given.flush, "options.flush", 0, maxFlush, noFlush),
    finishFlush: inRange(given.finishFlush, "options.finishFlush", 0, maxFlush, finish),
    maxOutputLength: inRange(given.maxOutputLength, "options.maxOutputLength", 1, MAX_OUTPUT, MAX_OUTPUT),
  };
}

function dictionaryOf(dictionary) {
  if (dictionary === undefined || dictionary === null) return null;
  if (ArrayBuffer.isView(dictionary)) return new Uint8Array(dictionary.buffer, dictionary.byteOffset, dictionary.byteLength);
  if (dictionary instanceof ArrayBuffer) return new Uint8Array(dictionary);
  throw new ERR_INVALID_ARG_TYPE("options.dictionary", ["Buffer", "TypedArray", "DataView", "ArrayBuffer"], dictionary);
}

/** Level, window, memory and strategy, and the dictionary. */
export function deflateOptions(mode, options) {
  const given = options ?? {};
  const isReader = mode === "inflate" || mode === "gunzip" || mode === "unzip";
  const windowBits = (given.windowBits === undefined || given.windowBits === null || given.windowBits === 0) && isReader
    ? 0
    : inRange(given.windowBits, "options.windowBits", mode === "gzip" ? 9 : 8, 15, 15);
  return {
    numbers: [
      inRange(given.level, "options.level", -1, 9, -1), windowBits, inRange(given.memLevel, "options.memLevel", 1, 9, 8),
      inRange(given.strategy, "options.strategy", 0, 4, 0),
    ],
    dictionary: dictionaryOf(given.dictionary),
  };
}

/** Numbers and values of parameters in turn. */
export function brotliOptions(options) {
  const numbers = [];
  for (const key of Object.keys(options?.params ?? {})) {
    const parameter = +key;
    if (Number.isNaN(parameter) || parameter < 0 || parameter > 9) throw new ERR_BROTLI_INVALID_PARAM(key);
    const value = options.params[key];
    if (typeof value !== "number" && typeof value !== "boolean") throw new ERR_INVALID_ARG_TYPE("options.params[key]", "number", value);
    if (parameter === constants.BROTLI_PARAM_QUALITY && (+value < 0 || +value > 11)) throw new ERR_ZLIB_INITIALIZATION_FAILED();
    numbers.push(parameter, +value);
  }
  return { numbers, dictionary: null };
}

const numbersOf = (prefix) => new Set(Object.keys(constants).filter((name) => name.startsWith(prefix)).map((name) => constants[name]));

/** The size of the input, for a compressor, and numbers and values of parameters in turn. */
export function zstdOptions(mode, options) {
  const compresses = mode === "zstdCompress";
  const known = numbersOf(compresses ? "ZSTD_c_" : "ZSTD_d_");
  const numbers = [];
  if (compresses) numbers.push(inRange(options?.pledgedSrcSize, "options.pledgedSrcSize", 0, MAX_OUTPUT, -1));
  for (const key of Object.keys(options?.params ?? {})) {
    if (!known.has(+key)) throw new ERR_ZSTD_INVALID_PARAM(key);
    const value = options.params[key];
    if (typeof value !== "number" && typeof value !== "boolean") throw new ERR_INVALID_ARG_TYPE("options.params[key]", "number", value);
    // Deviation: Node cuts a fraction off.
    if (!Number.isInteger(+value)) throw new ERR_OUT_OF_RANGE("options.params[key]", "an integer", value);
    const isLevel = compresses && +key === constants.ZSTD_c_compressionLevel;
    if (isLevel && value === -1) continue; // As in Node, where it stands for none given.
    if (!isLevel && value < 0) throw new ERR_ZLIB_INITIALIZATION_FAILED("Setting parameter failed");
    numbers.push(+key, +value);
  }
  return { numbers, dictionary: dictionaryOf(options?.dictionary) };
}
