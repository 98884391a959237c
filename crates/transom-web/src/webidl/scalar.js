// @ts-check
// Conversions of single values that are not integers: strings, booleans, floating point, object.
// Spec: https://webidl.spec.whatwg.org/#es-type-mapping

import { primordials } from "transom:internal/primordials";

const {
  BigInt, MathFround, Number, NumberIsFinite, RegExpPrototypeExec, String, StringPrototypeToWellFormed, TypeError,
} = primordials;

/** Whether `value` is an ECMAScript Object (functions included). */
export function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** Whether `value` can be called. */
export function isCallable(value) {
  return typeof value === "function";
}

/** https://webidl.spec.whatwg.org/#es-any */
export function any(value) {
  return value;
}

/** https://webidl.spec.whatwg.org/#es-undefined */
export function undefinedType() {
  return undefined;
}

/** https://webidl.spec.whatwg.org/#es-boolean */
export function boolean(value) {
  return !!value;
}

/** https://webidl.spec.whatwg.org/#es-object */
export function object(value, context = "Value") {
  if (!isObject(value)) throw new TypeError(`${context} is not an object`);
  return value;
}

/** https://webidl.spec.whatwg.org/#es-symbol */
export function symbol(value, context = "Value") {
  if (typeof value !== "symbol") throw new TypeError(`${context} is not a symbol`);
  return value;
}

/** https://webidl.spec.whatwg.org/#es-bigint */
export function bigint(value) {
  return BigInt(value);
}

/** https://webidl.spec.whatwg.org/#es-DOMString */
export function DOMString(value, context = "Value") {
  if (typeof value === "string") return value;
  if (typeof value === "symbol") {
    throw new TypeError(`${context} is a symbol, which cannot be converted to a string`);
  }
  return String(value);
}

/** https://webidl.spec.whatwg.org/#es-USVString */
export function USVString(value, context = "Value") {
  return StringPrototypeToWellFormed(DOMString(value, context));
}

const beyondLatin1 = /[^\u0000-\u00ff]/;

/** https://webidl.spec.whatwg.org/#es-ByteString */
export function ByteString(value, context = "Value") {
  const string = DOMString(value, context);
  if (RegExpPrototypeExec(beyondLatin1, string) !== null) {
    throw new TypeError(`${context} has a character above U+00FF and is not a valid ByteString`);
  }
  return string;
}

function toNumber(value, context) {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "symbol") {
    throw new TypeError(`${context} is a ${typeof value}, which cannot be converted to a number`);
  }
  return Number(value);
}

/** https://webidl.spec.whatwg.org/#es-unrestricted-double */
export function unrestrictedDouble(value, context = "Value") {
  return toNumber(value, context);
}

/** https://webidl.spec.whatwg.org/#es-double */
export function double(value, context = "Value") {
  const number = toNumber(value, context);
  if (!NumberIsFinite(number)) throw new TypeError(`${context} is not a finite floating-point value`);
  return number;
}

/** https://webidl.spec.whatwg.org/#es-float */
export function float(value, context = "Value") {
  const number = MathFround(double(value, context));
  if (!NumberIsFinite(number)) throw new TypeError(`${context} is outside the range of a single-precision value`);
  return number;
}
