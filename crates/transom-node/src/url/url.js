// @ts-check
// node:url.
// Reference: https://nodejs.org/docs/latest-v22.x/api/url.html

import { Buffer } from "transom:internal/node/buffer";
import { codes } from "transom:internal/node/errors";
import { validateObject } from "transom:internal/node/errors/validators";
import { domainToASCII as toAscii, domainToUnicode as toUnicode } from "transom:internal/node/url/domains";
import { formatLegacy, parseUrl, resolve, resolveObject, Url } from "transom:internal/node/url/legacy";
import { posix, win32 } from "node:path";
import { primordials } from "transom:internal/primordials";
import { URL, urlInternals } from "transom:internal/url/url";
import { URLSearchParams } from "transom:internal/url/url_search_params";

const {
  Number, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeCharCodeAt, StringPrototypeEndsWith, StringPrototypeIncludes,
  StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;
const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_FILE_URL_HOST, ERR_INVALID_FILE_URL_PATH, ERR_INVALID_URL_SCHEME, ERR_MISSING_ARGS,
} = codes;

/** Also those of other realms and packages. */
const looksLikeUrl = (value) => value.href && value.protocol && value.auth === undefined && value.path === undefined;
const isUrl = (value) => typeof value === "object" && value !== null && (urlInternals.is(value) || looksLikeUrl(value));

export function domainToASCII(domain) {
  if (arguments.length < 1) throw new ERR_MISSING_ARGS("domain");
  return toAscii(`${domain}`);
}

export function domainToUnicode(domain) {
  if (arguments.length < 1) throw new ERR_MISSING_ARGS("domain");
  return toUnicode(`${domain}`);
}

/** The URL object that a path argument is, or is the text of. */
function fileUrl(value) {
  if (typeof value === "string") value = new URL(value);
  else if (!isUrl(value)) throw new ERR_INVALID_ARG_TYPE("path", ["string", "URL"], value);
  if (value.protocol !== "file:") throw new ERR_INVALID_URL_SCHEME("file");
  return value;
}

function windowsPath(url) {
  if (RegExpPrototypeExec(/%2f|%5c/i, url.pathname) !== null) {
    throw new ERR_INVALID_FILE_URL_PATH("must not include encoded \\ or / characters");
  }
  const pathname = decodeURIComponent(RegExpPrototypeSymbolReplace(/\//g, url.pathname, "\\"));
  if (url.hostname !== "") return `\\\\${toUnicode(url.hostname)}${pathname}`;
  if (RegExpPrototypeExec(/^[a-zA-Z]:/, StringPrototypeSlice(pathname, 1)) === null) throw new ERR_INVALID_FILE_URL_PATH("must be absolute");
  return StringPrototypeSlice(pathname, 1);
}

function checkPosix(url) {
  if (url.hostname !== "") throw new ERR_INVALID_FILE_URL_HOST("linux");
  if (RegExpPrototypeExec(/%2f/i, url.pathname) !== null) {
    throw new ERR_INVALID_FILE_URL_PATH("must not include encoded / characters");
  }
  return url.pathname;
}

export function fileURLToPath(path, options = undefined) {
  const url = fileUrl(path);
  return options?.windows ? windowsPath(url) : decodeURIComponent(checkPosix(url));
}

/** As bytes, for paths that are no text. */
export function fileURLToPathBuffer(path, options = undefined) {
  const url = fileUrl(path);
  if (options?.windows) return Buffer.from(windowsPath(url));
  const pathname = checkPosix(url);
  const bytes = [];
  for (let i = 0; i < pathname.length; i++) {
    const hex = pathname[i] === "%" ? RegExpPrototypeExec(/^[0-9a-f]{2}/i, StringPrototypeSlice(pathname, i + 1, i + 3)) : null;
    bytes.push(hex === null ? StringPrototypeCharCodeAt(pathname, i) : parseInt(hex[0], 16));
    if (hex !== null) i += 2;
  }
  return Buffer.from(bytes);
}

export function pathToFileURL(filepath, options = undefined) {
  const windows = options?.windows;
  if (typeof filepath !== "string") throw new ERR_INVALID_ARG_TYPE("path", "string", filepath);
  if (windows && StringPrototypeStartsWith(filepath, "\\\\")) {
    const unc = RegExpPrototypeExec(/^\\\\(?:\?\\UNC\\)?([^\\]+)(\\.+)$/, filepath);
    if (unc === null) throw new ERR_INVALID_ARG_VALUE("path", filepath, "Missing UNC resource path");
    const url = new URL("file:///");
    url.hostname = toAscii(unc[1]);
    url.pathname = escapePath(unc[2], true);
    return url;
  }
  let resolved = windows ? win32.resolve(filepath) : posix.resolve(filepath);
  const last = filepath[filepath.length - 1];
  const separator = windows ? "\\" : "/";
  if ((last === "/" || (windows && last === "\\")) && !StringPrototypeEndsWith(resolved, separator)) resolved += "/";
  return new URL(`file://${windows ? "/" : ""}${escapePath(resolved, windows)}`);
}

/** Escapes what the parser would take for something else. */
function escapePath(path, windows) {
  let text = RegExpPrototypeSymbolReplace(/%/g, path, "%25");
  text = windows ? RegExpPrototypeSymbolReplace(/\\/g, text, "/") : RegExpPrototypeSymbolReplace(/\\/g, text, "%5C");
  text = RegExpPrototypeSymbolReplace(/\n/g, text, "%0A");
  text = RegExpPrototypeSymbolReplace(/\r/g, text, "%0D");
  text = RegExpPrototypeSymbolReplace(/\t/g, text, "%09");
  text = RegExpPrototypeSymbolReplace(/\?/g, text, "%3F");
  return RegExpPrototypeSymbolReplace(/#/g, text, "%23");
}

/** The options of `http.request` for a URL. */
export function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname && hostname[0] === "[" ? StringPrototypeSlice(hostname, 1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ""}${search || ""}`,
    href: url.href,
  };
  if (port !== "") options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

export function format(urlObject, options = undefined) {
  if (typeof urlObject !== "object" || urlObject === null || !urlInternals.is(urlObject)) return formatLegacy(urlObject);
  let fragment = true;
  let unicode = false;
  let search = true;
  let auth = true;
  if (options) {
    validateObject(options, "options");
    if (options.fragment !== undefined && options.fragment !== null) fragment = !!options.fragment;
    if (options.unicode !== undefined && options.unicode !== null) unicode = !!options.unicode;
    if (options.search !== undefined && options.search !== null) search = !!options.search;
    if (options.auth !== undefined && options.auth !== null) auth = !!options.auth;
  }
  const { protocol, host, hostname, port, username, password, pathname } = urlObject;
  let text = protocol;
  if (host !== "" || StringPrototypeIncludes(urlObject.href, "//")) {
    text += "//";
    if (auth && (username !== "" || password !== "")) text += `${username}${password === "" ? "" : `:${password}`}@`;
    text += unicode ? toUnicode(hostname) + (port === "" ? "" : `:${port}`) : host;
  }
  text += pathname;
  if (search) text += urlObject.search;
  if (fragment) text += urlObject.hash;
  return text;
}

export { parseUrl as parse, resolve, resolveObject, Url, URL, URLSearchParams };
export default {
  Url, parse: parseUrl, resolve, resolveObject, format, URL, URLSearchParams, domainToASCII, domainToUnicode, pathToFileURL,
  fileURLToPath, fileURLToPathBuffer, urlToHttpOptions,
};
