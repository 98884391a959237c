// @ts-check
// `for await (const chunk of stream)`: ReadableStream.prototype.values and @@asyncIterator.
// Spec: https://streams.spec.whatwg.org/#rs-asynciterator and https://webidl.spec.whatwg.org/#js-asynchronous-iterable
//
// A chunk that is queued already is answered with one settled promise; only when the iterator has to wait does it
// remember an ongoing promise that later calls line up behind.

import { primordials } from "transom:internal/primordials";
import { queueInternalMicrotask } from "transom:internal/report_error/report_error";
import { acquireDefaultReader } from "transom:internal/streams/reader_state";
import * as webidl from "transom:internal/webidl/webidl";

const {
  AsyncIteratorPrototype, ObjectDefineProperty, ObjectSetPrototypeOf, Promise, PromisePrototypeThen, PromiseReject,
  PromiseResolve, ReflectDeleteProperty, SymbolAsyncIterator, SymbolToStringTag, TypeError, unlink,
} = primordials;

let advanced;
let isIterator;

/** https://webidl.spec.whatwg.org/#js-asynchronous-iterator-prototype-object */
class StreamAsyncIterator {
  #reader;
  #preventCancel;
  /** What later calls line up behind. */
  #ongoing = null;
  /** The promise of a read that waits for its chunk. */
  #waiting = null;
  #finished = false;

  constructor(reader, preventCancel) {
    this.#reader = reader;
    this.#preventCancel = preventCancel;
  }

  /** https://webidl.spec.whatwg.org/#es-asynchronous-iterator-prototype-object */
  next() {
    if (!isIterator(this)) return PromiseReject(new TypeError("Illegal invocation"));
    if (this.#ongoing === null) {
      const result = this.#next();
      this.#ongoing = this.#waiting;
      return result;
    }
    const steps = () => {
      const result = this.#next();
      if (this.#ongoing === queued) this.#ongoing = this.#waiting;
      return result;
    };
    const queued = PromisePrototypeThen(this.#ongoing, steps, steps);
    this.#ongoing = queued;
    return queued;
  }

  return(value) {
    if (!isIterator(this)) return PromiseReject(new TypeError("Illegal invocation"));
    const steps = () => this.#return(value);
    const closing = this.#ongoing === null ? steps() : PromisePrototypeThen(this.#ongoing, steps, steps);
    this.#ongoing = closing;
    return PromisePrototypeThen(closing, () => ({ value, done: true }));
  }

  /** https://streams.spec.whatwg.org/#rs-asynciterator-prototype-next */
  #next() {
    if (this.#finished) return PromiseResolve({ value: undefined, done: true });
    const { stream } = this.#reader;
    if (stream.state === "readable" && stream.controller.hasChunk) {
      stream.disturbed = true;
      return PromiseResolve({ value: stream.controller.take(), done: false });
    }
    const request = new IterationRequest(this);
    this.#waiting = request.promise;
    this.#reader.read(request);
    return request.promise;
  }

  /** https://streams.spec.whatwg.org/#rs-asynciterator-prototype-return */
  #return(value) {
    if (this.#finished) return PromiseResolve(undefined);
    this.#finished = true;
    const reader = this.#reader;
    let result = PromiseResolve(undefined);
    if (!this.#preventCancel) result = reader.stream.cancel(value);
    reader.release();
    return result;
  }

  static {
    isIterator = (value) => typeof value === "object" && value !== null && #reader in value;
    advanced = (iterator, promise, finished) => {
      if (iterator.#ongoing === promise) iterator.#ongoing = null;
      if (iterator.#waiting === promise) iterator.#waiting = null;
      if (!finished) return;
      iterator.#finished = true;
      iterator.#reader.release();
    };
  }
}

/** The read request behind one `next()` that has to wait. */
class IterationRequest {
  constructor(iterator) {
    this.iterator = iterator;
    this.promise = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.refuse = reject;
    });
  }

  chunk(value) {
    // A microtask later, as a reaction to the promise of the read would: the source is asked for more before.
    queueInternalMicrotask(() => {
      advanced(this.iterator, this.promise, false);
      this.settle({ value, done: false });
    });
  }

  close() {
    advanced(this.iterator, this.promise, true);
    this.settle({ value: undefined, done: true });
  }

  error(reason) {
    advanced(this.iterator, this.promise, true);
    this.refuse(reason);
  }
}
unlink(IterationRequest);

const { prototype } = StreamAsyncIterator;
ObjectSetPrototypeOf(prototype, AsyncIteratorPrototype);
ReflectDeleteProperty(prototype, "constructor");
define(prototype, "next", prototype.next, true);
define(prototype, "return", prototype.return, true);
ObjectDefineProperty(prototype, SymbolToStringTag, {
  __proto__: null, value: "ReadableStream AsyncIterator", writable: false, enumerable: false, configurable: true,
});

function define(target, key, value, enumerable) {
  ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable, configurable: true });
}

/** Adds `values` and `@@asyncIterator` to ReadableStream. `stateOf` throws for anything but a ReadableStream. */
export function defineAsyncIteration(constructor, stateOf) {
  const { values } = {
    values(options = undefined) {
      const state = stateOf(this);
      if (options !== undefined && options !== null && !webidl.isObject(options)) {
        throw new TypeError("ReadableStream.values: argument 1 is not an object");
      }
      const preventCancel = webidl.boolean(options?.preventCancel);
      return new StreamAsyncIterator(acquireDefaultReader(state), preventCancel);
    },
  };
  define(constructor.prototype, "values", values, true);
  define(constructor.prototype, SymbolAsyncIterator, values, false);
}
