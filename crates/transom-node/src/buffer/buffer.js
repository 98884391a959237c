// @ts-check
// node:buffer: Buffer, bytes with Node's methods on top of those of Uint8Array.
// Reference: https://nodejs.org/docs/latest-v22.x/api/buffer.html
//
// Text is in encodings.js, numbers in numbers.js, searching in search.js. `allocUnsafe` gives zeros: there is no pool
// whose old contents could show.

import { atob, btoa } from "transom:internal/base64/base64";
import { Blob } from "transom:internal/blob/blob";
import { File } from "transom:internal/blob/file";
import { canonical, decode, encode, encodedLength } from "transom:internal/node/buffer/encodings";
import { addNumberMethods } from "transom:internal/node/buffer/numbers";
import { addSearchMethods } from "transom:internal/node/buffer/search";
import { invalidType, outOfRange, rangeError, typeError, unknownEncoding } from "transom:internal/node/errors";
import { ops } from "transom:internal/ops";

/** As in Node on a 64-bit system. */
export const kMaxLength = 2 ** 53 - 1;
export const kStringMaxLength = 2 ** 29 - 24;
export const constants = { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength };
export const INSPECT_MAX_BYTES = 50;

const BYTES = "of type string or an instance of Buffer, TypedArray, or DataView";
const SOURCES =
  "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object";
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

class FastBuffer extends Uint8Array {}

/** Node's old constructor: a size makes zeros, anything else goes to `Buffer.from`. */
export function Buffer(value, encodingOrOffset, length) {
  if (typeof value !== "number") return Buffer.from(value, encodingOrOffset, length);
  if (typeof encodingOrOffset === "string") throw invalidType("string", "of type string", value);
  return Buffer.alloc(value);
}

Object.setPrototypeOf(Buffer, Uint8Array);
Buffer.prototype = FastBuffer.prototype;
Object.defineProperty(Buffer.prototype, "constructor", { value: Buffer, writable: true, enumerable: false, configurable: true });
Object.defineProperty(Buffer, Symbol.species, { get: () => FastBuffer, enumerable: false, configurable: true });
Buffer.poolSize = 8192;

/** The same memory as a Buffer. */
const over = (bytes) => new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const isShared = (value) => typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer;

function encodingOf(name) {
  if (name === undefined || name === null || name === "") return "utf8";
  const encoding = canonical(name);
  if (encoding === undefined) throw unknownEncoding(name);
  return encoding;
}

function checkSize(size) {
  if (typeof size !== "number") throw invalidType("size", "of type number", size);
  if (!(size >= 0 && size <= kMaxLength)) throw outOfRange("size", `>= 0 && <= ${kMaxLength}`, size);
}

function fromMemory(memory, offset, length) {
  const start = offset === undefined || Number.isNaN(+offset) ? 0 : +offset;
  const rest = memory.byteLength - start;
  if (rest < 0) throw rangeError("ERR_BUFFER_OUT_OF_BOUNDS", '"offset" is outside of buffer bounds');
  let count = rest;
  if (length !== undefined) {
    count = +length > 0 ? +length : 0;
    if (count > rest) throw rangeError("ERR_BUFFER_OUT_OF_BOUNDS", '"length" is outside of buffer bounds');
  }
  return new FastBuffer(memory, start, count);
}

function fromList(list) {
  const length = list.length > 0 ? Math.trunc(list.length) : 0;
  const buffer = new FastBuffer(length);
  for (let i = 0; i < length; i++) buffer[i] = list[i];
  return buffer;
}

/** From what an object holds: elements, or what `JSON.stringify` made of a Buffer. */
function fromObject(value) {
  if (value.length !== undefined || value.buffer instanceof ArrayBuffer || isShared(value.buffer)) {
    return typeof value.length === "number" ? fromList(value) : new FastBuffer(0);
  }
  return value.type === "Buffer" && Array.isArray(value.data) ? fromList(value.data) : undefined;
}

