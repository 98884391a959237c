// @ts-check
// WritableStreamDefaultController and what is behind it.
// Spec: https://streams.spec.whatwg.org/#ws-default-controller-class

import { abortSignalInternals } from "transom:internal/abort/abort_signal";
import { primordials } from "transom:internal/primordials";
import { react } from "transom:internal/streams/promises";
import { SizedQueue } from "transom:internal/streams/queue";
import { DEFERRED } from "transom:internal/streams/readable_state";
import * as webidl from "transom:internal/webidl/webidl";

const { PromiseReject, ReflectApply, Symbol, unlink } = primordials;

/** https://streams.spec.whatwg.org/#close-sentinel */
const CLOSE = Symbol("close");

/** The slots of https://streams.spec.whatwg.org/#ws-default-controller-internal-slots and the operations on them. */
export class WritableControllerState {
  constructor(stream, sink, highWaterMark, sizeAlgorithm) {
    this.stream = stream;
    /** See writable_state.js; null once the algorithms are cleared. */
    this.sink = sink;
    this.highWaterMark = highWaterMark;
    /** Null stands for "always 1". */
    this.sizeAlgorithm = sizeAlgorithm;
    this.queue = new SizedQueue();
    this.started = false;
    /** Made when somebody asks for it. */
    this.abortSignal = null;
    this.aborted = false;
    this.abortReason = undefined;
    /** The WritableStreamDefaultController, when there is one. */
    this.wrapper = null;
    this.onWritten = null;
    this.onWriteFailed = null;
    stream.controller = this;
    stream.backpressure = this.backpressure;
  }

  /** The object that scripts see. */
  get object() {
    return (this.wrapper ??= new WritableStreamDefaultController(webidl.internalKey, this));
  }

  /** Waits for `startResult` as https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller asks. */
  start(startResult) {
    react(
      startResult,
      () => {
        this.started = true;
        this.advanceQueue();
      },
      (reason) => {
        this.started = true;
        this.stream.dealWithRejection(reason);
      },
    );
  }

  get signal() {
    if (this.abortSignal === null) {
      this.abortSignal = abortSignalInternals.create();
      if (this.aborted) abortSignalInternals.abort(this.abortSignal, this.abortReason);
    }
    return this.abortSignal;
  }

  signalAbort(reason) {
    if (this.aborted) return;
    this.aborted = true;
    this.abortReason = reason;
    if (this.abortSignal !== null) abortSignalInternals.abort(this.abortSignal, reason);
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-get-desired-size */
  get desiredSize() {
    return this.highWaterMark - this.queue.total;
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-get-backpressure */
  get backpressure() {
    return this.highWaterMark - this.queue.total <= 0;
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-get-chunk-size */
  chunkSize(chunk) {
    if (this.sizeAlgorithm === null) return 1;
    try {
      return webidl.unrestrictedDouble(ReflectApply(this.sizeAlgorithm, undefined, [chunk]));
    } catch (error) {
      this.errorIfNeeded(error);
      return 1;
    }
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-write */
  write(chunk, size) {
    try {
      this.queue.enqueue(chunk, size);
    } catch (error) {
      this.errorIfNeeded(error);
      return;
    }
    const { stream } = this;
    if (stream.state === "writable" && !stream.closeQueuedOrInFlight) stream.updateBackpressure(this.backpressure);
    this.advanceQueue();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-close */
  close() {
    this.queue.enqueue(CLOSE, 0);
    this.advanceQueue();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-advance-queue-if-needed */
  advanceQueue() {
    const { queue, stream } = this;
    if (!this.started || stream.inFlightWriteRequest !== null) return;
    if (stream.state === "erroring") {
      stream.finishErroring();
      return;
    }
    if (queue.length === 0) return;
    const value = queue.peek();
    if (value === CLOSE) this.processClose();
    else this.processWrite(value);
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-process-close */
  processClose() {
    const { stream } = this;
    stream.inFlightCloseRequest = stream.closeRequest;
    stream.closeRequest = null;
    this.queue.dequeue();
    let result;
    try {
      result = this.sink.close();
    } catch (error) {
      result = PromiseReject(error);
    }
    this.clearAlgorithms();
    react(
      result,
      () => stream.finishInFlightClose(),
      (reason) => stream.finishInFlightCloseWithError(reason),
    );
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-process-write */
  processWrite(chunk) {
    const { stream } = this;
    stream.inFlightWriteRequest = stream.writeRequests.shift();
    let result;
    try {
      result = this.sink.write(chunk, this);
    } catch (error) {
      result = PromiseReject(error);
    }
    if (result === DEFERRED) return;
    this.onWritten ??= () => this.written();
    this.onWriteFailed ??= (reason) => this.writeFailed(reason);
    react(result, this.onWritten, this.onWriteFailed);
  }

  /** The write in flight is done. */
  written() {
    const { stream } = this;
    stream.finishInFlightWrite();
    this.queue.dequeue();
    if (stream.state === "writable" && !stream.closeQueuedOrInFlight) stream.updateBackpressure(this.backpressure);
    this.advanceQueue();
  }

  /** The write in flight has failed. */
  writeFailed(reason) {
    const { stream } = this;
    if (stream.state === "writable") this.clearAlgorithms();
    stream.finishInFlightWriteWithError(reason);
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-error-if-needed */
  errorIfNeeded(error) {
    if (this.stream.state === "writable") this.error(error);
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-error */
  error(error) {
    this.clearAlgorithms();
    this.stream.startErroring(error);
  }

  clearAlgorithms() {
    this.sink = null;
    this.sizeAlgorithm = null;
  }

  /** https://streams.spec.whatwg.org/#ws-default-controller-private-abort */
  abortSteps(reason) {
    const { sink } = this;
    try {
      return sink === null ? undefined : sink.abort(reason);
    } catch (error) {
      return PromiseReject(error);
    } finally {
      this.clearAlgorithms();
    }
  }

  /** https://streams.spec.whatwg.org/#ws-default-controller-private-error */
  errorSteps() {
    this.queue.reset();
  }

  /** The stream fails while the sink is at work: a sink of the platform may have `interrupt()` to end that sooner. */
  interrupt() {
    this.sink?.interrupt?.();
  }
}
unlink(WritableControllerState);

/** https://streams.spec.whatwg.org/#ws-default-controller-class */
export class WritableStreamDefaultController {
  #controller;

  constructor(key = undefined, controller = undefined) {
    webidl.requireInternal(key);
    this.#controller = controller;
  }

  /** https://streams.spec.whatwg.org/#ws-default-controller-signal */
  get signal() {
    return this.#controller.signal;
  }

  /** https://streams.spec.whatwg.org/#ws-default-controller-error */
  error(error = undefined) {
    this.#controller.errorIfNeeded(error);
  }
}

webidl.configureInterface("WritableStreamDefaultController", WritableStreamDefaultController);
