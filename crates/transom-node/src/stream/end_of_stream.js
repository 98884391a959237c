// @ts-check
// `finished`: says once when a stream can no longer be read or written, and why.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#streamfinishedstream-options-callback

import { Snapshot } from "transom:internal/async_context/async_context";
import { addAbortListener } from "transom:internal/node/events/targets";
import { AbortError, codes } from "transom:internal/node/errors";
import { validateAbortSignal, validateBoolean, validateFunction, validateObject } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";
import {
  isClosed, isNodeStream, isReadable, isReadableErrored, isReadableFinished, isReadableNodeStream, isReadableStream, isRequest,
  isWritable, isWritableErrored, isWritableFinished, isWritableNodeStream, isWritableStream, willEmitClose as emitsClose,
} from "transom:internal/node/stream/kinds";
import { webClosed } from "transom:internal/node/stream/web_state";
import { primordials } from "transom:internal/primordials";

const { Promise, PromisePrototypeThen, ReflectApply, SymbolDispose, SymbolFor } = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_STREAM_PREMATURE_CLOSE } = codes;
const disposeKey = SymbolDispose ?? SymbolFor("nodejs.dispose");

/** `callback` in the context of now, at most once. */
function bound(callback) {
  const snapshot = Snapshot.wrap(callback);
  let called = false;
  return function (...args) {
    if (called) return;
    called = true;
    ReflectApply(snapshot, this, args);
  };
}

/** Calls `callback(error?)` when `stream` has ended; returns the function that stops waiting. */
export function eos(stream, options, callback) {
  if (arguments.length === 2) {
    callback = options;
    options = {};
  } else if (options === undefined || options === null) {
    options = {};
  } else {
    validateObject(options, "options");
  }
  validateFunction(callback, "callback");
  validateAbortSignal(options.signal, "options.signal");
  callback = bound(callback);
  if (isReadableStream(stream) || isWritableStream(stream)) return eosWeb(stream, options, callback);
  if (!isNodeStream(stream)) throw new ERR_INVALID_ARG_TYPE("stream", ["ReadableStream", "WritableStream", "Stream"], stream);
  return new Watch(stream, options, callback).start();
}

/** One wait for the end of a stream. */
class Watch {
  constructor(stream, options, callback) {
    this.stream = stream;
    this.options = options;
    this.callback = callback;
    this.readable = options.readable ?? isReadableNodeStream(stream);
    this.writable = options.writable ?? isWritableNodeStream(stream);
    this.willEmitClose = emitsClose(stream) && isReadableNodeStream(stream) === this.readable &&
      isWritableNodeStream(stream) === this.writable;
    this.writableFinished = isWritableFinished(stream, false);
    this.readableFinished = isReadableFinished(stream, false);
    this.closed = isClosed(stream);
    /** Event, listener, event, listener, … */
    this.listeners = [];
    this.cleanup = () => {
      this.callback = () => {};
      for (let i = 0; i < this.listeners.length; i += 2) stream.removeListener(this.listeners[i], this.listeners[i + 1]);
      stream.req?.removeListener?.("finish", this.onFinish);
      this.stopListening?.();
    };
    this.onFinish = () => this.finish();
    this.onClose = () => this.close();
    this.onClosed = () => {
      this.closed = true;
      this.done(this.realError());
    };
  }

  done(error) {
    if (error) this.callback.call(this.stream, error);
    else this.callback.call(this.stream);
  }

  realError() {
    const error = isWritableErrored(this.stream) || isReadableErrored(this.stream);
    return error && typeof error !== "boolean" ? error : undefined;
  }

  finish() {
    this.writableFinished = true;
    // Streams that are destroyed before they finish do not always emit `close`.
    if (this.stream.destroyed) this.willEmitClose = false;
    if (this.willEmitClose && (!this.stream.readable || this.readable)) return;
    if (!this.readable || this.readableFinished) this.done();
  }

  end() {
    this.readableFinished = true;
    if (this.stream.destroyed) this.willEmitClose = false;
    if (this.willEmitClose && (!this.stream.writable || this.writable)) return;
    if (!this.writable || this.writableFinished) this.done();
  }

