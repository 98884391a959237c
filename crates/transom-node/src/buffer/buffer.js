// @ts-check
// The class Buffer: bytes with Node's methods on top of those of Uint8Array.
// Reference: https://nodejs.org/docs/latest-v22.x/api/buffer.html
//
// Text is in encodings.js, numbers in numbers.js, searching in search.js. `allocUnsafe` gives zeros: there is no pool
// whose old contents could show.

import { canonical, decode, encode, encodedLength } from "transom:internal/node/buffer/encodings";
import { numberMethods } from "transom:internal/node/buffer/numbers";
import { searchMethods } from "transom:internal/node/buffer/search";
import { codes, inspected, typeError } from "transom:internal/node/errors";
import { validateInteger, validateNumber } from "transom:internal/node/errors/validators";
import { emitWarning } from "transom:internal/node/process/warning";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ArrayBuffer, ArrayBufferIsView, ArrayIsArray, ArrayPrototypePush, MathFloor, MathMin, MathTrunc, NumberIsNaN, ObjectDefineProperty,
  ObjectKeys, ObjectSetPrototypeOf, RegExpPrototypeSymbolReplace, SharedArrayBuffer, StringPrototypeSlice, StringPrototypeTrim,
  SymbolFor, SymbolSpecies, SymbolToPrimitive, TypedArrayPrototypeFill, TypedArrayPrototypeSet,
  TypedArrayPrototypeSlice, Uint8Array,
} = primordials;
const {
  ERR_BUFFER_OUT_OF_BOUNDS, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_BUFFER_SIZE, ERR_OUT_OF_RANGE,
  ERR_UNKNOWN_ENCODING,
} = codes;

/** As in Node on a 64-bit system. */
export const kMaxLength = 2 ** 53 - 1;
export const kStringMaxLength = 2 ** 29 - 24;

const SOURCES = ["string", "Buffer", "ArrayBuffer", "Array", "Array-like Object"];
const kInspect = SymbolFor("nodejs.util.inspect.custom");
let inspectMaxBytes = 50;
/** Bytes that are quickly dealt with one by one. */
const SHORT = 16;

/** How many bytes `util.inspect` shows. */
export const inspectLimit = {
  get: () => inspectMaxBytes,
  set(value) {
    validateNumber(value, "INSPECT_MAX_BYTES", 0);
    inspectMaxBytes = value;
  },
};

class FastBuffer extends Uint8Array {}

let hasWarned = false;

/** Node's old constructor: a size makes zeros, anything else goes to `Buffer.from`. */
export function Buffer(value, encodingOrOffset, length) {
  if (!hasWarned && new.target === undefined) {
    hasWarned = true;
    emitWarning(
      "Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), Buffer.allocUnsafe(), or Buffer.from() methods instead.",
      "DeprecationWarning", "DEP0005",
    );
  }
  if (typeof value !== "number") return Buffer.from(value, encodingOrOffset, length);
  if (typeof encodingOrOffset === "string") throw new ERR_INVALID_ARG_TYPE("string", "string", value);
  return Buffer.alloc(value);
}

ObjectSetPrototypeOf(Buffer, Uint8Array);
Buffer.prototype = FastBuffer.prototype;
ObjectDefineProperty(Buffer.prototype, "constructor", { __proto__: null, value: Buffer, writable: true, enumerable: false, configurable: true });
ObjectDefineProperty(Buffer, SymbolSpecies, { __proto__: null, get: () => FastBuffer, enumerable: false, configurable: true });
Buffer.poolSize = 8192;

const BufferPrototype = FastBuffer.prototype;

