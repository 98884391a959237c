// @ts-check
// Look-ups in the raw header block that a request arrives with: `name\0value\0name\0value\0...`, lower-case
// names, Latin-1 values, wire order.
//
// Scans by index: names stand at every second place, so a search for the text alone could find a value.

import { primordials } from "transom:internal/primordials";

const { StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeStartsWith } = primordials;

/** Index of the value of the first `name` at or after `start`, or -1. `start` must be the begin of a name. */
function valueIndex(raw, name, start) {
  // Most names that are asked for are not there.
  if (StringPrototypeIndexOf(raw, name, start) === -1) return -1;
  let at = start;
  while (at < raw.length) {
    const end = StringPrototypeIndexOf(raw, "\0", at);
    if (end === -1) return -1;
    if (end === at + name.length && StringPrototypeStartsWith(raw, name, at)) return end + 1;
    at = valueEnd(raw, end + 1) + 1;
  }
  return -1;
}

function valueEnd(raw, start) {
  const end = StringPrototypeIndexOf(raw, "\0", start);
  return end === -1 ? raw.length : end;
}

/**
 * The first value of `name` (lower case), or null.
 * @param {string} raw
 * @param {string} name
 * @returns {string | null}
 */
export function firstHeader(raw, name) {
  const start = valueIndex(raw, name, 0);
  return start === -1 ? null : StringPrototypeSlice(raw, start, valueEnd(raw, start));
}

/** Calls `visit` with every value of `name` (lower case), in wire order. */
export function eachHeader(raw, name, visit) {
  let start = valueIndex(raw, name, 0);
  while (start !== -1) {
    const end = valueEnd(raw, start);
    visit(StringPrototypeSlice(raw, start, end));
    start = valueIndex(raw, name, end + 1);
  }
}

/** All values of `name` joined with `separator`, or null. */
export function joinedHeader(raw, name, separator) {
  let joined = null;
  eachHeader(raw, name, (value) => {
    joined = joined === null ? value : joined + separator + value;
  });
  return joined;
}
