// @ts-check
// What functions and builders accept. Each check returns the text of what is wrong, or null; texts begin with the code
// that a program may look for.
// Spec: wix-http-endpoints.md section 10.3.

import { refusal } from "transom:internal/app/data/errors";
import { isArray, isBoolean, isDate, isNumber, isObject, isString, typeName } from "transom:internal/app/data/values";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeEvery, ArrayPrototypeJoin, ArrayPrototypePush, NumberIsNaN, NumberIsSafeInteger, ObjectPrototypeHasOwnProperty,
} = primordials;

/** Most items of one bulk call. */
const MOST_ITEMS = 1000;

const every = (list, test) => ArrayPrototypeEvery(list, (element) => test(element));

/** Options that are switches; `language` is a text. */
export const OPTIONS = ["suppressAuth", "suppressHooks", "showDrafts", "consistentRead", "language"];
export const BULK_INSERT = ["suppressAuth", "suppressHooks", "overrideExisting"];
export const BULK_UPDATE = ["suppressAuth", "suppressHooks", "showDrafts"];

/** Throws the first thing that is wrong. */
export function accept(...problems) {
  for (let i = 0; i < problems.length; i++) if (problems[i] !== null) throw refusal(problems[i]);
}

/** Everything that is wrong. */
export function collect(problems) {
  const found = [];
  for (let i = 0; i < problems.length; i++) if (problems[i] !== null) ArrayPrototypePush(found, problems[i]);
  return found;
}

/** Refuses a query with all that is wrong with it. */
export function acceptQuery(collection, problems, what = "query") {
  if (problems.length === 0) return;
  throw refusal(`Failed to perform ${what} on [${collection}].\n${ArrayPrototypeJoin(problems, "\n")}`);
}

export const count = (method, args, least, most) => args.length >= least && args.length <= most ? null
  : `WDE0008: wixData.${method} expects between ${least} and ${most} arguments, but was called with ${args.length}.`;

export const collectionId = (value) => (isString(value) ? null : "WDE0001: Collection name must be a string.");
export const itemId = (value) => (isString(value) ? null : "WDE0002: ItemId must be a string.");
export const fieldName = (value) => (isString(value) ? null : "WDE0003: FieldName must be a string.");

export function item(value, collection) {
  if (!isObject(value)) return `WDE0004: Failed to save [${String(value)}] into [${collection}].\nItems must be JavaScript objects.`;
  const isGood = value._id === undefined || isString(value._id);
  return isGood ? null : "WDE0007: Invalid update. Updated object must have a string _id property.";
}

const isBulkItem = (value) => isObject(value) && (value._id === undefined || value._id === null || isString(value._id));

export function items(list, collection) {
  if (!isArray(list) || !every(list, isBulkItem)) {
    return `WDE0005: Failed to bulk save items into [${collection}].\n`
      + "Items must be an array of JavaScript objects and itemIds must be strings if present.";
  }
  return list.length <= MOST_ITEMS ? null
    : `WDE0006: Failed to bulk save items into [${collection}].\nCannot insert more than ${MOST_ITEMS} items in one request`;
}

export function itemIds(list, collection) {
  if (!isArray(list) || !every(list, isString)) return "WDE0068: Item ids must be an array of strings";
  return list.length <= MOST_ITEMS ? null
    : `WDE0069: Failed to remove items from [${collection}].\nCannot remove more than ${MOST_ITEMS} items in one request`;
}

export function options(value, known) {
  if (value === undefined || value === null) return null;
  const isGood = isObject(value) && every(known, (name) => {
    const option = value[name];
    if (option === undefined || option === null) return true;
    return name === "language" ? isString(option) && option !== "" : isBoolean(option);
  });
  if (!isGood) {
    const names = ArrayPrototypeJoin(known, ", ");
    return `WDE0018: Options must be an object with one or all of the following boolean properties: ${names}.`;
  }
  if (value.suppressAuth === true && ops.identity_is_news("suppressAuth")) {
    const what = "the option `suppressAuth` has no effect; ";
    ops.log_write("warn", "data", `${what}to act as the app, call the function through \`auth.elevate\``);
  }
  return null;
}

export const filledText = (value, name) => isString(value) && value !== "" ? null
  : `WDE0094: Invalid ${name} parameter. ${name} parameter must be non-empty string.`;

