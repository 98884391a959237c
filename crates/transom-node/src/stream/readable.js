// @ts-check
// Readable: the class, and how it is listened to. What moves its data is in readable_state.js.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#readable-streams

import { StringDecoder } from "node:string_decoder";
import { lazy } from "transom:internal/lazy";
import { EventEmitter } from "transom:internal/node/events/emitter";
import { AbortError, codes } from "transom:internal/node/errors";
import { nextTick } from "transom:internal/node/process/next_tick";
import { addAbortSignalTo } from "transom:internal/node/stream/abort_signal";
import { iterate } from "transom:internal/node/stream/async_iterator";
import { construct, destroy, destroyer, errorOrDestroy, undestroy } from "transom:internal/node/stream/destroy";
import { eos } from "transom:internal/node/stream/end_of_stream";
import { from } from "transom:internal/node/stream/from";
import { Stream } from "transom:internal/node/stream/legacy";
import { pipe, unpipe } from "transom:internal/node/stream/readable_pipe";
import {
  emitReadable, flow, pushChunk, read, ReadableState, readMore, unshiftChunk,
} from "transom:internal/node/stream/readable_state";
import { primordials } from "transom:internal/primordials";

const {
  ObjectDefineProperties, ObjectKeys, ObjectSetPrototypeOf, Promise, SymbolAsyncDispose, SymbolAsyncIterator, SymbolFor,
} = primordials;
const { ERR_METHOD_NOT_IMPLEMENTED } = codes;
const webAdapters = lazy("transom:internal/node/stream/web_adapters");

export function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);
  initializeReadable(this, options, false);
  if (options) {
    if (typeof options.read === "function") this._read = options.read;
    if (typeof options.destroy === "function") this._destroy = options.destroy;
    if (typeof options.construct === "function") this._construct = options.construct;
    if (options.signal) addAbortSignalTo(options.signal, this);
  }
  Stream.call(this, options);
  construct(this, () => {
    if (this._readableState.needReadable) readMore(this, this._readableState);
  });
}
ObjectSetPrototypeOf(Readable.prototype, Stream.prototype);
ObjectSetPrototypeOf(Readable, Stream);

/** Gives a stream its readable side. */
export function initializeReadable(stream, options, isDuplex) {
  stream._events ??= {
    __proto__: null, close: undefined, error: undefined, data: undefined, end: undefined, readable: undefined,
  };
  stream._readableState = new ReadableState(options, stream, isDuplex);
}

Readable.ReadableState = ReadableState;
const { prototype } = Readable;

prototype.destroy = destroy;
prototype._undestroy = undestroy;
prototype._destroy = function (error, callback) {
  callback(error);
};

prototype[SymbolFor("nodejs.rejection")] = function (error) {
  this.destroy(error);
};

prototype.push = function push(chunk, encoding) {
  return pushChunk(this, this._readableState, chunk, encoding);
};

prototype.unshift = function unshift(chunk, encoding) {
  return unshiftChunk(this, this._readableState, chunk, encoding);
};

prototype.isPaused = function isPaused() {
  return this._readableState.paused === true || this._readableState.flowing === false;
};

prototype.setEncoding = function setEncoding(encoding) {
  const decoder = new StringDecoder(encoding);
  const state = this._readableState;
  state.decoder = decoder;
  state.encoding = decoder.encoding;
  let content = "";
  for (const chunk of state.compact()) content += decoder.write(chunk);
  state.buffer = content === "" ? [] : [content];
  state.length = content.length;
  return this;
};

prototype.read = function (size) {
  return read(this, size);
};

prototype._read = function (_size) {
  throw new ERR_METHOD_NOT_IMPLEMENTED("_read()");
};

prototype.pipe = function (destination, options) {
  return pipe(this, destination, options);
};

prototype.unpipe = function (destination) {
  return unpipe(this, destination);
};

prototype.on = function (event, listener) {
  const result = Stream.prototype.on.call(this, event, listener);
  const state = this._readableState;
  if (event === "data") {
    // `readable` listeners have the say over the data.
    state.readableListening = this.listenerCount("readable") > 0;
    if (state.flowing !== false) this.resume();
  } else if (event === "readable" && !state.endEmitted && !state.readableListening) {
    state.readableListening = state.needReadable = true;
    state.flowing = false;
    state.emittedReadable = false;
    if (state.length) emitReadable(this);
    else if (!state.reading) nextTick(readNothing, this);
  }
  return result;
};
prototype.addListener = prototype.on;

function readNothing(stream) {
  stream.read(0);
}

prototype.removeListener = function (event, listener) {
  const result = Stream.prototype.removeListener.call(this, event, listener);
  // Listeners often come back in the same turn.
  if (event === "readable") nextTick(updateListening, this);
  return result;
};
prototype.off = prototype.removeListener;

