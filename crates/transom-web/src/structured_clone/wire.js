// @ts-check
// Serialized values as text and bytes, for other threads of the process.
//
// What `serialize` makes is a graph of records. `encode` writes it as one list of primitives, in which a record has a
// number once it was met, and a list of byte arrays; `decode` makes records of them again.

import { blobInternals } from "transom:internal/blob/blob";
import { fileInternals } from "transom:internal/blob/file";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";
import { deserialize } from "transom:internal/structured_clone/deserialize";
import {
  ARRAY, BLOB, BUFFER, CRYPTO_KEY, DATE, DOM_EXCEPTION, ERROR, MAP, OBJECT, PRIMITIVE_OBJECT, Record, REGEXP,
  RESIZABLE_BUFFER, Serializer, SET, VIEW,
} from "transom:internal/structured_clone/serialize";

const {
  BigInt, ErrorPrototypeGetStack, JSONParse, JSONStringify, Map, MapPrototypeGet, MapPrototypeGetSize, MapPrototypeSet, NumberIsFinite,
  ObjectDefineProperty, ObjectIs, ObjectSetPrototypeOf, unlink,
} = primordials;

const cryptoKeys = lazy("transom:internal/crypto/crypto_key");
const quotas = lazy("transom:internal/dom_exception/quota_exceeded_error");

// The tags of values; what follows each on the list is in the comment.
/** Nothing. */
const UNDEFINED = 0;
/** The primitive: a string, a boolean, null or an ordinary number. */
const PRIMITIVE = 1;
/** Its digits. */
const BIGINT = 2;
/** NaN, an infinity or -0, as a string. */
const STRANGE_NUMBER = 3;
/** The number of a record that was written before. */
const KNOWN = 4;
/** The type of a record, and what the type needs. */
const NEW = 5;

/** The value cannot leave its thread. */
class Bound {}
unlink(Bound);

class Encoder {
  constructor() {
    // Without a prototype, or JSON would ask it for `toJSON`.
    this.list = ObjectSetPrototypeOf([], null);
    this.parts = [];
    this.numbers = new Map();
  }

  put(item) {
    this.list[this.list.length] = item;
  }

  bytes(bytes) {
    this.put(this.parts.length);
    this.parts[this.parts.length] = bytes;
  }

  value(value) {
    if (value instanceof Record) {
      const known = MapPrototypeGet(this.numbers, value);
      if (known === undefined) return this.record(value);
      this.put(KNOWN);
      this.put(known);
    } else if (value === undefined) {
      this.put(UNDEFINED);
    } else if (typeof value === "bigint") {
      this.put(BIGINT);
      this.put(`${value}`);
    } else if (typeof value === "number" && (!NumberIsFinite(value) || ObjectIs(value, -0))) {
      this.put(STRANGE_NUMBER);
      this.put(ObjectIs(value, -0) ? "-0" : `${value}`);
    } else {
      this.put(PRIMITIVE);
      this.put(value);
    }
  }

  values(values) {
    this.put(values.length);
    for (let i = 0; i < values.length; i++) this.value(values[i]);
  }

  record(record) {
    const { extra, type, value } = record;
    MapPrototypeSet(this.numbers, record, MapPrototypeGetSize(this.numbers));
    this.put(NEW);
    this.put(type);
    switch (type) {
      case PRIMITIVE_OBJECT:
      case DATE:
        return this.value(value);
      case REGEXP:
        return this.values([value, extra]);
      case BUFFER:
        return this.bytes(value);
      case RESIZABLE_BUFFER:
        this.bytes(value);
        return this.value(extra);
      case VIEW:
        return this.values([value, extra.type, extra.offset, extra.byteLength, extra.tracksLength]);
      case ARRAY:
        this.value(extra);
        return this.values(value);
      case MAP:
      case SET:
      case OBJECT:
        return this.values(value);
      case ERROR:
        return this.values([value.name, value.message, value.stack, value.hasCause, value.cause]);
      case DOM_EXCEPTION:
        return this.domException(value);
      case BLOB:
        return this.blob(value);
      case CRYPTO_KEY:
        return this.key(value);
      default:
        throw new Bound(); // Shared memory, streams and ports.
    }
  }

  domException(exception) {
    const { message, name } = exception;
    const stack = ErrorPrototypeGetStack(exception);
    const hasQuota = name === "QuotaExceededError" && quotas().isQuotaExceededError(exception);
    const { quota, requested } = hasQuota ? exception : { quota: null, requested: null };
    this.values([message, name, stack, hasQuota, quota, requested]);
  }

