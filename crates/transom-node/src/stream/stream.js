// @ts-check
// node:stream.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html

import {
  _isArrayBufferView, _isUint8Array, _uint8ArrayToBuffer, addAbortSignal, compose, destroy, duplexPair, finished,
  getDefaultHighWaterMark, isDestroyed, isDisturbed, isErrored, isReadable, isWritable, promises, setDefaultHighWaterMark,
} from "transom:internal/node/stream/all";
import { Duplex } from "transom:internal/node/stream/duplex";
import { Stream } from "transom:internal/node/stream/legacy";
import { pipeline } from "transom:internal/node/stream/pipeline";
import { Readable } from "transom:internal/node/stream/readable";
import { PassThrough, Transform } from "transom:internal/node/stream/transform";
import { Writable } from "transom:internal/node/stream/writable";

export {
  _isArrayBufferView, _isUint8Array, _uint8ArrayToBuffer, addAbortSignal, compose, destroy, Duplex, duplexPair, finished,
  getDefaultHighWaterMark, isDestroyed, isDisturbed, isErrored, isReadable, isWritable, PassThrough, pipeline, promises,
  Readable, setDefaultHighWaterMark, Stream, Transform, Writable,
};
export default Stream;
