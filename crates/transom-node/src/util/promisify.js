// @ts-check
// Between callbacks and promises.

import { codes } from "transom:internal/node/errors";
import { validateFunction } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";
import { emitWarning } from "transom:internal/node/process/warning";
import { lazy } from "transom:internal/lazy";
import { types } from "node:util/types";
import { primordials } from "transom:internal/primordials";
import { setTimeout } from "transom:internal/scheduling/timers";

const {
  ObjectDefineProperties, ObjectDefineProperty, ObjectGetOwnPropertyDescriptors, ObjectGetPrototypeOf, ObjectSetPrototypeOf,
  Promise, PromisePrototypeThen, ReflectApply, Symbol, SymbolFor,
} = primordials;
const { ERR_FALSY_VALUE_REJECTION } = codes;
const timersPromises = lazy("node:timers/promises");

export const customPromisify = SymbolFor("nodejs.util.promisify.custom");
/** Names of the values that a callback gets, where there are several. */
export const customPromisifyArgs = Symbol("customPromisifyArgs");

/** `original`, whose last parameter is a callback, as a function that returns a promise. */
export function promisify(original) {
  validateFunction(original, "original");
  if (original[customPromisify]) {
    const own = original[customPromisify];
    validateFunction(own, "util.promisify.custom");
    return ObjectDefineProperty(own, customPromisify, {
      __proto__: null, value: own, enumerable: false, writable: false, configurable: true,
    });
  }
  const names = original[customPromisifyArgs];
  function promised(...args) {
    return new Promise((resolve, reject) => {
      const result = ReflectApply(original, this, [...args, (error, ...values) => {
        if (error) {
          reject(error);
        } else if (names !== undefined && values.length > 1) {
          const named = {};
          for (let i = 0; i < names.length; i++) named[names[i]] = values[i];
          resolve(named);
        } else {
          resolve(values[0]);
        }
      }]);
      if (result !== undefined && types.isPromise(result)) {
        emitWarning("Calling promisify on a function that returns a Promise is likely a mistake.", "DeprecationWarning", "DEP0174");
      }
    });
  }
  ObjectSetPrototypeOf(promised, ObjectGetPrototypeOf(original));
  ObjectDefineProperty(promised, customPromisify, {
    __proto__: null, value: promised, enumerable: false, writable: false, configurable: true,
  });
  const descriptors = ObjectGetOwnPropertyDescriptors(original);
  for (const key of Reflect.ownKeys(descriptors)) ObjectSetPrototypeOf(descriptors[key], null);
  return ObjectDefineProperties(promised, descriptors);
}
promisify.custom = customPromisify;

// The global function; what it becomes is loaded when somebody asks.
ObjectDefineProperty(setTimeout, customPromisify, {
  __proto__: null, get: () => timersPromises().setTimeout, enumerable: true,
});

function rejected(reason, callback) {
  if (!reason) {
    // A callback could not tell it from success.
    const error = new ERR_FALSY_VALUE_REJECTION();
    error.reason = reason;
    reason = error;
  }
  callback(reason);
}

/** `original`, which returns a promise, as a function whose last argument is a callback. */
export function callbackify(original) {
  validateFunction(original, "original");
  function callbackified(...args) {
    const callback = args.pop();
    validateFunction(callback, "last argument");
    const call = callback.bind(this);
    PromisePrototypeThen(
      Promise.resolve(ReflectApply(original, this, args)),
      (value) => nextTick(call, null, value),
      (reason) => nextTick(rejected, reason, call),
    );
  }
  const descriptors = ObjectGetOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === "number") descriptors.length.value++;
  if (typeof descriptors.name.value === "string") descriptors.name.value += "Callbackified";
  for (const key of Reflect.ownKeys(descriptors)) ObjectSetPrototypeOf(descriptors[key], null);
  return ObjectDefineProperties(callbackified, descriptors);
}
