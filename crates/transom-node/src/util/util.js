// @ts-check
// node:util.
// Reference: https://nodejs.org/docs/latest-v22.x/api/util.html

import { AbortController } from "transom:internal/abort/abort_controller";
import { format as formatList } from "transom:internal/console/format";
import { inspect } from "transom:internal/console/inspect";
import { withoutControls } from "transom:internal/console/text";
import { TextDecoder } from "transom:internal/encoding/text_decoder";
import { TextEncoder } from "transom:internal/encoding/text_encoder";
import { lazy } from "transom:internal/lazy";
import { addAbortListener } from "transom:internal/node/events/targets";
import { codes } from "transom:internal/node/errors";
import { addressError, codeOf, errnoError, errorMap, messageOf } from "transom:internal/node/errors/system";
import {
  validateAbortSignal, validateInteger, validateObject, validateString,
} from "transom:internal/node/errors/validators";
import { isDeepStrictEqual as deepStrictEqual } from "transom:internal/node/util/deep_equal";
import { debuglog, deprecate } from "transom:internal/node/util/deprecate";
import { diff } from "transom:internal/node/util/diff";
import { MIMEParams, MIMEType } from "transom:internal/node/util/mime";
import { parseArgs } from "transom:internal/node/util/parse_args";
import { parseEnv } from "transom:internal/node/util/parse_env";
import { callbackify, promisify } from "transom:internal/node/util/promisify";
import { styleText } from "transom:internal/node/util/style_text";
import { types } from "node:util/types";
import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypePush, Date, DatePrototypeGetDate, DatePrototypeGetHours,
  DatePrototypeGetMinutes, DatePrototypeGetMonth, DatePrototypeGetSeconds, Error, ErrorIsError, NumberParseInt, ObjectDefineProperty,
  ObjectKeys, ObjectPrototypeToString, ObjectSetPrototypeOf, Promise, RegExpPrototypeExec, StringPrototypePadStart,
  StringPrototypeSplit, StringPrototypeToWellFormed,
} = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = codes;
const buffers = lazy("transom:internal/node/buffer");

export function format(...args) {
  return formatList(args);
}

export function formatWithOptions(inspectOptions, ...args) {
  validateObject(inspectOptions, "inspectOptions", { allowArray: false });
  return formatList(args, inspectOptions);
}

export function inherits(constructor, superConstructor) {
  if (constructor === undefined || constructor === null) throw new ERR_INVALID_ARG_TYPE("ctor", "Function", constructor);
  if (superConstructor === undefined || superConstructor === null) {
    throw new ERR_INVALID_ARG_TYPE("superCtor", "Function", superConstructor);
  }
  if (superConstructor.prototype === undefined) {
    throw new ERR_INVALID_ARG_TYPE("superCtor.prototype", "Object", superConstructor.prototype);
  }
  ObjectDefineProperty(constructor, "super_", { __proto__: null, value: superConstructor, writable: true, configurable: true });
  ObjectSetPrototypeOf(constructor.prototype, superConstructor.prototype);
}

export const isDeepStrictEqual = (val1, val2) => deepStrictEqual(val1, val2);

export function stripVTControlCharacters(str) {
  validateString(str, "str");
  return withoutControls(str);
}

export const toUSVString = (input) => StringPrototypeToWellFormed(`${input}`);

export function getSystemErrorName(errno) {
  validateErrno(errno);
  return codeOf(errno);
}

export function getSystemErrorMessage(errno) {
  validateErrno(errno);
  return messageOf(errno);
}

function validateErrno(errno) {
  validateInteger(errno, "err");
  if (errno >= 0) throw new ERR_OUT_OF_RANGE("err", "a negative integer", errno);
}

export const getSystemErrorMap = () => errorMap();
export const _errnoException = (errno, syscall, original) => errnoError(errno, syscall, original);
export const _exceptionWithHostPort = (errno, syscall, address, port, additional) =>
  addressError(typeof errno === "number" ? codeOf(errno) : errno, syscall, address, port, additional);

/** A promise that is fulfilled when `signal` is aborted, and does not keep `resource` alive. */
export async function aborted(signal, resource) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateObject(resource, "resource", { nullable: false, allowFunction: true, allowArray: true });
  if (signal.aborted) return undefined;
  return new Promise((resolve) => {
    addAbortListener(signal, resolve);
  });
}

