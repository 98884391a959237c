// @ts-check
// Small pieces of text that inspection is made of: quoted strings, property keys, counts.

import { primordials } from "transom:internal/primordials";

const {
  JSONStringify, RegExpPrototypeExec, StringPrototypeIncludes, StringPrototypeSlice, SymbolPrototypeToString,
} = primordials;

// A longer string is cut off.
const MAX_STRING = 10_000;

/** Skips no property. */
export const noKeys = () => false;

const decimal = /^(?:0|[1-9][0-9]*)$/;
const identifier = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** Skips the items of lists. */
export const isIndex = (key) => typeof key === "string" && RegExpPrototypeExec(decimal, key) !== null;

/** A key as it is written in an object literal. */
export function keyText(key) {
  if (typeof key === "symbol") return `[${SymbolPrototypeToString(key)}]`;
  return RegExpPrototypeExec(identifier, key) === null ? quote(key) : key;
}

/** What stands for items that are not shown. */
export function more(count) {
  return `... ${count} more item${count === 1 ? "" : "s"}`;
}

/** A string literal, in the quotes that need the fewest escapes. */
export function quote(text) {
  let shown = text;
  let rest = "";
  if (text.length > MAX_STRING) {
    shown = StringPrototypeSlice(text, 0, MAX_STRING);
    rest = `... ${text.length - MAX_STRING} more characters`;
  }
  const json = JSONStringify(shown);
  let mark = "'";
  if (StringPrototypeIncludes(shown, "'")) {
    if (!StringPrototypeIncludes(shown, '"')) return json + rest;
    if (!StringPrototypeIncludes(shown, "`") && !StringPrototypeIncludes(shown, "${")) mark = "`";
    else return json + rest;
  }
  // JSON escapes double quotes, which single quotes make unnecessary.
  let body = "";
  for (let i = 1; i < json.length - 1; i++) {
    if (json[i] === "\\") {
      body += json[i + 1] === '"' ? '"' : json[i] + json[i + 1];
      i++;
    } else {
      body += json[i];
    }
  }
  return mark + body + mark + rest;
}

