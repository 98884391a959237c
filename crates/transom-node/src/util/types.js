// @ts-check
// node:util/types: what an object is, whatever its prototype says.
// Reference: https://nodejs.org/docs/latest-v22.x/api/util.html#utiltypes

import { functionKind } from "transom:internal/console/names";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ArrayBufferIsView, ErrorIsError, TypedArrayPrototypeGetSymbolToStringTag } = primordials;
const cryptoKeys = lazy("transom:internal/crypto/crypto_key");

/** Set by the module that makes Node's key objects. */
let isKey = (_value) => false;
export function setKeyObjectTest(test) {
  isKey = test;
}

/** A test for the engine's name of a class. */
const ofClass = (name) => (value) => ops.object_class(value) === name;
const ofTyped = (name) => (value) => ArrayBufferIsView(value) && TypedArrayPrototypeGetSymbolToStringTag(value) === name;

export const isArgumentsObject = ofClass("Arguments");
export const isArrayBuffer = ofClass("ArrayBuffer");
export const isBigIntObject = ofClass("BigInt");
export const isBooleanObject = ofClass("Boolean");
export const isDataView = ofClass("DataView");
export const isDate = ofClass("Date");
export const isMap = ofClass("Map");
export const isMapIterator = ofClass("Map Iterator");
export const isNumberObject = ofClass("Number");
export const isPromise = ofClass("Promise");
export const isProxy = ofClass("Proxy");
export const isRegExp = ofClass("RegExp");
export const isSet = ofClass("Set");
export const isSetIterator = ofClass("Set Iterator");
export const isSharedArrayBuffer = ofClass("SharedArrayBuffer");
export const isStringObject = ofClass("String");
export const isSymbolObject = ofClass("Symbol");
export const isWeakMap = ofClass("WeakMap");
export const isWeakSet = ofClass("WeakSet");

export const isBigInt64Array = ofTyped("BigInt64Array");
export const isBigUint64Array = ofTyped("BigUint64Array");
export const isFloat16Array = ofTyped("Float16Array");
export const isFloat32Array = ofTyped("Float32Array");
export const isFloat64Array = ofTyped("Float64Array");
export const isInt8Array = ofTyped("Int8Array");
export const isInt16Array = ofTyped("Int16Array");
export const isInt32Array = ofTyped("Int32Array");
export const isUint8Array = ofTyped("Uint8Array");
export const isUint8ClampedArray = ofTyped("Uint8ClampedArray");
export const isUint16Array = ofTyped("Uint16Array");
export const isUint32Array = ofTyped("Uint32Array");

export const isArrayBufferView = (value) => ArrayBufferIsView(value);
export const isTypedArray = (value) => ArrayBufferIsView(value) && TypedArrayPrototypeGetSymbolToStringTag(value) !== undefined;
export const isAnyArrayBuffer = (value) => isArrayBuffer(value) || isSharedArrayBuffer(value);
export const isBoxedPrimitive = (value) =>
  isNumberObject(value) || isStringObject(value) || isBooleanObject(value) || isBigIntObject(value) || isSymbolObject(value);
export const isAsyncFunction = (value) => typeof value === "function" && !isProxy(value) && functionKind(value).isAsync;
export const isGeneratorFunction = (value) => typeof value === "function" && !isProxy(value) && functionKind(value).isGenerator;

export function isGeneratorObject(value) {
  const name = ops.object_class(value);
  return name === "Generator" || name === "AsyncGenerator";
}

export function isModuleNamespaceObject(value) {
  const name = ops.object_class(value);
  return name === "Module" || name === "ModuleNamespace" || name === "ModuleNamespaceObject";
}

export const isNativeError = (value) => ErrorIsError(value) && ops.object_class(value) !== "DOMException";
export const isCryptoKey = (value) => typeof value === "object" && value !== null && cryptoKeys().CryptoKey.prototype.isPrototypeOf(value);
export const isKeyObject = (value) => isKey(value);
/** There are no objects of that kind here. */
export const isExternal = (_value) => false;

export const types = {
  isArgumentsObject, isArrayBuffer, isAsyncFunction, isBigIntObject, isBooleanObject, isDataView, isDate, isExternal,
  isGeneratorFunction, isGeneratorObject, isMap, isMapIterator, isModuleNamespaceObject, isNativeError, isNumberObject, isPromise,
  isProxy, isRegExp, isSet, isSetIterator, isSharedArrayBuffer, isStringObject, isSymbolObject, isWeakMap, isWeakSet,
  isAnyArrayBuffer, isBoxedPrimitive, isArrayBufferView, isTypedArray, isUint8Array, isUint8ClampedArray, isUint16Array,
  isUint32Array, isInt8Array, isInt16Array, isInt32Array, isFloat16Array, isFloat32Array, isFloat64Array, isBigInt64Array,
  isBigUint64Array, isKeyObject, isCryptoKey,
};
for (const name in types) primordials.ObjectDefineProperty(types[name], "name", { __proto__: null, value: name, configurable: true });
export default types;
