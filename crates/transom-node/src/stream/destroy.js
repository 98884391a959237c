// @ts-check
// How streams end before their time: `destroy`, errors, and the asynchronous `_construct` and `_destroy`.

import { AbortError, aggregateTwoErrors, codes } from "transom:internal/node/errors";
import { nextTick } from "transom:internal/node/process/next_tick";
import { isDestroyed, isFinished, isRequest, isServerRequest, markDestroyed } from "transom:internal/node/stream/kinds";
import { primordials } from "transom:internal/primordials";

const { Symbol } = primordials;
const { ERR_MULTIPLE_CALLBACK } = codes;

const kDestroy = Symbol("kDestroy");
const kConstruct = Symbol("kConstruct");

function remember(error, writable, readable) {
  if (!error) return;
  if (writable && !writable.errored) writable.errored = error;
  if (readable && !readable.errored) readable.errored = error;
}

/** The method `destroy` of all streams. */
export function destroy(error, callback) {
  const { _readableState: readable, _writableState: writable } = this;
  const state = writable || readable;
  if (writable?.destroyed || readable?.destroyed) {
    if (typeof callback === "function") callback();
    return this;
  }
  remember(error, writable, readable);
  if (writable) writable.destroyed = true;
  if (readable) readable.destroyed = true;
  if (state.constructed) run(this, error, callback);
  else {
    this.once(kDestroy, function (failure) {
      run(this, aggregateTwoErrors(failure, error), callback);
    });
  }
  return this;
}

function run(stream, error, callback) {
  let called = false;
  function done(failure) {
    if (called) return;
    called = true;
    const { _readableState: readable, _writableState: writable } = stream;
    remember(failure, writable, readable);
    if (writable) writable.closed = true;
    if (readable) readable.closed = true;
    if (typeof callback === "function") callback(failure);
    if (failure) nextTick(emitErrorAndClose, stream, failure);
    else nextTick(emitClose, stream);
  }
  try {
    stream._destroy(error || null, done);
  } catch (thrown) {
    done(thrown);
  }
}

function emitErrorAndClose(stream, error) {
  emitError(stream, error);
  emitClose(stream);
}

function emitClose(stream) {
  const { _readableState: readable, _writableState: writable } = stream;
  if (writable) writable.closeEmitted = true;
  if (readable) readable.closeEmitted = true;
  if (writable?.emitClose || readable?.emitClose) stream.emit("close");
}

function emitError(stream, error) {
  const { _readableState: readable, _writableState: writable } = stream;
  if (writable?.errorEmitted || readable?.errorEmitted) return;
  if (writable) writable.errorEmitted = true;
  if (readable) readable.errorEmitted = true;
  stream.emit("error", error);
}

/** The method `_undestroy` of all streams: as if nothing had happened. */
export function undestroy() {
  const { _readableState: readable, _writableState: writable } = this;
  if (readable) {
    readable.constructed = true;
    readable.closed = readable.closeEmitted = readable.destroyed = readable.errorEmitted = readable.reading = false;
    readable.errored = null;
    readable.ended = readable.endEmitted = readable.readable === false;
  }
  if (writable) {
    writable.constructed = true;
    writable.closed = writable.closeEmitted = writable.destroyed = writable.errorEmitted = false;
    writable.finalCalled = writable.prefinished = false;
    writable.errored = null;
    writable.ended = writable.ending = writable.finished = writable.writable === false;
  }
}

/** Destroys a stream because of `error`; one that does not destroy itself only emits it. */
export function errorOrDestroy(stream, error, sync = false) {
  const { _readableState: readable, _writableState: writable } = stream;
  if (writable?.destroyed || readable?.destroyed) return;
  if (readable?.autoDestroy || writable?.autoDestroy) {
    stream.destroy(error);
  } else if (error) {
    remember(error, writable, readable);
    if (sync) nextTick(emitError, stream, error);
    else emitError(stream, error);
  }
}

/** Calls the stream's `_construct`, if it has one, and `callback` after it. */
export function construct(stream, callback) {
  if (typeof stream._construct !== "function") return;
  const { _readableState: readable, _writableState: writable } = stream;
  if (readable) readable.constructed = false;
  if (writable) writable.constructed = false;
  stream.once(kConstruct, callback);
  // Both sides of a duplex stream wait for the same call.
  if (stream.listenerCount(kConstruct) > 1) return;
  nextTick(runConstruct, stream);
}

function runConstruct(stream) {
  let called = false;
  function done(error) {
    if (called) {
      errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    const { _readableState: readable, _writableState: writable } = stream;
    if (readable) readable.constructed = true;
    if (writable) writable.constructed = true;
    if ((writable || readable).destroyed) stream.emit(kDestroy, error);
    else if (error) errorOrDestroy(stream, error, true);
    else stream.emit(kConstruct);
  }
  try {
    stream._construct((error) => nextTick(done, error));
  } catch (error) {
    nextTick(done, error);
  }
}

/** Destroys a stream of any kind. */
export function destroyer(stream, error) {
  if (!stream || isDestroyed(stream)) return;
  if (!error && !isFinished(stream)) error = new AbortError();
  if (isServerRequest(stream)) {
    stream.socket = null;
    stream.destroy(error);
  } else if (isRequest(stream)) {
    stream.abort();
  } else if (isRequest(stream.req)) {
    stream.req.abort();
  } else if (typeof stream.destroy === "function") {
    stream.destroy(error);
  } else if (typeof stream.close === "function") {
    stream.close();
  }
  if (!stream.destroyed) markDestroyed(stream);
}
