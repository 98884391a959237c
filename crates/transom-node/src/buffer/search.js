// @ts-check
// Buffer's `indexOf`, `lastIndexOf` and `includes`.
// Reference: https://nodejs.org/docs/latest-v22.x/api/buffer.html#bufindexofvalue-byteoffset-encoding

import { canonical, encode } from "transom:internal/node/buffer/encodings";
import { codes } from "transom:internal/node/errors";
import { validateBuffer } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { MathTrunc, NumberIsNaN, TypedArrayPrototypeLastIndexOf, Uint8Array } = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } = codes;

/** Bytes that are looked at sooner than the engine is asked. */
const NEAR = 16;

/** Where to begin, or -1 when nothing can be found. */
function startOf(length, offset, needle, forward) {
  if (offset < 0) {
    if (offset + length >= 0) return length + offset;
    return forward || needle === 0 ? 0 : -1;
  }
  if (offset + needle <= length) return offset;
  if (needle === 0) return length;
  return forward ? -1 : length - 1;
}

/** 16-bit units are found only where units begin. */
function findUnits(bytes, needle, start, forward) {
  const step = forward ? 1 : -1;
  for (let at = start; at >= 0; at = forward ? at + 1 : at - 1) {
    const found = ops.buffer_find(bytes, needle, at, forward);
    if (found === -1 || found % 2 === 0) return found;
    at = found;
    if (step < 0 && at === 0) return -1;
  }
  return -1;
}

function search(buffer, value, offset, encoding, forward) {
  validateBuffer(buffer);
  if (typeof offset === "string") {
    encoding = offset;
    offset = undefined;
  } else if (offset > 0x7fffffff) {
    offset = 0x7fffffff;
  } else if (offset < -0x80000000) {
    offset = -0x80000000;
  }
  offset = +offset;
  if (NumberIsNaN(offset)) offset = forward ? 0 : buffer.length || buffer.byteLength;
  offset = MathTrunc(offset);
  if (typeof value === "number") {
    const start = startOf(buffer.length, offset, 1, forward);
    if (start <= -1 || buffer.length === 0) return -1;
    const byte = (value >>> 0) & 255;
    if (!forward) return TypedArrayPrototypeLastIndexOf(buffer, byte, start);
    const { length } = buffer;
    const near = start + NEAR < length ? start + NEAR : length;
    for (let at = start; at < near; at++) if (buffer[at] === byte) return at;
    return near === length ? -1 : ops.buffer_find_byte(buffer, byte, near);
  }
  const name = encoding === undefined ? "utf8" : canonical(encoding);
  let needle = value;
  if (typeof value === "string") {
    if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    needle = encode(value, name);
  } else if (!(value instanceof Uint8Array)) {
    throw new ERR_INVALID_ARG_TYPE("value", ["number", "string", "Buffer", "Uint8Array"], value);
  }
  const start = startOf(buffer.length, offset, needle.length, forward);
  if (needle.length === 0) return start;
  if (start <= -1 || needle.length > buffer.length || (forward && start + needle.length > buffer.length)) return -1;
  if (name === "utf16le") return needle.length < 2 ? -1 : findUnits(buffer, needle, start, forward);
  return ops.buffer_find(buffer, needle, start, forward);
}

export const searchMethods = {
  indexOf(value, byteOffset, encoding) {
    return search(this, value, byteOffset, encoding, true);
  },
  lastIndexOf(value, byteOffset, encoding) {
    return search(this, value, byteOffset, encoding, false);
  },
  includes(value, byteOffset, encoding) {
    return search(this, value, byteOffset, encoding, true) !== -1;
  },
};
