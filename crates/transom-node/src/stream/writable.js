// @ts-check
// Writable: the class. What moves its data is in writable_state.js.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#writable-streams

import { lazy } from "transom:internal/lazy";
import { AbortError, codes } from "transom:internal/node/errors";
import { nextTick } from "transom:internal/node/process/next_tick";
import { addAbortSignalTo } from "transom:internal/node/stream/abort_signal";
import { construct, destroy, errorOrDestroy, undestroy } from "transom:internal/node/stream/destroy";
import { eos } from "transom:internal/node/stream/end_of_stream";
import { Stream } from "transom:internal/node/stream/legacy";
import { clearBuffer, end, failBuffer, finishMaybe, WritableState, write } from "transom:internal/node/stream/writable_state";
import { primordials } from "transom:internal/primordials";
import { Buffer } from "transom:internal/node/buffer";

const {
  FunctionPrototypeSymbolHasInstance, ObjectDefineProperties, ObjectDefineProperty, ObjectSetPrototypeOf, Promise,
  StringPrototypeToLowerCase, SymbolAsyncDispose, SymbolFor, SymbolHasInstance,
} = primordials;
const { ERR_METHOD_NOT_IMPLEMENTED, ERR_STREAM_CANNOT_PIPE, ERR_UNKNOWN_ENCODING } = codes;
const webAdapters = lazy("transom:internal/node/stream/web_adapters");

export function Writable(options) {
  if (!(this instanceof Writable)) return new Writable(options);
  initializeWritable(this, options, false);
  if (options) setMethods(this, options);
  Stream.call(this, options);
  construct(this, () => {
    const state = this._writableState;
    if (!state.writing) clearBuffer(this, state);
    finishMaybe(this, state);
  });
}
ObjectSetPrototypeOf(Writable.prototype, Stream.prototype);
ObjectSetPrototypeOf(Writable, Stream);

/** Gives a stream its writable side. */
export function initializeWritable(stream, options, isDuplex) {
  stream._events ??= {
    __proto__: null, close: undefined, error: undefined, prefinish: undefined, finish: undefined, drain: undefined,
  };
  stream._writableState = new WritableState(options, stream, isDuplex);
}

function setMethods(stream, options) {
  if (typeof options.write === "function") stream._write = options.write;
  if (typeof options.writev === "function") stream._writev = options.writev;
  if (typeof options.destroy === "function") stream._destroy = options.destroy;
  if (typeof options.final === "function") stream._final = options.final;
  if (typeof options.construct === "function") stream._construct = options.construct;
  if (options.signal) addAbortSignalTo(options.signal, stream);
}

Writable.WritableState = WritableState;

// A duplex stream inherits from Readable alone, and is a Writable all the same.
ObjectDefineProperty(Writable, SymbolHasInstance, {
  __proto__: null,
  value(object) {
    if (FunctionPrototypeSymbolHasInstance(this, object)) return true;
    return this === Writable && !!object && object._writableState instanceof WritableState;
  },
});

const { prototype } = Writable;

prototype.pipe = function pipe() {
  errorOrDestroy(this, new ERR_STREAM_CANNOT_PIPE());
};

prototype.write = function (chunk, encoding, callback) {
  if (chunk !== null && chunk !== undefined && typeof encoding === "function") {
    callback = encoding;
    encoding = null;
  }
  return write(this, chunk, encoding, callback) === true;
};

prototype.cork = function cork() {
  this._writableState.corked++;
};

prototype.uncork = function uncork() {
  const state = this._writableState;
  if (!state.corked) return;
  state.corked--;
  if (!state.writing) clearBuffer(this, state);
};

prototype.setDefaultEncoding = function setDefaultEncoding(encoding) {
  if (typeof encoding === "string") encoding = StringPrototypeToLowerCase(encoding);
  if (!Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
  this._writableState.defaultEncoding = encoding;
  return this;
};

prototype._write = function (chunk, encoding, callback) {
  if (!this._writev) throw new ERR_METHOD_NOT_IMPLEMENTED("_write()");
  this._writev([{ chunk, encoding }], callback);
};
prototype._writev = null;

prototype.end = function (chunk, encoding, callback) {
  return end(this, chunk, encoding, callback);
};

prototype.destroy = function (error, callback) {
  const state = this._writableState;
  const isWaiting = state.bufferedIndex < state.buffered.length || state.onFinishCallbacks.length > 0;
  if (!state.destroyed && isWaiting) nextTick(failBuffer, state);
  destroy.call(this, error, callback);
  return this;
};
prototype._undestroy = undestroy;
prototype._destroy = function (error, callback) {
  callback(error);
};

prototype[SymbolFor("nodejs.rejection")] = function (error) {
  this.destroy(error);
};

if (SymbolAsyncDispose !== undefined) {
  prototype[SymbolAsyncDispose] = async function () {
    let error;
    if (!this.destroyed) {
      error = this.writableFinished ? null : new AbortError();
      this.destroy(error);
    }
    await new Promise((resolve, reject) => eos(this, (failure) => (failure && failure.name !== "AbortError" ? reject(failure) : resolve(null))));
  };
}

/** A property that is read from the state. */
const reading = (get) => ({ __proto__: null, get, enumerable: false, configurable: true });

ObjectDefineProperties(prototype, {
  closed: reading(function () {
    return this._writableState ? this._writableState.closed : false;
  }),
  destroyed: {
    get() {
      return this._writableState ? this._writableState.destroyed : false;
    },
    set(value) {
      if (this._writableState) this._writableState.destroyed = value;
    },
    enumerable: false, configurable: true,
  },
  writable: {
    get() {
      const state = this._writableState;
      return !!state && state.writable !== false && !state.destroyed && !state.errored && !state.ending && !state.ended;
    },
    set(value) {
      if (this._writableState) this._writableState.writable = !!value;
    },
    enumerable: false, configurable: true,
  },
  writableFinished: reading(function () {
    return this._writableState ? this._writableState.finished : false;
  }),
  writableObjectMode: reading(function () {
    return this._writableState ? this._writableState.objectMode : false;
  }),
  writableBuffer: reading(function () {
    return this._writableState?.getBuffer();
  }),
  writableEnded: reading(function () {
    return this._writableState ? this._writableState.ending : false;
  }),
  writableNeedDrain: reading(function () {
    const state = this._writableState;
    return state ? !state.destroyed && !state.ending && state.needDrain : false;
  }),
  writableHighWaterMark: reading(function () {
    return this._writableState?.highWaterMark;
  }),
  writableCorked: reading(function () {
    return this._writableState ? this._writableState.corked : 0;
  }),
  writableLength: reading(function () {
    return this._writableState?.length;
  }),
  errored: reading(function () {
    return this._writableState ? this._writableState.errored : null;
  }),
  writableAborted: reading(function () {
    const state = this._writableState;
    return !!(state.writable !== false && (state.destroyed || state.errored) && !state.finished);
  }),
});

Writable.fromWeb = (stream, options) => webAdapters().writableFromWeb(stream, options);
Writable.toWeb = (stream) => webAdapters().writableToWeb(stream);
