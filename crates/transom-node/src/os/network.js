// @ts-check
// os.networkInterfaces, from the tables of the kernel.

import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeJoin, ArrayPrototypePush, Number, NumberParseInt, NumberPrototypeToString, RegExpPrototypeExec,
  StringPrototypeMatchAll, StringPrototypeReplace, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeTrim,
} = primordials;

const toNumber = (address) => {
  let number = 0;
  for (const part of StringPrototypeSplit(address, ".")) number = number * 256 + Number(part);
  return number;
};
const toAddress = (number) => `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
const reversed = (hex) => NumberParseInt(
  StringPrototypeSlice(hex, 6, 8) + StringPrototypeSlice(hex, 4, 6) + StringPrototypeSlice(hex, 2, 4) + StringPrototypeSlice(hex, 0, 2), 16,
);

/** Addresses that the kernel calls its own. */
function localAddresses(trie) {
  const found = [];
  let last = "";
  for (const line of StringPrototypeSplit(trie, "\n")) {
    const address = RegExpPrototypeExec(/\|-- (\S+)/, line);
    if (address !== null) last = address[1];
    else if (RegExpPrototypeExec(/\/32 host LOCAL/, line) !== null && !found.includes(last)) ArrayPrototypePush(found, last);
  }
  return found;
}

/** Interface, network and mask of the directly connected networks. */
function networks(route) {
  const found = [{ name: "lo", network: 0x7f000000, mask: 0xff000000 }];
  for (const line of StringPrototypeSplit(route, "\n").slice(1)) {
    const { 0: name, 1: destination, 2: gateway, 7: mask } = StringPrototypeSplit(line, "\t");
    if (mask === undefined || gateway !== "00000000" || destination === "00000000") continue;
    found.push({ name, network: reversed(destination), mask: reversed(StringPrototypeTrim(mask)) });
  }
  return found;
}

const bitsOf = (mask) => NumberPrototypeToString(mask >>> 0, 2).replace(/0+$/, "").length;

function shortIpv6(hex) {
  const groups = [];
  for (const { 0: group } of StringPrototypeMatchAll(hex, /..../g)) ArrayPrototypePush(groups, NumberPrototypeToString(NumberParseInt(group, 16), 16));
  const full = ArrayPrototypeJoin(groups, ":");
  let longest = "";
  for (const { 0: zeros } of StringPrototypeMatchAll(full, /(?:^|:)0(?::0)+(?=:|$)/g)) if (zeros.length > longest.length) longest = zeros;
  if (longest === "") return full;
  const text = StringPrototypeReplace(full, longest, full.startsWith(longest) ? "::" : ":");
  return StringPrototypeReplace(StringPrototypeReplace(text, ":::", "::"), /([^:]):$/, "$1::");
}

function ipv6Mask(bits) {
  const groups = [];
  for (let i = 0; i < 8; i++) {
    const own = Math.max(0, Math.min(16, bits - 16 * i));
    groups.push(own === 0 ? "" : NumberPrototypeToString((0xffff << (16 - own)) & 0xffff, 16));
  }
  const used = groups.filter((group) => group !== "");
  return used.length === 8 ? ArrayPrototypeJoin(used, ":") : `${ArrayPrototypeJoin(used, ":")}::`;
}

/** `pairs`: name, hardware address, name, …; `text` reads one of the kernel's tables. */
export function networkInterfacesOf(pairs, text) {
  const result = {};
  const macs = { __proto__: null };
  for (let i = 0; i < pairs.length; i += 2) macs[pairs[i]] = pairs[i + 1] || "00:00:00:00:00:00";
  const add = (name, entry) => ArrayPrototypePush((result[name] ??= []), entry);
  const known = networks(text("route"));
  for (const address of localAddresses(text("fib_trie"))) {
    const number = toNumber(address);
    const network = known.find(({ network: base, mask }) => (((number & mask) ^ base) >>> 0) === 0);
    if (network === undefined) continue;
    const { name, mask } = network;
    add(name, {
      address, netmask: toAddress(mask), family: "IPv4", mac: macs[name] ?? "00:00:00:00:00:00", internal: name === "lo",
      cidr: `${address}/${bitsOf(mask)}`,
    });
  }
  for (const line of StringPrototypeSplit(StringPrototypeTrim(text("if_inet6")), "\n")) {
    const found = RegExpPrototypeExec(/^([0-9a-f]{32}) ([0-9a-f]+) ([0-9a-f]+) [0-9a-f]+ [0-9a-f]+\s+(\S+)/, line);
    if (found === null) continue;
    const address = shortIpv6(found[1]);
    const bits = NumberParseInt(found[3], 16);
    const name = found[4];
    const isLinkLocal = found[1].startsWith("fe80");
    add(name, {
      address, netmask: ipv6Mask(bits), family: "IPv6", mac: macs[name] ?? "00:00:00:00:00:00", internal: name === "lo",
      cidr: `${address}/${bits}`, scopeid: isLinkLocal ? NumberParseInt(found[2], 16) : 0,
    });
  }
  return result;
}