  close() {
    this.closed = true;
    const { stream } = this;
    const error = this.realError();
    if (error) {
      this.done(error);
    } else if (this.readable && !this.readableFinished && isReadableNodeStream(stream, true) && !isReadableFinished(stream, false)) {
      this.done(new ERR_STREAM_PREMATURE_CLOSE());
    } else if (this.writable && !this.writableFinished && !isWritableFinished(stream, false)) {
      this.done(new ERR_STREAM_PREMATURE_CLOSE());
    } else {
      this.done();
    }
  }

  listen(event, listener) {
    this.stream.on(event, listener);
    this.listeners.push(event, listener);
  }

  start() {
    const { stream, options } = this;
    const { _readableState: readState, _writableState: writeState } = stream;
    if (isRequest(stream)) {
      this.listen("complete", this.onFinish);
      if (!this.willEmitClose) this.listen("abort", this.onClose);
      const watchRequest = () => stream.req.on("finish", this.onFinish);
      if (stream.req) watchRequest();
      else this.listen("request", watchRequest);
    } else if (this.writable && !writeState) {
      const legacyFinish = () => {
        if (!stream.writable) this.finish();
      };
      this.listen("end", legacyFinish);
      this.listen("close", legacyFinish);
    }
    if (!this.willEmitClose && typeof stream.aborted === "boolean") this.listen("aborted", this.onClose);
    this.listen("end", () => this.end());
    this.listen("finish", this.onFinish);
    if (options.error !== false) this.listen("error", (error) => this.done(error));
    this.listen("close", this.onClose);
    if (this.closed) nextTick(this.onClose);
    else if (writeState?.errorEmitted || readState?.errorEmitted) {
      if (!this.willEmitClose) nextTick(this.onClosed);
    } else if (this.isOver(readState)) {
      nextTick(this.onClosed);
    }
    if (options.signal && !this.closed) this.watchSignal(options.signal);
    return this.cleanup;
  }

  /** Whether the sides that matter have ended without a further event. */
  isOver(readState) {
    const { stream } = this;
    if (!this.readable && (!this.willEmitClose || isReadable(stream)) && (this.writableFinished || isWritable(stream) === false)) {
      return true;
    }
    if (!this.writable && (!this.willEmitClose || isWritable(stream)) && (this.readableFinished || isReadable(stream) === false)) {
      return true;
    }
    return !!(readState && stream.req && stream.aborted);
  }

  watchSignal(signal) {
    const abort = () => {
      const { callback } = this;
      this.cleanup();
      callback.call(this.stream, new AbortError(undefined, { cause: signal.reason }));
    };
    if (signal.aborted) {
      nextTick(abort);
      return;
    }
    const listening = addAbortListener(signal, abort);
    this.stopListening = () => listening[disposeKey]();
    const { callback } = this;
    this.callback = (...args) => {
      listening[disposeKey]();
      ReflectApply(callback, this.stream, args);
    };
  }
}

function eosWeb(stream, options, callback) {
  let isAborted = false;
  let abort = () => {};
  const { signal } = options;
  if (signal) {
    abort = () => {
      isAborted = true;
      callback.call(stream, new AbortError(undefined, { cause: signal.reason }));
    };
    if (signal.aborted) {
      nextTick(abort);
    } else {
      const listening = addAbortListener(signal, abort);
      const original = callback;
      callback = (...args) => {
        listening[disposeKey]();
        ReflectApply(original, stream, args);
      };
    }
  }
  const settled = (...args) => {
    if (!isAborted) nextTick(() => ReflectApply(callback, stream, args));
  };
  PromisePrototypeThen(webClosed(stream), () => settled(), settled);
  return () => {};
}

/** As a promise. */
export function finished(stream, options) {
  let autoCleanup = false;
  if (options === undefined || options === null) options = {};
  if (options.cleanup !== undefined) {
    validateBoolean(options.cleanup, "cleanup");
    autoCleanup = options.cleanup;
  }
  return new Promise((resolve, reject) => {
    const cleanup = eos(stream, options, (error) => {
      if (autoCleanup) cleanup();
      if (error) reject(error);
      else resolve();
    });
  });
}
