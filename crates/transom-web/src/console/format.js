// @ts-check
// The arguments of a console call as one text: format specifiers, then the rest separated by blanks.
// Spec: https://console.spec.whatwg.org/#formatter

import { inspect } from "transom:internal/console/inspect";
import { primordials } from "transom:internal/primordials";

const { JSONStringify, Number, NumberParseFloat, NumberParseInt, StringPrototypeIndexOf, StringPrototypeSlice } = primordials;

/** A value outside of structures: strings stand for themselves. */
function plain(value, hasColors) {
  return typeof value === "string" ? value : inspect(value, 2, hasColors);
}

/** What `%j` makes of a value; user code may run. */
function json(value) {
  try {
    return JSONStringify(value) ?? "undefined";
  } catch {
    return inspect(value); // It has a cycle, or a bigint.
  }
}

function number(value, parse) {
  if (typeof value === "symbol") return "NaN";
  if (typeof value === "bigint") return inspect(value);
  if (typeof value === "object" && value !== null) return "NaN";
  return `${parse(typeof value === "string" ? value : Number(value))}`;
}

/** What `%<letter>` makes of `value`, or undefined when that is no specifier. */
function specified(letter, value, hasColors) {
  switch (letter) {
    case "s":
      return typeof value === "string" ? value : inspect(value, 0);
    case "d":
      return number(value, Number);
    case "i":
      return number(value, NumberParseInt);
    case "f":
      return number(value, NumberParseFloat);
    case "o":
      return inspect(value, 4, hasColors);
    case "O":
      return inspect(value, 2, hasColors);
    case "j":
      return json(value);
    case "c":
      return "";
    default:
      return undefined;
  }
}

/** https://console.spec.whatwg.org/#logger */
export function format(args, hasColors = false) {
  if (args.length === 0) return "";
  let text = "";
  let next = 0;
  if (typeof args[0] === "string") {
    const template = args[0];
    next = 1;
    let at = 0;
    for (;;) {
      const percent = args.length > 1 ? StringPrototypeIndexOf(template, "%", at) : -1;
      if (percent < 0 || percent === template.length - 1) break;
      text += StringPrototypeSlice(template, at, percent);
      at = percent + 2;
      if (template[percent + 1] === "%") {
        text += "%";
        continue;
      }
      const replacement = next < args.length ? specified(template[percent + 1], args[next], hasColors) : undefined;
      if (replacement === undefined) {
        text += StringPrototypeSlice(template, percent, at);
      } else {
        text += replacement;
        next++;
      }
    }
    text += StringPrototypeSlice(template, at);
  } else {
    text = inspect(args[0], 2, hasColors);
    next = 1;
  }
  for (; next < args.length; next++) text += ` ${plain(args[next], hasColors)}`;
  return text;
}
