// @ts-check
// What is behind a WritableStreamDefaultWriter.
// Spec: https://streams.spec.whatwg.org/#ws-writer-abstract-ops

import { primordials } from "transom:internal/primordials";
import { LazyPromise } from "transom:internal/streams/promises";

const { PromiseReject, PromiseResolve, TypeError, unlink } = primordials;

/** The slots of https://streams.spec.whatwg.org/#default-writer-internal-slots and the operations on them. */
export class WriterState {
  /** https://streams.spec.whatwg.org/#set-up-writable-stream-default-writer */
  constructor(stream) {
    if (stream.locked) throw new TypeError("The WritableStream is locked to a writer");
    this.stream = stream;
    this.listener = null;
    stream.writer = this;
    const { state, storedError } = stream;
    if (state === "writable") {
      const waiting = !stream.closeQueuedOrInFlight && stream.backpressure;
      this.ready = waiting ? new LazyPromise() : LazyPromise.resolved();
      this.closed = new LazyPromise();
    } else if (state === "erroring") {
      this.ready = LazyPromise.rejected(storedError);
      this.closed = new LazyPromise();
    } else if (state === "closed") {
      this.ready = LazyPromise.resolved();
      this.closed = LazyPromise.resolved();
    } else {
      this.ready = LazyPromise.rejected(storedError);
      this.closed = LazyPromise.rejected(storedError);
    }
  }

  setReady() {
    this.ready.resolve();
    if (this.listener !== null) this.listener.ready();
  }

  setNotReady() {
    this.ready = new LazyPromise();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-writer-ensure-ready-promise-rejected */
  rejectReady(reason) {
    if (this.ready.pending) this.ready.reject(reason);
    else this.ready = LazyPromise.rejected(reason);
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-writer-ensure-closed-promise-rejected */
  rejectClosed(reason) {
    if (this.closed.pending) this.closed.reject(reason);
    else this.closed = LazyPromise.rejected(reason);
  }

  setClosed() {
    this.closed.resolve();
    if (this.listener !== null) this.listener.closed();
  }

  setErrored(reason) {
    this.closed.reject(reason);
    if (this.listener !== null) this.listener.errored(reason);
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-writer-get-desired-size */
  get desiredSize() {
    const { stream } = this;
    if (stream.state === "errored" || stream.state === "erroring") return null;
    if (stream.state === "closed") return 0;
    return stream.controller.desiredSize;
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-writer-write, with the request to settle. */
  write(chunk, request) {
    const { stream } = this;
    const { controller } = stream;
    const size = controller.chunkSize(chunk);
    // Asking the strategy for the size runs author code.
    if (stream !== this.stream) {
      request.reject(new TypeError("The writer was released"));
      return;
    }
    const { state } = stream;
    if (state === "errored") {
      request.reject(stream.storedError);
    } else if (stream.closeQueuedOrInFlight || state === "closed") {
      request.reject(new TypeError("The WritableStream is closing or closed"));
    } else if (state === "erroring") {
      request.reject(stream.storedError);
    } else {
      stream.writeRequests.push(request);
      controller.write(chunk, size);
    }
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-writer-close-with-error-propagation */
  closeWithErrorPropagation() {
    const { stream } = this;
    if (stream.closeQueuedOrInFlight || stream.state === "closed") return PromiseResolve(undefined);
    if (stream.state === "errored") return PromiseReject(stream.storedError);
    return stream.close();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-writer-release */
  release() {
    const reason = new TypeError("The writer was released");
    this.rejectReady(reason);
    this.rejectClosed(reason);
    this.stream.writer = null;
    this.stream = null;
    this.listener = null;
  }
}
unlink(WriterState);
