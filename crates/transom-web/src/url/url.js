// @ts-check
// URL. Native half: url.rs.
// Spec: https://url.spec.whatwg.org/#url-class
//
// Invariant: a URL is what `ops.url_parse` returned: its `href` and where the parts begin, two places packed in
// one number. Getters are slices of `href`; setters parse again.
// What goes to the op need not be made a USVString before: it replaces lone surrogates itself.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { createObjectURL, revokeObjectURL } from "transom:internal/url/object_urls";
import { urlSearchParamsInternals } from "transom:internal/url/url_search_params";
import * as webidl from "transom:internal/webidl/webidl";

const { MathFloor, ObjectFreeze, StringPrototypeSlice, TypeError } = primordials;

// Indexes into what the op returned, and the factor between the two places of a pair; url.rs has the same.
const HREF = 0;
const PROTOCOL_USERNAME = 1;
const HOST = 2;
const PATHNAME_SEARCH = 3;
const HASH_END = 4;
const PLACES = 67108864;

const low = (pair) => pair % PLACES;
const high = (pair) => MathFloor(pair / PLACES);

/**
 * What fetch needs of the inside.
 * @type {Record<string, Function>}
 */
export let urlInternals;

/** https://url.spec.whatwg.org/#url */
export class URL {
  #parsed;
  #params = null;

  /** https://url.spec.whatwg.org/#dom-url-url */
  constructor(url, base = undefined) {
    if (url === webidl.internalKey) {
      this.#parsed = base; // Parsed already.
      return;
    }
    webidl.requireArguments("URL constructor", arguments.length, 1);
    url = webidl.DOMString(url, "URL constructor: argument 1");
    if (base !== undefined) base = webidl.DOMString(base, "URL constructor: argument 2");
    this.#parsed = parse(url, base) ?? invalid(url, base);
  }

  /** https://url.spec.whatwg.org/#dom-url-parse */
  static parse(url, base = undefined) {
    webidl.requireArguments("URL.parse", arguments.length, 1);
    url = webidl.DOMString(url, "URL.parse: argument 1");
    if (base !== undefined) base = webidl.DOMString(base, "URL.parse: argument 2");
    const parsed = parse(url, base);
    return parsed === null ? null : new URL(webidl.internalKey, parsed);
  }

  /** https://url.spec.whatwg.org/#dom-url-canparse */
  static canParse(url, base = undefined) {
    webidl.requireArguments("URL.canParse", arguments.length, 1);
    url = webidl.USVString(url, "URL.canParse: argument 1");
    if (base !== undefined) base = webidl.USVString(base, "URL.canParse: argument 2");
    return ops.url_can_parse(url, base);
  }

  /** https://w3c.github.io/FileAPI/#dfn-createObjectURL */
  static createObjectURL(object) {
    webidl.requireArguments("URL.createObjectURL", arguments.length, 1);
    return createObjectURL(object);
  }

  /** https://w3c.github.io/FileAPI/#dfn-revokeObjectURL */
  static revokeObjectURL(url) {
    webidl.requireArguments("URL.revokeObjectURL", arguments.length, 1);
    revokeObjectURL(webidl.DOMString(url, "URL.revokeObjectURL: argument 1"));
  }

  /** https://url.spec.whatwg.org/#dom-url-href */
  get href() {
    return this.#parsed[HREF];
  }

  set href(value) {
    this.#parsed; // Brand check.
    value = webidl.USVString(value, "URL.href");
    this.#parsed = parse(value, undefined) ?? invalid(value, undefined);
    this.#queryChanged();
  }

