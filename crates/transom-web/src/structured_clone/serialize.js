// @ts-check
// The first half of structured cloning: reading a value into records.
// Spec: https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal
//
// A primitive stands for itself; an object becomes one Record, however often it is reached.

import { blobInternals } from "transom:internal/blob/blob";
import { DOMException, isDOMException } from "transom:internal/dom_exception/dom_exception";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ArrayBufferPrototypeGetMaxByteLength, ArrayBufferPrototypeGetResizable, ArrayIsArray, AsyncGeneratorPrototype,
  BigIntPrototype, BigIntPrototypeValueOf, BooleanPrototype, BooleanPrototypeValueOf, DatePrototype,
  DatePrototypeGetTime, ErrorIsError, ErrorPrototypeGetStack, FinalizationRegistryPrototype, GeneratorPrototype, Map, MapPrototype,
  MapPrototypeForEach, MapPrototypeGet, MapPrototypeGetSize, MapPrototypeHas, MapPrototypeSet, NumberPrototype,
  NumberPrototypeValueOf, ObjectGetPrototypeOf, ObjectHasOwn, ObjectKeys, ObjectPrototype, PromisePrototype,
  ReflectGetOwnPropertyDescriptor, RegExpPrototype, RegExpPrototypeGetFlags, RegExpPrototypeGetSource, SetPrototype,
  SetPrototypeForEach, SetPrototypeGetSize, String, StringPrototype, StringPrototypeValueOf, SymbolPrototype, unlink,
  WeakMapPrototype, WeakRefPrototype, WeakSetPrototype,
} = primordials;

export const PRIMITIVE_OBJECT = 1;
export const DATE = 2;
export const REGEXP = 3;
export const BUFFER = 4;
export const RESIZABLE_BUFFER = 5;
export const SHARED_BUFFER = 6;
export const VIEW = 7;
export const MAP = 8;
export const SET = 9;
export const ERROR = 10;
export const DOM_EXCEPTION = 11;
export const BLOB = 12;
export const ARRAY = 13;
export const OBJECT = 14;
export const CRYPTO_KEY = 17;
/** These exist only in transfer lists. */
export const STREAM = 15;
export const PORT = 16;

/** The inside of CryptoKey, once that is loaded: before, no value can be one. */
let cryptoKeys = null;

export function setCryptoKeys(internals) {
  cryptoKeys = internals;
}

/** An object in serialized form. */
export class Record {
  constructor(type, value) {
    this.type = type;
    /** What the type needs: a primitive, bytes, lists of records, the object itself when it is immutable. */
    this.value = value;
    this.extra = undefined;
    /** The copy, once it is made. */
    this.copy = undefined;
  }
}
unlink(Record);

// Prototypes of built-in classes whose instances cannot be cloned, with the word for the message.
const refused = new Map();
const refusedClasses = [
  [PromisePrototype, "Promise"],
  [WeakMapPrototype, "WeakMap"],
  [WeakSetPrototype, "WeakSet"],
  [WeakRefPrototype, "WeakRef"],
  [FinalizationRegistryPrototype, "FinalizationRegistry"],
  [GeneratorPrototype, "generator"],
  [AsyncGeneratorPrototype, "generator"],
  [SymbolPrototype, "Symbol"],
];
for (let i = 0; i < refusedClasses.length; i++) MapPrototypeSet(refused, refusedClasses[i][0], refusedClasses[i][1]);

// Prototypes of built-in classes that are cloned, with the function that tries to.
const cloned = new Map();
const clonedClasses = [
  [DatePrototype, (value) => new Record(DATE, DatePrototypeGetTime(value))],
  [RegExpPrototype, serializeRegExp],
  [BooleanPrototype, (value) => new Record(PRIMITIVE_OBJECT, BooleanPrototypeValueOf(value))],
  [NumberPrototype, (value) => new Record(PRIMITIVE_OBJECT, NumberPrototypeValueOf(value))],
  [StringPrototype, (value) => new Record(PRIMITIVE_OBJECT, StringPrototypeValueOf(value))],
  [BigIntPrototype, (value) => new Record(PRIMITIVE_OBJECT, BigIntPrototypeValueOf(value))],
  [MapPrototype, (value) => (MapPrototypeGetSize(value), new Record(MAP, []))],
  [SetPrototype, (value) => (SetPrototypeGetSize(value), new Record(SET, []))],
];
for (let i = 0; i < clonedClasses.length; i++) MapPrototypeSet(cloned, clonedClasses[i][0], clonedClasses[i][1]);

function serializeRegExp(value) {
  const record = new Record(REGEXP, RegExpPrototypeGetSource(value));
  record.extra = RegExpPrototypeGetFlags(value);
  return record;
}

export function refuse(what) {
  return new DOMException(`${what} cannot be cloned`, "DataCloneError");
}

/** Reads one value and everything it refers to. */
export class Serializer {
  constructor() {
    this.memory = new Map();
  }

  /** Puts `record` in the place of `value` wherever it occurs; false when it has one already. */
  reserve(value, record) {
    if (MapPrototypeHas(this.memory, value)) return false;
    MapPrototypeSet(this.memory, value, record);
    return true;
  }