/** Makes a Buffer of an array that nobody else has. Much faster than the constructor of a derived class. */
const asBuffer = (bytes) => ObjectSetPrototypeOf(bytes, BufferPrototype);
/** A Buffer of zeros. */
const zeros = (length) => ObjectSetPrototypeOf(new Uint8Array(length), BufferPrototype);
/** The same memory as a Buffer. */
const over = (bytes) => asBuffer(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
/** A part of the same memory, for reading. */
const plainPart = (bytes, start, end) => new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
const isShared = (value) => SharedArrayBuffer !== undefined && value instanceof SharedArrayBuffer;
const isAnyBuffer = (value) => value instanceof ArrayBuffer || isShared(value) || ops.object_class(value) === "ArrayBuffer";
const isUint8Array = (value) => value instanceof Uint8Array;

/** The canonical name; throws for one that is unknown. */
function encodingOf(name) {
  if (name === undefined || name === null || name === "") return "utf8";
  const encoding = canonical(name);
  if (encoding === undefined) throw new ERR_UNKNOWN_ENCODING(name);
  return encoding;
}

function checkSize(size) {
  validateNumber(size, "size", 0, kMaxLength);
}

function validateOffset(value, name, min = 0, max = kMaxLength) {
  validateInteger(value, name, min, max);
}

function fromMemory(memory, offset, length) {
  let start = 0;
  if (offset !== undefined) {
    start = +offset;
    if (NumberIsNaN(start)) start = 0;
  }
  const rest = memory.byteLength - start;
  if (rest < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS("offset");
  let count = rest;
  if (length !== undefined) {
    count = +length > 0 ? +length : 0;
    if (count > rest) throw new ERR_BUFFER_OUT_OF_BOUNDS("length");
  }
  return asBuffer(new Uint8Array(memory, start, count));
}

function fromList(list) {
  const length = list.length > 0 ? MathTrunc(list.length) : 0;
  const buffer = zeros(length);
  if (ArrayBufferIsView(list) && isUint8Array(list)) TypedArrayPrototypeSet(buffer, list);
  else for (let i = 0; i < length; i++) buffer[i] = list[i];
  return buffer;
}

/** From what an object holds: elements, or what `JSON.stringify` made of a Buffer. */
function fromObject(value) {
  if (value.length !== undefined || isAnyBuffer(value.buffer)) {
    return typeof value.length === "number" ? fromList(value) : zeros(0);
  }
  return value.type === "Buffer" && ArrayIsArray(value.data) ? fromList(value.data) : undefined;
}

function fromString(text, encoding) {
  if (text === "") return zeros(0);
  return asBuffer(encode(text, encoding === undefined ? "utf8" : encodingOf(encoding)));
}

Buffer.from = function from(value, encodingOrOffset, length) {
  if (typeof value === "string") return fromString(value, typeof encodingOrOffset === "string" ? encodingOrOffset : undefined);
  if (typeof value === "object" && value !== null) {
    if (isAnyBuffer(value)) return fromMemory(value, encodingOrOffset, length);
    const primitive = value.valueOf && value.valueOf();
    if (
      primitive !== null && primitive !== undefined && primitive !== value &&
      (typeof primitive === "string" || typeof primitive === "object")
    ) {
      return Buffer.from(primitive, encodingOrOffset, length);
    }
    const made = fromObject(value);
    if (made !== undefined) return made;
    if (typeof value[SymbolToPrimitive] === "function") {
      const text = value[SymbolToPrimitive]("string");
      if (typeof text === "string") return fromString(text, encodingOrOffset);
    }
  }
  throw new ERR_INVALID_ARG_TYPE("first argument", SOURCES, value);
};

/** What differs at the beginning is known sooner than the engine is asked. */
function compareBytes(first, second) {
  const most = MathMin(first.length, second.length, SHORT);
  for (let i = 0; i < most; i++) if (first[i] !== second[i]) return first[i] < second[i] ? -1 : 1;
  return ops.buffer_compare(first, second);
}

Buffer.copyBytesFrom = function copyBytesFrom(view, offset, length) {
  if (!ArrayBufferIsView(view) || view.length === undefined) throw new ERR_INVALID_ARG_TYPE("view", ["TypedArray"], view);
  if (view.length === 0) return zeros(0);
  let from = 0;
  let to = view.length;
  if (offset !== undefined) {
    validateInteger(offset, "offset", 0);
    if (offset >= view.length) return zeros(0);
    from = offset;
  }
  if (length !== undefined) {
    validateInteger(length, "length", 0);
    to = MathMin(from + length, view.length);
  }
  const copy = TypedArrayPrototypeSlice(view, from, to);
  return over(copy);
};

Buffer.of = function of(...items) {
  const buffer = zeros(items.length);
  for (let i = 0; i < items.length; i++) buffer[i] = items[i];
  return buffer;
};

Buffer.alloc = function alloc(size, fill, encoding) {
  checkSize(size);
  const buffer = zeros(size);
  return fill === undefined || fill === 0 || size === 0 ? buffer : fillBuffer(buffer, fill, 0, size, encoding);
};

Buffer.allocUnsafe = function allocUnsafe(size) {
  checkSize(size);
  return zeros(size);
};

Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  checkSize(size);
  return zeros(size);
};

Buffer.isBuffer = function isBuffer(value) {
  return value instanceof FastBuffer;
};

Buffer.isEncoding = function isEncoding(encoding) {
  return typeof encoding === "string" && encoding.length !== 0 && canonical(encoding) !== undefined;
};

Buffer.byteLength = function byteLength(value, encoding) {
  if (typeof value === "string") return value === "" ? 0 : encodedLength(value, canonical(encoding) ?? "utf8");
  if (ArrayBufferIsView(value) || (typeof value === "object" && value !== null && isAnyBuffer(value))) return value.byteLength;
  throw new ERR_INVALID_ARG_TYPE("string", ["string", "Buffer", "ArrayBuffer"], value);
};

Buffer.compare = function compare(first, second) {
  if (!isUint8Array(first)) throw new ERR_INVALID_ARG_TYPE("buf1", ["Buffer", "Uint8Array"], first);
  if (!isUint8Array(second)) throw new ERR_INVALID_ARG_TYPE("buf2", ["Buffer", "Uint8Array"], second);
  return first === second ? 0 : compareBytes(first, second);
};

Buffer.concat = function concat(list, length) {
  if (!ArrayIsArray(list)) throw new ERR_INVALID_ARG_TYPE("list", "Array", list);
  if (list.length === 0) return zeros(0);
  if (length === undefined) {
    length = 0;
    for (let i = 0; i < list.length; i++) if (list[i].length) length += list[i].length;
  } else {
    validateOffset(length, "length");
  }
  const whole = zeros(length);
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    const piece = list[i];
    if (!isUint8Array(piece)) throw new ERR_INVALID_ARG_TYPE(`list[${i}]`, ["Buffer", "Uint8Array"], piece);
    if (at + piece.length > length) {
      TypedArrayPrototypeSet(whole, plainPart(piece, 0, length - at), at);
      at = length;
    } else {
      TypedArrayPrototypeSet(whole, piece, at);
      at += piece.length;
    }
  }
  return whole;
};

