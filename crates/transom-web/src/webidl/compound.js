// @ts-check
// Conversions built from other conversions: nullable, sequence, record, dictionary, enumeration, interfaces,
// callbacks. Each function here returns a conversion.
// Spec: https://webidl.spec.whatwg.org/#js-type-mapping
//
// Objects that the user supplies keep their own protocols: their iterators, getters and methods are called as
// the specification says, only our own bookkeeping goes through primordials.

import { primordials } from "transom:internal/primordials";
import { isObject } from "transom:internal/webidl/scalar";

const {
  ArrayIsArray, ArrayIteratorNext, ArrayIteratorPrototype, ArrayValues, ObjectFreeze, ReflectApply,
  ReflectGetOwnPropertyDescriptor, ReflectOwnKeys, Set, SetPrototypeAdd, SetPrototypeHas, SymbolIterator, TypeError,
} = primordials;

/** https://webidl.spec.whatwg.org/#es-nullable-type */
export function nullable(convert) {
  return (value, context, options) => (value === null || value === undefined ? null : convert(value, context, options));
}

/** https://webidl.spec.whatwg.org/#es-sequence */
export function sequence(convert) {
  return function convertSequence(value, context = "Value") {
    if (!isObject(value)) throw new TypeError(`${context} is not an object and cannot be converted to a sequence`);
    const method = value[SymbolIterator];
    if (method === undefined || method === null) throw new TypeError(`${context} is not iterable`);
    return sequenceFromMethod(value, method, convert, context);
  };
}

/**
 * Creates a sequence from an iterable whose `@@iterator` was read already (unions read it to choose a branch).
 * https://webidl.spec.whatwg.org/#create-sequence-from-iterable
 */
export function sequenceFromMethod(value, method, convert, context = "Value") {
  const result = [];
  if (method === ArrayValues && ArrayIsArray(value) && ArrayIteratorPrototype.next === ArrayIteratorNext) {
    // An ordinary array that is iterated the ordinary way: the same values without iterator objects.
    for (let i = 0; i < value.length; i++) result[i] = convert(value[i], `${context}, index ${i}`);
    return result;
  }
  const iterator = openIterator(value, method, context);
  const next = iterator.next;
  for (let i = 0; ; i++) {
    const step = ReflectApply(next, iterator, []);
    if (!isObject(step)) throw new TypeError(`${context}: the iterator's result is not an object`);
    if (step.done) return result;
    result[i] = convert(step.value, `${context}, index ${i}`);
  }
}

/** Calls `@@iterator` and checks what it returns. */
export function openIterator(value, method, context) {
  if (typeof method !== "function") throw new TypeError(`${context} is not iterable`);
  const iterator = ReflectApply(method, value, []);
  if (!isObject(iterator)) throw new TypeError(`${context}: the iterator is not an object`);
  return iterator;
}

/** https://webidl.spec.whatwg.org/#es-record. The result is an array of [key, value]. */
export function record(convertKey, convertValue) {
  return function convertRecord(value, context = "Value") {
    if (!isObject(value)) throw new TypeError(`${context} is not an object and cannot be converted to a record`);
    const keys = ReflectOwnKeys(value);
    const result = [];
    const places = { __proto__: null }; // A key may repeat once converted: the last value wins, in place.
    for (let i = 0; i < keys.length; i++) {
      const descriptor = ReflectGetOwnPropertyDescriptor(value, keys[i]);
      if (descriptor === undefined || !descriptor.enumerable) continue;
      const key = convertKey(keys[i], `${context}: key`);
      const item = convertValue(value[keys[i]], `${context}: value of \`${key}\``);
      const place = places[key];
      if (place === undefined) {
        places[key] = result.length;
        result[result.length] = [key, item];
      } else {
        result[place][1] = item;
      }
    }
    return result;
  };
}

/**
 * https://webidl.spec.whatwg.org/#es-dictionary
 *
 * `members` lists `{ key, convert, required?, default? }`; members of one dictionary are read in the order of
 * their names, those of `inherits` first. `default` is a value or, for fresh objects, a function.
 */
export function dictionary(name, members, inherits = undefined) {
  const own = sortedByKey(members);
  const all = inherits === undefined ? own : concatenated(inherits.members, own);
  const convert = function convertDictionary(value, context = "Value") {
    if (value !== undefined && value !== null && !isObject(value)) {
      throw new TypeError(`${context} is not an object and cannot be converted to ${name}`);
    }
    const absent = value === undefined || value === null;
    const result = { __proto__: null };
    for (let i = 0; i < all.length; i++) {
      const member = all[i];
      const given = absent ? undefined : value[member.key];
      if (given !== undefined) {
        result[member.key] = member.convert(given, `${context}: member \`${member.key}\``, member.options);
      } else if (member.default !== undefined) {
        result[member.key] = typeof member.default === "function" ? member.default() : member.default;
      } else if (member.required === true) {
        throw new TypeError(`${context}: required member \`${member.key}\` of ${name} is missing`);
      } else {
        result[member.key] = undefined; // Own, so that a polluted Object.prototype cannot show through.
      }
    }
    return result;
  };
  convert.members = all;
  return convert;
}

function sortedByKey(members) {
  const sorted = [];
  for (let i = 0; i < members.length; i++) {
    let at = i;
    while (at > 0 && sorted[at - 1].key > members[i].key) {
      sorted[at] = sorted[at - 1];
      at--;
    }
    sorted[at] = members[i];
  }
  return sorted;
}

function concatenated(first, second) {
  const all = [];
  for (let i = 0; i < first.length; i++) all[all.length] = first[i];
  for (let i = 0; i < second.length; i++) all[all.length] = second[i];
  return ObjectFreeze(all);
}

/** https://webidl.spec.whatwg.org/#es-enumeration */
export function enumeration(name, values) {
  const known = new Set();
  for (let i = 0; i < values.length; i++) SetPrototypeAdd(known, values[i]);
  return function convertEnumeration(value, context = "Value") {
    const string = `${value}`;
    if (!SetPrototypeHas(known, string)) {
      throw new TypeError(`${context}: \`${string}\` is not a valid value of ${name}`);
    }
    return string;
  };
}

/** https://webidl.spec.whatwg.org/#es-interface. `implemented(value)` is the brand check of the class. */
export function interfaceType(name, implemented) {
  return function convertInterface(value, context = "Value") {
    if (!implemented(value)) throw new TypeError(`${context} is not of type ${name}`);
    return value;
  };
}

/** https://webidl.spec.whatwg.org/#es-callback-function */
export function callbackFunction(value, context = "Value") {
  if (typeof value !== "function") throw new TypeError(`${context} is not a function`);
  return value;
}

/** https://webidl.spec.whatwg.org/#es-callback-interface */
export function callbackInterface(value, context = "Value") {
  if (!isObject(value)) throw new TypeError(`${context} is not an object`);
  return value;
}
