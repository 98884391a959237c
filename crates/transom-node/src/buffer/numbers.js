// @ts-check
// Buffer's methods that read and write numbers: `readUInt16LE`, `writeDoubleBE` and their kin.
// Reference: https://nodejs.org/docs/latest-v22.x/api/buffer.html#bufreadbigint64beoffset
//
// Written out, byte by byte: a byte that is not there is undefined, so the common case needs no comparison of bounds.

import { codes } from "transom:internal/node/errors";
import { validateNumber } from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const { BigInt, Float32Array, Float64Array, MathFloor, Number, Uint8Array } = primordials;
const { ERR_BUFFER_OUT_OF_BOUNDS, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = codes;

const float32 = new Float32Array(1);
const float32Bytes = new Uint8Array(float32.buffer);
const float64 = new Float64Array(1);
const float64Bytes = new Uint8Array(float64.buffer);

/** Throws the error for an offset, or a width, at which nothing can be read or written. `last` is the greatest possible. */
function outOfBounds(value, last, name = undefined) {
  if (MathFloor(value) !== value) {
    validateNumber(value, name ?? "offset");
    throw new ERR_OUT_OF_RANGE(name ?? "offset", "an integer", value);
  }
  if (last < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  throw new ERR_OUT_OF_RANGE(name ?? "offset", `>= ${name === undefined ? 0 : 1} and <= ${last}`, value);
}

function checkOffset(buffer, offset, bytes) {
  validateNumber(offset, "offset");
  if (buffer[offset] === undefined || buffer[offset + bytes - 1] === undefined) outOfBounds(offset, buffer.length - bytes);
}

function checkValue(value, least, greatest, buffer, offset, bytes) {
  if (value > greatest || value < least) {
    const n = typeof least === "bigint" ? "n" : "";
    let range = `>= ${least}${n} and <= ${greatest}${n}`;
    if (bytes > 4) {
      const bits = bytes * 8;
      range = least === 0 || least === 0n
        ? `>= 0${n} and < 2${n} ** ${bits}${n}`
        : `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`;
    }
    throw new ERR_OUT_OF_RANGE("value", range, value);
  }
  checkOffset(buffer, offset, bytes);
}

/** The bytes from `offset` on, least significant first or last, as an unsigned number. */
function readUnsigned(buffer, offset, bytes, little) {
  if (offset === undefined) throw new ERR_INVALID_ARG_TYPE("offset", "number", offset);
  if (typeof bytes !== "number") throw new ERR_INVALID_ARG_TYPE("byteLength", "number", bytes);
  if (!(bytes >= 1 && bytes <= 6) || MathFloor(bytes) !== bytes) outOfBounds(bytes, 6, "byteLength");
  checkOffset(buffer, offset, bytes);
  let value = 0;
  for (let i = 0; i < bytes; i++) value = value * 256 + buffer[little ? offset + bytes - 1 - i : offset + i];
  return value;
}

function readSigned(buffer, offset, bytes, little) {
  const value = readUnsigned(buffer, offset, bytes, little);
  const half = 2 ** (8 * bytes - 1);
  return value >= half ? value - 2 * half : value;
}

function writeInteger(buffer, value, offset, bytes, little, isSigned) {
  if (typeof bytes !== "number") throw new ERR_INVALID_ARG_TYPE("byteLength", "number", bytes);
  if (!(bytes >= 1 && bytes <= 6) || MathFloor(bytes) !== bytes) outOfBounds(bytes, 6, "byteLength");
  value = +value;
  const whole = 2 ** (8 * bytes);
  checkValue(value, isSigned ? -whole / 2 : 0, isSigned ? whole / 2 - 1 : whole - 1, buffer, offset, bytes);
  let rest = value < 0 ? MathFloor(value) + whole : MathFloor(value);
  for (let i = 0; i < bytes; i++) {
    buffer[little ? offset + i : offset + bytes - 1 - i] = rest % 256;
    rest = MathFloor(rest / 256);
  }
  return offset + bytes;
}

/** Two halves of 32 bits, the first in memory first. */
function halves(buffer, offset, little) {
  checkOffset(buffer, offset, 8);
  const at = (i) => buffer[offset + i];
  return little
    ? [at(0) + at(1) * 2 ** 8 + at(2) * 2 ** 16 + at(3) * 2 ** 24, at(4) + at(5) * 2 ** 8 + at(6) * 2 ** 16 + at(7) * 2 ** 24]
    : [at(0) * 2 ** 24 + at(1) * 2 ** 16 + at(2) * 2 ** 8 + at(3), at(4) * 2 ** 24 + at(5) * 2 ** 16 + at(6) * 2 ** 8 + at(7)];
}

function writeBig(buffer, value, offset, little, least, greatest) {
  checkValue(value, least, greatest, buffer, offset, 8);
  let low = Number(value & 0xffffffffn);
  let high = Number((value >> 32n) & 0xffffffffn);
  for (let i = 0; i < 4; i++) {
    buffer[little ? offset + i : offset + 7 - i] = low & 255;
    buffer[little ? offset + 4 + i : offset + 3 - i] = high & 255;
    low >>>= 8;
    high >>>= 8;
  }
  return offset + 8;
}

function readFloat(buffer, offset, little, values, bytes) {
  const count = bytes.length;
  checkOffset(buffer, offset, count);
  for (let i = 0; i < count; i++) bytes[little ? i : count - 1 - i] = buffer[offset + i];
  return values[0];
}

function writeFloat(buffer, value, offset, little, values, bytes) {
  const count = bytes.length;
  value = +value;
  checkOffset(buffer, offset, count);
  values[0] = value;
  for (let i = 0; i < count; i++) buffer[offset + i] = bytes[little ? i : count - 1 - i];
  return offset + count;
}

export const numberMethods = {
  readUInt8(offset = 0) {
    validateNumber(offset, "offset");
    const value = this[offset];
    if (value === undefined) outOfBounds(offset, this.length - 1);
    return value;
  },
  writeUInt8(value, offset = 0) {
    value = +value;
    if (value > 0xff || value < 0 || typeof offset !== "number" || this[offset] === undefined) {
      checkValue(value, 0, 0xff, this, offset, 1);
    }
    this[offset] = value;
    return offset + 1;
  },
  readInt8(offset = 0) {
    validateNumber(offset, "offset");
    const value = this[offset];
    if (value === undefined) outOfBounds(offset, this.length - 1);
    return value | ((value & 0x80) * 0x1fffffe);
  },
  writeInt8(value, offset = 0) {
    value = +value;
    if (value > 0x7f || value < -0x80 || typeof offset !== "number" || this[offset] === undefined) {
      checkValue(value, -0x80, 0x7f, this, offset, 1);
    }
    this[offset] = value;
    return offset + 1;
  },
  readUInt16LE(offset = 0) {
    validateNumber(offset, "offset");
    const first = this[offset];
    const last = this[offset + 1];
    if (first === undefined || last === undefined) outOfBounds(offset, this.length - 2);
    return first + last * 2 ** 8;
  },
  writeUInt16LE(value, offset = 0) {
    value = +value;
    if (value > 0xffff || value < 0 || typeof offset !== "number" || this[offset] === undefined || this[offset + 1] === undefined) {
      checkValue(value, 0, 0xffff, this, offset, 2);
    }
    this[offset] = value;
    this[offset + 1] = value >>> 8;
    return offset + 2;
  },
  readUInt16BE(offset = 0) {
    validateNumber(offset, "offset");
    const first = this[offset];
    const last = this[offset + 1];
    if (first === undefined || last === undefined) outOfBounds(offset, this.length - 2);
    return first * 2 ** 8 + last;
  },
  writeUInt16BE(value, offset = 0) {
    value = +value;
    if (value > 0xffff || value < 0 || typeof offset !== "number" || this[offset] === undefined || this[offset + 1] === undefined) {
      checkValue(value, 0, 0xffff, this, offset, 2);
    }
    this[offset] = value >>> 8;
    this[offset + 1] = value;
    return offset + 2;
  },
  readInt16LE(offset = 0) {
    validateNumber(offset, "offset");
    const first = this[offset];
    const last = this[offset + 1];
    if (first === undefined || last === undefined) outOfBounds(offset, this.length - 2);
    const value = first + last * 2 ** 8;
    return value | ((value & 0x8000) * 0x1fffe);
  },
  writeInt16LE(value, offset = 0) {
    value = +value;
    if (value > 0x7fff || value < -0x8000 || typeof offset !== "number" || this[offset] === undefined || this[offset + 1] === undefined) {
      checkValue(value, -0x8000, 0x7fff, this, offset, 2);
    }
    this[offset] = value;
    this[offset + 1] = value >>> 8;
    return offset + 2;
  },
  readInt16BE(offset = 0) {
    validateNumber(offset, "offset");
    const first = this[offset];
    const last = this[offset + 1];
    if (first === undefined || last === undefined) outOfBounds(offset, this.length - 2);
    const value = first * 2 ** 8 + last;
    return value | ((value & 0x8000) * 0x1fffe);
  },
  writeInt16BE(value, offset = 0) {
    value = +value;
    if (value > 0x7fff || value < -0x8000 || typeof offset !== "number" || this[offset] === undefined || this[offset + 1] === undefined) {
      checkValue(value, -0x8000, 0x7fff, this, offset, 2);
    }
    this[offset] = value >>> 8;
    this[offset + 1] = value;
    return offset + 2;
  },
  readUInt32LE(offset = 0) {
    validateNumber(offset, "offset");
    const first = this[offset];
    const last = this[offset + 3];
    if (first === undefined || last === undefined) outOfBounds(offset, this.length - 4);
    return first + this[offset + 1] * 2 ** 8 + this[offset + 2] * 2 ** 16 + last * 2 ** 24;
  },
  writeUInt32LE(value, offset = 0) {
    value = +value;
    if (value > 0xffffffff || value < 0 || typeof offset !== "number" || this[offset] === undefined || this[offset + 3] === undefined) {
      checkValue(value, 0, 0xffffffff, this, offset, 4);
    }
    this[offset] = value;
    this[offset + 1] = value >>> 8;
    this[offset + 2] = value >>> 16;
    this[offset + 3] = value >>> 24;
    return offset + 4;
  },
  readUInt32BE(offset = 0) {
    validateNumber(offset, "offset");
    const first = this[offset];
    const last = this[offset + 3];
    if (first === undefined || last === undefined) outOfBounds(offset, this.length - 4);
    return first * 2 ** 24 + this[offset + 1] * 2 ** 16 + this[offset + 2] * 2 ** 8 + last;
  },
  writeUInt32BE(value, offset = 0) {
    value = +value;
    if (value > 0xffffffff || value < 0 || typeof offset !== "number" || this[offset] === undefined || this[offset + 3] === undefined) {
      checkValue(value, 0, 0xffffffff, this, offset, 4);
    }
    this[offset] = value >>> 24;
    this[offset + 1] = value >>> 16;
    this[offset + 2] = value >>> 8;
    this[offset + 3] = value;
    return offset + 4;
  },
  readInt32LE(offset = 0) {
    validateNumber(offset, "offset");
    const first = this[offset];
    const last = this[offset + 3];
    if (first === undefined || last === undefined) outOfBounds(offset, this.length - 4);
    return first + this[offset + 1] * 2 ** 8 + this[offset + 2] * 2 ** 16 + (last << 24);
  },
  writeInt32LE(value, offset = 0) {
    value = +value;
    if (value > 0x7fffffff || value < -0x80000000 || typeof offset !== "number" || this[offset] === undefined || this[offset + 3] === undefined) {
      checkValue(value, -0x80000000, 0x7fffffff, this, offset, 4);
    }
    this[offset] = value;
    this[offset + 1] = value >>> 8;
    this[offset + 2] = value >>> 16;
    this[offset + 3] = value >>> 24;
    return offset + 4;
  },
  readInt32BE(offset = 0) {
    validateNumber(offset, "offset");
    const first = this[offset];
    const last = this[offset + 3];
    if (first === undefined || last === undefined) outOfBounds(offset, this.length - 4);
    return (first << 24) + this[offset + 1] * 2 ** 16 + this[offset + 2] * 2 ** 8 + last;
  },
  writeInt32BE(value, offset = 0) {
    value = +value;
    if (value > 0x7fffffff || value < -0x80000000 || typeof offset !== "number" || this[offset] === undefined || this[offset + 3] === undefined) {
      checkValue(value, -0x80000000, 0x7fffffff, this, offset, 4);
    }
    this[offset] = value >>> 24;
    this[offset + 1] = value >>> 16;
    this[offset + 2] = value >>> 8;
    this[offset + 3] = value;
    return offset + 4;
  },
  readUIntLE(offset, byteLength) {
    return readUnsigned(this, offset, byteLength, true);
  },
  writeUIntLE(value, offset, byteLength) {
    return writeInteger(this, value, offset, byteLength, true, false);
  },
  readIntLE(offset, byteLength) {
    return readSigned(this, offset, byteLength, true);
  },
  writeIntLE(value, offset, byteLength) {
    return writeInteger(this, value, offset, byteLength, true, true);
  },
  readBigUInt64LE(offset = 0) {
    const parts = halves(this, offset, true);
    return (BigInt(parts[1]) << 32n) + BigInt(parts[0]);
  },
  writeBigUInt64LE(value, offset = 0) {
    return writeBig(this, value, offset, true, 0n, 0xffffffffffffffffn);
  },
  readBigInt64LE(offset = 0) {
    const parts = halves(this, offset, true);
    return (BigInt(parts[1] | 0) << 32n) + BigInt(parts[0]);
  },
  writeBigInt64LE(value, offset = 0) {
    return writeBig(this, value, offset, true, -0x8000000000000000n, 0x7fffffffffffffffn);
  },
  readFloatLE(offset = 0) {
    return readFloat(this, offset, true, float32, float32Bytes);
  },
  writeFloatLE(value, offset = 0) {
    return writeFloat(this, value, offset, true, float32, float32Bytes);
  },
  readDoubleLE(offset = 0) {
    return readFloat(this, offset, true, float64, float64Bytes);
  },
  writeDoubleLE(value, offset = 0) {
    return writeFloat(this, value, offset, true, float64, float64Bytes);
  },
  readUIntBE(offset, byteLength) {
    return readUnsigned(this, offset, byteLength, false);
  },
  writeUIntBE(value, offset, byteLength) {
    return writeInteger(this, value, offset, byteLength, false, false);
  },
  readIntBE(offset, byteLength) {
    return readSigned(this, offset, byteLength, false);
  },
  writeIntBE(value, offset, byteLength) {
    return writeInteger(this, value, offset, byteLength, false, true);
  },
  readBigUInt64BE(offset = 0) {
    const parts = halves(this, offset, false);
    return (BigInt(parts[0]) << 32n) + BigInt(parts[1]);
  },
  writeBigUInt64BE(value, offset = 0) {
    return writeBig(this, value, offset, false, 0n, 0xffffffffffffffffn);
  },
  readBigInt64BE(offset = 0) {
    const parts = halves(this, offset, false);
    return (BigInt(parts[0] | 0) << 32n) + BigInt(parts[1]);
  },
  writeBigInt64BE(value, offset = 0) {
    return writeBig(this, value, offset, false, -0x8000000000000000n, 0x7fffffffffffffffn);
  },
  readFloatBE(offset = 0) {
    return readFloat(this, offset, false, float32, float32Bytes);
  },
  writeFloatBE(value, offset = 0) {
    return writeFloat(this, value, offset, false, float32, float32Bytes);
  },
  readDoubleBE(offset = 0) {
    return readFloat(this, offset, false, float64, float64Bytes);
  },
  writeDoubleBE(value, offset = 0) {
    return writeFloat(this, value, offset, false, float64, float64Bytes);
  },
};

// Node has both spellings.
const named = primordials.ObjectKeys(numberMethods);
for (let i = 0; i < named.length; i++) {
  const other = primordials.StringPrototypeReplace(named[i], "UInt", "Uint");
  if (other !== named[i]) numberMethods[other] = numberMethods[named[i]];
}
