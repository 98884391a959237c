// @ts-check
// lookup: addresses of a name, as the system finds them; lookupService.
// Reference: https://nodejs.org/docs/latest-v22.x/api/dns.html#dnslookuphostname-options-callback

import { codes } from "transom:internal/node/errors";
import { errnoOf } from "transom:internal/node/errors/system";
import { validateBoolean, validateNumber, validateOneOf, validateString } from "transom:internal/node/errors/validators";
import { isIP } from "transom:internal/node/net/addresses";
import { ops } from "transom:internal/ops";

const { ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS } = codes;

export const ADDRCONFIG = 32;
export const ALL = 16;
export const V4MAPPED = 8;

let order = "verbatim";
export const getDefaultResultOrder = () => order;
export function setDefaultResultOrder(value) {
  validateOneOf(value, "dnsOrder", ["verbatim", "ipv4first", "ipv6first"]);
  order = value;
}

function optionsOf(options) {
  const given = { family: 0, hints: 0, all: false, order };
  if (typeof options === "number") {
    validateOneOf(options, "family", [0, 4, 6]);
    given.family = options;
  } else if (options !== undefined && options !== null) {
    if (typeof options !== "object") throw new codes.ERR_INVALID_ARG_TYPE("options", ["integer", "object"], options);
    if (options.hints !== undefined && options.hints !== null) {
      validateNumber(options.hints, "options.hints");
      given.hints = options.hints >>> 0;
      if ((given.hints & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0) throw new ERR_INVALID_ARG_VALUE("hints", options.hints);
    }
    if (options.family !== undefined && options.family !== null) {
      given.family = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : options.family;
      validateOneOf(given.family, "options.family", [0, 4, 6]);
    }
    if (options.all !== undefined && options.all !== null) {
      validateBoolean(options.all, "options.all");
      given.all = options.all;
    }
    if (options.verbatim !== undefined && options.verbatim !== null) {
      validateBoolean(options.verbatim, "options.verbatim");
      given.order = options.verbatim ? "verbatim" : "ipv4first";
    }
    if (options.order !== undefined && options.order !== null) {
      validateOneOf(options.order, "options.order", ["ipv4first", "ipv6first", "verbatim"]);
      given.order = options.order;
    }
  }
  return given;
}

function failed(code, syscall, hostname) {
  const error = /** @type {any} */ (new Error(`${syscall} ${code} ${hostname}`));
  error.errno = errnoOf(code === "ENOTFOUND" ? "EAI_NONAME" : code) ?? code;
  error.code = code;
  error.syscall = syscall;
  error.hostname = hostname;
  return error;
}

const sorted = (found, first) => [...found.filter(({ family }) => family === first), ...found.filter(({ family }) => family !== first)];

/** Every address of a name, with its family. */
async function find(hostname, { family, order: by }) {
  const kind = isIP(hostname);
  if (kind !== 0) {
    if (family !== 0 && family !== kind) throw failed("ENOTFOUND", "getaddrinfo", hostname);
    return [{ address: hostname, family: kind }];
  }
  let names;
  try {
    names = await ops.dns_lookup(hostname);
  } catch (error) {
    if (error.code === "ERR_ACCESS_DENIED") throw error;
    throw failed(error.code, "getaddrinfo", hostname);
  }
  const found = names.map((address) => ({ address, family: isIP(address) })).filter((entry) => family === 0 || entry.family === family);
  if (found.length === 0) throw failed("ENOTFOUND", "getaddrinfo", hostname);
  if (by === "ipv4first") return sorted(found, 4);
  return by === "ipv6first" ? sorted(found, 6) : found;
}

/** What the promise of `lookup` is for. Throws at once for wrong arguments. */
export function lookupLater(hostname, options) {
  if (hostname) validateString(hostname, "hostname");
  const given = optionsOf(options);
  if (!hostname) return Promise.resolve(given.all ? [] : { address: null, family: given.family === 6 ? 6 : 4 });
  return find(hostname, given).then((found) => (given.all ? found : found[0]));
}

/** Host and service of an address. */
export async function lookupServiceLater(address, port) {
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE("address", address);
  if (port === undefined) throw new ERR_MISSING_ARGS("address", "port");
  const services = { 21: "ftp", 22: "ssh", 25: "smtp", 53: "domain", 80: "http", 443: "https", 5432: "postgresql", 6379: "redis" };
  let names;
  try {
    names = await ops.dns_reverse(address, []);
  } catch {
    names = [];
  }
  return { hostname: names[0] ?? (address === "127.0.0.1" || address === "::1" ? "localhost" : address), service: services[port] ?? `${port}` };
}
