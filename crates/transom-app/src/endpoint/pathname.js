// @ts-check
// Paths as the context shows them: decoded, collapsed, with and without base and trailing slash.
// Spec: astro-endpoints.md sections 1.4, 1.6 and 1.7.
//
// The router has matched the request already; nothing here decides which route answers a request from outside.

import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";

const urls = lazy("transom:internal/url/url");

const {
  Error, RegExpPrototypeSymbolReplace, StringPrototypeEndsWith, StringPrototypeIncludes,
  StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;
const { decodeURI } = globalThis;

/** What the URL of that text is; throws what `new URL` throws. */
export const urlOf = (text) => new (urls().URL)(text);
export const getPathname = (url) => urls().urlInternals.pathname(url);
export const setPathname = (url, path) => urls().urlInternals.setPathname(url, path);
export const originOf = (url) => urls().urlInternals.origin(url);

/** Rounds of decoding after the first before a path is refused. */
const MAX_FURTHER_ROUNDS = 10;
const SLASHES = /\/{2,}/g;

/**
 * Decodes a path until it stops changing. Reserved characters stay encoded, as `decodeURI` leaves them.
 * @param {string} path
 * @returns {string}
 * @throws {Error} when the first round fails, or when the path is encoded too many times
 */
export function decodePathname(path) {
  if (!StringPrototypeIncludes(path, "%")) return path;
  let decoded = decodeURI(path);
  for (let round = 0; decoded !== path; round++) {
    if (round >= MAX_FURTHER_ROUNDS) throw new Error("the path is encoded too many times");
    path = decoded;
    try {
      decoded = decodeURI(path);
    } catch {
      break; // A decoded `%` that begins no escape: nothing is left to decode.
    }
  }
  return decoded;
}

/** One slash for every run of slashes. */
export function collapseSlashes(path) {
  return StringPrototypeIncludes(path, "//") ? RegExpPrototypeSymbolReplace(SLASHES, path, "/") : path;
}

/** The path below `base`, or the path itself when it is not below. */
export function stripBase(path, base) {
  const bare = withoutTrailingSlash(base);
  if (path === bare) return "/";
  if (StringPrototypeStartsWith(path, `${bare}/`)) return StringPrototypeSlice(path, bare.length);
  return path;
}

export function withoutTrailingSlash(path) {
  return StringPrototypeEndsWith(path, "/") ? StringPrototypeSlice(path, 0, -1) : path;
}

export function withTrailingSlash(path) {
  return StringPrototypeEndsWith(path, "/") ? path : `${path}/`;
}

/** `context.originPathname` for the first path of a request; section 1.6. */
export function originPathname(path, trailingSlash) {
  if (path === "" || path === "/") return "/";
  return trailingSlash === "never" ? withoutTrailingSlash(path) : withTrailingSlash(path);
}

/**
 * `context.url` for a request URL: its path decoded and collapsed.
 * @param {string} href
 * @returns {URL}
 */
export function normalizedUrl(href) {
  const url = urlOf(href);
  const path = getPathname(url);
  if (!StringPrototypeIncludes(path, "%") && !StringPrototypeIncludes(path, "//")) return url;
  try {
    setPathname(url, decodePathname(path));
  } catch {
    // Not decodable: shown as it came.
  }
  const decoded = getPathname(url);
  const collapsed = collapseSlashes(decoded);
  if (collapsed !== decoded) setPathname(url, collapsed);
  return url;
}

/** The decoded, collapsed path of a request URL. */
export function decodedPath(href) {
  const path = getPathname(urlOf(href));
  try {
    return collapseSlashes(decodePathname(path));
  } catch {
    return collapseSlashes(path);
  }
}

/** The text of any URL, also of one that a program has changed. */
export const hrefOf = (url) => urls().urlInternals.href(url);
export const isUrl = (value) => urls().urlInternals.is(value);
