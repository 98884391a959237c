// @ts-check
// node:assert.
// Reference: https://nodejs.org/docs/latest-v22.x/api/assert.html

import { inspect } from "transom:internal/console/inspect";
import { AssertionError } from "transom:internal/node/assert/assertion_error";
import { CallTracker } from "transom:internal/node/assert/call_tracker";
import { doesNotReject, doesNotThrow, rejects, throws } from "transom:internal/node/assert/exceptions";
import { codes } from "transom:internal/node/errors";
import { isDeepEqual, isDeepStrictEqual, isPartialStrictEqual } from "transom:internal/node/util/deep_equal";
import { emitWarning } from "transom:internal/node/process/warning";
import { types } from "node:util/types";
import { primordials } from "transom:internal/primordials";

const { ErrorIsError, ObjectAssign, ObjectDefineProperty, ObjectIs, RegExpPrototypeExec } = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } = codes;

function fail_(options) {
  if (ErrorIsError(options.message)) throw options.message;
  throw new AssertionError(options);
}

/** Fails because `value` is falsy. */
function checkOk(name, argumentCount, value, message) {
  if (value) return;
  let isGenerated = false;
  if (argumentCount === 0) {
    isGenerated = true;
    message = "No value argument passed to `assert.ok()`";
  } else if (ErrorIsError(message)) {
    throw message;
  }
  const error = new AssertionError({ actual: value, expected: true, message, operator: "==" });
  if (isGenerated) error.generatedMessage = true;
  throw error;
}

export function assert(...args) {
  checkOk("assert", args.length, args[0], args[1]);
}

export function ok(...args) {
  checkOk("ok", args.length, args[0], args[1]);
}

export function fail(actual, expected, message, operator) {
  const count = arguments.length;
  let isGenerated = false;
  if ((actual === undefined || actual === null) && count <= 1) {
    isGenerated = true;
    message = "Failed";
  } else if (count === 1) {
    message = actual;
    actual = undefined;
  } else {
    emitWarning("assert.fail() with more than one argument is deprecated. Please use assert.strictEqual() instead or only pass a message.", "DeprecationWarning", "DEP0094");
    if (count === 2) operator = "!=";
  }
  if (ErrorIsError(message)) throw message;
  const options = { actual, expected, operator: operator === undefined ? "fail" : operator, message };
  const error = new AssertionError(message === undefined ? { ...options, message: undefined } : options);
  if (isGenerated) error.generatedMessage = true;
  throw error;
}

/** A comparison of two values as an assertion. */
function comparison(name, operator, holds) {
  const { [name]: method } = {
    [name](actual, expected, message) {
      if (arguments.length < 2) throw new ERR_MISSING_ARGS("actual", "expected");
      if (!holds(actual, expected)) fail_({ actual, expected, message, operator });
    },
  };
  return method;
}

const isNaNumber = (value) => typeof value === "number" && value !== value;
// eslint-disable-next-line eqeqeq -- what the loose comparison is
const looselyEqual = (a, b) => a == b || (isNaNumber(a) && isNaNumber(b));

export const equal = comparison("equal", "==", looselyEqual);
export const notEqual = comparison("notEqual", "!=", (a, b) => !looselyEqual(a, b));
export const deepEqual = comparison("deepEqual", "deepEqual", isDeepEqual);
export const notDeepEqual = comparison("notDeepEqual", "notDeepEqual", (a, b) => !isDeepEqual(a, b));
export const deepStrictEqual = comparison("deepStrictEqual", "deepStrictEqual", isDeepStrictEqual);
export const notDeepStrictEqual = comparison("notDeepStrictEqual", "notDeepStrictEqual", (a, b) => !isDeepStrictEqual(a, b));
export const strictEqual = comparison("strictEqual", "strictEqual", ObjectIs);
export const notStrictEqual = comparison("notStrictEqual", "notStrictEqual", (a, b) => !ObjectIs(a, b));
export const partialDeepStrictEqual = comparison("partialDeepStrictEqual", "partialDeepStrictEqual", isPartialStrictEqual);

export function ifError(error) {
  if (error === null || error === undefined) return;
  let message = "ifError got unwanted exception: ";
  if (typeof error === "object" && typeof error.message === "string") {
    message += error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
  } else {
    message += inspect(error);
  }
  throw new AssertionError({ actual: error, expected: null, operator: "ifError", message });
}

function checkMatch(string, regexp, message, operator) {
  if (!types.isRegExp(regexp)) throw new ERR_INVALID_ARG_TYPE("regexp", "RegExp", regexp);
  const isMatch = operator === "match";
  if (typeof string === "string" && (RegExpPrototypeExec(regexp, string) !== null) === isMatch) return;
  if (ErrorIsError(message)) throw message;
  const isGenerated = !message;
  message ||= typeof string !== "string"
    ? `The "string" argument must be of type string. Received type ${typeof string} (${inspect(string)})`
    : `${isMatch ? "The input did not match the regular expression " : "The input was expected to not match the regular expression "}${inspect(regexp)}. Input:\n\n${inspect(string)}\n`;
  const error = new AssertionError({ actual: string, expected: regexp, message, operator });
  error.generatedMessage = isGenerated;
  throw error;
}

export function match(string, regexp, message) {
  checkMatch(string, regexp, message, "match");
}

export function doesNotMatch(string, regexp, message) {
  checkMatch(string, regexp, message, "doesNotMatch");
}

const all = {
  fail, ok, equal, notEqual, deepEqual, notDeepEqual, deepStrictEqual, notDeepStrictEqual, strictEqual, notStrictEqual,
  partialDeepStrictEqual, match, doesNotMatch, throws, rejects, doesNotThrow, doesNotReject, ifError, AssertionError, CallTracker,
};

/** The assertions with options of their own. */
export class Assert {
  constructor(options = undefined) {
    const strict = options?.strict ?? true;
    ObjectAssign(this, all);
    if (!strict) return;
    this.equal = strictEqual;
    this.deepEqual = deepStrictEqual;
    this.notEqual = notStrictEqual;
    this.notDeepEqual = notDeepStrictEqual;
  }
}

export function strict(...args) {
  checkOk("strict", args.length, args[0], args[1]);
}
ObjectAssign(assert, all, { Assert });
ObjectAssign(strict, assert, {
  equal: strictEqual, deepEqual: deepStrictEqual, notEqual: notStrictEqual, notDeepEqual: notDeepStrictEqual,
});
assert.strict = strict;
strict.strict = strict;
ObjectDefineProperty(assert, "name", { __proto__: null, value: "ok", configurable: true });

export { AssertionError, CallTracker, doesNotReject, doesNotThrow, rejects, throws };
export default assert;
