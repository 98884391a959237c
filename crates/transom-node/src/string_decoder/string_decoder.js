// @ts-check
// node:string_decoder: text from bytes that come in pieces, with no character torn apart.
// Reference: https://nodejs.org/docs/latest-v22.x/api/string_decoder.html

import { canonical, decode } from "transom:internal/node/buffer/encodings";
import { codes } from "transom:internal/node/errors";
import { primordials } from "transom:internal/primordials";
import { Buffer } from "transom:internal/node/buffer";

const {
  ArrayBufferIsView, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array,
} = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } = codes;

const NO_BYTES = new Uint8Array(0);
const toHere = (bytes, end) => TypedArrayPrototypeSubarray(bytes, 0, end);
const fromHere = (bytes, start) => TypedArrayPrototypeSubarray(bytes, start);
const all = (bytes, encoding) => (bytes.length === 0 ? "" : decode(bytes, encoding, 0, bytes.length));

/** How many bytes a UTF-8 sequence has that begins with this one; 0 when none does. */
function sequenceLength(byte) {
  if (byte >= 0xc2 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

/** Whether a second byte is possible after this first one (Unicode, table 3-7). */
function isSecond(first, second) {
  if (second < 0x80 || second > 0xbf) return false;
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second <= 0x9f;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second <= 0x8f;
}

/** Where the last character begins if it is not complete; the length otherwise. */
function wholeUtf8(bytes) {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const needed = sequenceLength(byte);
    if (needed <= back || (back > 1 && !isSecond(byte, bytes[length - back + 1]))) return length;
    return length - back;
  }
  return length;
}

function wholeUtf16(bytes) {
  const even = bytes.length & ~1;
  if (even >= 2) {
    const high = bytes[even - 1];
    if (high >= 0xd8 && high <= 0xdb) return even - 2;
  }
  return even;
}

const wholeBase64 = (bytes) => bytes.length - (bytes.length % 3);
const WHOLE = {
  __proto__: null, utf8: wholeUtf8, utf16le: wholeUtf16, base64: wholeBase64, base64url: wholeBase64,
};

export class StringDecoder {
  #encoding;
  #rest = NO_BYTES;

  constructor(encoding) {
    const known = encoding === undefined || encoding === null || encoding === "" ? "utf8" : canonical(encoding);
    if (known === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    this.encoding = known;
    this.#encoding = known;
  }

  /** The text of the bytes so far, except for a character whose end is missing. */
  write(chunk) {
    if (typeof chunk === "string") return chunk;
    if (!ArrayBufferIsView(chunk)) throw new ERR_INVALID_ARG_TYPE("buf", ["Buffer", "TypedArray", "DataView"], chunk);
    let bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const whole = WHOLE[this.#encoding];
    if (whole === undefined) return all(bytes, this.#encoding);
    if (this.#rest.length > 0) {
      const joined = new Uint8Array(this.#rest.length + bytes.length);
      TypedArrayPrototypeSet(joined, this.#rest);
      TypedArrayPrototypeSet(joined, bytes, this.#rest.length);
      bytes = joined;
    }
    const end = whole(bytes);
    // A copy: the caller may use its memory again.
    this.#rest = end === bytes.length ? NO_BYTES : new Uint8Array(fromHere(bytes, end));
    return all(toHere(bytes, end), this.#encoding);
  }

  /** What is left, with a replacement for an incomplete character. */
  end(chunk = undefined) {
    const text = chunk === undefined ? "" : this.write(chunk);
    const rest = this.#rest;
    this.#rest = NO_BYTES;
    return text + all(rest, this.#encoding);
  }

  text(chunk, offset) {
    this.#rest = NO_BYTES;
    return this.write(chunk.slice(offset));
  }

  get lastChar() {
    return Buffer.from(this.#rest);
  }

  get lastNeed() {
    if (this.#rest.length === 0) return 0;
    if (this.#encoding === "utf8") return sequenceLength(this.#rest[0]) - this.#rest.length;
    return (this.#encoding === "utf16le" ? (this.#rest.length < 2 ? 2 : 4) : 3) - this.#rest.length;
  }

  get lastTotal() {
    return this.#rest.length === 0 ? 0 : this.#rest.length + this.lastNeed;
  }
}

export default { StringDecoder };
