// @ts-check
// Primitive values in inspections.

import { more, quote } from "transom:internal/console/text";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeJoin, BigIntPrototypeToString, MathTrunc, NumberIsInteger, NumberPrototypeToString, ObjectIs,
  RegExpPrototypeSymbolReplace, RegExpPrototypeSymbolSplit, String, StringPrototypeIncludes, StringPrototypeRepeat,
  StringPrototypeSlice, SymbolPrototypeToString,
} = primordials;

// In compact forms shorter text is never torn apart.
const MIN_LINE = 16;

const grouped = (text) => RegExpPrototypeSymbolReplace(/\B(?=(?:\d{3})+(?!\d))/g, text, "_");

export function numberText(context, value) {
  if (ObjectIs(value, -0)) return context.stylize("-0", "number");
  let text = `${value}`;
  if (context.numericSeparator && !StringPrototypeIncludes(text, "e")) {
    if (NumberIsInteger(value)) {
      text = grouped(text);
    } else if (value === value && value !== Infinity && value !== -Infinity) {
      const whole = String(MathTrunc(value));
      const sign = value < 0 && whole === "0" ? "-" : "";
      const fraction = StringPrototypeSlice(text, sign.length + whole.length + 1);
      text = `${sign}${grouped(whole)}.${RegExpPrototypeSymbolReplace(/(\d{3})(?=\d)/g, fraction, "$1_")}`;
    }
  }
  return context.stylize(text, "number");
}

function stringText(context, value) {
  let rest = "";
  if (value.length > context.maxStringLength) {
    rest = more(value.length - context.maxStringLength, "character");
    value = StringPrototypeSlice(value, 0, context.maxStringLength);
  }
  if (context.compact !== true && value.length > MIN_LINE && value.length > context.breakLength - context.indentationLvl - 4) {
    const lines = RegExpPrototypeSymbolSplit(/(?<=\n)/, value);
    if (lines.length > 1) {
      for (let i = 0; i < lines.length; i++) lines[i] = context.stylize(quote(lines[i]), "string");
      return ArrayPrototypeJoin(lines, ` +\n${StringPrototypeRepeat(" ", context.indentationLvl + 2)}`) + rest;
    }
  }
  return context.stylize(quote(value), "string") + rest;
}

export function primitiveText(context, value) {
  switch (typeof value) {
    case "string":
      return stringText(context, value);
    case "number":
      return numberText(context, value);
    case "bigint": {
      const digits = BigIntPrototypeToString(value);
      return context.stylize(`${context.numericSeparator ? grouped(digits) : digits}n`, "bigint");
    }
    case "boolean":
      return context.stylize(`${value}`, "boolean");
    case "undefined":
      return context.stylize("undefined", "undefined");
    default:
      return context.stylize(SymbolPrototypeToString(value), "symbol");
  }
}

/** Two hexadecimal digits. */
export const hexByte = (byte) => (byte < 16 ? "0" : "") + NumberPrototypeToString(byte, 16);