const statics = {
  from(value, encodingOrOffset, length) {
    if (typeof value === "string") return over(encode(value, encodingOf(encodingOrOffset)));
    if (typeof value === "object" && value !== null) {
      if (value instanceof ArrayBuffer || isShared(value)) return fromMemory(value, encodingOrOffset, length);
      const primitive = value.valueOf?.();
      if (primitive !== null && primitive !== undefined && primitive !== value && (typeof primitive === "string" || typeof primitive === "object")) {
        return Buffer.from(primitive, encodingOrOffset, length);
      }
      const made = fromObject(value);
      if (made !== undefined) return made;
      if (typeof value[Symbol.toPrimitive] === "function") {
        const text = value[Symbol.toPrimitive]("string");
        if (typeof text === "string") return Buffer.from(text, encodingOrOffset);
      }
    }
    throw invalidType("first argument", SOURCES, value);
  },

  alloc(size, fill, encoding) {
    checkSize(size);
    const buffer = new FastBuffer(size);
    return fill === undefined || fill === 0 || size === 0 ? buffer : buffer.fill(fill, encoding);
  },

  allocUnsafe(size) {
    checkSize(size);
    return new FastBuffer(size);
  },

  allocUnsafeSlow(size) {
    checkSize(size);
    return new FastBuffer(size);
  },

  byteLength(value, encoding) {
    if (typeof value === "string") return value === "" ? 0 : encodedLength(value, canonical(encoding) ?? "utf8");
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || isShared(value)) return value.byteLength;
    throw invalidType("string", "of type string or an instance of Buffer or ArrayBuffer", value);
  },

  compare(first, second) {
    if (!(first instanceof Uint8Array)) throw invalidType("buf1", "an instance of Buffer or Uint8Array", first);
    if (!(second instanceof Uint8Array)) throw invalidType("buf2", "an instance of Buffer or Uint8Array", second);
    return compareBytes(first, second);
  },

  concat(list, length) {
    if (!Array.isArray(list)) throw invalidType("list", "an instance of Array", list);
    let total = 0;
    for (let i = 0; i < list.length; i++) {
      if (!(list[i] instanceof Uint8Array)) throw invalidType(`list[${i}]`, "an instance of Buffer or Uint8Array", list[i]);
      total += list[i].length;
    }
    if (length !== undefined) {
      if (typeof length !== "number") throw invalidType("length", "of type number", length);
      if (!Number.isInteger(length)) throw outOfRange("length", "an integer", length);
      if (length < 0) throw outOfRange("length", `>= 0 && <= ${kMaxLength}`, length);
      total = length;
    }
    const whole = new FastBuffer(total);
    let at = 0;
    for (const piece of list) {
      if (at >= total) break;
      whole.set(at + piece.length > total ? piece.subarray(0, total - at) : piece, at);
      at += piece.length;
    }
    return whole;
  },

  copyBytesFrom(view, offset, length) {
    if (!ArrayBuffer.isView(view) || view instanceof DataView) throw invalidType("view", "an instance of TypedArray", view);
    const part = view.subarray(offset ?? 0, length === undefined ? undefined : (offset ?? 0) + length);
    return Buffer.from(bytesOf(part));
  },

  isBuffer: (value) => value instanceof FastBuffer,
  isEncoding: (name) => typeof name === "string" && name !== "" && canonical(name) !== undefined,
};

for (const name in statics) Buffer[name] = statics[name];

function compareBytes(first, second) {
  const shared = Math.min(first.length, second.length);
  for (let i = 0; i < shared; i++) if (first[i] !== second[i]) return first[i] < second[i] ? -1 : 1;
  return Math.sign(first.length - second.length);
}

/** A position between 0 and `length`, as `toString` and `copy` read theirs. */
function clamp(value, fallback, length) {
  if (value === undefined) return fallback;
  const number = Math.trunc(+value) || 0;
  return number < 0 ? 0 : number > length ? length : number;
}

