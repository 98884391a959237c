// @ts-check
// Buffer's methods that read and write numbers: `readUInt16LE`, `writeDoubleBE` and their kin.
// Reference: https://nodejs.org/docs/latest-v22.x/api/buffer.html#bufreadbigint64beoffset

import { invalidType, outOfRange, rangeError } from "transom:internal/node/errors";

/** Name of the method after `read` or `write`, method of DataView, bytes, least and greatest value. */
const INTEGERS = [
  ["UInt8", "Uint8", 1, 0, 0xff], ["UInt16", "Uint16", 2, 0, 0xffff], ["UInt32", "Uint32", 4, 0, 0xffffffff],
  ["Int8", "Int8", 1, -0x80, 0x7f], ["Int16", "Int16", 2, -0x8000, 0x7fff],
  ["Int32", "Int32", 4, -0x80000000, 0x7fffffff],
];
const FLOATS = [["Float", "Float32", 4], ["Double", "Float64", 8]];
const BIGINTS = [
  ["BigUInt64", "BigUint64", 0n, 2n ** 64n - 1n], ["BigInt64", "BigInt64", -(2n ** 63n), 2n ** 63n - 1n],
];

const viewOf = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);

function checkOffset(buffer, offset, bytes) {
  if (typeof offset !== "number") throw invalidType("offset", "of type number", offset);
  const last = buffer.length - bytes;
  if (Number.isInteger(offset) && offset >= 0 && offset <= last) return;
  if (!Number.isInteger(offset)) throw outOfRange("offset", "an integer", offset);
  if (last < 0) throw rangeError("ERR_BUFFER_OUT_OF_BOUNDS", "Attempt to access memory outside buffer bounds");
  throw outOfRange("offset", `>= 0 and <= ${last}`, offset);
}

function checkValue(value, least, greatest, bytes) {
  if (!(value < least || value > greatest)) return; // NaN is written as 0.
  const n = typeof least === "bigint" ? "n" : "";
  let range = `>= ${least}${n} and <= ${greatest}${n}`;
  if (bytes > 3) {
    const bits = bytes * 8;
    range = least === 0 || least === 0n
      ? `>= 0${n} and < 2${n} ** ${bits}${n}`
      : `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`;
  }
  throw outOfRange("value", range, value);
}

function checkWidth(bytes) {
  if (typeof bytes !== "number") throw invalidType("byteLength", "of type number", bytes);
  if (!Number.isInteger(bytes)) throw outOfRange("byteLength", "an integer", bytes);
  if (bytes < 1 || bytes > 6) throw outOfRange("byteLength", ">= 1 and <= 6", bytes);
}

/** The methods of one number type and byte order. */
function define(prototype, name, aliases, read, write) {
  for (const alias of [name, ...aliases]) {
    prototype[`read${alias}`] = read;
    prototype[`write${alias}`] = write;
  }
}

const orders = (bytes) => (bytes === 1 ? [["", true]] : [["LE", true], ["BE", false]]);
const lowerInt = (name) => (name.includes("UInt") ? [name.replace("UInt", "Uint")] : []);

/** Puts the methods on Buffer's prototype. */
export function addNumberMethods(prototype) {
  for (const [name, member, bytes, least, greatest] of INTEGERS) {
    for (const [suffix, little] of orders(bytes)) {
      define(
        prototype,
        name + suffix,
        lowerInt(name + suffix),
        function (offset = 0) {
          checkOffset(this, offset, bytes);
          return viewOf(this)[`get${member}`](offset, little);
        },
        function (value, offset = 0) {
          value = +value;
          checkValue(value, least, greatest, bytes);
          checkOffset(this, offset, bytes);
          viewOf(this)[`set${member}`](offset, value, little);
          return offset + bytes;
        },
      );
    }
  }
  for (const [name, member, bytes] of FLOATS) {
    for (const [suffix, little] of orders(bytes)) {
      define(
        prototype,
        name + suffix,
        [],
        function (offset = 0) {
          checkOffset(this, offset, bytes);
          return viewOf(this)[`get${member}`](offset, little);
        },
        function (value, offset = 0) {
          checkOffset(this, offset, bytes);
          viewOf(this)[`set${member}`](offset, +value, little);
          return offset + bytes;
        },
      );
    }
  }
  for (const [name, member, least, greatest] of BIGINTS) {
    for (const [suffix, little] of orders(8)) {
      define(
        prototype,
        name + suffix,
        lowerInt(name + suffix),
        function (offset = 0) {
          checkOffset(this, offset, 8);
          return viewOf(this)[`get${member}`](offset, little);
        },
        function (value, offset = 0) {
          if (typeof value !== "bigint") throw invalidType("value", "of type bigint", value);
          checkValue(value, least, greatest, 8);
          checkOffset(this, offset, 8);
          viewOf(this)[`set${member}`](offset, value, little);
          return offset + 8;
        },
      );
    }
  }
  addVariableWidth(prototype);
}

/** Integers of one to six bytes. */
function addVariableWidth(prototype) {
  for (const signed of [false, true]) {
    for (const [suffix, little] of orders(2)) {
      const name = `${signed ? "Int" : "UInt"}${suffix}`;
      define(
        prototype,
        name,
        lowerInt(name),
        function (offset, bytes) {
          if (offset === undefined) throw invalidType("offset", "of type number", offset);
          checkWidth(bytes);
          checkOffset(this, offset, bytes);
          let value = 0;
          for (let i = 0; i < bytes; i++) value = value * 256 + this[little ? offset + bytes - 1 - i : offset + i];
          const limit = 2 ** (8 * bytes - 1);
          return signed && value >= limit ? value - 2 * limit : value;
        },
        function (value, offset, bytes) {
          checkWidth(bytes);
          value = +value;
          const limit = 2 ** (8 * bytes - 1);
          checkValue(value, signed ? -limit : 0, signed ? limit - 1 : 2 * limit - 1, bytes);
          checkOffset(this, offset, bytes);
          let rest = Math.trunc(value);
          for (let i = 0; i < bytes; i++) {
            this[little ? offset + i : offset + bytes - 1 - i] = ((rest % 256) + 256) % 256;
            rest = Math.floor(rest / 256);
          }
          return offset + bytes;
        },
      );
    }
  }
}
