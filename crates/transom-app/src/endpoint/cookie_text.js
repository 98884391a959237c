// @ts-check
// The text of `Cookie` and `Set-Cookie` headers, in the exact dialect of the npm package `cookie` that Astro uses:
// what it accepts, the order of attributes, and its messages are what programs see.
// Spec: astro-endpoints.md section 3.3, RFC 6265.

import { primordials } from "transom:internal/primordials";

const {
  DatePrototypeToUTCString, NumberIsSafeInteger, RegExpPrototypeExec, StringPrototypeCharCodeAt, StringPrototypeIndexOf,
  StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeToLowerCase, TypeError,
} = primordials;
const { encodeURIComponent } = globalThis;

/** Printable ASCII without space, `;` and `=`. */
const NAME = /^[\u0021-\u003a\u003c\u003e-\u007e]+$/;
/** Printable ASCII without space and `;`. */
const VALUE = /^[\u0021-\u003a\u003c-\u007e]*$/;
/** Anything that the default encoding has to escape. */
const UNSAFE = /[\u0000-\u0020\u007f-\uffff",;\\%]/;
const DOMAIN = /^([.]?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
/** Printable ASCII and space, without `;` and `<`. */
const PATH = /^[\u0020-\u003a\u003d-\u007e]*$/;
const FIRST_YEAR = 1601;
const LAST_YEAR = 9999;
const TAB = 9;
const SPACE = 32;

const matches = (pattern, text) => RegExpPrototypeExec(pattern, text) !== null;

/**
 * The pairs of a `Cookie` header on an object without prototype. The first of equal names counts, white space around
 * names and values does not, quotes are kept, and nothing is decoded.
 * @param {string} header
 * @returns {Record<string, string>}
 */
export function parseCookies(header) {
  const pairs = { __proto__: null };
  const length = header.length;
  let start = 0;
  while (length >= 2 && start < length) {
    const equals = StringPrototypeIndexOf(header, "=", start);
    if (equals === -1) break;
    const semicolon = StringPrototypeIndexOf(header, ";", start);
    const end = semicolon === -1 ? length : semicolon;
    if (equals > end) {
      // The part before has no `=`: go on behind the last `;` before it.
      start = StringPrototypeLastIndexOf(header, ";", equals - 1) + 1;
      continue;
    }
    const name = trimmed(header, start, equals);
    if (pairs[name] === undefined) pairs[name] = trimmed(header, equals + 1, end);
    start = end + 1;
  }
  return pairs;
}

function isBlank(text, index) {
  const code = StringPrototypeCharCodeAt(text, index);
  return code === SPACE || code === TAB;
}

function trimmed(text, start, end) {
  while (start < end && isBlank(text, start)) start++;
  while (end > start && isBlank(text, end - 1)) end--;
  return StringPrototypeSlice(text, start, end);
}

const refuse = (part, value) => {
  throw new TypeError(`cookie ${part} is invalid: ${value}`);
};

/**
 * One `Set-Cookie` value.
 * @param {string} name
 * @param {string} value
 * @param {Record<string, any> | null | undefined} options attributes
 * @param {((value: string) => string) | undefined} encode replaces the default encoding; its result is checked
 */
export function setCookieText(name, value, options, encode) {
  if (!matches(NAME, name)) refuse("name", name);
  let text = `${name}=${encodedValue(value, encode)}`;
  if (options === null || options === undefined) return text;
  const { maxAge, domain, path, expires, httpOnly, secure, partitioned, priority, sameSite } = options;
  if (maxAge !== undefined) {
    if (!NumberIsSafeInteger(maxAge)) refuse("maxAge", maxAge);
    text += `; Max-Age=${maxAge}`;
  }
  if (domain) {
    if (!matches(DOMAIN, domain)) refuse("domain", domain);
    text += `; Domain=${domain}`;
  }
  if (path) {
    if (!matches(PATH, path)) refuse("path", path);
    text += `; Path=${path}`;
  }
  if (expires) {
    // The program's own method, so that a replacement for Date works; anything else is its TypeError.
    const year = expires.getUTCFullYear();
    if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) refuse("expires", expires);
    text += `; Expires=${expires.toUTCString()}`;
  }
  if (httpOnly) text += "; HttpOnly";
  if (secure) text += "; Secure";
  if (partitioned) text += "; Partitioned";
  if (priority) text += `; Priority=${keyword(PRIORITIES, priority) ?? refuse("priority", priority)}`;
  if (sameSite) {
    text += `; SameSite=${sameSite === true ? "Strict" : (keyword(SAME_SITES, sameSite) ?? refuse("sameSite", sameSite))}`;
  }
  return text;
}

const PRIORITIES = { __proto__: null, low: "Low", medium: "Medium", high: "High" };
const SAME_SITES = { __proto__: null, strict: "Strict", lax: "Lax", none: "None" };

const keyword = (words, value) => (typeof value === "string" ? words[StringPrototypeToLowerCase(value)] : undefined);

function encodedValue(value, encode) {
  if (encode === undefined || encode === null) return matches(UNSAFE, value) ? encodeURIComponent(value) : value;
  const encoded = encode(value);
  if (!matches(VALUE, encoded)) refuse("value", value);
  return encoded;
}

/** When a deleted cookie expires. */
export const EPOCH_TEXT = DatePrototypeToUTCString(new primordials.Date(0));