/** Writes what fits; how many bytes that was. */
function writeText(buffer, text, at, most, encoding) {
  if (encoding === "utf8") return ops.buffer_write_utf8(buffer, text, at, most);
  const bytes = encode(text, encoding);
  let count = MathMin(bytes.length, most, buffer.length - at);
  if (encoding === "utf16le") count &= ~1;
  TypedArrayPrototypeSet(buffer, count === bytes.length ? bytes : plainPart(bytes, 0, count), at);
  return count;
}

function fillBuffer(buffer, value, offset, end, encoding) {
  if (typeof value === "string") {
    if (offset === undefined || typeof offset === "string") {
      encoding = offset;
      offset = undefined;
      end = undefined;
    } else if (typeof end === "string") {
      encoding = end;
      end = undefined;
    }
    if (encoding !== undefined && encoding !== null && typeof encoding !== "string") {
      throw new ERR_INVALID_ARG_TYPE("encoding", "string", encoding);
    }
  } else if (typeof value === "boolean") {
    value = +value;
  }
  const name = typeof value === "string" ? encodingOf(encoding) : "utf8";
  if (offset === undefined) {
    offset = 0;
    end = buffer.length;
  } else {
    validateNumber(offset, "offset", 0, kMaxLength);
    if (end === undefined) end = buffer.length;
    else validateNumber(end, "end", 0, buffer.length);
    if (offset >= end) return buffer;
  }
  if (value === "") value = 0;
  if (typeof value !== "string" && !ArrayBufferIsView(value)) {
    TypedArrayPrototypeFill(buffer, value & 255, offset, end);
    return buffer;
  }
  const bytes = typeof value === "string" ? encode(value, name) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.length === 0) throw new ERR_INVALID_ARG_VALUE("value", value);
  if (bytes.length === 1) {
    TypedArrayPrototypeFill(buffer, bytes[0], offset, end);
    return buffer;
  }
  for (let i = offset; i < end; i++) buffer[i] = bytes[(i - offset) % bytes.length];
  return buffer;
}

