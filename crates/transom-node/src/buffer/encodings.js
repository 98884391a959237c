// @ts-check
// Between text and bytes in the encodings that Buffer knows.
// Reference: https://nodejs.org/docs/latest-v22.x/api/buffer.html#buffers-and-character-encodings

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ReflectApply, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringFromCharCode, StringPrototypeCharCodeAt,
  StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeToLowerCase, TypedArrayPrototypeSet, Uint8Array, uncurryThis,
} = primordials;

const { fromBase64, fromHex } = Uint8Array;
const toHex = uncurryThis(Uint8Array.prototype.toHex);

/** Characters that one call of `String.fromCharCode` takes. */
const PIECE = 8192;

/** Text of this many units is encoded sooner than the engine is asked. */
const SHORT = 24;
/** Bytes of the memory in which text becomes UTF-8 whose length is not known before. */
const ROOM = 12288;
let room;

/** The names of an encoding that are written differently, as one name. */
const NAMES = {
  __proto__: null,
  utf8: "utf8", "utf-8": "utf8", ucs2: "utf16le", "ucs-2": "utf16le", utf16le: "utf16le", "utf-16le": "utf16le",
  latin1: "latin1", binary: "latin1", ascii: "ascii", base64: "base64", base64url: "base64url", hex: "hex",
};

/** The one name of an encoding, or undefined. */
export function canonical(name) {
  return typeof name === "string" ? (NAMES[name] ?? NAMES[StringPrototypeToLowerCase(name)]) : undefined;
}

/** Base64 as Node reads it: either alphabet, with anything else in between, up to the first `=`. */
function base64Bytes(text) {
  if (text === "") return new Uint8Array(0);
  const bytes = new Uint8Array(encodedLength(text, "base64"));
  if (ops.buffer_write_base64(bytes, text)) return bytes;
  // Unusual, but not wrong to Node.
  const end = StringPrototypeIndexOf(text, "=");
  if (end !== -1) text = StringPrototypeSlice(text, 0, end);
  let clean = RegExpPrototypeSymbolReplace(/[^A-Za-z0-9+/]/g, standardAlphabet(text), "");
  if (clean.length % 4 === 1) clean = StringPrototypeSlice(clean, 0, -1);
  return clean === "" ? new Uint8Array(0) : fromBase64(clean);
}

function standardAlphabet(text) {
  return RegExpPrototypeSymbolReplace(/_/g, RegExpPrototypeSymbolReplace(/-/g, text, "+"), "/");
}

/** Pairs of digits up to the first that is none. */
function hexBytes(text) {
  if (text === "") return new Uint8Array(0);
  try {
    return fromHex(text);
  } catch {
    const valid = RegExpPrototypeExec(/^(?:[0-9a-fA-F]{2})*/, text)[0];
    return valid === "" ? new Uint8Array(0) : fromHex(valid);
  }
}

function unitBytes(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = StringPrototypeCharCodeAt(text, i);
  return bytes;
}

function utf16Bytes(text) {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = StringPrototypeCharCodeAt(text, i);
    bytes[2 * i] = unit;
    bytes[2 * i + 1] = unit >> 8;
  }
  return bytes;
}

function utf8Bytes(text) {
  const { length } = text;
  if (length <= SHORT) {
    const bytes = new Uint8Array(length);
    let i = 0;
    for (; i < length; i++) {
      const unit = StringPrototypeCharCodeAt(text, i);
      if (unit > 127) break;
      bytes[i] = unit;
    }
    if (i === length) return bytes;
  } else {
    const bytes = new Uint8Array(length);
    if (ops.buffer_write_ascii(bytes, text)) return bytes;
  }
  if (length * 3 > ROOM) return ops.utf8_encode(text);
  room ??= new Uint8Array(ROOM);
  const count = ops.buffer_write_utf8(room, text, 0, ROOM);
  const bytes = new Uint8Array(count);
  TypedArrayPrototypeSet(bytes, new Uint8Array(room.buffer, 0, count));
  return bytes;
}

/**
 * The bytes of `text`, in an array that nobody else has.
 * @param {string} text
 * @param {string} encoding a canonical name
 * @returns {Uint8Array}
 */
export function encode(text, encoding) {
  switch (encoding) {
    case "utf16le":
      return utf16Bytes(text);
    case "latin1":
    case "ascii":
      return unitBytes(text);
    case "base64":
    case "base64url":
      return base64Bytes(text);
    case "hex":
      return hexBytes(text);
    default:
      return utf8Bytes(text);
  }
}

/** How many bytes `encode` gives; for base64 and hex, at most. */
export function encodedLength(text, encoding) {
  switch (encoding) {
    case "utf16le":
      return text.length * 2;
    case "latin1":
    case "ascii":
      return text.length;
    case "hex":
      return text.length >>> 1;
    case "base64":
    case "base64url": {
      let length = text.length;
      if (StringPrototypeCharCodeAt(text, length - 1) === 0x3d) length--;
      if (length > 1 && StringPrototypeCharCodeAt(text, length - 1) === 0x3d) length--;
      return (length * 3) >>> 2;
    }
    default:
      return ops.utf8_length(text);
  }
}

function utf16Text(bytes, start, end) {
  const count = (end - start) >> 1;
  let text = "";
  for (let from = 0; from < count; from += PIECE) {
    const units = [];
    const to = from + PIECE < count ? from + PIECE : count;
    for (let i = from; i < to; i++) units[i - from] = bytes[start + 2 * i] | (bytes[start + 2 * i + 1] << 8);
    text += ReflectApply(StringFromCharCode, null, units);
  }
  return text;
}

/**
 * The text of `bytes` from `start` to `end`.
 * @param {Uint8Array} bytes
 * @param {string} encoding a canonical name
 */
export function decode(bytes, encoding, start, end) {
  switch (encoding) {
    case "utf16le":
      return utf16Text(bytes, start, end);
    case "latin1":
      return ops.buffer_latin1(bytes, start, end);
    case "ascii":
      return ops.buffer_ascii(bytes, start, end);
    case "base64":
      return ops.buffer_base64(bytes, start, end, false);
    case "base64url":
      return ops.buffer_base64(bytes, start, end, true);
    case "hex":
      return toHex(part(bytes, start, end));
    default:
      return ops.buffer_utf8(bytes, start, end);
  }
}

const part = (bytes, start, end) =>
  start === 0 && end === bytes.length ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
