// @ts-check
// The second half of structured cloning: making the copy from records.
// Spec: https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserialize

import { blobInternals } from "transom:internal/blob/blob";
import { fileInternals } from "transom:internal/blob/file";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";
import {
  ARRAY, BLOB, BUFFER, CRYPTO_KEY, DATE, DOM_EXCEPTION, ERROR, MAP, OBJECT, PRIMITIVE_OBJECT, Record, REGEXP, RESIZABLE_BUFFER, SET,
  SHARED_BUFFER, VIEW,
} from "transom:internal/structured_clone/serialize";

const {
  ArrayBuffer, BigInt64Array, BigUint64Array, DataView, Date, Error, ErrorPrototypeGetStack, EvalError, Float16Array, Float32Array,
  Float64Array, Int16Array, Int32Array, Int8Array, Map, MapPrototypeSet, Object, ObjectDefineProperty, RangeError,
  ReferenceError, RegExp, Set, SetPrototypeAdd, SyntaxError, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeSet,
  TypeError, Uint16Array, Uint32Array, Uint8Array, Uint8ClampedArray, URIError,
} = primordials;

const cryptoKeys = lazy("transom:internal/crypto/crypto_key");
const quotas = lazy("transom:internal/dom_exception/quota_exceeded_error");

const viewTypes = {
  __proto__: null, BigInt64Array, BigUint64Array, Float16Array, Float32Array, Float64Array, Int16Array, Int32Array,
  Int8Array, Uint16Array, Uint32Array, Uint8Array, Uint8ClampedArray,
};

const errorTypes = { __proto__: null, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/** The value that a record, or a primitive, stands for. The same record always gives the same object. */
export function deserialize(record) {
  if (!(record instanceof Record)) return record;
  if (record.copy === undefined) {
    record.copy = shell(record);
    fill(record);
  }
  return record.copy;
}

/** The object, without what it refers to. */
export function shell(record) {
  const { extra, type, value } = record;
  switch (type) {
    case PRIMITIVE_OBJECT:
      return Object(value);
    case DATE:
      return new Date(value);
    case REGEXP:
      return new RegExp(value, extra);
    case BUFFER:
      return TypedArrayPrototypeGetBuffer(value);
    case RESIZABLE_BUFFER:
      return resizable(value, extra);
    case SHARED_BUFFER:
      return value;
    case VIEW:
      return viewOn(deserialize(value), extra);
    case MAP:
      return new Map();
    case SET:
      return new Set();
    case ERROR:
      return errorOf(value);
    case DOM_EXCEPTION:
      return withStack(domException(value), ErrorPrototypeGetStack(value));
    case BLOB:
      return blob(value);
    case CRYPTO_KEY:
      return cryptoKeys().cryptoKeyInternals.clone(value);
    case ARRAY:
      return arrayOf(extra);
    default:
      return {};
  }
}

function fill(record) {
  const { copy, type, value } = record;
  if (type === MAP) {
    for (let i = 0; i < value.length; i += 2) MapPrototypeSet(copy, deserialize(value[i]), deserialize(value[i + 1]));
  } else if (type === SET) {
    for (let i = 0; i < value.length; i++) SetPrototypeAdd(copy, deserialize(value[i]));
  } else if (type === ERROR) {
    if (value.hasCause) hidden(copy, "cause", deserialize(value.cause));
  } else if (type === OBJECT || type === ARRAY) {
    for (let i = 0; i < value.length; i += 2) {
      ObjectDefineProperty(copy, value[i], {
        __proto__: null, value: deserialize(value[i + 1]), writable: true, enumerable: true, configurable: true,
      });
    }
  }
}

/** An array with `length` holes. */
export function arrayOf(length) {
  const copy = [];
  copy.length = length;
  return copy;
}

function resizable(bytes, maxByteLength) {
  const copy = new ArrayBuffer(bytes.length, { maxByteLength });
  TypedArrayPrototypeSet(new Uint8Array(copy), bytes);
  return copy;
}

/** The view on `buffer` that `viewExtent` described. */
export function viewOn(buffer, { byteLength, offset, tracksLength, type }) {
  if (type === undefined) return new DataView(buffer, offset, tracksLength ? undefined : byteLength);
  const constructor = viewTypes[type];
  return new constructor(buffer, offset, tracksLength ? undefined : byteLength / constructor.BYTES_PER_ELEMENT);
}

function domException(original) {
  const { message, name } = original;
  if (name !== "QuotaExceededError" || !quotas().isQuotaExceededError(original)) return new DOMException(message, name);
  const { quota, requested } = original;
  const options = { __proto__: null, quota: quota ?? undefined, requested: requested ?? undefined };
  return new (quotas().QuotaExceededError)(message, options);
}

function blob(original) {
  const content = blobInternals.contentOf(original);
  const type = blobInternals.type(original);
  if (!fileInternals.isFile(original)) return blobInternals.wrap(content, type);
  const lastModified = fileInternals.lastModified(original);
  return fileInternals.wrap(content, fileInternals.name(original), { type, lastModified });
}

/** An error without its cause. */
export function errorOf({ message, name, stack }) {
  const constructor = errorTypes[name] ?? Error;
  const copy = new constructor();
  if (message !== undefined) hidden(copy, "message", message);
  return withStack(copy, stack);
}

function withStack(copy, stack) {
  if (stack !== undefined) hidden(copy, "stack", stack);
  return copy;
}

function hidden(target, key, value) {
  ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}
