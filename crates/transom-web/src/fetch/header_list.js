// @ts-check
// Header lists: one flat array of lower-case name, value, name, value.
// Spec: https://fetch.spec.whatwg.org/#concept-header-list
//
// This is the hot path of every response: names that were seen before cost one look-up, values one scan, and a
// list that is in order already is not sorted again. The class on top is in headers.js.

import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ArrayPrototypeSort, Map, MapPrototypeGet, MapPrototypeGetSize, MapPrototypeSet, ObjectPrototypePropertyIsEnumerable,
  ReflectOwnKeys, RegExpPrototypeExec, Set, SetPrototypeAdd, SetPrototypeGetSize, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeToLowerCase,
  SymbolIterator, TypeError,
} = primordials;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Anything that needs a second look: a forbidden character, or white space at an end. */
const SUSPECT = /[\0\n\r\u0100-\uffff]|^[\t ]|[\t ]$/;
const FORBIDDEN = /[\0\n\r]/;
const LEADING_SPACE = /^[\t\n\r ]+/;
const TRAILING_SPACE = /[\t\n\r ]+$/;

/** Valid names as written, with their lower-case form. Bounded, because names can come from a client. */
const knownNames = new Map();
const MAX_KNOWN_NAMES = 512;
const MAX_KNOWN_NAME_LENGTH = 64;

/** The lower-case form of a header name; throws when it is none. */
export function normalizeName(name, context) {
  const known = MapPrototypeGet(knownNames, name);
  if (known !== undefined) return known;
  const string = webidl.ByteString(name, context);
  if (RegExpPrototypeExec(TOKEN, string) === null) throw new TypeError(`${context}: \`${string}\` is not a valid header name`);
  const lower = StringPrototypeToLowerCase(string);
  if (string.length <= MAX_KNOWN_NAME_LENGTH && MapPrototypeGetSize(knownNames) < MAX_KNOWN_NAMES) {
    MapPrototypeSet(knownNames, string, lower);
  }
  return lower;
}

/** The value without white space around it; throws when it is no header value. */
export function normalizeValue(value, context) {
  const string = typeof value === "string" ? value : webidl.ByteString(value, context);
  if (RegExpPrototypeExec(SUSPECT, string) === null) return string;
  webidl.ByteString(string, context);
  const trimmed = trim(string);
  if (RegExpPrototypeExec(FORBIDDEN, trimmed) !== null) throw new TypeError(`${context} is not a valid header value`);
  return trimmed;
}

function trim(string) {
  const leading = RegExpPrototypeExec(LEADING_SPACE, string);
  if (leading !== null) string = StringPrototypeSlice(string, leading[0].length);
  const trailing = RegExpPrototypeExec(TRAILING_SPACE, string);
  return trailing === null ? string : StringPrototypeSlice(string, 0, trailing.index);
}

/** The values of `name` joined, or null. */
export function get(list, name) {
  let found = null;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) found = found === null ? list[i + 1] : `${found}, ${list[i + 1]}`;
  }
  return found;
}

export function has(list, name) {
  for (let i = 0; i < list.length; i += 2) if (list[i] === name) return true;
  return false;
}

export function append(list, name, value) {
  list[list.length] = name;
  list[list.length] = value;
}

export function set(list, name, value) {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] !== name) continue;
    list[i + 1] = value;
    removeFrom(list, name, i + 2);
    return;
  }
  append(list, name, value);
}

export function remove(list, name) {
  removeFrom(list, name, 0);
}

function removeFrom(list, name, start) {
  let kept = start;
  for (let i = start; i < list.length; i += 2) {
    if (list[i] === name) continue;
    list[kept] = list[i];
    list[kept + 1] = list[i + 1];
    kept += 2;
  }
  list.length = kept;
}

export function copy(list) {
  const result = [];
  for (let i = 0; i < list.length; i++) result[i] = list[i];
  return result;
}

/**
 * https://fetch.spec.whatwg.org/#concept-headers-fill for everything that is not a Headers object.
 * Appends to `list`.
 */