  serialize(value) {
    if (typeof value === "symbol") throw refuse("A symbol");
    if (typeof value === "function") throw refuse("A function");
    if (typeof value !== "object" || value === null) return value;
    const known = MapPrototypeGet(this.memory, value);
    if (known !== undefined) return known;
    const record = webidl.isArrayBufferView(value) ? this.viewRecord(value) : recordOf(value);
    MapPrototypeSet(this.memory, value, record);
    this.serializeParts(value, record);
    return record;
  }

  viewRecord(view) {
    const record = new Record(VIEW, undefined);
    record.extra = viewExtent(view);
    record.value = this.serialize(webidl.viewBuffer(view));
    return record;
  }

  serializeParts(value, record) {
    const { type, value: parts } = record;
    if (type === MAP) {
      // The entries are taken before any of them is read, as getters may change the map.
      const entries = [];
      MapPrototypeForEach(value, (item, key) => {
        entries[entries.length] = key;
        entries[entries.length] = item;
      });
      for (let i = 0; i < entries.length; i++) parts[i] = this.serialize(entries[i]);
    } else if (type === SET) {
      const entries = [];
      SetPrototypeForEach(value, (item) => {
        entries[entries.length] = item;
      });
      for (let i = 0; i < entries.length; i++) parts[i] = this.serialize(entries[i]);
    } else if (type === ERROR) {
      const parts = errorParts(value);
      if (parts.hasCause) parts.cause = this.serialize(parts.cause);
      record.value = parts;
    } else if (type === OBJECT || type === ARRAY) {
      const keys = ObjectKeys(value);
      for (let i = 0; i < keys.length; i++) {
        if (!ObjectHasOwn(value, keys[i])) continue;
        parts[parts.length] = keys[i];
        parts[parts.length] = this.serialize(value[keys[i]]);
      }
    }
  }
}
unlink(Serializer);

/** The record of an object that is no view, without what it refers to. */
export function recordOf(value) {
  if (ArrayIsArray(value)) {
    const record = new Record(ARRAY, []);
    record.extra = value.length;
    return record;
  }
  const prototype = ObjectGetPrototypeOf(value);
  if (prototype === ObjectPrototype || prototype === null) return new Record(OBJECT, []);
  if (cryptoKeys !== null && cryptoKeys.is(value)) return new Record(CRYPTO_KEY, value);
  if (webidl.isArrayBuffer(value)) return bufferRecord(value);
  if (webidl.isSharedArrayBuffer(value)) return new Record(SHARED_BUFFER, value);
  if (isDOMException(value)) return new Record(DOM_EXCEPTION, value);
  if (blobInternals.isBlob(value)) return new Record(BLOB, value);
  if (ErrorIsError(value)) return new Record(ERROR, undefined);
  // Which built-in class an object is of cannot be asked, but an instance has its prototype on the chain.
  for (let link = prototype; link !== null && link !== ObjectPrototype; link = ObjectGetPrototypeOf(link)) {
    const name = MapPrototypeGet(refused, link);
    if (name !== undefined) throw refuse(`A ${name}`);
    const serialize = MapPrototypeGet(cloned, link);
    if (serialize === undefined) continue;
    try {
      return serialize(value);
    } catch {
      break; // It only inherits from the class; it is an ordinary object.
    }
  }
  if (webidl.isPlatformObject(value)) throw refuse("This object");
  return new Record(OBJECT, []);
}

/** What a view is of its buffer; throws when it is none of it any more. */
export function viewExtent(view) {
  const buffer = webidl.viewBuffer(view);
  const detached = webidl.isArrayBuffer(buffer) && webidl.isDetached(buffer);
  if (detached) throw refuse("A view on a detached ArrayBuffer");
  if (webidl.isOutOfBounds(view)) throw refuse("A view that is out of the bounds of its buffer");
  return {
    type: webidl.viewElementType(view),
    offset: webidl.viewByteOffset(view),
    byteLength: webidl.viewByteLength(view),
    tracksLength: webidl.tracksLength(view),
  };
}

/** https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal, errors. */
export function errorParts(error) {
  const { name } = error;
  const message = ReflectGetOwnPropertyDescriptor(error, "message");
  const cause = ReflectGetOwnPropertyDescriptor(error, "cause");
  const stack = ErrorPrototypeGetStack(error);
  const hasCause = cause !== undefined && ObjectHasOwn(cause, "value");
  return {
    name: name === undefined ? "Error" : String(name),
    message: message === undefined || !ObjectHasOwn(message, "value") ? undefined : String(message.value),
    stack: typeof stack === "string" ? stack : undefined,
    hasCause,
    /** Not cloned yet. */
    cause: hasCause ? cause.value : undefined,
  };
}

function bufferRecord(buffer) {
  if (webidl.isDetached(buffer)) throw refuse("A detached ArrayBuffer");
  const resizable = ArrayBufferPrototypeGetResizable(buffer);
  const record = new Record(resizable ? RESIZABLE_BUFFER : BUFFER, webidl.copyBufferSource(buffer));
  if (resizable) record.extra = ArrayBufferPrototypeGetMaxByteLength(buffer);
  return record;
}
