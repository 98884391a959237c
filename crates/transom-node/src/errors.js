// @ts-check
// Errors as Node makes them: a class of the language, a `code`, and Node's words.
// Reference: https://nodejs.org/docs/latest-v22.x/api/errors.html#nodejs-error-codes

import { primordials } from "transom:internal/primordials";

const { ArrayIsArray, JSONStringify, ObjectDefineProperty, RangeError, String, TypeError } = primordials;

function withCode(error, code) {
  ObjectDefineProperty(error, "code", { __proto__: null, value: code, writable: true, enumerable: true, configurable: true });
  return error;
}

export const typeError = (code, message) => withCode(new TypeError(message), code);
export const rangeError = (code, message) => withCode(new RangeError(message), code);

/** What was given in place of what was expected, as Node's messages end. */
function received(value) {
  if (value === null || value === undefined) return `Received ${value}`;
  if (typeof value === "function") return `Received function ${value.name}`;
  if (typeof value === "object") {
    const name = value.constructor?.name;
    return name ? `Received an instance of ${name}` : "Received [Object: null prototype] {}";
  }
  let text = typeof value === "string" ? `'${value.length > 28 ? `${value.slice(0, 25)}...` : value}'` : String(value);
  if (typeof value === "bigint") text += "n";
  return `Received type ${typeof value} (${text})`;
}

/** `expected` continues the sentence "must be", such as `of type string`. */
export function invalidType(name, expected, value) {
  const what = name.endsWith(" argument") || name.includes(" ") ? name : `"${name}" ${name.includes(".") ? "property" : "argument"}`;
  return typeError("ERR_INVALID_ARG_TYPE", `The ${what} must be ${expected}. ${received(value)}`);
}

function grouped(value) {
  const text = String(value);
  const [whole, rest] = text.split(".");
  const digits = whole.replace(/\B(?=(\d{3})+(?!\d))/g, "_");
  return rest === undefined ? digits : `${digits}.${rest}`;
}

/** `range` continues the sentence "It must be". */
export function outOfRange(name, range, value) {
  let shown;
  if (typeof value === "bigint") shown = `${value > 2n ** 32n || value < -(2n ** 32n) ? grouped(value) : value}n`;
  else if (Number.isInteger(value) && Math.abs(value) > 2 ** 32) shown = grouped(value);
  else shown = typeof value === "string" ? JSONStringify(value) : ArrayIsArray(value) ? `[${value}]` : String(value);
  return rangeError("ERR_OUT_OF_RANGE", `The value of "${name}" is out of range. It must be ${range}. Received ${shown}`);
}

export const unknownEncoding = (name) => typeError("ERR_UNKNOWN_ENCODING", `Unknown encoding: ${name}`);
