// @ts-check
// The state of a readable stream, and the algorithm that fills and empties its buffer.
//
// The names of the fields are Node's: packages look into `_readableState`. A stream flows (`flowing` true), is paused
// (false), or nobody has asked for data yet (null).

import { codes } from "transom:internal/node/errors";
import { nextTick } from "transom:internal/node/process/next_tick";
import { errorOrDestroy } from "transom:internal/node/stream/destroy";
import { highWaterMarkOf, getDefaultHighWaterMark } from "transom:internal/node/stream/high_water_mark";
import { StringDecoder } from "node:string_decoder";
import { Buffer } from "transom:internal/node/buffer";

const {
  ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_STREAM_PUSH_AFTER_EOF, ERR_STREAM_UNSHIFT_AFTER_END_EVENT, ERR_UNKNOWN_ENCODING,
} = codes;

const MAX_HIGH_WATER_MARK = 0x40000000;

export class ReadableState {
  constructor(options, stream, isDuplex) {
    this.objectMode = !!(options?.objectMode || (isDuplex && options?.readableObjectMode));
    this.highWaterMark = options
      ? highWaterMarkOf(this, options, "readableHighWaterMark", isDuplex)
      : getDefaultHighWaterMark(false);
    this.buffer = [];
    this.bufferIndex = 0;
    this.length = 0;
    this.pipes = [];
    this.flowing = null;
    this.ended = false;
    this.endEmitted = false;
    this.reading = false;
    this.constructed = true;
    // Whether `_read` has not returned yet: what is pushed then must not be emitted at once.
    this.sync = true;
    this.needReadable = false;
    this.emittedReadable = false;
    this.readableListening = false;
    this.resumeScheduled = false;
    this.errorEmitted = false;
    this.emitClose = options?.emitClose !== false;
    this.autoDestroy = options?.autoDestroy !== false;
    this.destroyed = false;
    this.errored = null;
    this.closed = false;
    this.closeEmitted = false;
    this.defaultEncoding = options?.defaultEncoding ?? "utf8";
    if (options?.defaultEncoding && !Buffer.isEncoding(options.defaultEncoding)) {
      throw new ERR_UNKNOWN_ENCODING(options.defaultEncoding);
    }
    // Destinations of `pipe` that wait for their `drain`: one, or a set of them.
    this.awaitDrainWriters = null;
    this.multiAwaitDrain = false;
    this.readingMore = false;
    this.dataEmitted = false;
    this.paused = null;
    this.decoder = null;
    this.encoding = null;
    if (options?.encoding) {
      this.decoder = new StringDecoder(options.encoding);
      this.encoding = options.encoding;
    }
  }

  get pipesCount() {
    return this.pipes.length;
  }

  /** The buffered chunks; those before `bufferIndex` are gone already. */
  compact() {
    if (this.bufferIndex > 0) this.buffer.splice(0, this.bufferIndex);
    this.bufferIndex = 0;
    return this.buffer;
  }

  shift() {
    const chunk = this.buffer[this.bufferIndex];
    if (this.bufferIndex + 1 === this.buffer.length) {
      this.buffer.length = 0;
      this.bufferIndex = 0;
    } else {
      this.buffer[this.bufferIndex++] = null;
      if (this.bufferIndex > 1024) this.compact();
    }
    return chunk;
  }

  get canPushMore() {
    return !this.ended && (this.length < this.highWaterMark || this.length === 0);
  }

  stopWaitingForDrain() {
    if (this.multiAwaitDrain) this.awaitDrainWriters.clear();
    else this.awaitDrainWriters = null;
  }
}

