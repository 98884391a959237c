// @ts-check
// The state of a writable stream, and the algorithm from `write` to `finish`.
//
// The names of the fields are Node's: packages look into `_writableState`.

import { codes } from "transom:internal/node/errors";
import { nextTick } from "transom:internal/node/process/next_tick";
import { errorOrDestroy } from "transom:internal/node/stream/destroy";
import { getDefaultHighWaterMark, highWaterMarkOf } from "transom:internal/node/stream/high_water_mark";
import { Buffer } from "transom:internal/node/buffer";

const {
  ERR_INVALID_ARG_TYPE, ERR_MULTIPLE_CALLBACK, ERR_STREAM_ALREADY_FINISHED, ERR_STREAM_DESTROYED, ERR_STREAM_NULL_VALUES,
  ERR_STREAM_WRITE_AFTER_END, ERR_UNKNOWN_ENCODING,
} = codes;

const nothing = () => {};

export class WritableState {
  constructor(options, stream, isDuplex) {
    this.objectMode = !!(options?.objectMode || (isDuplex && options?.writableObjectMode));
    this.highWaterMark = options
      ? highWaterMarkOf(this, options, "writableHighWaterMark", isDuplex)
      : getDefaultHighWaterMark(false);
    this.finalCalled = false;
    this.needDrain = false;
    this.ending = false;
    this.ended = false;
    this.finished = false;
    this.destroyed = false;
    this.decodeStrings = options?.decodeStrings !== false;
    this.defaultEncoding = options?.defaultEncoding ?? "utf8";
    if (options?.defaultEncoding && !Buffer.isEncoding(options.defaultEncoding)) {
      throw new ERR_UNKNOWN_ENCODING(options.defaultEncoding);
    }
    // Bytes or objects that wait, the one being written included.
    this.length = 0;
    this.writing = false;
    this.corked = 0;
    // Whether `_write` has not returned yet.
    this.sync = true;
    this.bufferProcessing = false;
    this.onwrite = (error) => written(stream, error);
    this.writecb = null;
    this.writelen = 0;
    this.afterWriteTickInfo = null;
    this.buffered = [];
    this.bufferedIndex = 0;
    this.allBuffers = true;
    this.allNoop = true;
    // Callbacks that must be called before `finish`.
    this.pendingcb = 0;
    this.constructed = true;
    this.prefinished = false;
    this.errorEmitted = false;
    this.emitClose = options?.emitClose !== false;
    this.autoDestroy = options?.autoDestroy !== false;
    this.errored = null;
    this.closed = false;
    this.closeEmitted = false;
    this.onFinishCallbacks = [];
  }

  getBuffer() {
    return this.buffered.slice(this.bufferedIndex);
  }

  get bufferedRequestCount() {
    return this.buffered.length - this.bufferedIndex;
  }

  emptyBuffer() {
    this.buffered = [];
    this.bufferedIndex = 0;
    this.allBuffers = true;
    this.allNoop = true;
  }
}