const hasId = (value) => isObject(value) && ObjectPrototypeHasOwnProperty(value, "_id");
const isReference = (value) => (isString(value) && value !== "") || hasId(value);
const NO_REFERENCE = "WDE0019: Reference operation takes a string ID or an object with an ID to be connected.";

export const reference = (value) => (isReference(value) ? null : NO_REFERENCE);
export const references = (list) => (every(list, isReference) ? null : NO_REFERENCE);
export const removedReferences = (list) => (every(list, (value) => isString(value) || hasId(value)) ? null : NO_REFERENCE);

const isRelation = ({ relationshipName, left, right }) => isString(relationshipName) && isReference(left) && isReference(right);
export const relations = (list) => (isArray(list) && every(list, isRelation) ? null : "WDE0021: Invalid reference");

// Operators of builders: `operator` is as the program wrote it, such as `.limit`.

const COUNTS = { __proto__: null, 0: ["0038", "does not take parameters"], 1: ["0039", "requires one parameter"],
  2: ["0040", "requires two parameters"], 3: ["0041", "requires three parameters"] };

export function exactly(operator, args, wanted) {
  if (args.length === wanted) return null;
  const { 0: code, 1: text } = COUNTS[wanted];
  return `WDE${code}: Invalid ${operator} usage. ${operator} ${text}.`;
}

export function atLeast(operator, args, wanted) {
  if (args.length >= wanted) return null;
  const { 0: code, 1: text } = wanted === 2 ? ["0042", "two parameters"] : ["0043", "one parameter"];
  return `WDE${code}: Invalid ${operator} usage. ${operator} requires at least ${text}.`;
}

export function integer(operator, value) {
  return NumberIsSafeInteger(value) ? null
    : `WDE0035: Invalid ${operator} parameter [${String(value)}]. ${operator} parameter must be an integer.`;
}

const number = (operator, value, specifier) => isNumber(value) ? null
  : `WDE0032: Invalid ${operator} parameter [${typeName(value)}]. ${operator} parameter must be a ${specifier} number.`;

export function positive(operator, value) {
  const wrong = number(operator, value, "positive");
  if (wrong !== null || (!NumberIsNaN(value) && value > 0)) return wrong;
  return `WDE0033: Invalid ${operator} parameter [${value}]. ${operator} parameter must be a positive number.`;
}

export function notNegative(operator, value) {
  const wrong = number(operator, value, "non-negative");
  if (wrong !== null || (!NumberIsNaN(value) && value >= 0)) return wrong;
  return `WDE0034: Invalid ${operator} parameter [${value}]. ${operator} parameter must be a non-negative number.`;
}

export const field = (operator, value) => isString(value) ? null
  : `WDE0048: Invalid ${operator} field value [${typeName(value)}]. ${operator} field must be a String.`;

export const text = (operator, value) => isString(value) ? null
  : `WDE0044: Invalid ${operator} parameter value [${typeName(value)}]. ${operator} parameter must be a String.`;

const isScalar = (value) => isString(value) || isNumber(value) || isDate(value);

export function comparable(operator, value, mayBeBoolean) {
  if (isScalar(value) || (mayBeBoolean && isBoolean(value))) return null;
  const types = mayBeBoolean ? "String, Number, Boolean or Date" : "String, Number or Date";
  return `WDE0045: Invalid ${operator} parameter value [${typeName(value)}]. Valid ${operator} parameter types are ${types}.`;
}

export function sameType(operator, first, second) {
  const { 0: a, 1: b } = [typeName(first), typeName(second)];
  return a === b ? null
    : `WDE0046: Invalid ${operator} parameter values [${a}] and [${b}]. Both parameters must be of the same type.`;
}

export const scalars = (operator, list) => every(list, isScalar) ? null
  : `WDE0047: Invalid ${operator} usage. ${operator} supports only Number, String or Date items.`;

export function fieldNames(operator, list) {
  if (every(list, isString)) return null;
  let types = "";
  for (let i = 0; i < list.length; i++) types += `${i === 0 ? "" : ","}${typeName(list[i])}`;
  return `WDE0051: Invalid ${operator} parameters [${types}]. Valid ${operator} values are String, Array of String or varargs String.`;
}
