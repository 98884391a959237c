// @ts-check
// Colours of inspected values in a terminal, the ones that people know from Node.

import { primordials } from "transom:internal/primordials";

const { ObjectFreeze, StringPrototypeIndexOf } = primordials;

/** By the kind of value: the codes that begin and end its colour. */
const codes = ObjectFreeze({
  __proto__: null,
  bigint: ["\x1b[33m", "\x1b[39m"],
  boolean: ["\x1b[33m", "\x1b[39m"],
  date: ["\x1b[35m", "\x1b[39m"],
  null: ["\x1b[1m", "\x1b[22m"],
  number: ["\x1b[33m", "\x1b[39m"],
  regexp: ["\x1b[31m", "\x1b[39m"],
  special: ["\x1b[36m", "\x1b[39m"],
  string: ["\x1b[32m", "\x1b[39m"],
  symbol: ["\x1b[32m", "\x1b[39m"],
  undefined: ["\x1b[90m", "\x1b[39m"],
});

/** `text` in the colour of `kind`, one of the above. */
export function colored(text, kind) {
  return codes[kind][0] + text + codes[kind][1];
}

/** How many columns `text` takes, without the codes. */
export function width(text) {
  let length = text.length;
  for (let at = StringPrototypeIndexOf(text, "\x1b["); at >= 0; at = StringPrototypeIndexOf(text, "\x1b[", at + 2)) {
    length -= StringPrototypeIndexOf(text, "m", at) + 1 - at;
  }
  return length;
}