  blob(blob) {
    const bytes = blobInternals.bytesNow(blob);
    if (bytes === null) throw new Bound(); // Its file belongs to a request of this thread.
    const isFile = fileInternals.isFile(blob);
    const name = isFile ? fileInternals.name(blob) : undefined;
    this.bytes(bytes);
    this.values([blobInternals.type(blob), name, isFile ? fileInternals.lastModified(blob) : undefined]);
  }

  key(key) {
    const inside = cryptoKeys().cryptoKeyInternals;
    const serializer = new Serializer();
    this.bytes(inside.material(key));
    this.values([
      inside.type(key), inside.extractable(key), serializer.serialize({ ...inside.algorithm(key) }),
      serializer.serialize(inside.usages(key)),
    ]);
  }
}
unlink(Encoder);

/** `{ text, parts }` for the value that `serialize` has read, or null when it cannot leave its thread. */
export function encode(serialized) {
  const encoder = new Encoder();
  try {
    encoder.value(serialized);
  } catch (error) {
    if (error instanceof Bound) return null;
    throw error;
  }
  return { text: JSONStringify(encoder.list), parts: encoder.parts };
}

class Decoder {
  constructor(text, parts) {
    this.list = JSONParse(text);
    this.parts = parts;
    this.at = 0;
    this.records = [];
  }

  next() {
    return this.list[this.at++];
  }

  bytes() {
    return this.parts[this.next()];
  }

  value() {
    switch (this.next()) {
      case UNDEFINED:
        return undefined;
      case BIGINT:
        return BigInt(this.next());
      case STRANGE_NUMBER:
        return +this.next();
      case KNOWN:
        return this.records[this.next()];
      case NEW:
        return this.record(this.next());
      default:
        return this.next();
    }
  }

  values() {
    const length = this.next();
    const values = [];
    for (let i = 0; i < length; i++) values[i] = this.value();
    return values;
  }

  record(type) {
    const record = new Record(type, undefined);
    this.records[this.records.length] = record;
    switch (type) {
      case PRIMITIVE_OBJECT:
      case DATE:
        record.value = this.value();
        break;
      case BUFFER:
        record.value = this.bytes();
        break;
      case RESIZABLE_BUFFER:
        record.value = this.bytes();
        record.extra = this.value();
        break;
      case ARRAY:
        record.extra = this.value();
        record.value = this.values();
        break;
      case BLOB:
        record.value = blob(this.bytes(), this.values());
        break;
      case CRYPTO_KEY:
        record.value = key(this.bytes(), this.values());
        break;
      default:
        finish(record, this.values());
    }
    return record;
  }
}
unlink(Decoder);

/** Fills the records that are all values. */
function finish(record, values) {
  switch (record.type) {
    case REGEXP:
      record.value = values[0];
      record.extra = values[1];
      break;
    case VIEW:
      record.value = values[0];
      record.extra = { type: values[1], offset: values[2], byteLength: values[3], tracksLength: values[4] };
      break;
    case ERROR:
      record.value = { name: values[0], message: values[1], stack: values[2], hasCause: values[3], cause: values[4] };
      break;
    case DOM_EXCEPTION:
      record.value = domException(values);
      break;
    default:
      record.value = values;
  }
}

function domException({ 0: message, 1: name, 2: stack, 3: hasQuota, 4: quota, 5: requested }) {
  const options = { __proto__: null, quota: quota ?? undefined, requested: requested ?? undefined };
  const exception = hasQuota ? new (quotas().QuotaExceededError)(message, options) : new DOMException(message, name);
  ObjectDefineProperty(exception, "stack", { __proto__: null, value: stack, writable: true, configurable: true });
  return exception;
}

function blob(bytes, { 0: type, 1: name, 2: lastModified }) {
  if (name === undefined) return blobInternals.createFromBytes(bytes, type);
  return fileInternals.fromBytes(bytes, name, { type, lastModified });
}

function key(material, { 0: type, 1: extractable, 2: algorithm, 3: usages }) {
  const inside = cryptoKeys().cryptoKeyInternals;
  return inside.create(type, extractable, deserialize(algorithm), deserialize(usages), material);
}

/** What `encode` was given, once: the byte arrays become part of it. */
export function decode(text, parts) {
  return new Decoder(text, parts).value();
}
