// @ts-check
// Buffer's `indexOf`, `lastIndexOf` and `includes`.
// Reference: https://nodejs.org/docs/latest-v22.x/api/buffer.html#bufindexofvalue-byteoffset-encoding

import { encode } from "transom:internal/node/buffer/encodings";
import { invalidType } from "transom:internal/node/errors";

const { indexOf, lastIndexOf } = Uint8Array.prototype;

function matchesAt(bytes, needle, at) {
  for (let i = 1; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

function firstIndex(bytes, needle, from) {
  const last = bytes.length - needle.length;
  for (let at = from; at <= last; at++) {
    at = indexOf.call(bytes, needle[0], at);
    if (at === -1 || at > last) return -1;
    if (matchesAt(bytes, needle, at)) return at;
  }
  return -1;
}

function finalIndex(bytes, needle, from) {
  for (let at = Math.min(from, bytes.length - needle.length); at >= 0; at--) {
    at = lastIndexOf.call(bytes, needle[0], at);
    if (at === -1) return -1;
    if (matchesAt(bytes, needle, at)) return at;
  }
  return -1;
}

/** The shared part: `forward` says which way. */
function search(buffer, value, offset, encoding, forward, encodingOf) {
  if (typeof offset === "string") [offset, encoding] = [undefined, offset];
  let from = +offset;
  if (offset === undefined || Number.isNaN(from)) from = forward ? 0 : buffer.length;
  from = Math.trunc(from);
  if (from < 0) from += buffer.length;
  if (from < 0) {
    if (!forward) return value === "" ? 0 : -1;
    from = 0;
  }
  if (typeof value === "number") {
    return forward ? indexOf.call(buffer, value & 255, from) : lastIndexOf.call(buffer, value & 255, from);
  }
  let needle = value;
  if (typeof value === "string") needle = encode(value, encodingOf(encoding));
  else if (!(value instanceof Uint8Array)) {
    throw invalidType("value", "one of type number or string or an instance of Buffer or Uint8Array", value);
  }
  if (needle.length === 0) return Math.min(from, buffer.length);
  return forward ? firstIndex(buffer, needle, from) : finalIndex(buffer, needle, from);
}

/** Puts the methods on Buffer's prototype. */
export function addSearchMethods(prototype, encodingOf) {
  const methods = {
    indexOf(value, offset, encoding) {
      return search(this, value, offset, encoding, true, encodingOf);
    },
    lastIndexOf(value, offset, encoding) {
      return search(this, value, offset, encoding, false, encodingOf);
    },
    includes(value, offset, encoding) {
      return search(this, value, offset, encoding, true, encodingOf) !== -1;
    },
  };
  for (const name in methods) prototype[name] = methods[name];
}
