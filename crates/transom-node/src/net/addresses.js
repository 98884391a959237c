// @ts-check
// isIP and its kin, SocketAddress.
// Reference: https://nodejs.org/docs/latest-v22.x/api/net.html#netisipinput

import { codes } from "transom:internal/node/errors";
import { validateObject, validatePort, validateString, validateUint32 } from "transom:internal/node/errors/validators";

const { ERR_INVALID_ADDRESS, ERR_INVALID_ARG_VALUE } = codes;

const V4_PART = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const V4 = `(?:${V4_PART}\\.){3}${V4_PART}`;
const IPV4 = new RegExp(`^${V4}$`);
const GROUP = "[0-9a-fA-F]{1,4}";
const IPV6 = new RegExp(
  "^(?:" +
    `(?:${GROUP}:){7}(?:${GROUP}|:)|` +
    `(?:${GROUP}:){6}(?:${V4}|:${GROUP}|:)|` +
    `(?:${GROUP}:){5}(?::${V4}|(?::${GROUP}){1,2}|:)|` +
    `(?:${GROUP}:){4}(?:(?::${GROUP}){0,1}:${V4}|(?::${GROUP}){1,3}|:)|` +
    `(?:${GROUP}:){3}(?:(?::${GROUP}){0,2}:${V4}|(?::${GROUP}){1,4}|:)|` +
    `(?:${GROUP}:){2}(?:(?::${GROUP}){0,3}:${V4}|(?::${GROUP}){1,5}|:)|` +
    `(?:${GROUP}:){1}(?:(?::${GROUP}){0,4}:${V4}|(?::${GROUP}){1,6}|:)|` +
    `(?::(?:(?::${GROUP}){0,5}:${V4}|(?::${GROUP}){1,7}|:))` +
    ")(?:%[0-9a-zA-Z-.:]{1,})?$",
);

export const isIPv4 = (input) => IPV4.test(`${input}`);
export const isIPv6 = (input) => IPV6.test(`${input}`);

/** 4, 6, or 0 for what is no address. */
export function isIP(input) {
  if (isIPv4(input)) return 4;
  return isIPv6(input) ? 6 : 0;
}

/** https://nodejs.org/docs/latest-v22.x/api/net.html#class-netsocketaddress */
export class SocketAddress {
  #address;
  #port;
  #family;
  #flowlabel;

  constructor(options = {}) {
    validateObject(options, "options");
    let { family = "ipv4", address = family === "ipv4" ? "127.0.0.1" : "::", port = 0, flowlabel = 0 } = options;
    if (typeof family.toLowerCase === "function") family = family.toLowerCase();
    if (family !== "ipv4" && family !== "ipv6") throw new ERR_INVALID_ARG_VALUE("options.family", options.family);
    validateString(address, "options.address");
    this.#port = validatePort(port, "options.port");
    validateUint32(flowlabel, "options.flowlabel", false);
    if (isIP(address) !== (family === "ipv4" ? 4 : 6)) throw new ERR_INVALID_ADDRESS();
    this.#address = address;
    this.#family = family;
    this.#flowlabel = flowlabel;
  }

  static isSocketAddress(value) {
    return #address in value;
  }

  get address() {
    return this.#address;
  }

  get port() {
    return this.#port;
  }

  get family() {
    return this.#family;
  }

  get flowlabel() {
    return this.#flowlabel;
  }

  toJSON() {
    return { address: this.#address, port: this.#port, family: this.#family, flowlabel: this.#flowlabel };
  }

  static parse(input) {
    validateString(input, "input");
    const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(input);
    const address = match?.[1] ?? match?.[2];
    const family = address === undefined ? 0 : isIP(address);
    if (family === 0) return undefined;
    const port = match?.[3] === undefined ? 0 : Number(match[3]);
    return port > 65535 ? undefined : new SocketAddress({ address, port, family: family === 4 ? "ipv4" : "ipv6" });
  }
}
