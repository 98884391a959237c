// @ts-check
// Duplex: a readable and a writable side in one object.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#class-streamduplex

import { lazy } from "transom:internal/lazy";
import { addAbortSignalTo } from "transom:internal/node/stream/abort_signal";
import { construct } from "transom:internal/node/stream/destroy";
import { Stream } from "transom:internal/node/stream/legacy";
import { initializeReadable, Readable } from "transom:internal/node/stream/readable";
import { readMore } from "transom:internal/node/stream/readable_state";
import { initializeWritable, Writable } from "transom:internal/node/stream/writable";
import { clearBuffer, finishMaybe } from "transom:internal/node/stream/writable_state";
import { primordials } from "transom:internal/primordials";

const {
  ObjectDefineProperties, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectKeys, ObjectSetPrototypeOf,
} = primordials;
const webAdapters = lazy("transom:internal/node/stream/web_adapters");
const duplexify = lazy("transom:internal/node/stream/duplexify");

export function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  this._events ??= {
    __proto__: null, close: undefined, error: undefined, prefinish: undefined, finish: undefined, drain: undefined,
    data: undefined, end: undefined, readable: undefined,
  };
  initializeReadable(this, options, true);
  initializeWritable(this, options, true);
  if (options) {
    this.allowHalfOpen = options.allowHalfOpen !== false;
    if (options.readable === false) {
      this._readableState.readable = false;
      this._readableState.ended = true;
      this._readableState.endEmitted = true;
    }
    if (options.writable === false) {
      this._writableState.writable = false;
      this._writableState.ending = true;
      this._writableState.ended = true;
      this._writableState.finished = true;
    }
    if (typeof options.read === "function") this._read = options.read;
    if (typeof options.write === "function") this._write = options.write;
    if (typeof options.writev === "function") this._writev = options.writev;
    if (typeof options.destroy === "function") this._destroy = options.destroy;
    if (typeof options.final === "function") this._final = options.final;
    if (typeof options.construct === "function") this._construct = options.construct;
    if (options.signal) addAbortSignalTo(options.signal, this);
  } else {
    this.allowHalfOpen = true;
  }
  Stream.call(this, options);
  construct(this, () => {
    if (this._readableState.needReadable) readMore(this, this._readableState);
    const state = this._writableState;
    if (!state.writing) clearBuffer(this, state);
    finishMaybe(this, state);
  });
}
ObjectSetPrototypeOf(Duplex.prototype, Readable.prototype);
ObjectSetPrototypeOf(Duplex, Readable);

for (const method of ObjectKeys(Writable.prototype)) Duplex.prototype[method] ||= Writable.prototype[method];
// `destroy` of Writable also takes care of what waits to be written.
Duplex.prototype.destroy = Writable.prototype.destroy;

for (const name of [
  "writable", "writableHighWaterMark", "writableObjectMode", "writableBuffer", "writableLength", "writableFinished",
  "writableCorked", "writableEnded", "writableNeedDrain", "writableAborted",
]) {
  ObjectDefineProperty(Duplex.prototype, name, ObjectGetOwnPropertyDescriptor(Writable.prototype, name));
}

ObjectDefineProperties(Duplex.prototype, {
  closed: {
    get() {
      return this._readableState.closed && this._writableState.closed;
    },
    enumerable: false, configurable: true,
  },
  destroyed: {
    get() {
      if (this._readableState === undefined || this._writableState === undefined) return false;
      return this._readableState.destroyed && this._writableState.destroyed;
    },
    set(value) {
      if (!this._readableState || !this._writableState) return;
      this._readableState.destroyed = value;
      this._writableState.destroyed = value;
    },
    enumerable: false, configurable: true,
  },
});

Duplex.fromWeb = (pair, options) => webAdapters().duplexFromWeb(pair, options);
Duplex.toWeb = (duplex, options) => webAdapters().duplexToWeb(duplex, options);
Duplex.from = (body) => duplexify().duplexify(body, "body");
