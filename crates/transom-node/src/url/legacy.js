// @ts-check
// The old `url.parse`, `url.format` and `url.resolve`, which packages still use.
// Reference: https://nodejs.org/docs/latest-v22.x/api/url.html#legacy-url-api

import { codes, typeError } from "transom:internal/node/errors";
import { validateString } from "transom:internal/node/errors/validators";
import querystring from "node:querystring";
import { primordials } from "transom:internal/primordials";
import { domainToASCII } from "transom:internal/node/url/domains";

const {
  ArrayPrototypeJoin, ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeUnshift, ObjectAssign, ObjectKeys,
  RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeEndsWith, StringPrototypeIncludes,
  StringPrototypeIndexOf, StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeSplit,
  StringPrototypeStartsWith, StringPrototypeToLowerCase, StringPrototypeTrim,
} = primordials;
const { ERR_INVALID_ARG_TYPE } = codes;

/** Schemes whose URLs have a host and a path. */
const SLASHED = ["http", "https", "ftp", "gopher", "file", "ws", "wss"];
const hasSlashes = (protocol) => SLASHED.includes(StringPrototypeEndsWith(protocol ?? "", ":") ? StringPrototypeSlice(protocol, 0, -1) : protocol);
const isHostless = (protocol) => protocol === "javascript" || protocol === "javascript:";

