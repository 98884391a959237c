// @ts-check
// Subresource integrity: whether bytes are those that a program said it expects.
// Spec: https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeSplit, Uint8ArrayPrototypeToBase64 } = primordials;

const SPACES = /[\t\n\f\r ]+/g;
const METADATA = /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(?:\?[\x21-\x7e]*)?$/;
const HASHES = { __proto__: null, sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" };

/** The hashes of the strongest algorithm that `metadata` names: `{ name, values }`, or null when it names none. */
export function expectedHashes(metadata) {
  const items = StringPrototypeSplit(RegExpPrototypeSymbolReplace(SPACES, metadata, " "), " ");
  let strongest = "";
  let values = [];
  for (let i = 0; i < items.length; i++) {
    const match = RegExpPrototypeExec(METADATA, items[i]);
    if (match === null || match[1] < strongest) continue;
    if (match[1] > strongest) values = [];
    strongest = match[1];
    values[values.length] = comparable(match[2]);
  }
  return strongest === "" ? null : { name: HASHES[strongest], values };
}

const TO_PLUS = /-/g;
const TO_SLASH = /_/g;
const PADDING = /=+$/g;

/** Either alphabet may be used, and the padding may be missing. */
function comparable(text) {
  const slashed = RegExpPrototypeSymbolReplace(TO_SLASH, RegExpPrototypeSymbolReplace(TO_PLUS, text, "+"), "/");
  return RegExpPrototypeSymbolReplace(PADDING, slashed, "");
}

/** Whether the bytes have one of the hashes. */
export async function matches(expected, bytes) {
  const found = comparable(Uint8ArrayPrototypeToBase64(await ops.crypto_digest(expected.name, bytes)));
  for (let i = 0; i < expected.values.length; i++) if (expected.values[i] === found) return true;
  return false;
}
