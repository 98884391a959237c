// @ts-check
// node:dns: the callback forms.
// Reference: https://nodejs.org/docs/latest-v22.x/api/dns.html

import promises from "node:dns/promises";
import { codes } from "transom:internal/node/errors";
import { validateFunction, validatePort } from "transom:internal/node/errors/validators";
import {
  ADDRCONFIG, ALL, getDefaultResultOrder, lookupLater, lookupServiceLater, setDefaultResultOrder, V4MAPPED,
} from "transom:internal/node/dns/lookup";
import { errorNames, KINDS, resolverClass, ResolverState, setLocalAddress } from "transom:internal/node/dns/resolver";
import { tell } from "transom:internal/node/fs/call";
import { isIP } from "transom:internal/node/net/addresses";
import { reportException } from "transom:internal/report_error/report_error";

const { ERR_INVALID_ARG_VALUE } = codes;
const shared = new ResolverState();
const kCustomPromisify = Symbol.for("nodejs.util.promisify.custom");

/** Calls back with two results. */
function tellBoth(promise, names, callback) {
  promise.then((found) => callback(null, found[names[0]], found[names[1]]), (error) => callback(error)).catch(reportException);
}

export function lookup(hostname, options, callback) {
  if (typeof options === "function") {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, "callback");
  const work = lookupLater(hostname, options);
  if (options?.all) tell(work, callback);
  else tellBoth(work, ["address", "family"], callback);
  return {};
}

export function lookupService(address, port, callback) {
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE("address", address);
  validatePort(port);
  validateFunction(callback, "callback");
  tellBoth(lookupServiceLater(address, port), ["hostname", "service"], callback);
  return {};
}
Object.defineProperty(lookup, kCustomPromisify, { value: promises.lookup });
Object.defineProperty(lookupService, kCustomPromisify, { value: promises.lookupService });

/** The functions that ask, over the state that `stateOf` finds in their receiver. */
function methodsOf(stateOf) {
  const called = (work, callback) => {
    validateFunction(callback, "callback");
    tell(work(), callback);
    return {};
  };
  /** @type {Record<string, any>} */
  const methods = {
    getServers() {
      return stateOf(this).getServers();
    },
    setServers(servers) {
      stateOf(this).setServers(servers);
    },
    setLocalAddress,
    resolve(hostname, rrtype, callback) {
      if (typeof rrtype === "function") return called(() => stateOf(this).resolve(hostname), rrtype);
      return called(() => stateOf(this).resolve(hostname, rrtype), callback);
    },
    reverse(ip, callback) {
      return called(() => stateOf(this).reverse(ip), callback);
    },
  };
  for (const [kind, suffix] of Object.entries(KINDS)) {
    methods[`resolve${suffix}`] = function (hostname, options, callback) {
      if (typeof options === "function") return called(() => stateOf(this).query(kind, hostname), options);
      return called(() => stateOf(this).query(kind, hostname, options), callback);
    };
  }
  return methods;
}

/** https://nodejs.org/docs/latest-v22.x/api/dns.html#class-dnsresolver */
export const Resolver = resolverClass(methodsOf);

const dns = {
  ...methodsOf(() => shared),
  ...errorNames,
  ADDRCONFIG, ALL, V4MAPPED,
  lookup, lookupService, Resolver, getDefaultResultOrder, setDefaultResultOrder, promises,
};

export default dns;
export const {
  getServers, resolve, resolve4, resolve6, resolveAny, resolveCaa, resolveCname, resolveMx, resolveNaptr, resolveNs, resolvePtr,
  resolveSoa, resolveSrv, resolveTlsa, resolveTxt, reverse, setServers,
} = /** @type {any} */ (dns);
export const {
  NODATA, FORMERR, SERVFAIL, NOTFOUND, NOTIMP, REFUSED, BADQUERY, BADNAME, BADFAMILY, BADRESP, CONNREFUSED, TIMEOUT, EOF, FILE, NOMEM,
  DESTRUCTION, BADSTR, BADFLAGS, NONAME, BADHINTS, NOTINITIALIZED, LOADIPHLPAPI, ADDRGETNETWORKPARAMS, CANCELLED,
} = /** @type {any} */ (errorNames);
export { ADDRCONFIG, ALL, getDefaultResultOrder, promises, setDefaultResultOrder, V4MAPPED };
