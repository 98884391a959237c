// @ts-check
// Streams as the rest of the platform uses them: fetch bodies, blobs, the response writer.
//
// Functions take and return public objects (`ReadableStream`); inside they work on what is behind them.

import { primordials } from "transom:internal/primordials";
import { ByteControllerState } from "transom:internal/streams/byte_controller_state";
import { pipeTo } from "transom:internal/streams/pipe";
import { pump, readAllBytes } from "transom:internal/streams/pump";
import { isReadableStream, readableFrom, readableState, teeState, wrapReadable } from "transom:internal/streams/readable";
import { DefaultControllerState } from "transom:internal/streams/readable_default_controller";
import { ReadableState } from "transom:internal/streams/readable_state";
import { acquireDefaultReader } from "transom:internal/streams/reader_state";
import { TransformState } from "transom:internal/streams/transform_state";
import { isWritableStream, writableState, wrapWritable } from "transom:internal/streams/writable";

const { ObjectFreeze, Promise, unlink } = primordials;

/** A source of the platform: see readable_state.js. */
class InternalSource {
  constructor(pullSteps, cancelSteps) {
    this.pullSteps = pullSteps;
    this.cancelSteps = cancelSteps;
  }

  pull(controller) {
    return this.pullSteps === undefined ? undefined : this.pullSteps(controller);
  }

  cancel(reason) {
    return this.cancelSteps === undefined ? undefined : this.cancelSteps(reason);
  }
}
unlink(InternalSource);

/** A reader of the platform. Its reads are answered by calls, not by promises. */
class InternalReader {
  #reader;

  constructor(state) {
    this.#reader = acquireDefaultReader(state);
  }

  /** `request` has `chunk(value)`, `close()` and `error(reason)`; one of them is called, perhaps at once. */
  readInto(request) {
    this.#reader.read(request);
  }

  /** Returns a promise. */
  cancel(reason) {
    return this.#reader.stream.cancel(reason);
  }

  release() {
    if (this.#reader.stream !== null) this.#reader.release();
  }
}

/** A transformer of the platform; every function is optional. */
class InternalTransformer {
  /** Members that are not given must not be looked for on Object.prototype. */
  constructor(transformer) {
    this.steps = { __proto__: null, ...transformer };
  }

  transform(chunk, controller) {
    return this.steps.transform(chunk, controller);
  }

  flush(controller) {
    return this.steps.flush === undefined ? undefined : this.steps.flush(controller);
  }

  cancel(reason) {
    return this.steps.cancel === undefined ? undefined : this.steps.cancel(reason);
  }
}
unlink(InternalTransformer);

function createReadableStream(pull, cancel, options = undefined) {
  const highWaterMark = options?.highWaterMark ?? 0;
  const state = new ReadableState();
  const source = new InternalSource(pull, cancel);
  const controller =
    options?.type === "bytes"
      ? new ByteControllerState(state, source, highWaterMark, options.autoAllocateChunkSize)
      : new DefaultControllerState(state, source, highWaterMark, null);
  controller.started = true; // The platform's sources need no start.
  controller.callPullIfNeeded();
  return wrapReadable(state);
}

export const readableStreamInternals = ObjectFreeze({
  isReadableStream,
  /** As `ReadableStream.from`. */
  from: (iterable) => readableFrom(iterable, "ReadableStream"),
  /** https://streams.spec.whatwg.org/#is-readable-stream-locked */
  isLocked: (stream) => readableState(stream).locked,
  /** https://streams.spec.whatwg.org/#is-readable-stream-disturbed */
  isDisturbed: (stream) => readableState(stream).disturbed,
  isErrored: (stream) => readableState(stream).state === "errored",
  isClosed: (stream) => readableState(stream).state === "closed",
  /** A promise that is settled as the `closed` of a reader would be, without a lock. */
  whenClosed: (stream) => readableState(stream).whenClosed(),
  /** As the controller's `error`. */
  error: (stream, reason) => readableState(stream).controller.error(reason),
  /** Returns an [`InternalReader`]; throws when the stream is locked. */
  acquireReader: (stream) => new InternalReader(readableState(stream)),
  /** Returns a promise. */
  cancel: (stream, reason) => readableState(stream).cancel(reason),
  /**
   * A stream of the platform. `pull(controller)` and `cancel(reason)` return undefined, a promise, or throw. The
   * controller has `enqueue(chunk)`, `close()`, `error(reason)`, `desiredSize`, and for `type: "bytes"` also
   * `enqueueOwned(bytes)`, which takes a Uint8Array that nobody else holds without moving it. The high water mark
   * is 0 unless given: nothing is pulled before somebody reads.
   */
  createReadableStream,
  /** The controller of a stream made by `createReadableStream`. */
  controllerOf: (stream) => readableState(stream).controller,
  /**
   * Returns two streams; the given one is locked from then on. With `clone`, chunks that are not bytes reach the
   * second stream as copies that it makes.
   */
  tee(stream, clone = null) {
    const branches = teeState(readableState(stream), clone);
    return [wrapReadable(branches[0]), wrapReadable(branches[1])];
  },
  /** See pump.js. Returns a function that stops: `stop(reason)`. */
  pumpTo: (stream, sink, options = undefined) => pump(readableState(stream), sink, options),
  /** Calls `done(bytes)` or `failed(reason)`; see pump.js. */
  readAllBytes: (stream, done, failed) => readAllBytes(readableState(stream), done, failed),
  /** As `readAllBytes`, as a promise. */
  readAllChunks: (stream) =>
    new Promise((resolve, reject) => {
      readAllBytes(readableState(stream), resolve, reject);
    }),
  /** Pipes `readable` to `writable` with default options; returns a promise. */
  pipe: (readable, writable) => pipeTo(readableState(readable), writableState(writable), defaultPipeOptions),
});

const defaultPipeOptions = ObjectFreeze({
  preventAbort: false, preventCancel: false, preventClose: false, signal: undefined,
});

export const writableStreamInternals = ObjectFreeze({
  isWritableStream,
  isLocked: (stream) => writableState(stream).locked,
  isErrored: (stream) => writableState(stream).state === "errored",
  isWritable: (stream) => writableState(stream).state === "writable",
  /** A promise that is settled as the `closed` of a writer would be, without a lock. */
  whenClosed: (stream) => writableState(stream).whenClosed(),
  /** As the controller's `error`. */
  error: (stream, reason) => writableState(stream).controller.errorIfNeeded(reason),
});

/**
 * A transform of the platform: `transform(chunk, controller)`, `flush(controller)`, `cancel(reason)`, where the
 * controller has `enqueue`, `error` and `terminate`. Returns `{ readable, writable }`.
 */
export function createTransform(transformer) {
  const state = new TransformState(
    new InternalTransformer(transformer),
    { highWaterMark: 1, size: null },
    { highWaterMark: 0, size: null },
  );
  state.start(undefined);
  return { readable: wrapReadable(state.readable), writable: wrapWritable(state.writable) };
}