/** Writes a chunk; an error, or whether there is room for more. */
export function write(stream, chunk, encoding, callback) {
  const state = stream._writableState;
  if (typeof callback !== "function") callback = nothing;
  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
  if (!state.objectMode) {
    if (!encoding) encoding = state.defaultEncoding;
    else if (encoding !== "buffer" && !Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
    if (typeof chunk === "string") {
      if (state.decodeStrings !== false) {
        chunk = Buffer.from(chunk, encoding);
        encoding = "buffer";
      }
    } else if (chunk instanceof Buffer) {
      encoding = "buffer";
    } else if (ArrayBuffer.isView(chunk)) {
      chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = "buffer";
    } else {
      throw new ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer", "TypedArray", "DataView"], chunk);
    }
  }
  let error;
  if (state.ending) error = new ERR_STREAM_WRITE_AFTER_END();
  else if (state.destroyed) error = new ERR_STREAM_DESTROYED("write");
  if (error) {
    nextTick(callback, error);
    errorOrDestroy(stream, error, true);
    return error;
  }
  state.pendingcb++;
  return writeOrBuffer(stream, state, chunk, encoding, callback);
}

function writeOrBuffer(stream, state, chunk, encoding, callback) {
  const length = state.objectMode ? 1 : chunk.length;
  state.length += length;
  const hasRoom = state.length < state.highWaterMark;
  if (!hasRoom) state.needDrain = true;
  if (state.writing || state.corked || state.errored || !state.constructed) {
    state.buffered.push({ chunk, encoding, callback });
    if (state.allBuffers && encoding !== "buffer") state.allBuffers = false;
    if (state.allNoop && callback !== nothing) state.allNoop = false;
  } else {
    begin(state, length, callback);
    stream._write(chunk, encoding, state.onwrite);
    state.sync = false;
  }
  return hasRoom && !state.errored && !state.destroyed;
}

function begin(state, length, callback) {
  state.writelen = length;
  state.writecb = callback;
  state.writing = true;
  state.sync = true;
}

function hand(stream, state, isMany, length, chunk, encoding, callback) {
  begin(state, length, callback);
  if (state.destroyed) state.onwrite(new ERR_STREAM_DESTROYED("write"));
  else if (isMany) stream._writev(chunk, state.onwrite);
  else stream._write(chunk, encoding, state.onwrite);
  state.sync = false;
}

/** What `_write` calls. */
function written(stream, error) {
  const state = stream._writableState;
  const { sync, writecb: callback } = state;
  if (typeof callback !== "function") {
    errorOrDestroy(stream, new ERR_MULTIPLE_CALLBACK());
    return;
  }
  state.writing = false;
  state.writecb = null;
  state.length -= state.writelen;
  state.writelen = 0;
  if (error) {
    if (!state.errored) state.errored = error;
    // The other side of a duplex stream must not go on as if nothing had happened.
    if (stream._readableState && !stream._readableState.errored) stream._readableState.errored = error;
    if (sync) nextTick(failWrite, stream, state, error, callback);
    else failWrite(stream, state, error, callback);
    return;
  }
  if (state.buffered.length > state.bufferedIndex) clearBuffer(stream, state);
  if (!sync) {
    afterWrite(stream, state, 1, callback);
    return;
  }
  const mustTick = callback !== nothing || state.destroyed || (state.needDrain && state.length === 0);
  if (!mustTick) {
    state.pendingcb--;
    if (state.ending) finishMaybe(stream, state, true);
  } else if (state.afterWriteTickInfo !== null && state.afterWriteTickInfo.callback === callback) {
    // Many writes in a row often have the same callback: one tick for all.
    state.afterWriteTickInfo.count++;
  } else {
    state.afterWriteTickInfo = { count: 1, callback };
    nextTick(afterWriteTick, stream, state, state.afterWriteTickInfo);
  }
}

function afterWriteTick(stream, state, { count, callback }) {
  state.afterWriteTickInfo = null;
  afterWrite(stream, state, count, callback);
}

function afterWrite(stream, state, count, callback) {
  if (!state.ending && !stream.destroyed && state.length === 0 && state.needDrain) {
    state.needDrain = false;
    stream.emit("drain");
  }
  while (count-- > 0) {
    state.pendingcb--;
    callback(null);
  }
  if (state.destroyed) failBuffer(state);
  if (state.ending) finishMaybe(stream, state, true);
}

function failWrite(stream, state, error, callback) {
  --state.pendingcb;
  callback(error);
  failBuffer(state);
  errorOrDestroy(stream, error);
}

/** Tells those that wait that there will be nothing. */
export function failBuffer(state) {
  if (state.writing) return;
  for (let i = state.bufferedIndex; i < state.buffered.length; ++i) {
    const { chunk, callback } = state.buffered[i];
    state.length -= state.objectMode ? 1 : chunk.length;
    callback(state.errored ?? new ERR_STREAM_DESTROYED("write"));
  }
  callFinished(state, state.errored ?? new ERR_STREAM_DESTROYED("end"));
  state.emptyBuffer();
}

/** Writes what was buffered. */
export function clearBuffer(stream, state) {
  if (state.corked || state.bufferProcessing || state.destroyed || !state.constructed) return;
  const { buffered, bufferedIndex, objectMode } = state;
  const count = buffered.length - bufferedIndex;
  if (count === 0) return;
  let index = bufferedIndex;
  state.bufferProcessing = true;
  if (count > 1 && stream._writev) {
    state.pendingcb -= count - 1;
    const callback = state.allNoop ? nothing : (error) => {
      for (let i = index; i < buffered.length; ++i) buffered[i].callback(error);
    };
    const chunks = state.allNoop && index === 0 ? buffered : buffered.slice(index);
    chunks.allBuffers = state.allBuffers;
    hand(stream, state, true, state.length, chunks, "", callback);
    state.emptyBuffer();
  } else {
    do {
      const { chunk, encoding, callback } = buffered[index];
      buffered[index++] = null;
      hand(stream, state, false, objectMode ? 1 : chunk.length, chunk, encoding, callback);
    } while (index < buffered.length && !state.writing);
    if (index === buffered.length) {
      state.emptyBuffer();
    } else if (index > 256) {
      buffered.splice(0, index);
      state.bufferedIndex = 0;
    } else {
      state.bufferedIndex = index;
    }
  }
  state.bufferProcessing = false;
}

/** `end`. */
export function end(stream, chunk, encoding, callback) {
  const state = stream._writableState;
  if (typeof chunk === "function") {
    callback = chunk;
    chunk = null;
    encoding = null;
  } else if (typeof encoding === "function") {
    callback = encoding;
    encoding = null;
  }
  let error;
  if (chunk !== null && chunk !== undefined) {
    const result = write(stream, chunk, encoding);
    if (result instanceof Error) error = result;
  }
  if (state.corked) {
    state.corked = 1;
    stream.uncork();
  }
  if (!error) {
    if (!state.errored && !state.ending) {
      // Writes of the same turn that have not been answered still count.
      state.ending = true;
      finishMaybe(stream, state, true);
      state.ended = true;
    } else if (state.finished) {
      error = new ERR_STREAM_ALREADY_FINISHED("end");
    } else if (state.destroyed) {
      error = new ERR_STREAM_DESTROYED("end");
    }
  }
  if (typeof callback === "function") {
    if (error) nextTick(callback, error);
    else if (state.errored) nextTick(callback, state.errored);
    else if (state.finished) nextTick(callback);
    else state.onFinishCallbacks.push(callback);
  }
  return stream;
}

const isReadyToFinish = (state) =>
  state.ending && !state.destroyed && state.constructed && state.length === 0 && !state.errored &&
  state.buffered.length === 0 && !state.finished && !state.writing && !state.errorEmitted && !state.closeEmitted;

function callFinal(stream, state) {
  let called = false;
  function done(error) {
    if (called) {
      errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    state.pendingcb--;
    if (error) {
      callFinished(state, error);
      errorOrDestroy(stream, error, state.sync);
    } else if (isReadyToFinish(state)) {
      state.prefinished = true;
      stream.emit("prefinish");
      // Another turn, so that what `prefinish` brings about comes before `finish`.
      state.pendingcb++;
      nextTick(finish, stream, state);
    }
  }
  state.sync = true;
  state.pendingcb++;
  try {
    stream._final(done);
  } catch (error) {
    done(error);
  }
  state.sync = false;
}

function preFinish(stream, state) {
  if (state.prefinished || state.finalCalled) return;
  if (typeof stream._final === "function" && !state.destroyed) {
    state.finalCalled = true;
    callFinal(stream, state);
  } else {
    state.prefinished = true;
    stream.emit("prefinish");
  }
}

/** Finishes the stream if nothing is left to be done. */
export function finishMaybe(stream, state, isSync = false) {
  if (!isReadyToFinish(state)) return;
  preFinish(stream, state);
  if (state.pendingcb !== 0) return;
  if (isSync) {
    state.pendingcb++;
    nextTick(finishLater, stream, state);
  } else if (isReadyToFinish(state)) {
    state.pendingcb++;
    finish(stream, state);
  }
}

function finishLater(stream, state) {
  if (isReadyToFinish(state)) finish(stream, state);
  else state.pendingcb--;
}

function finish(stream, state) {
  state.pendingcb--;
  state.finished = true;
  callFinished(state, null);
  stream.emit("finish");
  if (!state.autoDestroy) return;
  const readable = stream._readableState;
  if (!readable || (readable.autoDestroy && (readable.endEmitted || readable.readable === false))) stream.destroy();
}

function callFinished(state, error) {
  const callbacks = state.onFinishCallbacks;
  state.onFinishCallbacks = [];
  for (const callback of callbacks) callback(error);
}
