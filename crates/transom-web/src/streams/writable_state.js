// @ts-check
// What is behind a WritableStream: its state and the operations between stream, controller and writer.
// Spec: https://streams.spec.whatwg.org/#ws-all-abstract-ops
//
// As for readable streams (readable_state.js) these plain objects are what the platform works on.
//
// A sink has `write(chunk, controller)`, `close()` and `abort(reason)`. They return undefined (done), a promise, or
// throw; `write` may also return `DEFERRED` and end with a later `controller.written()` or `writeFailed(reason)`.
//
// A write request has `resolve()` and `reject(reason)`. A writer may have a `listener` with `ready()`, `closed()` and
// `errored(reason)`, which must not run author code at once.

import { primordials } from "transom:internal/primordials";
import { LazyPromise, PromiseRequest, react } from "transom:internal/streams/promises";
import { Queue } from "transom:internal/streams/queue";

const { PromiseReject, PromiseResolve, TypeError, unlink } = primordials;

/** https://streams.spec.whatwg.org/#pending-abort-request */
class AbortRequest extends PromiseRequest {
  constructor(reason, wasAlreadyErroring) {
    super();
    this.reason = reason;
    this.wasAlreadyErroring = wasAlreadyErroring;
  }
}

/** The slots of https://streams.spec.whatwg.org/#ws-internal-slots */
export class WritableState {
  constructor() {
    this.state = "writable";
    this.storedError = undefined;
    this.writer = null;
    this.controller = null;
    this.writeRequests = new Queue();
    this.inFlightWriteRequest = null;
    this.closeRequest = null;
    this.inFlightCloseRequest = null;
    this.pendingAbortRequest = null;
    this.backpressure = false;
    /** A promise of the end, for those that wait without a writer. */
    this.watcher = null;
    /** The WritableStream, when there is one. */
    this.object = null;
  }

  get locked() {
    return this.writer !== null;
  }

  /** https://streams.spec.whatwg.org/#writable-stream-close-queued-or-in-flight */
  get closeQueuedOrInFlight() {
    return this.closeRequest !== null || this.inFlightCloseRequest !== null;
  }

  get operationInFlight() {
    return this.inFlightWriteRequest !== null || this.inFlightCloseRequest !== null;
  }

  /** https://streams.spec.whatwg.org/#writable-stream-abort. Returns a promise. */
  abort(reason) {
    if (this.state === "closed" || this.state === "errored") return PromiseResolve(undefined);
    this.controller.signalAbort(reason);
    // Signalling runs author code, which may have changed the state.
    const { state } = this;
    if (state === "closed" || state === "errored") return PromiseResolve(undefined);
    if (this.pendingAbortRequest !== null) return this.pendingAbortRequest.promise;
    const wasAlreadyErroring = state === "erroring";
    const request = new AbortRequest(wasAlreadyErroring ? undefined : reason, wasAlreadyErroring);
    this.pendingAbortRequest = request;
    if (!wasAlreadyErroring) this.startErroring(reason);
    return request.promise;
  }

  /** https://streams.spec.whatwg.org/#writable-stream-close. Returns a promise. */
  close() {
    const { state } = this;
    if (state === "closed" || state === "errored") {
      return PromiseReject(new TypeError(`The WritableStream is ${state} and cannot be closed`));
    }
    const request = new PromiseRequest();
    this.closeRequest = request;
    if (this.writer !== null && this.backpressure && state === "writable") this.writer.setReady();
    this.controller.close();
    return request.promise;
  }

  /** https://streams.spec.whatwg.org/#writable-stream-deal-with-rejection */
  dealWithRejection(error) {
    if (this.state === "writable") this.startErroring(error);
    else this.finishErroring();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-start-erroring */
  startErroring(reason) {
    this.state = "erroring";
    this.storedError = reason;
    if (this.writer !== null) this.writer.rejectReady(reason);
    if (!this.operationInFlight && this.controller.started) this.finishErroring();
    else this.controller.interrupt();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-finish-erroring */
  finishErroring() {
    this.state = "errored";
    this.controller.errorSteps();
    const { storedError, writeRequests } = this;
    this.writeRequests = new Queue();
    while (writeRequests.length > 0) writeRequests.shift().reject(storedError);
    const request = this.pendingAbortRequest;
    if (request === null) {
      this.rejectCloseAndClosed();
      return;
    }
    this.pendingAbortRequest = null;
    if (request.wasAlreadyErroring) {
      request.reject(storedError);
      this.rejectCloseAndClosed();
      return;
    }
    react(
      this.controller.abortSteps(request.reason),
      () => {
        request.resolve();
        this.rejectCloseAndClosed();
      },
      (reason) => {
        request.reject(reason);
        this.rejectCloseAndClosed();
      },
    );
  }

  /** https://streams.spec.whatwg.org/#writable-stream-reject-close-and-closed-promise-if-needed */
  rejectCloseAndClosed() {
    if (this.closeRequest !== null) {
      this.closeRequest.reject(this.storedError);
      this.closeRequest = null;
    }
    if (this.writer !== null) this.writer.setErrored(this.storedError);
    if (this.watcher !== null) this.watcher.reject(this.storedError);
  }

  /** A promise that is settled as the `closed` of a writer would be. */
  whenClosed() {
    if (this.state === "closed") return PromiseResolve(undefined);
    if (this.state === "errored") return PromiseReject(this.storedError);
    this.watcher ??= new LazyPromise();
    return this.watcher.get();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write */
  finishInFlightWrite() {
    const request = this.inFlightWriteRequest;
    this.inFlightWriteRequest = null;
    request.resolve();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write-with-error */
  finishInFlightWriteWithError(error) {
    const request = this.inFlightWriteRequest;
    this.inFlightWriteRequest = null;
    request.reject(error);
    this.dealWithRejection(error);
  }

  /** https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close */
  finishInFlightClose() {
    this.inFlightCloseRequest.resolve();
    this.inFlightCloseRequest = null;
    if (this.state === "erroring") {
      this.storedError = undefined;
      if (this.pendingAbortRequest !== null) {
        this.pendingAbortRequest.resolve();
        this.pendingAbortRequest = null;
      }
    }
    this.state = "closed";
    if (this.writer !== null) this.writer.setClosed();
    if (this.watcher !== null) this.watcher.resolve();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close-with-error */
  finishInFlightCloseWithError(error) {
    this.inFlightCloseRequest.reject(error);
    this.inFlightCloseRequest = null;
    if (this.pendingAbortRequest !== null) {
      this.pendingAbortRequest.reject(error);
      this.pendingAbortRequest = null;
    }
    this.dealWithRejection(error);
  }

  /** https://streams.spec.whatwg.org/#writable-stream-update-backpressure */
  updateBackpressure(backpressure) {
    if (this.writer !== null && backpressure !== this.backpressure) {
      if (backpressure) this.writer.setNotReady();
      else this.writer.setReady();
    }
    this.backpressure = backpressure;
  }
}
unlink(WritableState);
