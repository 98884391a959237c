// @ts-check
// BlockList: addresses that are not to be connected to.
// Reference: https://nodejs.org/docs/latest-v22.x/api/net.html#class-netblocklist

import { codes } from "transom:internal/node/errors";
import { validateInt32, validateString } from "transom:internal/node/errors/validators";
import { isIP, SocketAddress } from "transom:internal/node/net/addresses";

const { ERR_INVALID_ADDRESS, ERR_INVALID_ARG_VALUE } = codes;

/** The bits of an address: an IPv4 address within IPv6 is that IPv4 address. */
function bitsOf(address) {
  if (isIP(address) === 4) {
    return { family: 4, width: 32, value: address.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) };
  }
  let text = address.split("%")[0];
  const v4 = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (v4) {
    const { value } = bitsOf(v4[2]);
    text = `${v4[1]}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  }
  const [head, tail] = text.split("::");
  const groups = (part) => (part ? part.split(":") : []);
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const all = [...front, ...new Array(8 - front.length - back.length).fill("0"), ...back];
  const value = all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  if (value >> 32n === 0xffffn) return { family: 4, width: 32, value: value & 0xffffffffn };
  return { family: 6, width: 128, value };
}

function given(address, family, name) {
  if (SocketAddress.isSocketAddress(Object(address))) return address.address;
  validateString(address, name);
  validateString(family, "family");
  const wanted = family.toLowerCase();
  if (wanted !== "ipv4" && wanted !== "ipv6") throw new ERR_INVALID_ARG_VALUE("family", family);
  if (isIP(address) !== (wanted === "ipv4" ? 4 : 6)) throw new ERR_INVALID_ADDRESS();
  return address;
}

const familyText = (family) => (family === 4 ? "IPv4" : "IPv6");

export class BlockList {
  #rules = [];

  static isBlockList(value) {
    return value !== null && typeof value === "object" && #rules in value;
  }

  addAddress(address, family = "ipv4") {
    const text = given(address, family, "address");
    const { family: kind, value } = bitsOf(text);
    this.#rules.unshift({ family: kind, from: value, to: value, text: `Address: ${familyText(kind)} ${text}` });
  }

  addRange(start, end, family = "ipv4") {
    const { 0: first, 1: last } = [given(start, family, "start"), given(end, family, "end")];
    const { 0: from, 1: to } = [bitsOf(first), bitsOf(last)];
    if (from.value > to.value) throw new ERR_INVALID_ARG_VALUE("start", start, `must come before ${end}`);
    this.#rules.unshift({ family: from.family, from: from.value, to: to.value, text: `Range: ${familyText(from.family)} ${first}-${last}` });
  }

  addSubnet(network, prefix, family = "ipv4") {
    const text = given(network, family, "network");
    const { family: kind, width, value } = bitsOf(text);
    validateInt32(prefix, "prefix", 0, width);
    const rest = (1n << BigInt(width - prefix)) - 1n;
    this.#rules.unshift({ family: kind, from: value & ~rest, to: value | rest, text: `Subnet: ${familyText(kind)} ${text}/${prefix}` });
  }

  check(address, family = "ipv4") {
    const text = given(address, family, "address");
    const { family: kind, value } = bitsOf(text);
    return this.#rules.some((rule) => rule.family === kind && value >= rule.from && value <= rule.to);
  }

  get rules() {
    return this.#rules.map((rule) => rule.text);
  }
}
