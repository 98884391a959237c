// @ts-check
// What the functions of node:fs take: paths, flags, modes, times, data, options.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html

import { Buffer } from "node:buffer";
import { codes, AbortError } from "transom:internal/node/errors";
import { parseFileMode, validateAbortSignal, validateInteger, validateObject } from "transom:internal/node/errors/validators";
import { constants } from "transom:internal/node/fs/constants";

const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_FILE_URL_HOST, ERR_INVALID_FILE_URL_PATH, ERR_INVALID_URL_SCHEME,
} = codes;
const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants;

const isUrl = (value) => Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);

function pathOfUrl(url) {
  if (url.protocol !== "file:") throw new ERR_INVALID_URL_SCHEME("file");
  if (url.hostname !== "") throw new ERR_INVALID_FILE_URL_HOST("linux");
  if (/%2f/i.test(url.pathname)) throw new ERR_INVALID_FILE_URL_PATH("must not include encoded / characters");
  return decodeURIComponent(url.pathname);
}

/** A path given as a string, a file URL or bytes, as a string. */
export function pathOf(value, name = "path") {
  let path = value;
  if (isUrl(value)) path = pathOfUrl(value);
  else if (value instanceof Uint8Array) path = Buffer.from(value).toString();
  else if (typeof value !== "string") throw new ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "URL"], value);
  if (path.includes("\0")) {
    throw new ERR_INVALID_ARG_VALUE(name, value, "must be a string, Uint8Array, or URL without null bytes");
  }
  return path;
}

/** @type {Record<string, number>} */
const FLAGS = {
  // @ts-expect-error the prototype of a table
  __proto__: null,
  r: O_RDONLY, rs: O_RDONLY | O_SYNC, sr: O_RDONLY | O_SYNC, "r+": O_RDWR, "rs+": O_RDWR | O_SYNC, "sr+": O_RDWR | O_SYNC,
  w: O_TRUNC | O_CREAT | O_WRONLY, wx: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL, xw: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  "w+": O_TRUNC | O_CREAT | O_RDWR, "wx+": O_TRUNC | O_CREAT | O_RDWR | O_EXCL, "xw+": O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  a: O_APPEND | O_CREAT | O_WRONLY, ax: O_APPEND | O_CREAT | O_WRONLY | O_EXCL, xa: O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  as: O_APPEND | O_CREAT | O_WRONLY | O_SYNC, sa: O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  "a+": O_APPEND | O_CREAT | O_RDWR, "ax+": O_APPEND | O_CREAT | O_RDWR | O_EXCL, "xa+": O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  "as+": O_APPEND | O_CREAT | O_RDWR | O_SYNC, "sa+": O_APPEND | O_CREAT | O_RDWR | O_SYNC,
};

/** Flags of open(2). */
export function flagsOf(value, name = "flags") {
  if (typeof value === "number") {
    validateInteger(value, name, -2147483648, 2147483647);
    return value;
  }
  if (value === null || value === undefined) return O_RDONLY;
  const flags = FLAGS[value];
  if (flags === undefined) throw new ERR_INVALID_ARG_VALUE(name, value);
  return flags;
}

export const modeOf = (value, fallback, name = "mode") => parseFileMode(value, name, fallback);

/** Number of an open file. */
export function descriptorOf(value, name = "fd") {
  validateInteger(value, name, 0, 2147483647);
  return value;
}

/** Options that may be the name of an encoding alone. */
export function optionsOf(options, defaults) {
  if (options === null || options === undefined || typeof options === "function") return defaults;
  if (typeof options === "string") options = { ...defaults, encoding: options };
  else if (typeof options !== "object") throw new ERR_INVALID_ARG_TYPE("options", ["string", "Object"], options);
  if (options.encoding !== "buffer") checkEncoding(options.encoding);
  validateAbortSignal(options.signal, "options.signal");
  return { ...defaults, ...options };
}

export function checkEncoding(encoding) {
  if (encoding && !Buffer.isEncoding(encoding)) throw new ERR_INVALID_ARG_VALUE("encoding", encoding, "is invalid encoding");
}

export function checkAborted(signal) {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
}

/** A name or path in the encoding that was asked for. */
export function textAs(text, encoding) {
  if (encoding === undefined || encoding === null || encoding === "utf8" || encoding === "utf-8") return text;
  return encoding === "buffer" ? Buffer.from(text) : Buffer.from(text).toString(encoding);
}

/** Seconds since 1970. */
export function secondsOf(time, name = "time") {
  if (typeof time === "string" && +time == /** @type {any} */ (time)) return +time;
  if (Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  if (time instanceof Date) return time.getTime() / 1000;
  throw new ERR_INVALID_ARG_TYPE(name, ["Date", "Time in seconds"], time);
}

/** The bytes that are to be written. */
export function bytesOf(data, encoding = "utf8", name = "data") {
  if (typeof data === "string") return Buffer.from(data, encoding ?? "utf8");
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "TypedArray", "DataView"], data);
}

/** Whether `data` comes piece by piece. */
export function isPieces(data) {
  if (data === null || typeof data !== "object" || ArrayBuffer.isView(data)) return false;
  return typeof data[Symbol.asyncIterator] === "function" || typeof data[Symbol.iterator] === "function";
}

/** Where in a file to read or write; null stands for where the file stands. */
export function positionOf(position, name = "position") {
  if (position === null || position === undefined) return null;
  if (typeof position === "bigint") position = Number(position);
  validateInteger(position, name, -1);
  return position < 0 ? null : position;
}

export function rmOptions(options) {
  if (options === undefined || options === null) options = {};
  validateObject(options, "options");
  const { recursive = false, force = false, maxRetries = 0, retryDelay = 100 } = options;
  for (const [name, value] of [["options.force", force], ["options.recursive", recursive]]) {
    if (typeof value !== "boolean") throw new ERR_INVALID_ARG_TYPE(name, "boolean", value);
  }
  validateInteger(retryDelay, "options.retryDelay", 0, 2147483647);
  validateInteger(maxRetries, "options.maxRetries", 0, 4294967295);
  return { recursive, force };
}
