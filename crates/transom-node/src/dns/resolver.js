// @ts-check
// resolve and its kin: records of the domain name system.
// Reference: https://nodejs.org/docs/latest-v22.x/api/dns.html#dnsresolvehostname-rrtype-callback

import { codes } from "transom:internal/node/errors";
import { validateArray, validateInt32, validateString } from "transom:internal/node/errors/validators";
import { isIP } from "transom:internal/node/net/addresses";
import { refuse } from "transom:internal/node/unsupported/refuse";
import { ops } from "transom:internal/ops";

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_IP_ADDRESS } = codes;

/** Kind of record: suffix of the function and of the system call in errors. */
export const KINDS = {
  __proto__: null,
  A: "4", AAAA: "6", ANY: "Any", CAA: "Caa", CNAME: "Cname", MX: "Mx", NS: "Ns", TXT: "Txt", SRV: "Srv", PTR: "Ptr", NAPTR: "Naptr",
  SOA: "Soa", TLSA: "Tlsa",
};
const SYSCALLS = { __proto__: null, A: "queryA", AAAA: "queryAaaa" };

function failed(error, syscall, hostname) {
  if (error.code === "ERR_ACCESS_DENIED") return error;
  const made = /** @type {any} */ (new Error(`${syscall} ${error.code} ${hostname}`));
  made.errno = undefined;
  made.code = error.code;
  made.syscall = syscall;
  made.hostname = hostname;
  return made;
}

/** The addresses of servers, `address` or `address:port`. */
function serverOf(text) {
  validateString(text, "servers");
  if (isIP(text) !== 0) return text;
  const match = /^(?:\[([^[\]]*)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const address = match?.[1] ?? match?.[2];
  if (address === undefined || isIP(address) === 0) throw new ERR_INVALID_IP_ADDRESS(text);
  const port = match?.[3];
  if (port === undefined || port === "53") return address;
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What a resolver of either API has. */
export class ResolverState {
  servers = [];
  cancelled = new Set();

  constructor({ timeout = -1, tries = 4 } = {}) {
    validateInt32(timeout, "options.timeout", -1);
    validateInt32(tries, "options.tries", 1);
    this.timeout = timeout;
    this.tries = tries;
  }

  setServers(servers) {
    validateArray(servers, "servers");
    this.servers = servers.map(serverOf);
  }

  getServers() {
    return this.servers.length > 0 ? [...this.servers] : ops.dns_servers();
  }

  cancel() {
    for (const cancel of this.cancelled) cancel();
    this.cancelled.clear();
  }

  /** Records of a kind. Throws at once for wrong arguments. */
  query(kind, hostname, options = {}) {
    validateString(hostname, "hostname");
    const syscall = SYSCALLS[kind] ?? `query${KINDS[kind]}`;
    return this.run(ops.dns_resolve(hostname, kind, this.servers, this.timeout, this.tries), syscall, hostname).then((text) => {
      const records = JSON.parse(text);
      if ((kind === "A" || kind === "AAAA") && !options?.ttl) return records.map(({ address }) => address);
      return records;
    });
  }

  reverse(address) {
    validateString(address, "ip");
    if (isIP(address) === 0) throw Object.assign(new Error(`getHostByAddr EINVAL ${address}`), { code: "EINVAL", errno: -22, syscall: "getHostByAddr", hostname: address });
    return this.run(ops.dns_reverse(address, this.servers), "getHostByAddr", address);
  }

  resolve(hostname, kind = "A") {
    if (typeof kind !== "string") throw new ERR_INVALID_ARG_TYPE("rrtype", "string", kind);
    if (KINDS[kind] === undefined) throw new ERR_INVALID_ARG_VALUE("rrtype", kind);
    return this.query(kind, hostname);
  }

  run(work, syscall, hostname) {
    let cancel;
    const cancelled = new Promise((_, reject) => {
      cancel = () => reject(failed({ code: "ECANCELLED" }, syscall, hostname));
    });
    this.cancelled.add(cancel);
    return Promise.race([work, cancelled]).then(
      (result) => {
        this.cancelled.delete(cancel);
        return result;
      },
      (error) => {
        this.cancelled.delete(cancel);
        throw error.syscall === undefined ? failed(error, syscall, hostname) : error;
      },
    );
  }
}

/** The class whose instances have the methods that `methodsOf` makes, each over servers of its own. */
export function resolverClass(methodsOf) {
  return class Resolver {
    #state;

    constructor(options = undefined) {
      this.#state = new ResolverState(options);
    }

    static {
      for (const [name, method] of Object.entries(methodsOf((resolver) => resolver.#state))) {
        Object.defineProperty(Resolver.prototype, name, { value: method, writable: true, enumerable: true, configurable: true });
      }
    }

    cancel() {
      this.#state.cancel();
    }
  };
}

/** The system chooses the address that queries leave from. */
export const setLocalAddress = refuse("dns", "setLocalAddress", "leave the call out");

/** Names of errors: `dns.NODATA` is `ENODATA`. */
export const errorNames = {};
for (const name of [
  "NODATA", "FORMERR", "SERVFAIL", "NOTFOUND", "NOTIMP", "REFUSED", "BADQUERY", "BADNAME", "BADFAMILY", "BADRESP", "CONNREFUSED", "TIMEOUT",
  "EOF", "FILE", "NOMEM", "DESTRUCTION", "BADSTR", "BADFLAGS", "NONAME", "BADHINTS", "NOTINITIALIZED", "LOADIPHLPAPI",
  "ADDRGETNETWORKPARAMS", "CANCELLED",
]) errorNames[name] = `E${name}`;
