// @ts-check
// From a host and a port to a connection: looking the name up, and trying its addresses in turn.
// Reference: https://nodejs.org/docs/latest-v22.x/api/net.html#socketconnectoptions-connectlistener

import { lazy } from "transom:internal/lazy";
import { codes } from "transom:internal/node/errors";
import { addressError, codeOf } from "transom:internal/node/errors/system";
import { validateFunction, validateInt32, validateString } from "transom:internal/node/errors/validators";
import { isIP } from "transom:internal/node/net/addresses";
import { ops } from "transom:internal/ops";

const { ERR_INVALID_ADDRESS_FAMILY, ERR_INVALID_IP_ADDRESS, ERR_IP_BLOCKED } = codes;
const dns = lazy("node:dns");

let autoSelectFamily = true;
let attemptTimeout = 250;

export const getDefaultAutoSelectFamily = () => autoSelectFamily;
export const getDefaultAutoSelectFamilyAttemptTimeout = () => attemptTimeout;
export function setDefaultAutoSelectFamily(value) {
  if (typeof value !== "boolean") throw new codes.ERR_INVALID_ARG_TYPE("value", "boolean", value);
  autoSelectFamily = value;
}
export function setDefaultAutoSelectFamilyAttemptTimeout(value) {
  validateInt32(value, "value", 1);
  attemptTimeout = Math.max(10, value);
}

/** Node's error for a failed connection to an address. */
function refused(error, address, port, options) {
  const code = /^\d+$/.test(error.code ?? "") ? codeOf(-error.code) : error.code;
  if (code === undefined || code === "ERR_ACCESS_DENIED") return error;
  const local = options.localAddress ? `${options.localAddress}:${options.localPort ?? 0}` : undefined;
  return addressError(code, "connect", address, port, local);
}

function lookUp(options) {
  const { host, family = 0, hints = 0, lookup = dns().lookup } = options;
  validateFunction(lookup, "options.lookup");
  return new Promise((resolve, reject) => {
    lookup(host, { family, hints, all: true }, (error, found, kind) => {
      if (error) return reject(error);
      resolve(Array.isArray(found) ? found : [{ address: found, family: kind ?? isIP(found) }]);
    });
  });
}

/** Addresses of both families in turn, beginning with that of the first. */
function interleaved(addresses) {
  const first = addresses[0].family;
  const { 0: one, 1: other } = [addresses.filter((entry) => entry.family === first), addresses.filter((entry) => entry.family !== first)];
  const list = [];
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    if (i < one.length) list.push(one[i]);
    if (i < other.length) list.push(other[i]);
  }
  return list;
}

/** Connects `socket` to a socket in the file system. Returns the native connection. */
export async function connectPath(path) {
  try {
    return await ops.net_connect_unix(path);
  } catch (error) {
    throw refused(error, path, undefined, {});
  }
}

/** Connects to a host and a port; `socket` is told of what goes on. Returns the native connection. */
export async function connectPort(socket, options) {
  const { port, localAddress, localPort = 0 } = options;
  const host = options.host || "localhost";
  if (localAddress !== undefined && localAddress !== null) {
    validateString(localAddress, "options.localAddress");
    if (isIP(localAddress) === 0) throw new ERR_INVALID_IP_ADDRESS(localAddress);
  }
  const direct = isIP(host);
  let addresses;
  ops.net_check(host, port);
  if (direct !== 0) {
    addresses = [{ address: host, family: direct }];
  } else {
    try {
      addresses = await lookUp({ ...options, host });
    } catch (error) {
      socket.emit("lookup", error, undefined, undefined, host);
      throw error;
    }
    for (const { address, family } of addresses) socket.emit("lookup", null, address, family, host);
    if (addresses.length === 0) throw addressError("ENOTFOUND", "getaddrinfo", host);
  }
  // A name stands for its addresses as the system finds them; an address that a program found itself for itself only.
  const asked = (address) => (direct === 0 && options.lookup === undefined ? host : address);
  const selects = (options.autoSelectFamily ?? autoSelectFamily) && addresses.length > 1 && localAddress === undefined;
  const candidates = selects ? interleaved(addresses) : [addresses[0]];
  const failures = [];
  for (let i = 0; i < candidates.length; i++) {
    const { address, family } = candidates[i];
    if (isIP(address) === 0) throw new ERR_INVALID_IP_ADDRESS(address);
    if (family !== 4 && family !== 6) throw new ERR_INVALID_ADDRESS_FAMILY(family, host, port);
    if (options.blockList?.check(address, `ipv${family}`)) {
      failures.push(new ERR_IP_BLOCKED(address));
      continue;
    }
    if (socket.destroyed) return null;
    if (selects) socket.autoSelectFamilyAttemptedAddresses = [...(socket.autoSelectFamilyAttemptedAddresses ?? []), `${address}:${port}`];
    socket.emit("connectionAttempt", address, port, family);
    // The last address may take as long as it wants.
    const timeout = i < candidates.length - 1 ? options.autoSelectFamilyAttemptTimeout ?? attemptTimeout : 0;
    try {
      return await ops.net_connect(asked(address), address, port, localAddress ?? null, localPort, timeout);
    } catch (error) {
      const failure = refused(error, address, port, options);
      failures.push(failure);
      const isLate = failure.code === "ETIMEDOUT" && timeout > 0;
      socket.emit(isLate ? "connectionAttemptTimeout" : "connectionAttemptFailed", address, port, family, failure);
    }
  }
  if (failures.length === 1) throw failures[0];
  const error = new AggregateError(failures);
  // @ts-expect-error as Node's
  error.code = failures[0].code;
  throw error;
}
