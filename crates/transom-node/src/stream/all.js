// @ts-check
// The function that `require("stream")` gives, with everything on it.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html

import { nextTick } from "transom:internal/node/process/next_tick";
import { addAbortSignal } from "transom:internal/node/stream/abort_signal";
import { compose } from "transom:internal/node/stream/compose";
import { destroyer } from "transom:internal/node/stream/destroy";
import { Duplex } from "transom:internal/node/stream/duplex";
import { eos, finished } from "transom:internal/node/stream/end_of_stream";
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from "transom:internal/node/stream/high_water_mark";
import * as kinds from "transom:internal/node/stream/kinds";
import { Stream } from "transom:internal/node/stream/legacy";
import { promiseOperators, streamOperators } from "transom:internal/node/stream/operators";
import { pipeline, pipelineOf } from "transom:internal/node/stream/pipeline";
import { Readable } from "transom:internal/node/stream/readable";
import { PassThrough, Transform } from "transom:internal/node/stream/transform";
import { webIsDisturbed, webIsErrored, webIsReadable, webIsWritable } from "transom:internal/node/stream/web_state";
import { Writable } from "transom:internal/node/stream/writable";
import { primordials } from "transom:internal/primordials";
import { Buffer } from "transom:internal/node/buffer";
import { codes } from "transom:internal/node/errors";

const {
  ObjectAssign, ObjectDefineProperty, ObjectKeys, Promise, PromisePrototypeThen, ReflectApply, SymbolFor, SymbolToStringTag,
} = primordials;
const kCustomPromisify = SymbolFor("nodejs.util.promisify.custom");

/** Puts methods on Readable that are not enumerable, as those of a class. */
function addOperators(operators, convert) {
  for (const name of ObjectKeys(operators)) {
    const { [name]: method } = {
      [name](...args) {
        if (new.target) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
        return convert(ReflectApply(operators[name], this, args));
      },
    };
    ObjectDefineProperty(method, "length", { __proto__: null, value: operators[name].length, configurable: true });
    ObjectDefineProperty(Readable.prototype, name, {
      __proto__: null, value: method, writable: true, enumerable: false, configurable: true,
    });
  }
}

addOperators(streamOperators, (values) => (kinds.isNodeStream(values) ? values : Readable.from(values)));
addOperators(promiseOperators, (promise) => PromisePrototypeThen(promise, undefined));

function isStreamOrWeb(value) {
  return kinds.isNodeStream(value) || kinds.isWebStream(value);
}

/** pipeline as a promise for what the last function returned. */
export function pipelinePromise(...streams) {
  return new Promise((resolve, reject) => {
    let options;
    const last = streams[streams.length - 1];
    if (last && typeof last === "object" && !isStreamOrWeb(last) && !kinds.isIterable(last)) options = streams.pop();
    pipelineOf(streams, (error, value) => (error ? reject(error) : resolve(value)), options);
  });
}
ObjectDefineProperty(pipelinePromise, "name", { __proto__: null, value: "pipeline", configurable: true });

export const promises = { finished, pipeline: pipelinePromise };

for (const { 0: method, 1: promised } of [[pipeline, pipelinePromise], [eos, finished]]) {
  ObjectDefineProperty(method, kCustomPromisify, { __proto__: null, get: () => promised, enumerable: true });
}
ObjectDefineProperty(eos, "name", { __proto__: null, value: "eos", configurable: true });

/** One end of a pipe: what is written to the other end can be read here. */
class PairEnd extends Duplex {
  #other = null;
  #onRead = null;

  static connect(first, second) {
    first.#other = second;
    second.#other = first;
    return [first, second];
  }

  _read() {
    const callback = this.#onRead;
    this.#onRead = null;
    callback?.();
  }

  _write(chunk, _encoding, callback) {
    if (chunk.length === 0) {
      nextTick(callback);
      return;
    }
    this.#other.#onRead = callback;
    this.#other.push(chunk);
  }

  _final(callback) {
    this.#other.on("end", callback);
    this.#other.push(null);
  }

  _destroy(error, callback) {
    const other = this.#other;
    if (!other.destroyed) nextTick(() => other.destroy());
    callback(error);
  }
}
ObjectDefineProperty(PairEnd, "name", { __proto__: null, value: "DuplexSide", configurable: true });

/** Two ends of one pipe. */
export function duplexPair(options) {
  return PairEnd.connect(new PairEnd(options), new PairEnd(options));
}

export const isReadable = (stream) => webIsReadable(stream) ?? kinds.isReadable(stream);
export const isWritable = (stream) => webIsWritable(stream) ?? kinds.isWritable(stream);
export const isErrored = (stream) => webIsErrored(stream) ?? kinds.isErrored(stream);
export const isDisturbed = (stream) => webIsDisturbed(stream) ?? kinds.isDisturbed(stream);
export const _isArrayBufferView = (value) => ArrayBuffer.isView(value);
export const _isUint8Array = (value) => ArrayBuffer.isView(value) && value[SymbolToStringTag] === "Uint8Array";
export const _uint8ArrayToBuffer = (view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);

export const { isDestroyed } = kinds;
export { addAbortSignal, compose, destroyer as destroy, eos as finished, getDefaultHighWaterMark, setDefaultHighWaterMark };

ObjectAssign(Stream, {
  isDestroyed, isDisturbed, isErrored, isReadable, isWritable, Readable, Writable, Duplex, Transform, PassThrough, duplexPair,
  pipeline, addAbortSignal, finished: eos, destroy: destroyer, compose, setDefaultHighWaterMark, getDefaultHighWaterMark, Stream,
  _isArrayBufferView, _isUint8Array, _uint8ArrayToBuffer,
});
ObjectDefineProperty(Stream, "promises", { __proto__: null, get: () => promises, enumerable: true, configurable: true });