const methods = {
  toString(encoding, start, end) {
    const from = clamp(start, 0, this.length);
    const to = clamp(end, this.length, this.length);
    return from >= to ? "" : decode(this, encodingOf(encoding), from, to);
  },

  toJSON() {
    return { type: "Buffer", data: Array.from(this) };
  },

  equals(other) {
    if (!(other instanceof Uint8Array)) throw invalidType("otherBuffer", "an instance of Buffer or Uint8Array", other);
    return this === other || (this.length === other.length && compareBytes(this, other) === 0);
  },

  compare(target, targetStart = 0, targetEnd = target?.length, sourceStart = 0, sourceEnd = this.length) {
    if (!(target instanceof Uint8Array)) throw invalidType("target", "an instance of Buffer or Uint8Array", target);
    const positions = { targetStart, targetEnd, sourceStart, sourceEnd };
    const limits = { targetEnd: target.length, sourceEnd: this.length };
    for (const [name, value] of Object.entries(positions)) {
      const limit = limits[name] ?? kMaxLength;
      if (!(value >= 0 && value <= limit)) throw outOfRange(name, `>= 0 && <= ${limit}`, value);
    }
    return compareBytes(this.subarray(sourceStart, sourceEnd), target.subarray(targetStart, targetEnd));
  },

  copy(target, targetStart, sourceStart, sourceEnd) {
    if (!ArrayBuffer.isView(target)) throw invalidType("target", "an instance of Buffer or Uint8Array", target);
    const into = bytesOf(target);
    const at = Math.trunc(+(targetStart ?? 0)) || 0;
    const from = Math.trunc(+(sourceStart ?? 0)) || 0;
    const to = sourceEnd === undefined ? this.length : Math.trunc(+sourceEnd) || 0;
    if (at < 0) throw outOfRange("targetStart", ">= 0", at);
    if (from < 0 || from > this.length) throw outOfRange("sourceStart", `>= 0 && <= ${this.length}`, from);
    if (to < 0) throw outOfRange("sourceEnd", ">= 0", to);
    if (at >= into.length || from >= to) return 0;
    const count = Math.min(to - from, into.length - at, this.length - from);
    into.set(this.subarray(from, from + count), at);
    return count;
  },

  write(text, offset, length, encoding) {
    if (typeof text !== "string") throw typeError("ERR_INVALID_ARG_TYPE", 'The "argument" argument must be of type string.');
    if (typeof offset === "string") [offset, length, encoding] = [undefined, undefined, offset];
    else if (typeof length === "string") [length, encoding] = [undefined, length];
    const at = offset ?? 0;
    if (typeof at !== "number") throw invalidType("offset", "of type number", at);
    if (!(at >= 0 && at <= this.length)) throw outOfRange("offset", `>= 0 && <= ${this.length}`, at);
    const room = this.length - at;
    const most = length === undefined ? room : Math.min(Math.trunc(+length) || 0, room);
    if (most < 0) throw outOfRange("length", `>= 0 && <= ${this.length}`, length);
    const name = encodingOf(encoding);
    const bytes = encode(text, name);
    const count = wholeCharacters(bytes, Math.min(bytes.length, most), name);
    this.set(bytes.subarray(0, count), at);
    return count;
  },

  fill(value, offset, end, encoding) {
    if (typeof offset === "string") [offset, end, encoding] = [undefined, undefined, offset];
    else if (typeof end === "string") [end, encoding] = [undefined, end];
    const from = offset ?? 0;
    const to = end ?? this.length;
    if (!(from >= 0 && from <= this.length)) throw outOfRange("offset", `>= 0 && <= ${this.length}`, from);
    if (!(to >= 0 && to <= this.length)) throw outOfRange("end", `>= 0 && <= ${this.length}`, to);
    if (typeof value !== "string" && !ArrayBuffer.isView(value)) {
      Uint8Array.prototype.fill.call(this, typeof value === "boolean" ? +value : value & 255, from, to);
      return this;
    }
    const bytes = typeof value === "string" ? encode(value, encodingOf(encoding)) : bytesOf(value);
    if (bytes.length === 0) {
      if (value !== "") throw typeError("ERR_INVALID_ARG_VALUE", `The argument 'value' is invalid. Received '${value}'`);
      Uint8Array.prototype.fill.call(this, 0, from, to);
      return this;
    }
    for (let i = from; i < to; i++) this[i] = bytes[(i - from) % bytes.length];
    return this;
  },

  /** The same memory, unlike `slice` of Uint8Array. */
  slice(start, end) {
    return this.subarray(start, end);
  },

  subarray(start, end) {
    return over(Uint8Array.prototype.subarray.call(this, start, end));
  },

  swap16() {
    return swap(this, 2);
  },

  swap32() {
    return swap(this, 4);
  },

  swap64() {
    return swap(this, 8);
  },

  [INSPECT]() {
    const shown = this.subarray(0, INSPECT_MAX_BYTES).toString("hex").replace(/(.{2})(?=.)/g, "$1 ");
    const rest = this.length - INSPECT_MAX_BYTES;
    const more = rest > 0 ? ` ... ${rest} more byte${rest > 1 ? "s" : ""}` : "";
    return `<Buffer${shown === "" ? "" : ` ${shown}`}${more}>`;
  },
};

