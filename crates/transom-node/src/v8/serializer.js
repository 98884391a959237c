// @ts-check
// v8.Serializer: values as bytes.
// Reference: https://nodejs.org/docs/latest-v22.x/api/v8.html#class-v8serializer

import { Buffer } from "transom:internal/node/buffer";
import { BITS, ERRORS, NODE_VIEWS, VERSION } from "transom:internal/node/v8/format";
import { types } from "node:util/types";
import { primordials } from "transom:internal/primordials";
import { refuse } from "transom:internal/node/unsupported/refuse";

const refuseTransfer = refuse("v8", "Serializer.transferArrayBuffer", "give the buffer itself to the serializer");

const { ErrorIsError, Map, NumberIsInteger, ObjectKeys } = primordials;

/** `make`: the class of the error, which a program may set. */
function cannotClone(value, make = Error) {
  const text = typeof value === "symbol" ? value.toString() : typeof value === "function" ? `${value}` : "#<Object>";
  return new make(`${text} could not be cloned.`);
}

export class Serializer {
  #bytes = Buffer.alloc(256);
  #length = 0;
  #seen = new Map();
  #writesHostObjects = false;

  #room(count) {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  #byte(byte) {
    this.#room(1);
    this.#bytes[this.#length++] = byte;
  }

  #tag(letter) {
    this.#byte(letter.charCodeAt(0));
  }

  #varint(number) {
    do {
      const low = number % 128;
      number = Math.floor(number / 128);
      this.#byte(number > 0 ? low | 128 : low);
    } while (number > 0);
  }

  writeHeader() {
    this.#byte(0xff);
    this.#byte(VERSION);
  }

  writeUint32(value) {
    this.#varint(value >>> 0);
  }

  writeUint64(high, low) {
    let rest = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    do {
      const part = Number(rest & 127n);
      rest >>= 7n;
      this.#byte(rest > 0n ? part | 128 : part);
    } while (rest > 0n);
  }

  writeDouble(value) {
    this.#room(8);
    this.#bytes.writeDoubleLE(value, this.#length);
    this.#length += 8;
  }

  writeRawBytes(source) {
    const bytes = new Uint8Array(source.buffer ?? source, source.byteOffset ?? 0, source.byteLength);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  releaseBuffer() {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.alloc(256);
    this.#length = 0;
    return bytes;
  }

  transferArrayBuffer() {
    refuseTransfer();
  }

  _setTreatArrayBufferViewsAsHostObjects(flag) {
    this.#writesHostObjects = flag;
  }

  #string(text) {
    if (/^[\x00-\xff]*$/.test(text)) {
      this.#tag('"');
      this.#varint(text.length);
      this.writeRawBytes(Buffer.from(text, "latin1"));
      return;
    }
    const bytes = Buffer.from(text, "utf16le");
    // Two-byte text begins at an even place.
    const lengthBytes = Math.ceil((Math.floor(Math.log2(bytes.length)) + 1) / 7);
    if ((this.#length + 1 + lengthBytes) % 2 !== 0) this.#byte(0);
    this.#tag("c");
    this.#varint(bytes.length);
    this.writeRawBytes(bytes);
  }

  #number(value) {
    if (NumberIsInteger(value) && !Object.is(value, -0) && value >= -(2 ** 30) && value < 2 ** 30) {
      this.#tag("I");
      this.#varint(((value << 1) ^ (value >> 31)) >>> 0);
    } else {
      this.#tag("N");
      this.writeDouble(value);
    }
  }

  #bigint(value) {
    let rest = value < 0n ? -value : value;
    const bytes = [];
    while (rest > 0n) {
      for (let i = 0; i < 8; i++) {
        bytes.push(Number(rest & 255n));
        rest >>= 8n;
      }
    }
    this.#varint((bytes.length << 1) | (value < 0n ? 1 : 0));
    this.writeRawBytes(Uint8Array.from(bytes));
  }

  writeValue(value) {
    switch (typeof value) {
      case "undefined":
        this.#tag("_");
        break;
      case "boolean":
        this.#tag(value ? "T" : "F");
        break;
      case "number":
        this.#number(value);
        break;
      case "bigint":
        this.#tag("Z");
        this.#bigint(value);
        break;
      case "string":
        this.#string(value);
        break;
      case "object":
        if (value === null) this.#tag("0");
        else this.#object(value);
        break;
      default:
        throw cannotClone(value, this._getDataCloneError);
    }
    return true;
  }

  #object(value) {
    if (types.isArrayBufferView(value) && !this.#writesHostObjects && !this.#seen.has(value) && !this.#seen.has(value.buffer)) {
      // V8 writes the buffer first, then what the view covers of it.
      this.writeValue(value.buffer);
    }
    const known = this.#seen.get(value);
    if (known !== undefined) {
      this.#tag("^");
      this.#varint(known);
      return;
    }
    this.#seen.set(value, this.#seen.size);
    if (types.isArrayBufferView(value)) {
      if (!this.#writesHostObjects) throw cannotClone(value);
      this.#tag("\\");
      this._writeHostObject(value);
    } else if (Array.isArray(value)) {
      this.#array(value);
    } else if (types.isDate(value)) {
      this.#tag("D");
      this.writeDouble(value.getTime());
    } else if (types.isRegExp(value)) {
      this.#tag("R");
      this.#string(value.source);
      let bits = 0;
      for (const flag of value.flags) bits |= BITS[flag] ?? 0;
      this.#varint(bits);
    } else if (types.isMap(value)) {
      this.#tag(";");
      const entries = [...value];
      for (const [key, item] of entries) {
        this.writeValue(key);
        this.writeValue(item);
      }
      this.#tag(":");
      this.#varint(entries.length * 2);
    } else if (types.isSet(value)) {
      this.#tag("'");
      const items = [...value];
      for (const item of items) this.writeValue(item);
      this.#tag(",");
      this.#varint(items.length);
    } else if (types.isArrayBuffer(value)) {
      this.#tag("B");
      this.#varint(value.byteLength);
      this.writeRawBytes(new Uint8Array(value));
    } else if (types.isBoxedPrimitive(value)) {
      this.#boxed(value);
    } else if (ErrorIsError(value)) {
      this.#error(value);
    } else if (types.isPromise(value) || types.isProxy(value) || types.isWeakMap(value) || types.isWeakSet(value) || types.isGeneratorObject(value)) {
      throw cannotClone(value);
    } else {
      this.#tag("o");
      this.#varintAfter("{", this.#properties(value, ObjectKeys(value)));
    }
  }

  #varintAfter(letter, count) {
    this.#tag(letter);
    this.#varint(count);
  }

  #properties(value, keys) {
    let count = 0;
    for (const key of keys) {
      if (!Object.hasOwn(value, key)) continue;
      if (/^(?:0|[1-9]\d{0,9})$/.test(key) && +key < 2 ** 32 - 1) this.#number(+key);
      else this.#string(key);
      this.writeValue(value[key]);
      count++;
    }
    return count;
  }

  #array(value) {
    const keys = ObjectKeys(value);
    const isIndex = (key) => /^(?:0|[1-9]\d*)$/.test(key);
    const isDense = keys.filter(isIndex).length === value.length;
    this.#tag(isDense ? "A" : "a");
    this.#varint(value.length);
    if (isDense) for (let i = 0; i < value.length; i++) this.writeValue(value[i]);
    const count = this.#properties(value, isDense ? keys.filter((key) => !isIndex(key)) : keys);
    this.#tag(isDense ? "$" : "@");
    this.#varint(count);
    this.#varint(value.length);
  }

  #boxed(value) {
    const primitive = value.valueOf();
    if (typeof primitive === "boolean") this.#tag(primitive ? "y" : "x");
    else if (typeof primitive === "number") {
      this.#tag("n");
      this.writeDouble(primitive);
    } else if (typeof primitive === "bigint") {
      this.#tag("z");
      this.#bigint(primitive);
    } else if (typeof primitive === "string") {
      this.#tag("s");
      this.#string(primitive);
    } else {
      throw cannotClone(value);
    }
  }

  #error(value) {
    this.#tag("r");
    for (const letter in ERRORS) if (ERRORS[letter].name === value.name) this.#tag(letter);
    if (Object.hasOwn(value, "message")) {
      this.#tag("m");
      this.#string(`${value.message}`);
    }
    if (Object.hasOwn(value, "cause")) {
      this.#tag("c");
      this.writeValue(value.cause);
    }
    if (typeof value.stack === "string") {
      this.#tag("s");
      this.#string(value.stack);
    }
    this.#tag(".");
  }

  _writeHostObject(view) {
    let index = NODE_VIEWS.findIndex((constructor) => view.constructor === constructor);
    if (index === -1) index = 1;
    this.writeUint32(index);
    this.writeUint32(view.byteLength);
    this.writeRawBytes(view);
  }
}
