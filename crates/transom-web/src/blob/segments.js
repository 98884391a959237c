// @ts-check
// The content of a blob: a list of segments, each a range of memory or of a file source. Immutable and shared: a
// slice refers to the same memory and the same file.
//
// A file source is `{ size, read(offset, length) }`; `read` returns a promise for a Uint8Array of at most `length`
// bytes. Whoever made the source decides how long its file lives.

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { ByteControllerState } from "transom:internal/streams/byte_controller_state";
import { ReadableState } from "transom:internal/streams/readable_state";

const {
  PromisePrototypeThen, PromiseReject, PromiseResolve, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetLength, TypedArrayPrototypeSet, Uint8Array, unlink,
} = primordials;

/** Size of the chunks that a blob's stream yields, in bytes. */
const CHUNK_BYTES = 64 * 1024;

/** A range of bytes: `source` is a Uint8Array that nobody changes, or a file source. */
class Segment {
  constructor(source, inMemory, offset, length) {
    this.source = source;
    this.inMemory = inMemory;
    this.offset = offset;
    this.length = length;
  }

  /** The bytes of a segment in memory, without copying. */
  get bytes() {
    return new Uint8Array(
      TypedArrayPrototypeGetBuffer(this.source),
      TypedArrayPrototypeGetByteOffset(this.source) + this.offset,
      this.length,
    );
  }

  part(start, length) {
    return new Segment(this.source, this.inMemory, this.offset + start, length);
  }

  /** A promise for at most `length` bytes of a file source, and at least one. */
  async read(start, length) {
    const bytes = await this.source.read(this.offset + start, length);
    if (TypedArrayPrototypeGetLength(bytes) > 0) return bytes;
    throw new DOMException("The file is shorter than it was", "NotReadableError");
  }
}
unlink(Segment);

/** The content of a blob. */
export class Content {
  constructor(segments, size) {
    this.segments = segments;
    this.size = size;
  }

  static empty() {
    return new Content([], 0);
  }

  /** `bytes` must not be changed any more. */
  static ofBytes(bytes) {
    const length = TypedArrayPrototypeGetLength(bytes);
    return length === 0 ? Content.empty() : new Content([new Segment(bytes, true, 0, length)], length);
  }

  /** `source` is `{ size, read(offset, length) }`, where `read` returns a promise for a Uint8Array. */
  static ofSource(source) {
    const { size } = source;
    return size === 0 ? Content.empty() : new Content([new Segment(source, false, 0, size)], size);
  }

  /** The concatenation of several contents. */
  static joined(contents) {
    const segments = [];
    let size = 0;
    for (let i = 0; i < contents.length; i++) {
      const { segments: parts } = contents[i];
      for (let j = 0; j < parts.length; j++) segments[segments.length] = parts[j];
      size += contents[i].size;
    }
    return new Content(segments, size);
  }

  slice(start, end) {
    const segments = [];
    let at = 0;
    for (let i = 0; i < this.segments.length && at < end; i++) {
      const segment = this.segments[i];
      const from = start > at ? start - at : 0;
      const to = end - at < segment.length ? end - at : segment.length;
      if (from < to) segments[segments.length] = segment.part(from, to - from);
      at += segment.length;
    }
    return new Content(segments, end - start);
  }

  get inMemory() {
    for (let i = 0; i < this.segments.length; i++) if (!this.segments[i].inMemory) return false;
    return true;
  }

  /** All bytes, for content in memory. May be the very memory behind the blob: not to be changed. */
  sharedBytes() {
    if (this.segments.length === 1) return this.segments[0].bytes;
    return this.copyBytes();
  }

  /** A fresh array with all bytes, for content in memory. */
  copyBytes() {
    if (this.segments.length === 1) return ops.bytes_copy(this.segments[0].bytes);
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (let i = 0; i < this.segments.length; i++) {
      TypedArrayPrototypeSet(whole, this.segments[i].bytes, at);
      at += this.segments[i].length;
    }
    return whole;
  }

  /** A promise for a fresh array with all bytes. */
  readAll() {
    if (this.inMemory) {
      try {
        return PromiseResolve(this.copyBytes());
      } catch (error) {
        return PromiseReject(error);
      }
    }
    return this.readFromFiles();
  }

  async readFromFiles() {
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (let i = 0; i < this.segments.length; i++) {
      const segment = this.segments[i];
      if (segment.inMemory) {
        TypedArrayPrototypeSet(whole, segment.bytes, at);
      } else {
        for (let done = 0; done < segment.length; ) {
          const bytes = await segment.read(done, segment.length - done);
          TypedArrayPrototypeSet(whole, bytes, at + done);
          done += TypedArrayPrototypeGetLength(bytes);
        }
      }
      at += segment.length;
    }
    return whole;
  }

  /** What is behind a stream of bytes over the content; nothing is read before somebody asks. */
  readable() {
    const state = new ReadableState();
    const controller = new ByteControllerState(state, new Cursor(this.segments), 0, undefined);
    controller.started = true;
    return state;
  }
}
unlink(Content);

/** The source of such a stream: where it is in the segments. */
class Cursor {
  constructor(segments) {
    this.segments = segments;
    this.index = 0;
    this.offset = 0;
  }

  pull(controller) {
    if (this.index === this.segments.length) {
      controller.close();
      return undefined;
    }
    const segment = this.segments[this.index];
    const { offset } = this;
    const rest = segment.length - offset;
    const length = rest < CHUNK_BYTES ? rest : CHUNK_BYTES;
    if (!segment.inMemory) {
      return PromisePrototypeThen(segment.read(offset, length), (bytes) => {
        this.advance(segment, TypedArrayPrototypeGetLength(bytes));
        controller.enqueueOwned(bytes);
      });
    }
    const copy = ops.bytes_copy(segment.part(offset, length).bytes);
    this.advance(segment, length);
    controller.enqueueOwned(copy);
    return undefined;
  }

  advance(segment, length) {
    this.offset += length;
    if (this.offset < segment.length) return;
    this.index++;
    this.offset = 0;
  }

  cancel() {
    this.index = this.segments.length;
  }
}
unlink(Cursor);
