// @ts-check
// v8.Deserializer: values from bytes.
// Reference: https://nodejs.org/docs/latest-v22.x/api/v8.html#class-v8deserializer

import { Buffer } from "transom:internal/node/buffer";
import { typeError } from "transom:internal/node/errors";
import { BITS, ERRORS, FLAGS, NODE_VIEWS, VERSION, VIEWS } from "transom:internal/node/v8/format";
import { types } from "node:util/types";
import { primordials } from "transom:internal/primordials";
import { refuse } from "transom:internal/node/unsupported/refuse";

const refuseTransfer = refuse("v8", "Deserializer.transferArrayBuffer", "give the buffer itself to the serializer");

const { Map, RegExp } = primordials;

export class Deserializer {
  #at = 0;
  #objects = [];
  #version = 0;

  constructor(buffer) {
    if (!types.isArrayBufferView(buffer)) throw typeError("ERR_INVALID_ARG_TYPE", "buffer must be a TypedArray or a DataView");
    this.buffer = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  #fail() {
    return new Error("Unable to deserialize cloned data.");
  }

  #byte() {
    if (this.#at >= this.buffer.length) throw this.#fail();
    return this.buffer[this.#at++];
  }

  /** The next tag; padding is skipped. */
  #tag() {
    let byte = this.#byte();
    while (byte === 0) byte = this.#byte();
    return String.fromCharCode(byte);
  }

  #peek() {
    let at = this.#at;
    while (this.buffer[at] === 0) at++;
    return String.fromCharCode(this.buffer[at] ?? 0);
  }

  #varint() {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  #bytes(count) {
    if (this.#at + count > this.buffer.length) throw this.#fail();
    const bytes = this.buffer.subarray(this.#at, this.#at + count);
    this.#at += count;
    return bytes;
  }

  readHeader() {
    if (this.#byte() !== 0xff) throw new Error("Unable to deserialize cloned data due to invalid or unsupported version.");
    this.#version = this.#varint();
    if (this.#version > VERSION) throw new Error("Unable to deserialize cloned data due to invalid or unsupported version.");
    return true;
  }

  getWireFormatVersion() {
    return this.#version;
  }

  readUint32() {
    return this.#varint() >>> 0;
  }

  readUint64() {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return [Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn)];
    }
  }

  readDouble() {
    return this.#bytes(8).readDoubleLE(0);
  }

  readRawBytes(length) {
    return this.#bytes(length);
  }

  _readRawBytes(length) {
    const start = this.#at;
    this.#bytes(length);
    return start;
  }

  transferArrayBuffer() {
    refuseTransfer();
  }

  #keep(value) {
    this.#objects.push(value);
    return value;
  }

  #bigint() {
    const bits = this.#varint();
    const bytes = this.#bytes(bits >>> 1);
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
    return bits & 1 ? -value : value;
  }

  readValue() {
    const value = this.#value(this.#tag());
    // A view follows the buffer that it is of.
    return types.isArrayBuffer(value) && this.#peek() === "V" ? this.#view(value) : value;
  }

  #value(tag) {
    switch (tag) {
      case "_":
        return undefined;
      case "0":
        return null;
      case "T":
        return true;
      case "F":
        return false;
      case "I": {
        const bits = this.#varint();
        return (bits >>> 1) ^ -(bits & 1);
      }
      case "U":
        return this.#varint();
      case "N":
        return this.readDouble();
      case "Z":
        return this.#bigint();
      case '"':
        return this.#bytes(this.#varint()).toString("latin1");
      case "c":
        return this.#bytes(this.#varint()).toString("utf16le");
      case "S":
        return this.#bytes(this.#varint()).toString("utf8");
      case "^":
        return this.#objects[this.#varint()];
      default:
        return this.#object(tag);
    }
  }

  #object(tag) {
    switch (tag) {
      case "o": {
        const object = this.#keep({});
        this.#properties(object, "{");
        return object;
      }
      case "A": {
        const length = this.#varint();
        const array = this.#keep([]);
        for (let i = 0; i < length; i++) {
          if (this.#peek() === "-") this.#tag();
          else array[i] = this.readValue();
        }
        array.length = length;
        this.#properties(array, "$");
        this.#varint();
        return array;
      }
      case "a": {
        const array = this.#keep([]);
        array.length = this.#varint();
        this.#properties(array, "@");
        this.#varint();
        return array;
      }
      case "D":
        return this.#keep(new Date(this.readDouble()));
      case "R": {
        const index = this.#objects.push(null) - 1;
        const source = this.readValue();
        const bits = this.#varint();
        let flags = "";
        for (const flag of FLAGS) if (bits & BITS[flag]) flags += flag;
        this.#objects[index] = new RegExp(source, flags);
        return this.#objects[index];
      }
      case ";": {
        const map = this.#keep(new Map());
        while (this.#peek() !== ":") map.set(this.readValue(), this.readValue());
        this.#tag();
        this.#varint();
        return map;
      }
      case "'": {
        const set = this.#keep(new Set());
        while (this.#peek() !== ",") set.add(this.readValue());
        this.#tag();
        this.#varint();
        return set;
      }
      case "B": {
        const bytes = this.#bytes(this.#varint());
        return this.#keep(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      }
      case "y":
        return this.#keep(Object(true));
      case "x":
        return this.#keep(Object(false));
      case "n":
        return this.#keep(Object(this.readDouble()));
      case "z":
        return this.#keep(Object(this.#bigint()));
      case "s": {
        const index = this.#objects.push(null) - 1;
        this.#objects[index] = Object(this.readValue());
        return this.#objects[index];
      }
      case "r":
        return this.#error();
      case "\\": {
        const index = this.#objects.push(null) - 1;
        this.#objects[index] = this._readHostObject();
        return this.#objects[index];
      }
      default:
        throw this.#fail();
    }
  }

  #properties(object, end) {
    while (this.#peek() !== end) {
      const key = this.readValue();
      Object.defineProperty(object, key, { value: this.readValue(), writable: true, enumerable: true, configurable: true });
    }
    this.#tag();
    return this.#varint();
  }

  #view(buffer) {
    this.#tag();
    const letter = this.#tag();
    const offset = this.#varint();
    const length = this.#varint();
    this.#varint();
    const constructor = VIEWS[letter];
    if (constructor === undefined) throw this.#fail();
    return this.#keep(new constructor(buffer, offset, length / (constructor.BYTES_PER_ELEMENT ?? 1)));
  }

  #error() {
    const index = this.#objects.push(null) - 1;
    let constructor = Error;
    let message;
    let options;
    let stack;
    for (let tag = this.#tag(); tag !== "."; tag = this.#tag()) {
      if (tag === "m") message = this.readValue();
      else if (tag === "c") options = { cause: this.readValue() };
      else if (tag === "s") stack = this.readValue();
      else constructor = ERRORS[tag] ?? Error;
    }
    const error = new constructor(message, options);
    if (stack !== undefined) Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true });
    this.#objects[index] = error;
    return error;
  }

  _readHostObject() {
    const constructor = NODE_VIEWS[this.readUint32()];
    const bytes = this.#bytes(this.readUint32());
    if (constructor === undefined) throw this.#fail();
    if (constructor === Buffer) return Buffer.from(bytes);
    const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    return new constructor(copy, 0, bytes.length / (constructor.BYTES_PER_ELEMENT ?? 1));
  }
}