prototype.removeAllListeners = function (event) {
  const result = Stream.prototype.removeAllListeners.apply(this, arguments);
  if (event === "readable" || event === undefined) nextTick(updateListening, this);
  return result;
};

function updateListening(stream) {
  const state = stream._readableState;
  state.readableListening = stream.listenerCount("readable") > 0;
  if (state.resumeScheduled && state.paused === false) state.flowing = true;
  else if (stream.listenerCount("data") > 0) stream.resume();
  else if (!state.readableListening) state.flowing = null;
}

prototype.resume = function () {
  const state = this._readableState;
  if (!state.flowing) {
    state.flowing = !state.readableListening;
    if (!state.resumeScheduled) {
      state.resumeScheduled = true;
      nextTick(resumeNow, this, state);
    }
  }
  state.paused = false;
  return this;
};

function resumeNow(stream, state) {
  if (!state.reading) stream.read(0);
  state.resumeScheduled = false;
  stream.emit("resume");
  flow(stream);
  if (state.flowing && !state.reading) stream.read(0);
}

prototype.pause = function () {
  const state = this._readableState;
  if (state.flowing !== false) {
    state.flowing = false;
    this.emit("pause");
  }
  state.paused = true;
  return this;
};

/** Makes this stream give what an old stream emits. */
prototype.wrap = function (stream) {
  let paused = false;
  stream.on("data", (chunk) => {
    if (!this.push(chunk) && stream.pause) {
      paused = true;
      stream.pause();
    }
  });
  stream.on("end", () => this.push(null));
  stream.on("error", (error) => errorOrDestroy(this, error));
  stream.on("close", () => destroyer(this));
  stream.on("destroy", () => destroyer(this));
  this._read = () => {
    if (paused && stream.resume) {
      paused = false;
      stream.resume();
    }
  };
  for (const key of ObjectKeys(stream)) {
    if (this[key] === undefined && typeof stream[key] === "function") this[key] = stream[key].bind(stream);
  }
  return this;
};

prototype[SymbolAsyncIterator] = function () {
  return iterate(this, undefined);
};

prototype.iterator = function (options) {
  return iterate(this, options, true);
};

if (SymbolAsyncDispose !== undefined) {
  prototype[SymbolAsyncDispose] = function () {
    let error;
    if (!this.destroyed) {
      error = this.readableEnded ? null : new AbortError();
      this.destroy(error);
    }
    return new Promise((resolve, reject) => eos(this, (failure) => (failure && failure !== error ? reject(failure) : resolve(null))));
  };
}

/** A property that is read from the state. */
const reading = (get, enumerable = false) => ({ __proto__: null, get, enumerable, configurable: true });

ObjectDefineProperties(prototype, {
  readable: {
    get() {
      const state = this._readableState;
      // Old streams set it themselves.
      return !!state && state.readable !== false && !state.destroyed && !state.errorEmitted && !state.endEmitted;
    },
    set(value) {
      if (this._readableState) this._readableState.readable = !!value;
    },
    enumerable: false, configurable: true,
  },
  readableDidRead: reading(function () {
    return this._readableState.dataEmitted;
  }),
  readableAborted: reading(function () {
    const state = this._readableState;
    return !!(state.readable !== false && (state.destroyed || state.errored) && !state.endEmitted);
  }),
  readableHighWaterMark: reading(function () {
    return this._readableState.highWaterMark;
  }),
  readableBuffer: reading(function () {
    return this._readableState?.compact();
  }),
  readableFlowing: {
    get() {
      return this._readableState.flowing;
    },
    set(value) {
      if (this._readableState) this._readableState.flowing = value;
    },
    enumerable: false, configurable: true,
  },
  readableLength: reading(function () {
    return this._readableState.length;
  }),
  readableObjectMode: reading(function () {
    return this._readableState ? this._readableState.objectMode : false;
  }),
  readableEncoding: reading(function () {
    return this._readableState ? this._readableState.encoding : null;
  }),
  errored: reading(function () {
    return this._readableState ? this._readableState.errored : null;
  }),
  closed: reading(function () {
    return this._readableState ? this._readableState.closed : false;
  }),
  destroyed: {
    get() {
      return this._readableState ? this._readableState.destroyed : false;
    },
    set(value) {
      if (this._readableState) this._readableState.destroyed = value;
    },
    enumerable: false, configurable: true,
  },
  readableEnded: reading(function () {
    return this._readableState ? this._readableState.endEmitted : false;
  }),
});

Readable.from = function (iterable, options) {
  return from(Readable, iterable, options);
};

Readable.wrap = function (source, options) {
  return new Readable({
    objectMode: source.readableObjectMode ?? source.objectMode ?? true,
    ...options,
    destroy(error, callback) {
      destroyer(source, error);
      callback(error);
    },
  }).wrap(source);
};

Readable.fromWeb = (stream, options) => webAdapters().readableFromWeb(stream, options);
Readable.toWeb = (stream, options) => webAdapters().readableToWeb(stream, options);