/** As many bytes of at most `count` as end with a whole character. */
function wholeCharacters(bytes, count, encoding) {
  if (encoding === "utf16le") return count & ~1;
  if (encoding !== "utf8" || count === bytes.length) return count;
  while (count > 0 && (bytes[count] & 0xc0) === 0x80) count--;
  return count;
}

function swap(buffer, size) {
  if (buffer.length % size !== 0) {
    throw rangeError("ERR_INVALID_BUFFER_SIZE", `Buffer size must be a multiple of ${size * 8}-bits`);
  }
  for (let at = 0; at < buffer.length; at += size) Uint8Array.prototype.reverse.call(buffer.subarray(at, at + size));
  return buffer;
}

for (const name of Reflect.ownKeys(methods)) {
  Object.defineProperty(Buffer.prototype, name, { value: methods[name], writable: true, enumerable: true, configurable: true });
}
Buffer.prototype.toLocaleString = Buffer.prototype.toString;
Object.defineProperty(Buffer.prototype, "parent", { get() { return this.buffer; }, enumerable: true, configurable: true });
Object.defineProperty(Buffer.prototype, "offset", { get() { return this.byteOffset; }, enumerable: true, configurable: true });
addNumberMethods(Buffer.prototype);
addSearchMethods(Buffer.prototype, encodingOf);

export const SlowBuffer = (length) => Buffer.allocUnsafeSlow(length);

export function isUtf8(value) {
  if (!ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) throw invalidType("input", BYTES, value);
  try {
    ops.utf8_decode(ArrayBuffer.isView(value) ? bytesOf(value) : new Uint8Array(value), true, true);
    return true;
  } catch {
    return false;
  }
}

export function isAscii(value) {
  if (!ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) throw invalidType("input", BYTES, value);
  return (ArrayBuffer.isView(value) ? bytesOf(value) : new Uint8Array(value)).every((byte) => byte < 0x80);
}

export function transcode(source, from, to) {
  if (!(source instanceof Uint8Array)) throw invalidType("source", "an instance of Buffer or Uint8Array", source);
  return Buffer.from(Buffer.from(source).toString(from), to);
}

export { Blob, File, atob, btoa };
export default {
  Blob, Buffer, File, INSPECT_MAX_BYTES, SlowBuffer, atob, btoa, constants, isAscii, isUtf8, kMaxLength,
  kStringMaxLength, transcode,
};

// A program that names Buffer without an import gets it from the bundler; one that asks the global finds it there.
if (!("Buffer" in globalThis)) {
  Object.defineProperty(globalThis, "Buffer", { value: Buffer, writable: true, enumerable: false, configurable: true });
}
