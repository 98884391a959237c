// @ts-check
// assert.throws, rejects and their opposites.
// Reference: https://nodejs.org/docs/latest-v22.x/api/assert.html#assertthrowsfn-error-message

import { inspect } from "transom:internal/console/inspect";
import { AssertionError } from "transom:internal/node/assert/assertion_error";
import { codes } from "transom:internal/node/errors";
import { validateFunction } from "transom:internal/node/errors/validators";
import { isDeepStrictEqual } from "transom:internal/node/util/deep_equal";
import { types } from "node:util/types";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeIndexOf, ArrayPrototypePush, Error, ErrorIsError, FunctionPrototypeCall, ObjectGetPrototypeOf, ObjectKeys,
  ReflectApply, RegExpPrototypeExec, String,
} = primordials;
const { ERR_AMBIGUOUS_ARGUMENT, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_VALUE } = codes;

/** Nothing was thrown. */
const NOTHING = { nothing: true };

const isPromise = (value) =>
  types.isPromise(value) || (value !== null && typeof value === "object" && typeof value.then === "function" && typeof value.catch === "function");

function thrownBy(callback) {
  validateFunction(callback, "fn");
  try {
    callback();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

async function rejectionOf(promiseFn) {
  let promise;
  if (typeof promiseFn === "function") {
    promise = promiseFn();
    if (!isPromise(promise)) throw new ERR_INVALID_RETURN_VALUE("instance of Promise", "promiseFn", promise);
  } else if (isPromise(promiseFn)) {
    promise = promiseFn;
  } else {
    throw new ERR_INVALID_ARG_TYPE("promiseFn", ["Function", "Promise"], promiseFn);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

/** What of an error is compared with an object. */
function picked(source, keys, expected) {
  const copy = new Comparison();
  for (const key of keys) {
    if (!(key in source)) continue;
    const isTested = expected !== undefined && typeof source[key] === "string" && types.isRegExp(expected[key]) &&
      RegExpPrototypeExec(expected[key], source[key]) !== null;
    copy[key] = isTested ? expected[key] : source[key];
  }
  return copy;
}
class Comparison {}

function compareKey(actual, expected, key, message, keys, operator) {
  if (key in actual && isDeepStrictEqual(actual[key], expected[key])) return;
  if (!message) {
    const error = new AssertionError({
      actual: picked(actual, keys, expected), expected: picked(expected, keys), operator: "deepStrictEqual",
    });
    error.actual = actual;
    error.expected = expected;
    error.operator = operator;
    throw error;
  }
  fail({ actual, expected, message, operator });
}

function fail(options) {
  if (ErrorIsError(options.message)) throw options.message;
  throw new AssertionError(options);
}

function checkObject(actual, expected, message, operator) {
  if (typeof actual !== "object" || actual === null) {
    const error = new AssertionError({ actual, expected, message, operator: "deepStrictEqual" });
    error.operator = operator;
    throw error;
  }
  const keys = ObjectKeys(expected);
  if (ErrorIsError(expected)) {
    for (const name of ["message", "name"]) if (ArrayPrototypeIndexOf(keys, name) === -1) ArrayPrototypePush(keys, name);
  } else if (keys.length === 0) {
    throw new ERR_INVALID_ARG_VALUE("error", expected, "may not be an empty object");
  }
  for (const key of keys) {
    const isTested = typeof actual[key] === "string" && types.isRegExp(expected[key]) && RegExpPrototypeExec(expected[key], actual[key]) !== null;
    if (!isTested) compareKey(actual, expected, key, message, keys, operator);
  }
}

function checkClass(actual, expected, operator) {
  let text = `The error is expected to be an instance of "${expected.name}". Received `;
  if (ErrorIsError(actual)) text += `"${actual.name}"`;
  else text += `"${inspect(actual, { depth: -1 })}"`;
  if (actual?.message) text += `\n\nError message:\n\n${actual.message}`;
  return { text, operator };
}

/** Throws unless `actual` is what `expected` asks for. */
function check(actual, expected, message, operator) {
  let isGenerated = false;
  let throwError = false;
  if (typeof expected !== "function") {
    if (types.isRegExp(expected)) {
      if (RegExpPrototypeExec(expected, String(actual)) !== null) return;
      if (!message) {
        isGenerated = true;
        message = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(actual))}\n`;
      }
      throwError = true;
    } else {
      checkObject(actual, expected, message, operator);
      return;
    }
  } else if (expected.prototype !== undefined && actual instanceof expected) {
    return;
  } else if (expected === Error || types.isNativeError(expected.prototype) || isErrorClass(expected)) {
    if (!message) {
      isGenerated = true;
      message = checkClass(actual, expected, operator).text;
    }
    throwError = true;
  } else {
    // A function that judges.
    const result = ReflectApply(expected, {}, [actual]);
    if (result !== true) {
      if (!message) {
        isGenerated = true;
        const name = expected.name ? `"${expected.name}" ` : "";
        message = `The ${name}validation function is expected to return "true". Received ${inspect(result)}`;
        if (ErrorIsError(actual)) message += `\n\nCaught error:\n\n${actual}`;
      }
      throwError = true;
    }
  }
  if (!throwError) return;
  const error = new AssertionError({ actual, expected, message, operator });
  error.generatedMessage = isGenerated;
  throw error;
}

function isErrorClass(candidate) {
  for (let link = candidate; link !== null && link !== undefined; link = ObjectGetPrototypeOf(link)) if (link === Error) return true;
  return false;
}

function expectError(operator, actual, error, message) {
  if (typeof error === "string") {
    if (arguments.length === 4 && message !== undefined) {
      throw new ERR_INVALID_ARG_TYPE("error", ["Object", "Error", "Function", "RegExp"], error);
    }
    const isSame = typeof actual === "object" && actual !== null ? actual.message === error : actual === error;
    if (isSame) {
      throw new ERR_AMBIGUOUS_ARGUMENT(
        "error/message",
        typeof actual === "object" && actual !== null ? `The error message "${actual.message}" is identical to the message.`
          : `The error "${actual}" is identical to the message.`,
      );
    }
    message = error;
    error = undefined;
  } else if (error !== null && error !== undefined && typeof error !== "object" && typeof error !== "function") {
    throw new ERR_INVALID_ARG_TYPE("error", ["Object", "Error", "Function", "RegExp"], error);
  }
  if (actual === NOTHING) {
    let details = "";
    if (error?.name) details += ` (${error.name})`;
    details += message ? `: ${message}` : ".";
    const kind = operator === "rejects" ? "rejection" : "exception";
    fail({ actual: undefined, expected: error, operator, message: ErrorIsError(message) ? message : `Missing expected ${kind}${details}` });
  }
  if (error) check(actual, error, message, operator);
}

function expectNone(operator, actual, error, message) {
  if (actual === NOTHING) return;
  if (typeof error === "string") {
    message = error;
    error = undefined;
  }
  if (!error || matches(actual, error)) {
    const details = message ? `: ${message}` : ".";
    const kind = operator === "doesNotReject" ? "rejection" : "exception";
    fail({
      actual, expected: error, operator,
      message: `Got unwanted ${kind}${details}\nActual message: "${actual && actual.message}"`,
    });
  }
  throw actual;
}

function matches(actual, expected) {
  if (typeof expected !== "function") {
    if (types.isRegExp(expected)) return RegExpPrototypeExec(expected, String(actual)) !== null;
    throw new ERR_INVALID_ARG_TYPE("expected", ["Function", "RegExp"], expected);
  }
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  if (isErrorClass(expected)) return false;
  return FunctionPrototypeCall(expected, {}, actual) === true;
}

export function throws(fn, ...args) {
  expectError("throws", thrownBy(fn), ...args);
}

export async function rejects(promiseFn, ...args) {
  expectError("rejects", await rejectionOf(promiseFn), ...args);
}

export function doesNotThrow(fn, ...args) {
  expectNone("doesNotThrow", thrownBy(fn), ...args);
}

export async function doesNotReject(fn, ...args) {
  expectNone("doesNotReject", await rejectionOf(fn), ...args);
}
