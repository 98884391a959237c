// @ts-check
// ReadableStreamDefaultReader and ReadableStreamBYOBReader. Behind them: reader_state.js.
// Spec: https://streams.spec.whatwg.org/#default-reader-class and https://streams.spec.whatwg.org/#byob-reader-class

import { primordials } from "transom:internal/primordials";
import { ReadRequest } from "transom:internal/streams/promises";
import { acquireByobReader, acquireDefaultReader } from "transom:internal/streams/reader_state";
import * as webidl from "transom:internal/webidl/webidl";

const {
  DataViewPrototypeGetByteLength, PromiseReject, PromiseResolve, RangeError, TypedArrayPrototypeGetLength, TypeError,
} = primordials;

const enforceRange = { enforceRange: true };

let convertStream;
let isDefaultReader;
let isByobReader;

/** Called once by readable.js: how a reader's constructor gets at what is behind a ReadableStream. */
export function setStreamConversion(convert) {
  convertStream = convert;
}

function released() {
  return PromiseReject(new TypeError("The reader was released and has no stream"));
}

function illegal() {
  return PromiseReject(new TypeError("Illegal invocation"));
}

/** https://streams.spec.whatwg.org/#default-reader-class */
export class ReadableStreamDefaultReader {
  #reader;

  /** https://streams.spec.whatwg.org/#default-reader-constructor */
  constructor(stream, state = undefined) {
    if (stream !== webidl.internalKey) {
      webidl.requireArguments("ReadableStreamDefaultReader constructor", arguments.length, 1);
      state = convertStream(stream, "ReadableStreamDefaultReader constructor: argument 1");
    }
    this.#reader = acquireDefaultReader(state);
    this.#reader.openClosed();
  }

  /** https://streams.spec.whatwg.org/#generic-reader-closed */
  get closed() {
    if (!isDefaultReader(this)) return illegal();
    return this.#reader.closed.get();
  }

  /** https://streams.spec.whatwg.org/#generic-reader-cancel */
  cancel(reason = undefined) {
    if (!isDefaultReader(this)) return illegal();
    const { stream } = this.#reader;
    return stream === null ? released() : stream.cancel(reason);
  }

  /** https://streams.spec.whatwg.org/#default-reader-read */
  read() {
    if (!isDefaultReader(this)) return illegal();
    const reader = this.#reader;
    const { stream } = reader;
    if (stream === null) return released();
    if (stream.state === "readable" && stream.controller.hasChunk) {
      // The same as a read request that is answered at once, in one promise without executor.
      stream.disturbed = true;
      return PromiseResolve({ value: stream.controller.take(), done: false });
    }
    const request = new ReadRequest();
    reader.read(request);
    return request.promise;
  }

  /** https://streams.spec.whatwg.org/#default-reader-release-lock */
  releaseLock() {
    const reader = this.#reader;
    if (reader.stream !== null) reader.release();
  }

  static {
    isDefaultReader = (value) => typeof value === "object" && value !== null && #reader in value;
  }
}

/** https://streams.spec.whatwg.org/#byob-reader-class */
export class ReadableStreamBYOBReader {
  #reader;

  /** https://streams.spec.whatwg.org/#byob-reader-constructor */
  constructor(stream, state = undefined) {
    if (stream !== webidl.internalKey) {
      webidl.requireArguments("ReadableStreamBYOBReader constructor", arguments.length, 1);
      state = convertStream(stream, "ReadableStreamBYOBReader constructor: argument 1");
    }
    this.#reader = acquireByobReader(state);
    this.#reader.openClosed();
  }

  /** https://streams.spec.whatwg.org/#generic-reader-closed */
  get closed() {
    if (!isByobReader(this)) return illegal();
    return this.#reader.closed.get();
  }

  /** https://streams.spec.whatwg.org/#generic-reader-cancel */
  cancel(reason = undefined) {
    if (!isByobReader(this)) return illegal();
    const { stream } = this.#reader;
    return stream === null ? released() : stream.cancel(reason);
  }

  /** https://streams.spec.whatwg.org/#byob-reader-read */
  read(view, options = undefined) {
    if (!isByobReader(this)) return illegal();
    const reader = this.#reader;
    let min;
    try {
      webidl.requireArguments("ReadableStreamBYOBReader.read", arguments.length, 1);
      min = convertRead(view, options);
    } catch (error) {
      return PromiseReject(error);
    }
    if (reader.stream === null) return released();
    const request = new ReadRequest();
    reader.read(view, min, request);
    return request.promise;
  }

  /** https://streams.spec.whatwg.org/#byob-reader-release-lock */
  releaseLock() {
    const reader = this.#reader;
    if (reader.stream !== null) reader.release();
  }

  static {
    isByobReader = (value) => typeof value === "object" && value !== null && #reader in value;
  }
}

/** Checks the arguments of `read` and returns the minimum number of elements. */
function convertRead(view, options) {
  webidl.ArrayBufferView(view, "ReadableStreamBYOBReader.read: argument 1");
  if (options !== undefined && options !== null && !webidl.isObject(options)) {
    throw new TypeError("ReadableStreamBYOBReader.read: argument 2 is not an object");
  }
  let min = options?.min;
  if (min === undefined) min = 1;
  else min = webidl.unsignedLongLong(min, "ReadableStreamBYOBReader.read: min", enforceRange);
  if (webidl.viewByteLength(view) === 0) throw new TypeError("The view is empty or its buffer is detached");
  if (min === 0) throw new TypeError("`min` must be at least 1");
  const isDataView = webidl.viewElementType(view) === undefined;
  const length = isDataView ? DataViewPrototypeGetByteLength(view) : TypedArrayPrototypeGetLength(view);
  if (min > length) throw new RangeError("`min` is larger than the view");
  return min;
}

webidl.configureInterface("ReadableStreamDefaultReader", ReadableStreamDefaultReader);
webidl.configureInterface("ReadableStreamBYOBReader", ReadableStreamBYOBReader);
