// @ts-check
// The parts of which Node's messages are made: what was given, lists of alternatives, large numbers.

import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeJoin, ArrayPrototypeSlice, JSONStringify, MathAbs, NumberIsInteger, ObjectIs, RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace, String, StringPrototypeIncludes, StringPrototypeSlice, StringPrototypeToLowerCase,
} = primordials;

const inspector = lazy("transom:internal/console/inspect");

/** A value as `util.inspect` shows it. */
export const inspected = (value, options = undefined) => inspector().inspect(value, options);

/** `a`, `a or b`, `a, b, or c`. */
export function listed(items, word) {
  if (items.length < 2) return `${items[0]}`;
  if (items.length === 2) return `${items[0]} ${word} ${items[1]}`;
  const last = items.length - 1;
  return `${ArrayPrototypeJoin(ArrayPrototypeSlice(items, 0, last), ", ")}, ${word} ${items[last]}`;
}

/** Digits in groups of three. */
export function grouped(text) {
  return RegExpPrototypeSymbolReplace(/\B(?=(?:\d{3})+(?!\d))/g, text, "_");
}

/** What was given in place of what was expected. */
export function received(value) {
  if (value === null || value === undefined) return `${value}`;
  switch (typeof value) {
    case "function":
      return `function ${value.name}`;
    case "object": {
      const { constructor } = value;
      if (constructor && "name" in Object(constructor)) return `an instance of ${constructor.name}`;
      return inspected(value, { depth: -1 });
    }
    case "bigint":
      return `type bigint (${value}n)`;
    case "number":
      return `type number (${ObjectIs(value, -0) ? "-0" : value})`;
    case "string": {
      const text = value.length > 28 ? `${StringPrototypeSlice(value, 0, 25)}...` : value;
      return `type string (${StringPrototypeIncludes(text, "'") ? JSONStringify(text) : `'${text}'`})`;
    }
    default:
      return `type ${typeof value} (${String(value)})`;
  }
}

const TYPES = ["string", "function", "number", "object", "Function", "Object", "boolean", "bigint", "symbol"];
const isOneOf = (list, item) => {
  for (let i = 0; i < list.length; i++) if (list[i] === item) return true;
  return false;
};

/** "of type string or an instance of Buffer": the alternatives, each a type, a class or words. */
export function expectation(expected) {
  const all = typeof expected === "string" ? [expected] : expected;
  let types = [];
  const classes = [];
  const others = [];
  for (let i = 0; i < all.length; i++) {
    const item = all[i];
    if (isOneOf(TYPES, item)) types[types.length] = StringPrototypeToLowerCase(item);
    else if (RegExpPrototypeExec(/^([A-Z][a-z0-9]*)+$/, item) !== null) classes[classes.length] = item;
    else others[others.length] = item;
  }
  if (classes.length > 0 && isOneOf(types, "object")) {
    const rest = [];
    for (let i = 0; i < types.length; i++) if (types[i] !== "object") rest[rest.length] = types[i];
    types = rest;
    classes[classes.length] = "Object";
  }
  const parts = [];
  if (types.length > 0) parts[0] = `${types.length > 1 ? "one of type" : "of type"} ${listed(types, "or")}`;
  if (classes.length > 0) parts[parts.length] = `an instance of ${listed(classes, "or")}`;
  if (others.length > 1) parts[parts.length] = `one of ${listed(others, "or")}`;
  else if (others.length === 1) {
    parts[parts.length] = StringPrototypeToLowerCase(others[0]) === others[0] ? others[0] : `an ${others[0]}`;
  }
  return ArrayPrototypeJoin(parts, " or ");
}

/** `"name" argument` or `"a.name" property`; names that are words already stay. */
export function argumentText(name) {
  if (RegExpPrototypeExec(/ argument$/, name) !== null) return name;
  return `"${name}" ${StringPrototypeIncludes(name, ".") ? "property" : "argument"}`;
}

/** The number, or other value, that was out of range. */
export function rangeValue(value) {
  if (typeof value === "bigint") {
    const text = String(value);
    return `${value > 4294967296n || value < -4294967296n ? grouped(text) : text}n`;
  }
  if (typeof value === "number" && NumberIsInteger(value) && MathAbs(value) > 2 ** 32) return grouped(String(value));
  return inspected(value);
}

/** A value in at most 128 characters. */
export function shortened(value) {
  const text = inspected(value);
  return text.length > 128 ? `${StringPrototypeSlice(text, 0, 128)}...` : text;
}
