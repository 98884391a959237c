// @ts-check
// Decoding of bytes in any encoding, whole or piece by piece; behind TextDecoder and TextDecoderStream.
// Spec: https://encoding.spec.whatwg.org/#decoders. Native half: encoding.rs.
//
// UTF-8 is decoded by the engine; between pieces only the bytes of an unfinished character are kept, here. Other
// encodings keep their state in a native decoder, which exists from the first piece to the last.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { bytesOf } from "transom:internal/webidl/webidl";

const {
  FinalizationRegistry, FinalizationRegistryPrototypeRegister, FinalizationRegistryPrototypeUnregister,
  TypedArrayPrototypeGetLength, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array, unlink,
} = primordials;

const EMPTY = new Uint8Array(0);

// A decoder that is dropped in the middle of a text gives its native half back.
const abandoned = new FinalizationRegistry((id) => ops.encoding_decoder_close(id));

/** Decodes one text after the other in one encoding. `encoding` is a name that `encoding_for_label` returned. */
export class Decoder {
  constructor(encoding, fatal, ignoreBOM) {
    this.encoding = encoding;
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
    this.isUtf8 = encoding === "utf-8";
    /** UTF-8: bytes of an unfinished character. */
    this.pending = EMPTY;
    /** UTF-8: whether the text has begun, so that no byte order mark can follow. */
    this.begun = false;
    /** Other encodings: the native decoder between pieces, or 0. */
    this.handle = 0;
  }

  /** Decodes `source`; with `last` the text ends here. Throws a TypeError in fatal mode. */
  decode(source, last) {
    const bytes = source === undefined ? EMPTY : bytesOf(source);
    return this.isUtf8 ? this.decodeUtf8(bytes, last) : this.decodeOther(bytes, last);
  }

  decodeUtf8(bytes, last) {
    const { begun } = this;
    let input = bytes;
    if (TypedArrayPrototypeGetLength(this.pending) > 0) {
      input = concatenated(this.pending, bytes);
      this.pending = EMPTY;
    }
    if (last) {
      this.begun = false;
    } else {
      const length = TypedArrayPrototypeGetLength(input);
      const tail = unfinished(input, length);
      if (tail > 0) {
        this.pending = concatenated(TypedArrayPrototypeSubarray(input, length - tail, length), EMPTY);
        input = TypedArrayPrototypeSubarray(input, 0, length - tail);
      }
      if (length > tail) this.begun = true;
    }
    try {
      return ops.utf8_decode(input, this.fatal, begun || this.ignoreBOM);
    } catch (error) {
      this.pending = EMPTY;
      this.begun = false;
      throw error;
    }
  }

  decodeOther(bytes, last) {
    if (this.handle === 0) {
      if (last) return ops.encoding_decode(this.encoding, bytes, this.fatal, this.ignoreBOM);
      this.handle = ops.encoding_decoder_open(this.encoding, this.fatal, this.ignoreBOM);
      FinalizationRegistryPrototypeRegister(abandoned, this, this.handle, this);
    }
    const { handle } = this;
    try {
      const text = ops.encoding_decoder_push(handle, bytes, last);
      if (last) this.forget();
      return text;
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** The native decoder has ended by itself. */
  forget() {
    FinalizationRegistryPrototypeUnregister(abandoned, this);
    this.handle = 0;
  }
}
unlink(Decoder);

function concatenated(first, second) {
  const length = TypedArrayPrototypeGetLength(first);
  const whole = new Uint8Array(length + TypedArrayPrototypeGetLength(second));
  TypedArrayPrototypeSet(whole, first);
  TypedArrayPrototypeSet(whole, second, length);
  return whole;
}

/** How many bytes at the end of `bytes` begin a UTF-8 sequence that may still become valid. */
function unfinished(bytes, length) {
  for (let count = 1; count <= 3 && count <= length; count++) {
    const lead = bytes[length - count];
    if ((lead & 0xc0) === 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return 0;
    const needed = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (count >= needed) return 0;
    return count === 1 || secondByteFits(lead, bytes[length - count + 1]) ? count : 0;
  }
  return 0;
}

/** The ranges of https://encoding.spec.whatwg.org/#utf-8-decoder, step 3. */
function secondByteFits(lead, second) {
  if (lead === 0xe0) return second >= 0xa0;
  if (lead === 0xed) return second <= 0x9f;
  if (lead === 0xf0) return second >= 0x90;
  if (lead === 0xf4) return second <= 0x8f;
  return true;
}