const toBuffer = (view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
const wrongChunk = (chunk) => new ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer", "TypedArray", "DataView"], chunk);

/** `push`: adds a chunk at the end. */
export function pushChunk(stream, state, chunk, encoding) {
  if (chunk === null) {
    state.reading = false;
    endOfChunks(stream, state);
    return false;
  }
  if (state.objectMode) {
    if (state.ended) {
      errorOrDestroy(stream, new ERR_STREAM_PUSH_AFTER_EOF());
      return false;
    }
    if (state.destroyed || state.errored) return false;
    state.reading = false;
    if (state.decoder !== null && !encoding) chunk = state.decoder.write(chunk);
    addChunk(stream, state, chunk, false);
    return state.canPushMore;
  }
  return pushBytes(stream, state, chunk, encoding);
}

function pushBytes(stream, state, chunk, encoding) {
  if (typeof chunk === "string") {
    encoding ||= state.defaultEncoding;
    if (state.encoding !== encoding) {
      // With an encoding of its own the stream holds text of that encoding.
      chunk = Buffer.from(chunk, encoding);
      if (state.encoding) chunk = chunk.toString(state.encoding);
      else encoding = "";
    }
  } else if (chunk instanceof Buffer) {
    encoding = "";
  } else if (ArrayBuffer.isView(chunk)) {
    chunk = toBuffer(chunk);
    encoding = "";
  } else if (chunk !== undefined) {
    errorOrDestroy(stream, wrongChunk(chunk));
    return false;
  }
  if (!chunk || chunk.length <= 0) {
    state.reading = false;
    readMore(stream, state);
    return state.canPushMore;
  }
  if (state.ended) {
    errorOrDestroy(stream, new ERR_STREAM_PUSH_AFTER_EOF());
    return false;
  }
  if (state.destroyed || state.errored) return false;
  state.reading = false;
  if (state.decoder !== null && !encoding) {
    chunk = state.decoder.write(chunk);
    if (chunk.length === 0) {
      readMore(stream, state);
      return state.canPushMore;
    }
  }
  addChunk(stream, state, chunk, false);
  return state.canPushMore;
}

/** `unshift`: adds a chunk in front. */
export function unshiftChunk(stream, state, chunk, encoding) {
  if (chunk === null) {
    state.reading = false;
    endOfChunks(stream, state);
    return false;
  }
  if (!state.objectMode) {
    if (typeof chunk === "string") {
      encoding ||= state.defaultEncoding;
      if (state.encoding !== encoding) {
        chunk = Buffer.from(chunk, encoding);
        if (state.encoding) chunk = chunk.toString(state.encoding);
      }
    } else if (ArrayBuffer.isView(chunk)) {
      if (!(chunk instanceof Buffer)) chunk = toBuffer(chunk);
    } else if (chunk !== undefined) {
      errorOrDestroy(stream, wrongChunk(chunk));
      return false;
    }
    if (!(chunk && chunk.length > 0)) return state.canPushMore;
  }
  if (state.endEmitted) errorOrDestroy(stream, new ERR_STREAM_UNSHIFT_AFTER_END_EVENT());
  else if (state.destroyed || state.errored) return false;
  else addChunk(stream, state, chunk, true);
  return state.canPushMore;
}

function addChunk(stream, state, chunk, isFirst) {
  if (state.flowing && state.length === 0 && !state.sync && stream.listenerCount("data") > 0) {
    state.stopWaitingForDrain();
    state.dataEmitted = true;
    stream.emit("data", chunk);
  } else {
    state.length += state.objectMode ? 1 : chunk.length;
    if (!isFirst) state.buffer.push(chunk);
    else if (state.bufferIndex > 0) state.buffer[--state.bufferIndex] = chunk;
    else state.buffer.unshift(chunk);
    if (state.needReadable) emitReadable(stream);
  }
  readMore(stream, state);
}

/** `push(null)`. */
function endOfChunks(stream, state) {
  if (state.ended) return;
  if (state.decoder) {
    const chunk = state.decoder.end();
    if (chunk?.length) {
      state.buffer.push(chunk);
      state.length += state.objectMode ? 1 : chunk.length;
    }
  }
  state.ended = true;
  if (state.sync) {
    // Still inside of `_read`: there may be more to come in this turn.
    emitReadable(stream);
  } else {
    state.needReadable = false;
    state.emittedReadable = true;
    emitReadableNow(stream);
  }
}

export function emitReadable(stream) {
  const state = stream._readableState;
  state.needReadable = false;
  if (state.emittedReadable) return;
  state.emittedReadable = true;
  nextTick(emitReadableNow, stream);
}

function emitReadableNow(stream) {
  const state = stream._readableState;
  if (!state.destroyed && !state.errored && (state.length || state.ended)) {
    stream.emit("readable");
    state.emittedReadable = false;
  }
  state.needReadable = !state.flowing && !state.ended && state.length <= state.highWaterMark;
  flow(stream);
}

/** Reads on while the buffer is below its mark, in the next tick. */
export function readMore(stream, state) {
  if (state.readingMore || !state.constructed) return;
  state.readingMore = true;
  nextTick(readMoreNow, stream, state);
}

function readMoreNow(stream, state) {
  while (
    !state.reading && !state.ended &&
    (state.length < state.highWaterMark || (state.flowing && state.length === 0))
  ) {
    const { length } = state;
    stream.read(0);
    if (length === state.length) break; // Nothing came at once.
  }
  state.readingMore = false;
}

/** Emits data while the stream flows. */
export function flow(stream) {
  const state = stream._readableState;
  while (state.flowing && stream.read() !== null);
}

function raisedMark(size) {
  if (size > MAX_HIGH_WATER_MARK) throw new ERR_OUT_OF_RANGE("size", "<= 1GiB", size);
  let mark = 1;
  while (mark < size) mark *= 2;
  return mark;
}

function howMuch(size, state) {
  if (size <= 0 || (state.length === 0 && state.ended)) return 0;
  if (state.objectMode) return 1;
  if (Number.isNaN(size)) {
    // A flowing stream gives one chunk at a time.
    return state.flowing && state.length ? state.buffer[state.bufferIndex].length : state.length;
  }
  if (size <= state.length) return size;
  return state.ended ? state.length : 0;
}

/** `read`: takes up to `size` bytes, or one object, from the buffer, and has it filled. */
export function read(stream, size) {
  if (size === undefined) size = NaN;
  else if (!Number.isInteger(size)) size = Number.parseInt(size, 10);
  const state = stream._readableState;
  const asked = size;
  if (size > state.highWaterMark) state.highWaterMark = raisedMark(size);
  if (size !== 0) state.emittedReadable = false;
  const isFull = state.highWaterMark !== 0 ? state.length >= state.highWaterMark : state.length > 0;
  if (size === 0 && state.needReadable && (isFull || state.ended)) {
    if (state.length === 0 && state.ended) endReadable(stream);
    else emitReadable(stream);
    return null;
  }
  size = howMuch(size, state);
  if (size === 0 && state.ended) {
    if (state.length === 0) endReadable(stream);
    return null;
  }
  let mustRead = state.needReadable;
  if (state.length === 0 || state.length - size < state.highWaterMark) mustRead = true;
  if (state.ended || state.reading || state.destroyed || state.errored || !state.constructed) {
    mustRead = false;
  } else if (mustRead) {
    state.reading = true;
    state.sync = true;
    if (state.length === 0) state.needReadable = true;
    try {
      stream._read(state.highWaterMark);
    } catch (error) {
      errorOrDestroy(stream, error);
    }
    state.sync = false;
    // What was pushed at once changes how much there is.
    if (!state.reading) size = howMuch(asked, state);
  }
  const chunk = size > 0 ? take(size, state) : null;
  if (chunk === null) {
    state.needReadable = state.length <= state.highWaterMark;
    size = 0;
  } else {
    state.length -= size;
    state.stopWaitingForDrain();
  }
  if (state.length === 0) {
    if (!state.ended) state.needReadable = true;
    if (asked !== size && state.ended) endReadable(stream);
  }
  if (chunk !== null && !state.errorEmitted && !state.closeEmitted) {
    state.dataEmitted = true;
    stream.emit("data", chunk);
  }
  return chunk;
}

/** Takes `size` bytes or one object off the buffer. */
function take(size, state) {
  if (state.length === 0) return null;
  if (state.objectMode) return state.shift();
  if (!size || size >= state.length) {
    const chunks = state.compact();
    let all;
    if (state.decoder) all = chunks.join("");
    else if (chunks.length === 0) all = Buffer.alloc(0);
    else all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, state.length);
    state.buffer = [];
    return all;
  }
  return takePart(size, state);
}

