// @ts-check
// Checks of arguments, with Node's errors.

import { codes } from "transom:internal/node/errors";
import { primordials } from "transom:internal/primordials";

const {
  ArrayBufferIsView, ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeJoin, ArrayPrototypeMap, NumberIsFinite,
  NumberIsInteger, NumberIsNaN, parseInt, RegExpPrototypeExec, StringPrototypeToUpperCase, StringPrototypeTrim,
} = primordials;

const MAX_SAFE = 2 ** 53 - 1;

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_SOCKET_BAD_PORT, ERR_UNKNOWN_SIGNAL } = codes;

export function validateString(value, name) {
  if (typeof value !== "string") throw new ERR_INVALID_ARG_TYPE(name, "string", value);
}

export function validateBoolean(value, name) {
  if (typeof value !== "boolean") throw new ERR_INVALID_ARG_TYPE(name, "boolean", value);
}

export function validateFunction(value, name) {
  if (typeof value !== "function") throw new ERR_INVALID_ARG_TYPE(name, "Function", value);
}

/** @param {number} [min] @param {number} [max] */
export function validateNumber(value, name, min = undefined, max = undefined) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  const tooSmall = min !== undefined && value < min;
  const tooLarge = max !== undefined && value > max;
  if (!tooSmall && !tooLarge && !((min !== undefined || max !== undefined) && NumberIsNaN(value))) return;
  const least = min === undefined ? "" : `>= ${min}`;
  const most = max === undefined ? "" : `<= ${max}`;
  throw new ERR_OUT_OF_RANGE(name, `${least}${min !== undefined && max !== undefined ? " && " : ""}${most}`, value);
}

export function validateInteger(value, name, min = -MAX_SAFE, max = MAX_SAFE) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (!NumberIsInteger(value)) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < min || value > max) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

export function validateInt32(value, name, min = -2147483648, max = 2147483647) {
  validateInteger(value, name, min, max);
}

export function validateUint32(value, name, positive = false) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (!NumberIsInteger(value)) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  const min = positive ? 1 : 0;
  if (value < min || value > 4294967295) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= 4294967295`, value);
}

/** @param {{ allowArray?: boolean, allowFunction?: boolean, nullable?: boolean }} [options] */
export function validateObject(value, name, options = undefined) {
  if (typeof value === "object" && value !== null && (options?.allowArray || !ArrayIsArray(value))) return;
  if (value === null && options?.nullable) return;
  if (typeof value === "function" && options?.allowFunction) return;
  throw new ERR_INVALID_ARG_TYPE(name, "Object", value);
}

export function validateArray(value, name, minLength = 0) {
  if (!ArrayIsArray(value)) throw new ERR_INVALID_ARG_TYPE(name, "Array", value);
  if (value.length < minLength) throw new ERR_INVALID_ARG_VALUE(name, value, `must be longer than ${minLength}`);
}

function validateEach(validate) {
  return (value, name) => {
    validateArray(value, name);
    for (let i = 0; i < value.length; i++) validate(value[i], `${name}[${i}]`);
  };
}

export const validateStringArray = validateEach(validateString);
export const validateBooleanArray = validateEach(validateBoolean);

export function validateOneOf(value, name, allowed) {
  if (ArrayPrototypeIncludes(allowed, value)) return;
  const list = ArrayPrototypeJoin(ArrayPrototypeMap(allowed, (item) => (typeof item === "string" ? `'${item}'` : `${item}`)), ", ");
  throw new ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${list}`);
}

export function validateAbortSignal(signal, name) {
  if (signal !== undefined && (signal === null || typeof signal !== "object" || !("aborted" in signal))) {
    throw new ERR_INVALID_ARG_TYPE(name, "AbortSignal", signal);
  }
}

export function validateBuffer(value, name = "buffer") {
  if (!ArrayBufferIsView(value)) throw new ERR_INVALID_ARG_TYPE(name, ["Buffer", "TypedArray", "DataView"], value);
}

export function validatePort(port, name = "Port", allowZero = true) {
  const isNumeric = typeof port === "number" || (typeof port === "string" && StringPrototypeTrim(port).length > 0);
  if (!isNumeric || +port !== +port >>> 0 || +port > 0xffff || (+port === 0 && !allowZero)) {
    throw new ERR_SOCKET_BAD_PORT(name, port, allowZero);
  }
  return +port | 0;
}

/** A file mode as a number, or as a text of octal digits. */
export function parseFileMode(value, name, fallback = undefined) {
  value ??= fallback;
  if (typeof value === "string") {
    if (RegExpPrototypeExec(/^[0-7]+$/, value) === null) {
      throw new ERR_INVALID_ARG_VALUE(name, value, "must be a 32-bit unsigned integer or an octal string");
    }
    value = parseInt(value, 8);
  }
  validateUint32(value, name);
  return value;
}

export function validateEncoding(data, encoding) {
  if (encoding === "hex" && data.length % 2 !== 0) {
    throw new ERR_INVALID_ARG_VALUE("encoding", encoding, `is invalid for data of length ${data.length}`);
  }
}

export function validateSignalName(signal, signals) {
  if (signals[signal] !== undefined) return;
  if (typeof signal === "string" && signals[StringPrototypeToUpperCase(signal)] !== undefined) throw new ERR_UNKNOWN_SIGNAL(signal, true);
  throw new ERR_UNKNOWN_SIGNAL(signal);
}

export function validateFiniteNumber(value, name) {
  if (value === undefined) return false;
  if (NumberIsFinite(value)) return true;
  if (NumberIsNaN(value)) return false;
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  throw new ERR_OUT_OF_RANGE(name, "a finite number", value);
}
