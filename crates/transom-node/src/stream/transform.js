// @ts-check
// Transform and PassThrough: duplex streams whose output is made of their input.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#class-streamtransform

import { codes } from "transom:internal/node/errors";
import { Duplex } from "transom:internal/node/stream/duplex";
import { highWaterMarkOf } from "transom:internal/node/stream/high_water_mark";
import { primordials } from "transom:internal/primordials";

const { ObjectSetPrototypeOf, Symbol } = primordials;
const { ERR_METHOD_NOT_IMPLEMENTED } = codes;
const kCallback = Symbol("kCallback");

export function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);
  // A mark of 0 on the readable side would keep the writable side from ever starting.
  const mark = options ? highWaterMarkOf({ objectMode: options.objectMode || options.readableObjectMode }, options, "readableHighWaterMark", true) : null;
  if (mark === 0) {
    options = {
      ...options, highWaterMark: null, readableHighWaterMark: mark, writableHighWaterMark: options.writableHighWaterMark || 0,
    };
  }
  Duplex.call(this, options);
  // Output may be pushed at any time, not only within `_read`.
  this._readableState.sync = false;
  this[kCallback] = null;
  if (options) {
    if (typeof options.transform === "function") this._transform = options.transform;
    if (typeof options.flush === "function") this._flush = options.flush;
  }
  this.on("prefinish", prefinish);
}
ObjectSetPrototypeOf(Transform.prototype, Duplex.prototype);
ObjectSetPrototypeOf(Transform, Duplex);

function final(callback) {
  if (typeof this._flush !== "function" || this.destroyed) {
    this.push(null);
    callback?.();
    return;
  }
  this._flush((error, data) => {
    if (error) {
      if (callback) callback(error);
      else this.destroy(error);
      return;
    }
    if (data !== null && data !== undefined) this.push(data);
    this.push(null);
    callback?.();
  });
}

/** For classes with a `_final` of their own. */
function prefinish() {
  if (this._final !== final) final.call(this);
}

Transform.prototype._final = final;

Transform.prototype._transform = function () {
  throw new ERR_METHOD_NOT_IMPLEMENTED("_transform()");
};

Transform.prototype._write = function (chunk, encoding, callback) {
  const { _readableState: readable, _writableState: writable } = this;
  const { length } = readable;
  this._transform(chunk, encoding, (error, value) => {
    if (error) {
      callback(error);
      return;
    }
    if (value !== null && value !== undefined) this.push(value);
    // Waits for a reader when there is enough in the buffer.
    if (writable.ended || length === readable.length || readable.length < readable.highWaterMark) callback();
    else this[kCallback] = callback;
  });
};

Transform.prototype._read = function () {
  const callback = this[kCallback];
  if (!callback) return;
  this[kCallback] = null;
  callback();
};

export function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  Transform.call(this, options);
}
ObjectSetPrototypeOf(PassThrough.prototype, Transform.prototype);
ObjectSetPrototypeOf(PassThrough, Transform);

PassThrough.prototype._transform = function (chunk, _encoding, callback) {
  callback(null, chunk);
};