  /** https://url.spec.whatwg.org/#dom-url-origin */
  get origin() {
    return origin(this.#parsed);
  }

  /** https://url.spec.whatwg.org/#dom-url-protocol */
  get protocol() {
    return StringPrototypeSlice(this.#parsed[HREF], 0, low(this.#parsed[PROTOCOL_USERNAME]));
  }

  set protocol(value) {
    this.#set("protocol", value);
  }

  /** https://url.spec.whatwg.org/#dom-url-username */
  get username() {
    const pair = this.#parsed[PROTOCOL_USERNAME];
    const start = low(pair) + 2;
    const end = high(pair);
    return start < end ? StringPrototypeSlice(this.#parsed[HREF], start, end) : "";
  }

  set username(value) {
    this.#set("username", value);
  }

  /** https://url.spec.whatwg.org/#dom-url-password */
  get password() {
    const start = high(this.#parsed[PROTOCOL_USERNAME]) + 1;
    const end = low(this.#parsed[HOST]);
    return start <= end ? StringPrototypeSlice(this.#parsed[HREF], start, end) : "";
  }

  set password(value) {
    this.#set("password", value);
  }

  /** https://url.spec.whatwg.org/#dom-url-host */
  get host() {
    return host(this.#parsed);
  }

  set host(value) {
    this.#set("host", value);
  }

  /** https://url.spec.whatwg.org/#dom-url-hostname */
  get hostname() {
    const parsed = this.#parsed;
    return StringPrototypeSlice(parsed[HREF], hostStart(parsed), high(parsed[HOST]));
  }

  set hostname(value) {
    this.#set("hostname", value);
  }

  /** https://url.spec.whatwg.org/#dom-url-port */
  get port() {
    const parsed = this.#parsed;
    const start = high(parsed[HOST]);
    const end = low(parsed[PATHNAME_SEARCH]);
    // Between host and path there may also be `/.`, which keeps `//` at a path's start from being a host.
    if (start >= end || parsed[HREF][start] !== ":") return "";
    return StringPrototypeSlice(parsed[HREF], start + 1, end);
  }

  set port(value) {
    this.#set("port", value);
  }

  /** https://url.spec.whatwg.org/#dom-url-pathname */
  get pathname() {
    return pathname(this.#parsed);
  }

  set pathname(value) {
    this.#set("pathname", value);
  }

  /** https://url.spec.whatwg.org/#dom-url-search */
  get search() {
    return search(this.#parsed);
  }

  set search(value) {
    this.#set("search", value);
    this.#queryChanged();
  }

  /** https://url.spec.whatwg.org/#dom-url-searchparams */
  get searchParams() {
    this.#parsed; // Brand check.
    this.#params ??= urlSearchParamsInternals.create(this.#query(), this, setQuery);
    return this.#params;
  }

  /** https://url.spec.whatwg.org/#dom-url-hash */
  get hash() {
    const start = low(this.#parsed[HASH_END]);
    const end = high(this.#parsed[HASH_END]);
    return end - start > 1 ? StringPrototypeSlice(this.#parsed[HREF], start, end) : "";
  }

  set hash(value) {
    this.#set("hash", value);
  }

  /** https://url.spec.whatwg.org/#dom-url-tojson */
  toJSON() {
    return this.#parsed[HREF];
  }

  /** https://url.spec.whatwg.org/#URL-stringification-behavior */
  toString() {
    return this.#parsed[HREF];
  }

  #query() {
    return StringPrototypeSlice(search(this.#parsed), 1);
  }

  #queryChanged() {
    if (this.#params !== null) urlSearchParamsInternals.replace(this.#params, this.#query());
  }

  #set(part, value) {
    const href = this.#parsed[HREF];
    const parsed = ops.url_set(href, part, webidl.USVString(value, `URL.${part}`));
    if (parsed === null) return;
    parsed[HREF] ??= href;
    this.#parsed = parsed;
  }

  static {
    urlInternals = ObjectFreeze({
      is: (value) => typeof value === "object" && value !== null && #parsed in value,
      href: (url) => url.#parsed[HREF],
      origin: (url) => origin(url.#parsed),
      pathname: (url) => pathname(url.#parsed),
      search: (url) => search(url.#parsed),
      setPathname: (url, value) => url.#set("pathname", value),
      /** A URL, or null; `text` is a USVString. */
      parse(text) {
        const parsed = parse(text, undefined);
        return parsed === null ? null : new URL(webidl.internalKey, parsed);
      },
      /** Whether it has a user name or a password. */
      hasCredentials(url) {
        const parsed = url.#parsed;
        return low(parsed[PROTOCOL_USERNAME]) + 2 < low(parsed[HOST]);
      },
      setQuery: (url, query) => url.#set("search", query),
    });
  }
}

function origin(parsed) {
  const href = parsed[HREF];
  const protocol = StringPrototypeSlice(href, 0, low(parsed[PROTOCOL_USERNAME]));
  switch (protocol) {
    case "http:":
    case "https:":
    case "ws:":
    case "wss:":
    case "ftp:":
      return `${protocol}//${host(parsed)}`;
    case "blob:":
      return ops.url_origin(href);
    default:
      return "null";
  }
}

function pathname(parsed) {
  const pair = parsed[PATHNAME_SEARCH];
  return StringPrototypeSlice(parsed[HREF], low(pair), high(pair));
}

function search(parsed) {
  const start = high(parsed[PATHNAME_SEARCH]);
  const end = low(parsed[HASH_END]);
  return end - start > 1 ? StringPrototypeSlice(parsed[HREF], start, end) : "";
}

function setQuery(url, query) {
  urlInternals.setQuery(url, query);
}

/** What was parsed last without a base: `request.url` is often parsed again. Results are never changed. */
let lastUrl = "";
let lastParsed = null;

function parse(url, base) {
  if (url === lastUrl && base === undefined && lastParsed !== null) return lastParsed;
  const parsed = ops.url_parse(url, base);
  if (parsed !== null) parsed[HREF] ??= url; // Null means: exactly what was parsed.
  if (base === undefined) {
    lastUrl = url;
    lastParsed = parsed;
  }
  return parsed;
}

/** Node's code and properties, which programs look at. */
function invalid(input, base) {
  const error = new TypeError("Invalid URL");
  error.code = "ERR_INVALID_URL";
  error.input = input;
  if (base !== undefined) error.base = base;
  throw error;
}

function hostStart(parsed) {
  const start = low(parsed[HOST]);
  return parsed[HREF][start] === "@" && start < high(parsed[HOST]) ? start + 1 : start;
}

function host(parsed) {
  const start = hostStart(parsed);
  if (start >= high(parsed[HOST])) return "";
  return StringPrototypeSlice(parsed[HREF], start, low(parsed[PATHNAME_SEARCH]));
}

webidl.configureInterface("URL", URL);
