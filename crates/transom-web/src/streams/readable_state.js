// @ts-check
// What is behind a ReadableStream: its state and the operations that controllers and readers share.
// Spec: https://streams.spec.whatwg.org/#rs-abstract-ops
//
// Public objects (`ReadableStream`, readers, controllers) are thin: each holds one of the plain objects of this
// folder in a private field. The platform works on the plain objects and never makes a public one that nobody asks
// for. They are never exposed, so ordinary properties and methods are safe here.
//
// A source has `pull(controller)` and `cancel(reason)`. Both return undefined (done), a promise, or throw; `pull` may
// also return `DEFERRED` and call `controller.pulled()` in a later microtask.
//
// A read request has `chunk(value)`, `close(value)` and `error(reason)`. A reader may have a `listener` with
// `closed()` and `errored(reason)`, which must not run author code at once.

import { primordials } from "transom:internal/primordials";
import { LazyPromise } from "transom:internal/streams/promises";

const { PromisePrototypeThen, PromiseReject, PromiseResolve, Symbol, unlink } = primordials;

/** Returned by a `pull` or `write` that reports its end by a call. */
export const DEFERRED = Symbol("deferred");

/** The slots of https://streams.spec.whatwg.org/#rs-internal-slots */
export class ReadableState {
  constructor() {
    this.state = "readable";
    this.reader = null;
    this.storedError = undefined;
    this.disturbed = false;
    this.controller = null;
    /** A promise of the end, for those that wait without a reader. */
    this.watcher = null;
    /** The ReadableStream, when there is one. */
    this.object = null;
  }

  get locked() {
    return this.reader !== null;
  }

  /** https://streams.spec.whatwg.org/#readable-stream-cancel. Returns a promise. */
  cancel(reason) {
    this.disturbed = true;
    if (this.state === "closed") return PromiseResolve(undefined);
    if (this.state === "errored") return PromiseReject(this.storedError);
    this.close();
    const { reader } = this;
    if (reader !== null && reader.isByob) reader.closeRequests();
    let result;
    try {
      result = this.controller.cancelSteps(reason);
    } catch (error) {
      return PromiseReject(error);
    }
    if (result === undefined) return PromiseResolve(undefined);
    return PromisePrototypeThen(PromiseResolve(result), toUndefined);
  }

  /** https://streams.spec.whatwg.org/#readable-stream-close */
  close() {
    this.state = "closed";
    if (this.watcher !== null) this.watcher.resolve();
    const { reader } = this;
    if (reader === null) return;
    if (reader.closed !== null) reader.closed.resolve();
    if (reader.listener !== null) reader.listener.closed();
    if (!reader.isByob) reader.closeRequests();
  }

  /** https://streams.spec.whatwg.org/#readable-stream-error */
  error(reason) {
    this.state = "errored";
    this.storedError = reason;
    if (this.watcher !== null) this.watcher.reject(reason);
    const { reader } = this;
    if (reader === null) return;
    if (reader.closed !== null) reader.closed.reject(reason);
    if (reader.listener !== null) reader.listener.errored(reason);
    reader.errorRequests(reason);
  }

  /** A promise that is settled as the `closed` of a reader would be. */
  whenClosed() {
    if (this.state === "closed") return PromiseResolve(undefined);
    if (this.state === "errored") return PromiseReject(this.storedError);
    this.watcher ??= new LazyPromise();
    return this.watcher.get();
  }

  /** https://streams.spec.whatwg.org/#readable-stream-has-default-reader, with requests waiting. */
  get hasReadRequests() {
    return this.reader !== null && !this.reader.isByob && this.reader.requests.length > 0;
  }
}
unlink(ReadableState);

function toUndefined() {
  return undefined;
}
