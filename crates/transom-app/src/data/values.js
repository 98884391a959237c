// @ts-check
// Values on their way to the data service and back: dates travel as `{"$date": "<ISO>"}`.
// Spec: wix-http-endpoints.md section 10.2.
//
// What is sent is a copy of the own enumerable members, whatever class an object is of: `toJSON` is not asked.

import { tooDeep } from "transom:internal/app/data/errors";
import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, ArrayPrototypeSlice, Date, DatePrototypeGetTime, DatePrototypeToISOString, NumberIsNaN, ObjectKeys,
  ObjectPrototypeToString, StringPrototypeSlice,
} = primordials;

/** Deeper values are refused before the stack could end; the service takes fewer levels still. */
const MOST_LEVELS = 1000;

const tag = (value) => ObjectPrototypeToString(value);

export const isString = (value) => typeof value === "string";
export const isNumber = (value) => typeof value === "number";
export const isBoolean = (value) => typeof value === "boolean";
export const isArray = (value) => ArrayIsArray(value);
export const isObject = (value) => tag(value) === "[object Object]";
export const isDate = (value) => typeof value === "object" && tag(value) === "[object Date]";

/** The name of a value's type, for messages. */
export function typeName(value) {
  return StringPrototypeSlice(tag(value), 8, -1);
}

/** A date as it travels. */
export const encodeDate = (date) => ({ $date: NumberIsNaN(DatePrototypeGetTime(date)) ? null : DatePrototypeToISOString(date) });

const isValidDate = (value) => isDate(value) && !NumberIsNaN(DatePrototypeGetTime(value));

/** A copy in which dates are as they travel. */
export function encode(value, level = 0) {
  if (typeof value !== "object" || value === null) return value;
  // An invalid date has no members.
  if (isDate(value)) return isValidDate(value) ? encodeDate(value) : {};
  if (level > MOST_LEVELS) throw tooDeep();
  if (ArrayIsArray(value)) {
    const list = ArrayPrototypeSlice(value);
    for (let i = 0; i < list.length; i++) list[i] = encode(list[i], level + 1);
    return list;
  }
  const copy = { ...value };
  const keys = ObjectKeys(copy);
  for (let i = 0; i < keys.length; i++) {
    const member = copy[keys[i]];
    // An own member called `__proto__` stays one: it is there already.
    if (typeof member === "object" && member !== null) copy[keys[i]] = encode(member, level + 1);
  }
  return copy;
}

/** The date that a value stands for, or null. A number in a string is none. */
function dateOf(value) {
  const text = value.$date;
  if (typeof text !== "string" || text === "" || !NumberIsNaN(+text)) return null;
  const date = new Date(text);
  return NumberIsNaN(DatePrototypeGetTime(date)) ? null : date;
}

/** Puts dates in the place of what stands for them, below `value`, which nobody else has. */
export function decode(value) {
  if (typeof value !== "object" || value === null) return value;
  const keys = ObjectKeys(value);
  for (let i = 0; i < keys.length; i++) {
    const member = value[keys[i]];
    if (typeof member === "object" && member !== null) value[keys[i]] = dateOf(member) ?? decode(member);
  }
  return value;
}