export function fill(list, init, context) {
  if (!webidl.isObject(init)) throw new TypeError(`${context} is neither a sequence of pairs nor a record`);
  const method = init[SymbolIterator];
  if (method !== undefined && method !== null) {
    const pairs = webidl.sequenceFromMethod(init, method, convertPair, context);
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i];
      if (pair.length !== 2) throw new TypeError(`${context}, index ${i} must be a pair of name and value`);
      const name = normalizeName(pair[0], context);
      append(list, name, normalizeValue(pair[1], context));
    }
    return;
  }
  // A record: all of it is converted before the first pair is looked at.
  const keys = ReflectOwnKeys(init);
  const pairs = [];
  for (let i = 0; i < keys.length; i++) {
    if (!ObjectPrototypePropertyIsEnumerable(init, keys[i])) continue;
    const name = webidl.ByteString(keys[i], context);
    append(pairs, name, webidl.ByteString(init[keys[i]], context));
  }
  for (let i = 0; i < pairs.length; i += 2) {
    const name = normalizeName(pairs[i], context);
    append(list, name, normalizeValue(pairs[i + 1], context));
  }
}

const convertPair = webidl.sequence(webidl.ByteString);

/**
 * The list in the order of iteration and of the wire: names sorted, values of one name joined, every
 * `set-cookie` by itself. May return `list` itself: the result is only for reading.
 * https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
 */
export function sortAndCombine(list) {
  if (isSortedAndCombined(list)) return list;
  return combine(list.length <= 64 ? insertionSort(list) : largeSort(list));
}

function isSortedAndCombined(list) {
  for (let i = 2; i < list.length; i += 2) {
    const name = list[i];
    const before = list[i - 2];
    if (before < name || (name === "set-cookie" && before === name)) continue;
    return false;
  }
  return true;
}

/** Stable, and quick for the handful of headers that a response has. */
function insertionSort(list) {
  const sorted = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    let at = i;
    while (at > 0 && sorted[at - 2] > name) {
      sorted[at] = sorted[at - 2];
      sorted[at + 1] = sorted[at - 1];
      at -= 2;
    }
    sorted[at] = name;
    sorted[at + 1] = list[i + 1];
  }
  return sorted;
}

function largeSort(list) {
  const pairs = [];
  for (let i = 0; i < list.length; i += 2) pairs[i / 2] = { name: list[i], value: list[i + 1] };
  ArrayPrototypeSort(pairs, (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const sorted = [];
  for (let i = 0; i < pairs.length; i++) append(sorted, pairs[i].name, pairs[i].value);
  return sorted;
}

function combine(sorted) {
  const result = [];
  for (let i = 0; i < sorted.length; i += 2) {
    const last = result.length - 2;
    if (last >= 0 && result[last] === sorted[i] && sorted[i] !== "set-cookie") {
      result[last + 1] = `${result[last + 1]}, ${sorted[i + 1]}`;
    } else {
      append(result, sorted[i], sorted[i + 1]);
    }
  }
  return result;
}

/** Headers of which a request has one: of several, the first counts, as in Node. */
const SINGLETONS = {
  __proto__: null,
  age: true, authorization: true, "content-length": true, "content-type": true, etag: true, expires: true, from: true,
  host: true, "if-modified-since": true, "if-unmodified-since": true, "last-modified": true, location: true,
  "max-forwards": true, "proxy-authorization": true, referer: true, "retry-after": true, server: true,
  "user-agent": true,
};

/** Up to this many names are compared with each other; more are hashed, lest a client makes us do it n² times. */
const FEW_NAMES = 32;

/** The list behind a server's raw block: `name\0value\0...`, lower-case names, Latin-1, in wire order. */
export function parseRaw(raw) {
  if (raw === "") return [];
  const list = StringPrototypeSplit(raw, "\0");
  list.length--; // What follows the last separator.
  return hasRepeatedName(list) ? mergeReceived(list) : list;
}

function hasRepeatedName(list) {
  if (list.length > 2 * FEW_NAMES) {
    const names = new Set();
    for (let i = 0; i < list.length; i += 2) SetPrototypeAdd(names, list[i]);
    return SetPrototypeGetSize(names) < list.length / 2;
  }
  for (let i = 2; i < list.length; i += 2) {
    const name = list[i];
    for (let j = 0; j < i; j += 2) if (list[j] === name) return true;
  }
  return false;
}

function mergeReceived(received) {
  const list = [];
  for (let i = 0; i < received.length; i += 2) {
    const name = received[i];
    const at = name === "cookie" || SINGLETONS[name] === true ? indexOf(list, name) : -1;
    if (at < 0) append(list, name, received[i + 1]);
    else if (name === "cookie") list[at + 1] = `${list[at + 1]}; ${received[i + 1]}`;
  }
  return list;
}

function indexOf(list, name) {
  for (let i = 0; i < list.length; i += 2) if (list[i] === name) return i;
  return -1;
}