/** Where the calls came from. */
export function getCallSites(frameCount = 10, options = undefined) {
  if (typeof frameCount === "object") {
    options = frameCount;
    frameCount = 10;
  }
  if (options !== undefined) validateObject(options, "options");
  validateInteger(frameCount, "frameCount", 1, 200);
  const sites = [];
  const lines = StringPrototypeSplit(new Error().stack ?? "", "\n");
  for (let i = 1; i < lines.length && sites.length < frameCount; i++) {
    const found = RegExpPrototypeExec(/^(.*?)@(.*?):(\d+):(\d+)$/, lines[i]);
    if (found === null) continue;
    const { 1: functionName, 2: scriptName, 3: line, 4: column } = found;
    ArrayPrototypePush(sites, {
      functionName, scriptId: "0", scriptName, lineNumber: NumberParseInt(line, 10),
      columnNumber: NumberParseInt(column, 10), column: NumberParseInt(column, 10),
    });
  }
  return sites;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const twoDigits = (number) => StringPrototypePadStart(`${number}`, 2, "0");

function timestamp() {
  const now = new Date();
  const time = [DatePrototypeGetHours(now), DatePrototypeGetMinutes(now), DatePrototypeGetSeconds(now)];
  return `${DatePrototypeGetDate(now)} ${MONTHS[DatePrototypeGetMonth(now)]} ${ArrayPrototypeJoin(time.map(twoDigits), ":")}`;
}

const old = {
  isArray: deprecate((value) => ArrayIsArray(value), "The `util.isArray` API is deprecated. Please use `Array.isArray()` instead.", "DEP0044"),
  isBoolean: deprecate((value) => typeof value === "boolean", "The `util.isBoolean` API is deprecated.  Please use `typeof arg === \"boolean\"` instead.", "DEP0045"),
  isBuffer: deprecate((value) => buffers().Buffer.isBuffer(value), "The `util.isBuffer` API is deprecated. Please use `Buffer.isBuffer()` instead.", "DEP0046"),
  isDate: deprecate((value) => types.isDate(value), "The `util.isDate` API is deprecated.  Please use `require(\"util\").types.isDate()` instead.", "DEP0047"),
  isError: deprecate((value) => ErrorIsError(value) || ObjectPrototypeToString(value) === "[object Error]", "The `util.isError` API is deprecated.", "DEP0048"),
  isFunction: deprecate((value) => typeof value === "function", "The `util.isFunction` API is deprecated.", "DEP0049"),
  isNull: deprecate((value) => value === null, "The `util.isNull` API is deprecated.", "DEP0050"),
  isNullOrUndefined: deprecate((value) => value === null || value === undefined, "The `util.isNullOrUndefined` API is deprecated.", "DEP0051"),
  isNumber: deprecate((value) => typeof value === "number", "The `util.isNumber` API is deprecated.", "DEP0052"),
  isObject: deprecate((value) => value !== null && typeof value === "object", "The `util.isObject` API is deprecated.", "DEP0053"),
  isPrimitive: deprecate((value) => value === null || (typeof value !== "object" && typeof value !== "function"), "The `util.isPrimitive` API is deprecated.", "DEP0054"),
  isRegExp: deprecate((value) => types.isRegExp(value), "The `util.isRegExp` API is deprecated.", "DEP0055"),
  isString: deprecate((value) => typeof value === "string", "The `util.isString` API is deprecated.", "DEP0056"),
  isSymbol: deprecate((value) => typeof value === "symbol", "The `util.isSymbol` API is deprecated.", "DEP0057"),
  isUndefined: deprecate((value) => value === undefined, "The `util.isUndefined` API is deprecated.", "DEP0058"),
  log: deprecate((...args) => console.log("%s - %s", timestamp(), format(...args)), "The `util.log API is deprecated.", "DEP0059"),
  _extend: deprecate((target, source) => {
    if (source === null || typeof source !== "object") return target;
    const keys = ObjectKeys(source);
    for (let i = 0; i < keys.length; i++) target[keys[i]] = source[keys[i]];
    return target;
  }, "The `util._extend` API is deprecated. Please use Object.assign() instead.", "DEP0060"),
  getCallSite: deprecate(getCallSites, "The `util.getCallSite` API has been renamed to `util.getCallSites()`.", "DEP0186"),
};
export const {
  isArray, isBoolean, isBuffer, isDate, isError, isFunction, isNull, isNullOrUndefined, isNumber, isObject, isPrimitive,
  isRegExp, isString, isSymbol, isUndefined, log, _extend, getCallSite,
} = old;

/** A terminal's interrupt key has no meaning for a server. */
export function setTraceSigInt(enable) {
  if (typeof enable !== "boolean") throw new ERR_INVALID_ARG_TYPE("enable", "boolean", enable);
}

export const transferableAbortController = () => new AbortController();

export function transferableAbortSignal(signal) {
  validateAbortSignal(signal, "signal");
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  return signal;
}

export const debug = debuglog;
export {
  callbackify, debuglog, deprecate, diff, inspect, MIMEParams, MIMEType, parseArgs, parseEnv, promisify, styleText,
  TextDecoder, TextEncoder, types,
};
export default {
  _errnoException, _exceptionWithHostPort, ...old, callbackify, debug, debuglog, deprecate, diff, format, formatWithOptions, getCallSites,
  getSystemErrorMap, getSystemErrorName, getSystemErrorMessage, inherits, inspect, isDeepStrictEqual, promisify,
  stripVTControlCharacters, toUSVString, TextDecoder, TextEncoder, types, parseEnv, setTraceSigInt, parseArgs, styleText, MIMEType,
  MIMEParams, aborted, transferableAbortController, transferableAbortSignal,
};
