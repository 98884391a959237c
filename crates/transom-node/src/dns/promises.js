// @ts-check
// node:dns/promises.
// Reference: https://nodejs.org/docs/latest-v22.x/api/dns.html#dns-promises-api

import { getDefaultResultOrder, lookupLater, lookupServiceLater, setDefaultResultOrder } from "transom:internal/node/dns/lookup";
import { errorNames, KINDS, resolverClass, ResolverState, setLocalAddress } from "transom:internal/node/dns/resolver";

const shared = new ResolverState();

/** https://nodejs.org/docs/latest-v22.x/api/dns.html#class-dnspromisesresolver */
export const Resolver = resolverClass(methodsOf);

/** The functions that ask, over the state that `stateOf` finds in their receiver. */
function methodsOf(stateOf) {
  /** @type {Record<string, any>} */
  const methods = {
    getServers() {
      return stateOf(this).getServers();
    },
    setServers(servers) {
      stateOf(this).setServers(servers);
    },
    setLocalAddress,
    resolve(hostname, rrtype) {
      return stateOf(this).resolve(hostname, rrtype);
    },
    reverse(ip) {
      return stateOf(this).reverse(ip);
    },
  };
  for (const [kind, suffix] of Object.entries(KINDS)) {
    methods[`resolve${suffix}`] = function (hostname, options) {
      return stateOf(this).query(kind, hostname, options);
    };
  }
  return methods;
}

const promises = {
  ...methodsOf(() => shared),
  ...errorNames,
  Resolver,
  lookup: (hostname, options) => lookupLater(hostname, options),
  lookupService: (address, port) => lookupServiceLater(address, port),
  getDefaultResultOrder,
  setDefaultResultOrder,
};

export default promises;
export const {
  getServers, lookup, lookupService, resolve, resolve4, resolve6, resolveAny, resolveCaa, resolveCname, resolveMx, resolveNaptr,
  resolveNs, resolvePtr, resolveSoa, resolveSrv, resolveTlsa, resolveTxt, reverse, setServers,
} = /** @type {any} */ (promises);
export const {
  NODATA, FORMERR, SERVFAIL, NOTFOUND, NOTIMP, REFUSED, BADQUERY, BADNAME, BADFAMILY, BADRESP, CONNREFUSED, TIMEOUT, EOF, FILE, NOMEM,
  DESTRUCTION, BADSTR, BADFLAGS, NONAME, BADHINTS, NOTINITIALIZED, LOADIPHLPAPI, ADDRGETNETWORKPARAMS, CANCELLED,
} = /** @type {any} */ (errorNames);
export { getDefaultResultOrder, setDefaultResultOrder };