/** A position that may count from the end, between 0 and `length`. */
function position(value, length, fallback) {
  if (value === undefined) return fallback;
  const number = MathTrunc(+value) || 0;
  if (number < 0) return number + length > 0 ? number + length : 0;
  return number < length ? number : length;
}

function toInteger(value, fallback) {
  value = +value;
  if (NumberIsNaN(value) || value < -kMaxLength || value > kMaxLength) return fallback;
  return value % 1 === 0 ? value : MathFloor(value);
}

function swap(buffer, size) {
  if (buffer.length % size !== 0) throw new ERR_INVALID_BUFFER_SIZE(`${size * 8}-bits`);
  for (let at = 0; at < buffer.length; at += size) {
    for (let i = 0; i < size / 2; i++) {
      const byte = buffer[at + i];
      buffer[at + i] = buffer[at + size - 1 - i];
      buffer[at + size - 1 - i] = byte;
    }
  }
  return buffer;
}

const methods = {
  toString(encoding, start, end) {
    const { length } = this;
    if (arguments.length === 0) return length === 0 ? "" : ops.buffer_utf8(this, 0, length);
    if (start <= 0) start = 0;
    else if (start >= length) return "";
    else start = MathTrunc(start) || 0;
    if (end === undefined || end > length) end = length;
    else end = MathTrunc(end) || 0;
    if (end <= start) return "";
    if (encoding === undefined) return ops.buffer_utf8(this, start, end);
    const name = canonical(encoding);
    if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    return decode(this, name, start, end);
  },

  toJSON() {
    const data = [];
    for (let i = 0; i < this.length; i++) data[i] = this[i];
    return { type: "Buffer", data };
  },

  equals(otherBuffer) {
    if (!isUint8Array(otherBuffer)) throw new ERR_INVALID_ARG_TYPE("otherBuffer", ["Buffer", "Uint8Array"], otherBuffer);
    if (this === otherBuffer) return true;
    const { length } = this;
    if (length !== otherBuffer.length) return false;
    // Short ones are compared sooner than the engine is asked.
    if (length > SHORT) return ops.buffer_compare(this, otherBuffer) === 0;
    for (let i = 0; i < length; i++) if (this[i] !== otherBuffer[i]) return false;
    return true;
  },

  compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
    if (!isUint8Array(target)) throw new ERR_INVALID_ARG_TYPE("target", ["Buffer", "Uint8Array"], target);
    if (arguments.length === 1) return compareBytes(this, target);
    if (targetStart === undefined) targetStart = 0;
    else validateOffset(targetStart, "targetStart");
    if (targetEnd === undefined) targetEnd = target.length;
    else validateOffset(targetEnd, "targetEnd", 0, target.length);
    if (sourceStart === undefined) sourceStart = 0;
    else validateOffset(sourceStart, "sourceStart");
    if (sourceEnd === undefined) sourceEnd = this.length;
    else validateOffset(sourceEnd, "sourceEnd", 0, this.length);
    if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
    if (targetStart >= targetEnd) return 1;
    return ops.buffer_compare(plainPart(this, sourceStart, sourceEnd), plainPart(target, targetStart, targetEnd));
  },

  copy(target, targetStart, sourceStart, sourceEnd) {
    if (!ArrayBufferIsView(target)) throw new ERR_INVALID_ARG_TYPE("target", ["Buffer", "Uint8Array"], target);
    const at = targetStart === undefined ? 0 : toInteger(targetStart, 0);
    if (at < 0) throw new ERR_OUT_OF_RANGE("targetStart", ">= 0", at);
    const from = sourceStart === undefined ? 0 : toInteger(sourceStart, 0);
    if (from < 0 || from > this.length) throw new ERR_OUT_OF_RANGE("sourceStart", `>= 0 && <= ${this.length}`, from);
    const to = sourceEnd === undefined ? this.length : toInteger(sourceEnd, 0);
    if (to < 0) throw new ERR_OUT_OF_RANGE("sourceEnd", ">= 0", to);
    const room = target.byteLength;
    if (at >= room || from >= to) return 0;
    const count = MathMin(to - from, room - at, this.length - from);
    const into = isUint8Array(target) ? target : new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    if (count === this.length) TypedArrayPrototypeSet(into, this, at);
    else TypedArrayPrototypeSet(into, plainPart(this, from, from + count), at);
    return count;
  },

  write(string, offset, length, encoding) {
    if (typeof string !== "string") throw typeError("ERR_INVALID_ARG_TYPE", "argument must be a string");
    if (offset === undefined) return ops.buffer_write_utf8(this, string, 0, this.length);
    if (length === undefined && typeof offset === "string") {
      encoding = offset;
      length = this.length;
      offset = 0;
    } else {
      validateOffset(offset, "offset", 0, this.length);
      const remaining = this.length - offset;
      if (length === undefined) {
        length = remaining;
      } else if (typeof length === "string") {
        encoding = length;
        length = remaining;
      } else {
        validateOffset(length, "length", 0, this.length);
        if (length > remaining) length = remaining;
      }
    }
    return writeText(this, string, offset, length, encodingOf(encoding));
  },

  fill(value, offset, end, encoding) {
    return fillBuffer(this, value, offset, end, encoding);
  },

  /** The same memory, unlike `slice` of Uint8Array. */
  slice(start, end) {
    return this.subarray(start, end);
  },

  subarray(start, end) {
    const { length } = this;
    const from = position(start, length, 0);
    const to = position(end, length, length);
    return asBuffer(new Uint8Array(this.buffer, this.byteOffset + from, to > from ? to - from : 0));
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

  [kInspect](_depth, context) {
    const shown = MathMin(inspectMaxBytes, this.length);
    const rest = this.length - inspectMaxBytes;
    let text = StringPrototypeTrim(RegExpPrototypeSymbolReplace(/(.{2})/g, decode(this, "hex", 0, shown), "$1 "));
    if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? "s" : ""}`;
    if (context) {
      const extras = [];
      const keys = ObjectKeys(this);
      for (let i = this.length; i < keys.length; i++) ArrayPrototypePush(extras, keys[i]);
      if (extras.length > 0) {
        const object = { __proto__: null };
        for (let i = 0; i < extras.length; i++) object[extras[i]] = this[extras[i]];
        if (this.length > 0) text += ", ";
        // Without "[Object: null prototype] { " and the closing brace.
        text += StringPrototypeSlice(inspected(object, { ...context, breakLength: Infinity, compact: true }), 27, -2);
      }
    }
    return `<${this.constructor?.name ?? "Buffer"} ${text}>`;
  },
};

/** The methods of one encoding, which old packages call directly. */
function encodingMethods(prefix, name) {
  methods[`${prefix}Slice`] = function (start = 0, end = this.length) {
    if (start < 0 || end < 0) throw new ERR_OUT_OF_RANGE("start", ">= 0", start);
    return start >= end ? "" : decode(this, name, MathMin(start, this.length), MathMin(end, this.length));
  };
  methods[`${prefix}Write`] = function (string, offset = 0, length = this.length - offset) {
    if (typeof string !== "string") throw typeError("ERR_INVALID_ARG_TYPE", "argument must be a string");
    if (offset < 0 || offset > this.length) throw new ERR_BUFFER_OUT_OF_BOUNDS("offset");
    if (length < 0 || length > this.length - offset) throw new ERR_BUFFER_OUT_OF_BOUNDS("length");
    return writeText(this, string, offset, length, name);
  };
}
for (const name of ["ascii", "base64", "base64url", "latin1", "hex", "utf8"]) encodingMethods(name, name);
encodingMethods("ucs2", "utf16le");

function install(from) {
  const keys = primordials.ReflectOwnKeys(from);
  for (let i = 0; i < keys.length; i++) {
    ObjectDefineProperty(Buffer.prototype, keys[i], {
      __proto__: null, value: from[keys[i]], writable: true, enumerable: true, configurable: true,
    });
  }
}
install(numberMethods);
install(methods);
install(searchMethods);
Buffer.prototype.toLocaleString = Buffer.prototype.toString;
Buffer.prototype.inspect = Buffer.prototype[kInspect];
ObjectDefineProperty(Buffer.prototype, "parent", {
  __proto__: null,
  get() {
    return this instanceof Buffer ? this.buffer : undefined;
  },
  enumerable: true, configurable: true,
});
ObjectDefineProperty(Buffer.prototype, "offset", {
  __proto__: null,
  get() {
    return this instanceof Buffer ? this.byteOffset : undefined;
  },
  enumerable: true, configurable: true,
});
