// @ts-check
// ReadableStream.
// Spec: https://streams.spec.whatwg.org/#rs-class

import { abortSignalInternals } from "transom:internal/abort/abort_signal";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { defineAsyncIteration } from "transom:internal/streams/async_iterator";
import { sourceFromIterable } from "transom:internal/streams/from_iterable";
import { pipeTo } from "transom:internal/streams/pipe";
import { convertStrategy } from "transom:internal/streams/queuing_strategy";
import { DefaultControllerState } from "transom:internal/streams/readable_default_controller";
import { ReadableState } from "transom:internal/streams/readable_state";
import {
  ReadableStreamBYOBReader, ReadableStreamDefaultReader, setStreamConversion,
} from "transom:internal/streams/readers";
import { teeByteStream } from "transom:internal/streams/tee_bytes";
import { teeDefaultStream } from "transom:internal/streams/tee";
import { setUpFromSource } from "transom:internal/streams/underlying_source";
import { writableState } from "transom:internal/streams/writable";
import * as webidl from "transom:internal/webidl/webidl";

const { PromiseReject, TypeError } = primordials;

let isReadableStream;
let stateOf;

/** https://streams.spec.whatwg.org/#rs-class */
export class ReadableStream {
  #state;

  /** https://streams.spec.whatwg.org/#rs-constructor */
  constructor(underlyingSource = undefined, strategy = undefined) {
    if (underlyingSource === webidl.internalKey) {
      this.#state = strategy;
      return;
    }
    if (underlyingSource !== undefined && !webidl.isObject(underlyingSource)) {
      throw new TypeError("ReadableStream constructor: argument 1 is not an object");
    }
    const converted = convertStrategy(strategy, "ReadableStream constructor: argument 2");
    this.#state = new ReadableState();
    this.#state.object = this;
    setUpFromSource(this.#state, underlyingSource, converted);
  }

  /** https://streams.spec.whatwg.org/#rs-from */
  static from(asyncIterable) {
    webidl.requireArguments("ReadableStream.from", arguments.length, 1);
    return readableFrom(asyncIterable, "ReadableStream.from: argument 1");
  }

  /** https://streams.spec.whatwg.org/#rs-locked */
  get locked() {
    return this.#state.locked;
  }

  /** https://streams.spec.whatwg.org/#rs-cancel */
  cancel(reason = undefined) {
    if (!isReadableStream(this)) return illegal();
    if (this.#state.locked) return PromiseReject(new TypeError("The ReadableStream is locked to a reader"));
    return this.#state.cancel(reason);
  }

  /** https://streams.spec.whatwg.org/#rs-get-reader */
  getReader(options = undefined) {
    const state = this.#state;
    if (options !== undefined && options !== null) {
      if (!webidl.isObject(options)) throw new TypeError("ReadableStream.getReader: argument 1 is not an object");
      const { mode } = options;
      if (mode !== undefined) {
        const wanted = webidl.DOMString(mode, "ReadableStream.getReader: mode");
        if (wanted !== "byob") throw new TypeError(`ReadableStream.getReader: \`${wanted}\` is not a valid mode`);
        return new ReadableStreamBYOBReader(webidl.internalKey, state);
      }
    }
    return new ReadableStreamDefaultReader(webidl.internalKey, state);
  }

  /** https://streams.spec.whatwg.org/#rs-pipe-through */
  pipeThrough(transform, options = undefined) {
    const source = this.#state;
    webidl.requireArguments("ReadableStream.pipeThrough", arguments.length, 1);
    if (!webidl.isObject(transform)) throw new TypeError("ReadableStream.pipeThrough: argument 1 is not an object");
    const { readable } = transform;
    if (!isReadableStream(readable)) {
      throw new TypeError("ReadableStream.pipeThrough: `readable` of argument 1 is not of type ReadableStream");
    }
    const destination = writableState(transform.writable, "ReadableStream.pipeThrough: `writable` of argument 1");
    const converted = convertPipeOptions(options, "ReadableStream.pipeThrough: argument 2");
    if (source.locked) throw new TypeError("The ReadableStream is locked to a reader");
    if (destination.locked) throw new TypeError("The WritableStream is locked to a writer");
    ops.promise_mark_handled(pipeTo(source, destination, converted));
    return readable;
  }

  /** https://streams.spec.whatwg.org/#rs-pipe-to */
  pipeTo(destination, options = undefined) {
    if (!isReadableStream(this)) return illegal();
    const source = this.#state;
    let writable;
    let converted;
    try {
      webidl.requireArguments("ReadableStream.pipeTo", arguments.length, 1);
      writable = writableState(destination, "ReadableStream.pipeTo: argument 1");
      converted = convertPipeOptions(options, "ReadableStream.pipeTo: argument 2");
    } catch (error) {
      return PromiseReject(error);
    }
    if (source.locked) return PromiseReject(new TypeError("The ReadableStream is locked to a reader"));
    if (writable.locked) return PromiseReject(new TypeError("The WritableStream is locked to a writer"));
    return pipeTo(source, writable, converted);
  }

  /** https://streams.spec.whatwg.org/#rs-tee */
  tee() {
    const branches = teeState(this.#state);
    return [wrapReadable(branches[0]), wrapReadable(branches[1])];
  }

  static {
    isReadableStream = (value) => typeof value === "object" && value !== null && #state in value;
    stateOf = (stream) => stream.#state;
  }
}

/** https://streams.spec.whatwg.org/#readable-stream-from-iterable */
export function readableFrom(iterable, context) {
  const state = new ReadableState();
  const source = sourceFromIterable(iterable, context);
  new DefaultControllerState(state, source, 0, null).start(undefined);
  return wrapReadable(state);
}

function illegal() {
  return PromiseReject(new TypeError("Illegal invocation"));
}

/** https://streams.spec.whatwg.org/#dictdef-streampipeoptions */
function convertPipeOptions(options, context) {
  if (options === undefined || options === null) return noPipeOptions;
  if (!webidl.isObject(options)) throw new TypeError(`${context} is not an object`);
  const preventAbort = webidl.boolean(options.preventAbort);
  const preventCancel = webidl.boolean(options.preventCancel);
  const preventClose = webidl.boolean(options.preventClose);
  const { signal } = options;
  if (signal !== undefined && !abortSignalInternals.isAbortSignal(signal)) {
    throw new TypeError(`${context}: member \`signal\` is not of type AbortSignal`);
  }
  return { preventAbort, preventCancel, preventClose, signal };
}

const noPipeOptions = { preventAbort: false, preventCancel: false, preventClose: false, signal: undefined };

/** https://streams.spec.whatwg.org/#readable-stream-tee */
export function teeState(state, clone = null) {
  return state.controller.isByteController ? teeByteStream(state) : teeDefaultStream(state, clone);
}

/** The ReadableStream for what is behind one; always the same. */
export function wrapReadable(state) {
  return (state.object ??= new ReadableStream(webidl.internalKey, state));
}

/** What is behind a ReadableStream; throws for anything else. */
export function readableState(value, context) {
  if (!isReadableStream(value)) throw new TypeError(`${context} is not of type ReadableStream`);
  return stateOf(value);
}

export { isReadableStream };

setStreamConversion(readableState);
defineAsyncIteration(ReadableStream, stateOf);
webidl.configureInterface("ReadableStream", ReadableStream);
