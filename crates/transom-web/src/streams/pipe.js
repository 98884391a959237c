// @ts-check
// Piping a readable stream to a writable one.
// Spec: https://streams.spec.whatwg.org/#readable-stream-pipe-to
//
// Chunks that are queued in the source go to the destination in one run, without a promise each, as long as the
// destination wants more. A chunk that arrives while the pipe waits is written in a microtask, because author code
// (the sink) must not run inside the author's call of `enqueue`. For the same reason changes of state are noticed in
// a microtask.

import { abortSignalInternals } from "transom:internal/abort/abort_signal";
import { primordials } from "transom:internal/primordials";
import { queueInternalMicrotask } from "transom:internal/report_error/report_error";
import { acquireDefaultReader } from "transom:internal/streams/reader_state";
import { WriterState } from "transom:internal/streams/writer_state";

const { Promise, PromisePrototypeThen, PromiseResolve, TypeError, unlink } = primordials;

const NO_ERROR = { error: undefined };

/** One pipe. It is its own read request and write request, and listens to its reader and writer. */
class Pipe {
  constructor(source, destination, options) {
    this.source = source;
    this.destination = destination;
    this.options = options;
    this.reader = acquireDefaultReader(source);
    this.writer = new WriterState(destination);
    this.shuttingDown = false;
    this.reading = false;
    /** A chunk that was read and waits for its microtask. */
    this.hasPending = false;
    this.pending = undefined;
    this.writesInFlight = 0;
    /** What to do once all writes have settled. */
    this.afterWrites = null;
    this.abortAlgorithm = null;
    this.writePending = () => this.takePending();
    this.goOn = () => this.flow();
    this.promise = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.refuse = reject;
    });
    source.disturbed = true;
  }

  start() {
    const { destination, source } = this;
    const { signal } = this.options;
    if (signal !== undefined) {
      this.abortAlgorithm = () => this.abortFromSignal();
      if (abortSignalInternals.isAborted(signal)) {
        this.abortFromSignal();
        return;
      }
      abortSignalInternals.addAlgorithm(signal, this.abortAlgorithm);
    }
    this.reader.listener = new SourceListener(this);
    this.writer.listener = new DestinationListener(this);
    if (source.state === "errored") this.sourceErrored();
    if (destination.state === "errored") this.destinationErrored();
    if (source.state === "closed") this.sourceClosed();
    if (destination.closeQueuedOrInFlight || destination.state === "closed") this.destinationClosed();
    this.flow();
  }

  /** Moves chunks while there are some and the destination wants more. */
  flow() {
    const { destination, source } = this;
    while (!this.shuttingDown && !this.reading && !this.hasPending) {
      if (destination.state !== "writable" || destination.closeQueuedOrInFlight || destination.backpressure) return;
      if (source.state !== "readable") return;
      if (source.controller.hasChunk) {
        this.write(source.controller.take());
      } else {
        this.reading = true;
        this.reader.read(this);
      }
    }
  }

  // As a read request.

  chunk(value) {
    this.reading = false;
    this.hasPending = true;
    this.pending = value;
    queueInternalMicrotask(this.writePending);
  }

  close() {
    this.reading = false;
  }

  error() {
    this.reading = false;
  }

  takePending() {
    if (!this.hasPending) return; // A shutdown has written it.
    const chunk = this.pending;
    this.hasPending = false;
    this.pending = undefined;
    this.write(chunk);
    this.flow();
  }

  write(chunk) {
    this.writesInFlight++;
    this.writer.write(chunk, this);
  }

  // As a write request.

  resolve() {
    this.writeSettled();
  }

  reject() {
    this.writeSettled();
  }

  writeSettled() {
    this.writesInFlight--;
    if (this.writesInFlight > 0 || this.afterWrites === null) return;
    queueInternalMicrotask(this.afterWrites);
    this.afterWrites = null;
  }

  // What ends a pipe, in the order of the specification.

  sourceErrored() {
    const error = this.source.storedError;
    const action = this.options.preventAbort ? null : () => this.destination.abort(error);
    this.shutdown(action, { error });
  }

  destinationErrored() {
    const error = this.destination.storedError;
    const action = this.options.preventCancel ? null : () => this.source.cancel(error);
    this.shutdown(action, { error });
  }

  sourceClosed() {
    this.shutdown(this.options.preventClose ? null : () => this.writer.closeWithErrorPropagation(), NO_ERROR);
  }

  destinationClosed() {
    const error = new TypeError("The destination closed before all data could be piped to it");
    const action = this.options.preventCancel ? null : () => this.source.cancel(error);
    this.shutdown(action, { error });
  }

  abortFromSignal() {
    const error = abortSignalInternals.reason(this.options.signal);
    const action = () => {
      let aborted;
      let canceled;
      const { destination, options, source } = this;
      if (!options.preventAbort && destination.state === "writable") aborted = destination.abort(error);
      if (!options.preventCancel && source.state === "readable") canceled = source.cancel(error);
      return both(aborted, canceled);
    };
    this.shutdown(action, { error });
  }

  /** "Shutdown with an action", or plain "shutdown" when `action` is null. */
  shutdown(action, outcome) {
    if (this.shuttingDown) return;
    this.shuttingDown = true;
    const finish = () => {
      if (action === null) {
        this.finalize(outcome);
      } else {
        PromisePrototypeThen(
          action(),
          () => this.finalize(outcome),
          (error) => this.finalize({ error }),
        );
      }
    };
    const { destination } = this;
    if (destination.state !== "writable" || destination.closeQueuedOrInFlight) {
      finish();
      return;
    }
    if (this.hasPending) this.takePending();
    if (this.writesInFlight > 0) this.afterWrites = finish;
    else queueInternalMicrotask(finish);
  }

  finalize(outcome) {
    this.writer.release();
    this.reader.release();
    if (this.abortAlgorithm !== null) {
      abortSignalInternals.removeAlgorithm(this.options.signal, this.abortAlgorithm);
    }
    if (outcome === NO_ERROR) this.settle(undefined);
    else this.refuse(outcome.error);
  }
}
unlink(Pipe);

class SourceListener {
  constructor(pipe) {
    this.pipe = pipe;
  }

  closed() {
    queueInternalMicrotask(() => this.pipe.sourceClosed());
  }

  errored() {
    queueInternalMicrotask(() => this.pipe.sourceErrored());
  }
}
unlink(SourceListener);

class DestinationListener {
  constructor(pipe) {
    this.pipe = pipe;
  }

  ready() {
    queueInternalMicrotask(this.pipe.goOn);
  }

  closed() {}

  errored() {
    queueInternalMicrotask(() => this.pipe.destinationErrored());
  }
}
unlink(DestinationListener);

/** A promise for the end of both, failing with the first failure. */
function both(first, second) {
  if (first === undefined) return second === undefined ? PromiseResolve(undefined) : second;
  if (second === undefined) return first;
  return new Promise((resolve, reject) => {
    let open = 2;
    const done = () => {
      if (--open === 0) resolve(undefined);
    };
    PromisePrototypeThen(first, done, reject);
    PromisePrototypeThen(second, done, reject);
  });
}

/** Starts piping and returns the promise for its end. Neither stream may be locked. */
export function pipeTo(source, destination, options) {
  const pipe = new Pipe(source, destination, options);
  pipe.start();
  return pipe.promise;
}
