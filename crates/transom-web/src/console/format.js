// @ts-check
// Several values as one text, with format specifiers in the first: `util.format`, and the arguments of console calls.
// Spec: https://console.spec.whatwg.org/#formatter, as Node does it

import { hasOwnText, inspect } from "transom:internal/console/inspect";
import { numberText } from "transom:internal/console/primitives";
import { primordials } from "transom:internal/primordials";

const {
  BigIntPrototypeToString, ErrorIsError, JSONStringify, Number, NumberParseFloat, NumberParseInt, ObjectAssign,
  RegExpPrototypeExec, String, StringPrototypeCharCodeAt, StringPrototypeSlice,
} = primordials;

const plainStyle = (text) => text;

function formatNumber(value, options) {
  return numberText({ stylize: plainStyle, numericSeparator: options?.numericSeparator ?? inspect.defaultOptions.numericSeparator }, value);
}

const formatBigInt = (value) => `${BigIntPrototypeToString(value)}n`;

function formatString(value, options) {
  if (typeof value === "number") return formatNumber(value, options);
  if (typeof value === "bigint") return formatBigInt(value);
  if (typeof value !== "object" || value === null || hasOwnText(value)) return String(value);
  return inspect(value, ObjectAssign({ __proto__: null }, options, { depth: 0, colors: false, compact: 3 }));
}

function formatInteger(value, parse, options) {
  if (typeof value === "bigint") return formatBigInt(value);
  if (typeof value === "symbol") return "NaN";
  return formatNumber(parse(value), options);
}

function formatDecimal(value, options) {
  if (typeof value === "bigint") return formatBigInt(value);
  return typeof value === "symbol" ? "NaN" : formatNumber(Number(value), options);
}

function formatJson(value) {
  try {
    const text = JSONStringify(value);
    return text === undefined ? "undefined" : text;
  } catch (error) {
    if (ErrorIsError(error) && RegExpPrototypeExec(/cyclic|circular/, error.message) !== null) return "[Circular]";
    throw error;
  }
}

/** What `%<letter>` makes of `value`, or undefined when that is no specifier. */
function specified(letter, value, options) {
  switch (letter) {
    case "s":
      return formatString(value, options);
    case "d":
      return formatDecimal(value, options);
    case "i":
      return formatInteger(value, NumberParseInt, options);
    case "f":
      return typeof value === "symbol" ? "NaN" : formatNumber(NumberParseFloat(value), options);
    case "o":
      return inspect(value, ObjectAssign({ __proto__: null }, options, { showHidden: true, showProxy: true, depth: 4 }));
    case "O":
      return inspect(value, options);
    case "j":
      return formatJson(value);
    case "c":
      return "";
    default:
      return undefined;
  }
}

/** `args` as one text; `options` are those of `inspect`. */
export function format(args, options = undefined) {
  if (args.length === 0) return "";
  const first = args[0];
  if (args.length === 1) return typeof first === "string" ? first : inspect(first, options);
  let next = 0;
  let text = "";
  let separator = "";
  if (typeof first === "string") {
    next = 1;
    separator = " ";
    let from = 0;
    for (let i = 0; i < first.length - 1; i++) {
      if (StringPrototypeCharCodeAt(first, i) !== 0x25) continue;
      const letter = first[++i];
      if (letter === "%") {
        text += StringPrototypeSlice(first, from, i);
        from = i + 1;
        continue;
      }
      if (next === args.length) continue;
      const replacement = specified(letter, args[next], options);
      if (replacement === undefined) continue;
      next++;
      text += StringPrototypeSlice(first, from, i - 1) + replacement;
      from = i + 1;
    }
    text += StringPrototypeSlice(first, from);
  }
  for (; next < args.length; next++) {
    const value = args[next];
    text += separator + (typeof value === "string" ? value : inspect(value, options));
    separator = " ";
  }
  return text;
}