function takePart(size, state) {
  const head = state.buffer[state.bufferIndex];
  if (size < head.length) {
    state.buffer[state.bufferIndex] = head.slice(size);
    return head.slice(0, size);
  }
  if (size === head.length) return state.shift();
  const parts = [];
  let missing = size;
  while (missing > 0) {
    const chunk = state.buffer[state.bufferIndex];
    if (chunk.length > missing) {
      parts.push(chunk.slice(0, missing));
      state.buffer[state.bufferIndex] = chunk.slice(missing);
      break;
    }
    parts.push(state.shift());
    missing -= chunk.length;
  }
  return state.decoder ? parts.join("") : Buffer.concat(parts, size);
}

function endReadable(stream) {
  const state = stream._readableState;
  if (state.endEmitted) return;
  state.ended = true;
  nextTick(emitEnd, state, stream);
}

function emitEnd(state, stream) {
  if (state.errored || state.closeEmitted || state.endEmitted || state.length !== 0) return;
  state.endEmitted = true;
  stream.emit("end");
  if (stream.writable && stream.allowHalfOpen === false) {
    nextTick(endWritable, stream);
  } else if (state.autoDestroy) {
    const writable = stream._writableState;
    if (!writable || (writable.autoDestroy && (writable.finished || writable.writable === false))) stream.destroy();
  }
}

function endWritable(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}
