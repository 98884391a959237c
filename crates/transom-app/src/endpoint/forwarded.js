// @ts-check
// Forwarded headers of trusted proxies. Only runs when `security.allowedDomains` names a pattern; without one these
// headers are never looked at.
// Spec: astro-endpoints.md section 4.2.

import { firstHeader, joinedHeader } from "transom:internal/app/raw_headers";
import { primordials } from "transom:internal/primordials";
import { URL } from "transom:internal/url/url";

const {
  ReflectGetOwnPropertyDescriptor, RegExpPrototypeExec, StringPrototypeEndsWith, StringPrototypeIncludes,
  StringPrototypeIndexOf, StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeStartsWith,
  StringPrototypeTrim, uncurryThis,
} = primordials;

const property = (name) => ReflectGetOwnPropertyDescriptor(URL.prototype, name);
const getHostname = uncurryThis(property("hostname").get);
const getPort = uncurryThis(property("port").get);
const getProtocol = uncurryThis(property("protocol").get);
const setHostname = uncurryThis(property("hostname").set);
const setPort = uncurryThis(property("port").set);
const setProtocol = uncurryThis(property("protocol").set);

const HTTP_OR_HTTPS = /^https?$/;
const PATH_SEPARATOR = /[/\\]/;

/** The first comma-separated value of a header, or undefined when it is absent or empty. */
function firstValue(raw, name) {
  const joined = joinedHeader(raw, name, ", ");
  if (joined === null) return undefined;
  const comma = StringPrototypeIndexOf(joined, ",");
  const first = StringPrototypeTrim(comma === -1 ? joined : StringPrototypeSlice(joined, 0, comma));
  return first === "" ? undefined : first;
}

/** `*.` stands for exactly one label, `**.` for one or more. */
function hostnameMatches(hostname, pattern) {
  if (pattern === undefined) return true;
  if (StringPrototypeStartsWith(pattern, "**.")) {
    const suffix = StringPrototypeSlice(pattern, 2);
    return suffix !== hostname && StringPrototypeEndsWith(hostname, suffix);
  }
  if (StringPrototypeStartsWith(pattern, "*.")) {
    const suffix = StringPrototypeSlice(pattern, 1);
    if (!StringPrototypeEndsWith(hostname, suffix)) return false;
    const label = StringPrototypeSlice(hostname, 0, hostname.length - suffix.length);
    return !StringPrototypeIncludes(label, ".");
  }
  return !StringPrototypeStartsWith(pattern, "*") && hostname === pattern;
}

const protocolMatches = (url, pattern) =>
  pattern.protocol === undefined || `${pattern.protocol}:` === getProtocol(url);

function urlMatches(url, pattern) {
  return (
    protocolMatches(url, pattern) &&
    hostnameMatches(getHostname(url), pattern.hostname) &&
    (pattern.port === undefined || pattern.port === getPort(url))
  );
}

function some(patterns, test) {
  for (let i = 0; i < patterns.length; i++) if (test(patterns[i])) return true;
  return false;
}

function validProtocol(value, patterns) {
  if (value === undefined) return undefined;
  if (!some(patterns, (pattern) => pattern.protocol !== undefined)) {
    return RegExpPrototypeExec(HTTP_OR_HTTPS, value) === null ? undefined : value;
  }
  // The value becomes part of a URL unescaped, as in the reference: `https://evil/?x` therefore acts as `https`.
  const url = URL.parse(`${value}://example.com`);
  return url !== null && some(patterns, (pattern) => protocolMatches(url, pattern)) ? value : undefined;
}

const validPort = (value, patterns) =>
  value !== undefined && some(patterns, (pattern) => pattern.port === value) ? value : undefined;

/** The host when a pattern allows it together with protocol and port. */
function validHost(host, protocol, port, patterns) {
  if (host === undefined || RegExpPrototypeExec(PATH_SEPARATOR, host) !== null) return undefined;
  const colon = StringPrototypeIndexOf(host, ":");
  if (colon !== StringPrototypeLastIndexOf(host, ":")) return undefined;
  const hostname = colon === -1 ? host : StringPrototypeSlice(host, 0, colon);
  const ownPort = colon === -1 ? "" : StringPrototypeSlice(host, colon + 1);
  const effective = port ?? ownPort;
  const url = URL.parse(`${protocol}://${effective === "" ? hostname : `${hostname}:${effective}`}`);
  return url !== null && some(patterns, (pattern) => urlMatches(url, pattern)) ? host : undefined;
}

/**
 * Applies what a trusted proxy says to `url`.
 * @param {string} raw the raw header block
 * @param {URL} url normalised URL of the request, changed in place
 * @param {any[]} patterns `security.allowedDomains`, not empty
 * @returns {boolean} whether anything was accepted
 */
export function applyForwarded(raw, url, patterns) {
  const protocol = validProtocol(firstValue(raw, "x-forwarded-proto"), patterns);
  const port = validPort(firstValue(raw, "x-forwarded-port"), patterns);
  const host = validHost(firstValue(raw, "x-forwarded-host"), protocol ?? "https", port, patterns);
  if (protocol === undefined && port === undefined && host === undefined) return false;
  if (protocol !== undefined) setProtocol(url, `${protocol}:`);
  if (host !== undefined) {
    const colon = StringPrototypeIndexOf(host, ":");
    setHostname(url, colon === -1 ? host : StringPrototypeSlice(host, 0, colon));
    setPort(url, colon === -1 ? "" : StringPrototypeSlice(host, colon + 1));
  }
  if (port !== undefined) setPort(url, port);
  return true;
}

/**
 * `context.clientAddress`: the first forwarded address when the host is trusted, else the socket's.
 * @param {string} raw
 * @param {string} socketProtocol `http` or `https`
 * @param {string} address of the socket
 * @param {any[]} patterns
 */
export function clientAddress(raw, socketProtocol, address, patterns) {
  const host = firstHeader(raw, "host") ?? undefined; // Of several the first counts.
  const trusted =
    (host !== undefined && host !== "" && validHost(host, socketProtocol, undefined, patterns) !== undefined) ||
    validHost(firstValue(raw, "x-forwarded-host"), "https", undefined, patterns) !== undefined;
  return (trusted ? firstValue(raw, "x-forwarded-for") : undefined) ?? address;
}