const ESCAPED = {
  __proto__: null, "\t": "%09", "\n": "%0A", "\r": "%0D", " ": "%20", '"': "%22", "'": "%27", "<": "%3C", ">": "%3E", "\\": "%5C",
  "^": "%5E", "`": "%60", "{": "%7B", "|": "%7C", "}": "%7D",
};
const FORBIDDEN_IN_HOST = /[\0\t\n\r #%/:<>?@[\\\]^|]/;

export function Url() {
  this.protocol = null;
  this.slashes = null;
  this.auth = null;
  this.host = null;
  this.port = null;
  this.hostname = null;
  this.hash = null;
  this.search = null;
  this.query = null;
  this.pathname = null;
  this.path = null;
  this.href = null;
}

function invalidUrl(input) {
  const error = typeError("ERR_INVALID_URL", "Invalid URL");
  error.input = input;
  return error;
}

/** Backslashes before a query count as slashes. */
function withSlashes(text) {
  const end = RegExpPrototypeExec(/[?#]/, text)?.index ?? text.length;
  return StringPrototypeReplaceAll(StringPrototypeSlice(text, 0, end), "\\", "/") + StringPrototypeSlice(text, end);
}

Url.prototype.parse = function parse(url, parseQueryString, slashesDenoteHost) {
  validateString(url, "url");
  let rest = withSlashes(StringPrototypeTrim(url));
  const protocolMatch = RegExpPrototypeExec(/^[a-z0-9.+-]+:/i, rest);
  let lowerProtocol;
  if (protocolMatch !== null) {
    lowerProtocol = StringPrototypeToLowerCase(protocolMatch[0]);
    this.protocol = lowerProtocol;
    rest = StringPrototypeSlice(rest, protocolMatch[0].length);
  }
  let slashes = false;
  if (slashesDenoteHost || protocolMatch !== null || RegExpPrototypeExec(/^\/\/[^@/]+@[^@/]+/, rest) !== null) {
    slashes = StringPrototypeStartsWith(rest, "//");
    if (slashes && !(lowerProtocol !== undefined && isHostless(lowerProtocol))) {
      rest = StringPrototypeSlice(rest, 2);
      this.slashes = true;
    }
  }
  if (!(lowerProtocol !== undefined && isHostless(lowerProtocol)) && (slashes || (protocolMatch !== null && !hasSlashes(lowerProtocol)))) {
    rest = this.takeHost(rest, url);
  }
  if (lowerProtocol === undefined || !isHostless(lowerProtocol)) {
    rest = RegExpPrototypeSymbolReplace(/[\t\n\r "'<>\\^`{|}]/g, rest, (character) => ESCAPED[character]);
  }
  const hash = StringPrototypeIndexOf(rest, "#");
  if (hash !== -1) {
    this.hash = StringPrototypeSlice(rest, hash);
    rest = StringPrototypeSlice(rest, 0, hash);
  }
  const question = StringPrototypeIndexOf(rest, "?");
  if (question !== -1) {
    this.search = StringPrototypeSlice(rest, question);
    this.query = StringPrototypeSlice(rest, question + 1);
    if (parseQueryString) this.query = querystring.parse(this.query);
    rest = StringPrototypeSlice(rest, 0, question);
  } else if (parseQueryString) {
    this.search = null;
    this.query = { __proto__: null };
  }
  if (rest.length > 0) this.pathname = rest;
  if (hasSlashes(lowerProtocol) && this.hostname && !this.pathname) this.pathname = "/";
  if (this.pathname || this.search) this.path = (this.pathname ?? "") + (this.search ?? "");
  this.href = this.format();
  return this;
};

/** Takes user, host and port off the front of `rest`; what is left. */
Url.prototype.takeHost = function takeHost(rest, url) {
  let hostEnd = -1;
  let at = -1;
  let nonHost = -1;
  for (let i = 0; i < rest.length && hostEnd === -1; i++) {
    const character = rest[i];
    if (character === "#" || character === "/" || character === "?") {
      if (nonHost === -1) nonHost = i;
      hostEnd = i;
    } else if (character === "@") {
      at = i;
      nonHost = -1;
    } else if (StringPrototypeIncludes("\t\n\r \"%';<>\\^`{|}", character) && nonHost === -1) {
      nonHost = i;
    }
  }
  let start = 0;
  if (at !== -1) {
    this.auth = decodeURIComponent(StringPrototypeSlice(rest, 0, at));
    start = at + 1;
  }
  if (nonHost === -1) {
    this.host = StringPrototypeSlice(rest, start);
    rest = "";
  } else {
    this.host = StringPrototypeSlice(rest, start, nonHost);
    rest = StringPrototypeSlice(rest, nonHost);
  }
  const port = RegExpPrototypeExec(/:[0-9]*$/, this.host);
  if (port !== null) {
    if (port[0] !== ":") this.port = StringPrototypeSlice(port[0], 1);
    this.host = StringPrototypeSlice(this.host, 0, this.host.length - port[0].length);
  }
  this.hostname = this.host ?? "";
  const isIpv6 = StringPrototypeStartsWith(this.hostname, "[") && StringPrototypeEndsWith(this.hostname, "]");
  const colon = isIpv6 ? -1 : StringPrototypeIndexOf(this.hostname, ":");
  if (colon !== -1) {
    // What no host has begins the path.
    rest = `/${StringPrototypeSlice(this.hostname, colon)}${rest}`;
    this.hostname = StringPrototypeSlice(this.hostname, 0, colon);
  }
  if (isIpv6 && RegExpPrototypeExec(/[\0\t\n\r #%/<>?@\\^|]/, StringPrototypeSlice(this.hostname, 1, -1)) !== null) {
    throw invalidUrl(url);
  }
  this.hostname = this.hostname.length > 255 ? "" : StringPrototypeToLowerCase(this.hostname);
  if (this.hostname !== "" && !isIpv6) {
    const ascii = domainToASCII(this.hostname, true);
    if (ascii === "" || RegExpPrototypeExec(FORBIDDEN_IN_HOST, ascii) !== null) throw invalidUrl(url);
    this.hostname = ascii;
  }
  this.host = this.hostname + (this.port ? `:${this.port}` : "");
  if (isIpv6) {
    this.hostname = StringPrototypeSlice(this.hostname, 1, -1);
    if (rest[0] !== "/") rest = `/${rest}`;
  }
  return rest;
};

Url.prototype.parseHost = function parseHost() {
  let { host } = this;
  const port = RegExpPrototypeExec(/:[0-9]*$/, host);
  if (port !== null) {
    if (port[0] !== ":") this.port = StringPrototypeSlice(port[0], 1);
    host = StringPrototypeSlice(host, 0, host.length - port[0].length);
  }
  if (host) this.hostname = host;
};

Url.prototype.format = function format() {
  let auth = this.auth || "";
  if (auth) auth = `${RegExpPrototypeSymbolReplace(/%3A/i, encodeURIComponent(auth), ":")}@`;
  let protocol = this.protocol || "";
  let pathname = this.pathname || "";
  let hash = this.hash || "";
  let host = "";
  let query = "";
  if (this.host) {
    host = auth + this.host;
  } else if (this.hostname) {
    const isIpv6 = StringPrototypeIncludes(this.hostname, ":") && !StringPrototypeStartsWith(this.hostname, "[");
    host = auth + (isIpv6 ? `[${this.hostname}]` : this.hostname);
    if (this.port) host += `:${this.port}`;
  }
  if (this.query !== null && typeof this.query === "object") query = querystring.stringify(this.query);
  let search = this.search || (query && `?${query}`) || "";
  if (protocol && !StringPrototypeEndsWith(protocol, ":")) protocol += ":";
  pathname = RegExpPrototypeSymbolReplace(/[?#]/g, pathname, (character) => (character === "?" ? "%3F" : "%23"));
  if (this.slashes || hasSlashes(protocol)) {
    if (this.slashes || host) {
      if (pathname && !StringPrototypeStartsWith(pathname, "/")) pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (StringPrototypeStartsWith(protocol, "file")) {
      host = "//";
    }
  }
  search = StringPrototypeReplaceAll(search, "#", "%23");
  if (hash && !StringPrototypeStartsWith(hash, "#")) hash = `#${hash}`;
  if (search && !StringPrototypeStartsWith(search, "?")) search = `?${search}`;
  return protocol + host + pathname + search + hash;
};

Url.prototype.resolve = function resolve(relative) {
  return this.resolveObject(parseUrl(relative, false, true)).format();
};

Url.prototype.resolveObject = function resolveObject(relative) {
  if (typeof relative === "string") {
    const parsed = new Url();
    parsed.parse(relative, false, true);
    relative = parsed;
  }
  const result = new Url();
  ObjectAssign(result, this);
  result.hash = relative.hash;
  if (relative.href === "") {
    result.href = result.format();
    return result;
  }
  if (relative.slashes && !relative.protocol) {
    for (const key of ObjectKeys(relative)) if (key !== "protocol") result[key] = relative[key];
    if (hasSlashes(result.protocol) && result.hostname && !result.pathname) result.path = result.pathname = "/";
    result.href = result.format();
    return result;
  }
  if (relative.protocol && relative.protocol !== result.protocol) return otherProtocol(result, relative);
  return mergePaths(result, relative);
};

function otherProtocol(result, relative) {
  if (!hasSlashes(relative.protocol)) {
    ObjectAssign(result, relative);
    result.href = result.format();
    return result;
  }
  result.protocol = relative.protocol;
  if (!relative.host && RegExpPrototypeExec(/^file:?$/, relative.protocol) === null && !isHostless(relative.protocol)) {
    const parts = StringPrototypeSplit(relative.pathname || "", "/");
    while (parts.length > 0 && !(relative.host = ArrayPrototypeShift(parts)));
    relative.host ||= "";
    relative.hostname ||= "";
    if (parts[0] !== "") ArrayPrototypeUnshift(parts, "");
    if (parts.length < 2) ArrayPrototypeUnshift(parts, "");
    result.pathname = ArrayPrototypeJoin(parts, "/");
  } else {
    result.pathname = relative.pathname;
  }
  result.search = relative.search;
  result.query = relative.query;
  result.host = relative.host || "";
  result.auth = relative.auth;
  result.hostname = relative.hostname || relative.host;
  result.port = relative.port;
  if (result.pathname || result.search) result.path = (result.pathname || "") + (result.search || "");
  result.slashes ||= relative.slashes;
  result.href = result.format();
  return result;
}

function mergePaths(result, relative) {
  const isSourceAbsolute = !!result.pathname && result.pathname[0] === "/";
  const isRelativeAbsolute = !!relative.host || (!!relative.pathname && relative.pathname[0] === "/");
  let mustEndAbsolute = isRelativeAbsolute || isSourceAbsolute || (!!result.host && !!relative.pathname);
  const removesAllDots = mustEndAbsolute;
  let source = result.pathname ? StringPrototypeSplit(result.pathname, "/") : [];
  const added = relative.pathname ? StringPrototypeSplit(relative.pathname, "/") : [];
  const isPlain = !!result.protocol && !hasSlashes(result.protocol);
  if (isPlain) {
    result.hostname = "";
    result.port = null;
    if (result.host) {
      if (source[0] === "") source[0] = result.host;
      else ArrayPrototypeUnshift(source, result.host);
    }
    result.host = "";
    if (relative.protocol) {
      relative.hostname = null;
      relative.port = null;
      result.auth = null;
      if (relative.host) {
        if (added[0] === "") added[0] = relative.host;
        else ArrayPrototypeUnshift(added, relative.host);
      }
      relative.host = null;
    }
    mustEndAbsolute = mustEndAbsolute && (added[0] === "" || source[0] === "");
  }
  if (isRelativeAbsolute) {
    if (relative.host || relative.host === "") {
      if (result.host !== relative.host) result.auth = null;
      result.host = relative.host;
      result.port = relative.port;
    }
    if (relative.hostname || relative.hostname === "") {
      if (result.hostname !== relative.hostname) result.auth = null;
      result.hostname = relative.hostname;
    }
    result.search = relative.search;
    result.query = relative.query;
    source = added;
  } else if (added.length > 0) {
    ArrayPrototypePop(source);
    source = [...source, ...added];
    result.search = relative.search;
    result.query = relative.query;
  } else if (relative.search !== null && relative.search !== undefined) {
    if (isPlain) {
      result.hostname = result.host = ArrayPrototypeShift(source);
      takeAuth(result);
    }
    result.search = relative.search;
    result.query = relative.query;
    if (result.pathname !== null || result.search !== null) result.path = (result.pathname || "") + (result.search || "");
    result.href = result.format();
    return result;
  }
  if (source.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    result.href = result.format();
    return result;
  }
  setPath(result, relative, source, { mustEndAbsolute, removesAllDots, isPlain });
  result.auth = relative.auth || result.auth;
  result.slashes ||= relative.slashes;
  result.href = result.format();
  return result;
}

/** `user@host` in the host of a URL without slashes. */
function takeAuth(result) {
  const at = result.host && StringPrototypeIndexOf(result.host, "@") > 0 ? StringPrototypeSplit(result.host, "@") : undefined;
  if (at === undefined) return;
  result.auth = ArrayPrototypeShift(at);
  result.host = result.hostname = ArrayPrototypeShift(at);
}

/** Removes dots from the path. */
function setPath(result, relative, source, { mustEndAbsolute, removesAllDots, isPlain }) {
  let last = source[source.length - 1];
  const hasTrailing = ((result.host || relative.host || source.length > 1) && (last === "." || last === "..")) || last === "";
  let up = 0;
  for (let i = source.length - 1; i >= 0; i--) {
    last = source[i];
    if (last === ".") {
      source.splice(i, 1);
    } else if (last === "..") {
      source.splice(i, 1);
      up++;
    } else if (up > 0) {
      source.splice(i, 1);
      up--;
    }
  }
  if (!mustEndAbsolute && !removesAllDots) while (up-- > 0) ArrayPrototypeUnshift(source, "..");
  if (mustEndAbsolute && source[0] !== "" && (!source[0] || source[0][0] !== "/")) ArrayPrototypeUnshift(source, "");
  if (hasTrailing && !StringPrototypeEndsWith(ArrayPrototypeJoin(source, "/"), "/")) ArrayPrototypePush(source, "");
  const isAbsolute = source[0] === "" || (!!source[0] && source[0][0] === "/");
  if (isPlain) {
    result.hostname = result.host = isAbsolute ? "" : source.length > 0 ? ArrayPrototypeShift(source) : "";
    takeAuth(result);
  }
  mustEndAbsolute ||= !!(result.host && source.length > 0);
  if (mustEndAbsolute && !isAbsolute) ArrayPrototypeUnshift(source, "");
  if (source.length === 0) {
    result.pathname = null;
    result.path = null;
  } else {
    result.pathname = ArrayPrototypeJoin(source, "/");
  }
  if (result.pathname !== null || result.search !== null) result.path = (result.pathname || "") + (result.search || "");
}

export function parseUrl(url, parseQueryString = false, slashesDenoteHost = false) {
  if (url instanceof Url) return url;
  return new Url().parse(url, parseQueryString, slashesDenoteHost);
}

export function formatLegacy(object) {
  if (typeof object === "string") object = parseUrl(object);
  else if (typeof object !== "object" || object === null) {
    throw new ERR_INVALID_ARG_TYPE("urlObject", ["Object", "string"], object);
  }
  return Url.prototype.format.call(object);
}

export const resolve = (source, relative) => parseUrl(source, false, true).resolve(relative);
export function resolveObject(source, relative) {
  return source ? parseUrl(source, false, true).resolveObject(relative) : relative;
}
