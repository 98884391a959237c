// @ts-check
// Domain names in ASCII and in Unicode.

import { toUnicode } from "node:punycode";
import { primordials } from "transom:internal/primordials";
import { URL } from "transom:internal/url/url";

const { RegExpPrototypeExec } = primordials;
const { parse } = URL;

/** As the host of a URL; empty when it cannot be one. `isLenient` lets pass what needs no conversion. */
export function domainToASCII(domain, isLenient = false) {
  const parsed = parse(`ws://${domain}`);
  if (parsed !== null) return parsed.hostname;
  return isLenient && RegExpPrototypeExec(/^[\x21-\x7e]*$/, domain) !== null ? domain : "";
}

export function domainToUnicode(domain) {
  const parsed = parse(`ws://${domain}`);
  return parsed === null ? "" : toUnicode(parsed.hostname);
}
