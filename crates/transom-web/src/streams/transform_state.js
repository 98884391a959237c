// @ts-check
// What is behind a TransformStream: a writable and a readable side joined by a transformer.
// Spec: https://streams.spec.whatwg.org/#ts-all-abstract-ops
//
// The specification's "backpressure change promise" is two flags here: a write that waits for the readable side to
// want data, and a pull that waits for data. Each goes on in a microtask after the change, as a reaction would.
//
// A transformer has `transform(chunk, controller)`, `flush(controller)` and `cancel(reason)`, which return undefined
// (done), a promise, or throw.

import { primordials } from "transom:internal/primordials";
import { queueInternalMicrotask } from "transom:internal/report_error/report_error";
import { PromiseRequest, react } from "transom:internal/streams/promises";
import { DefaultControllerState } from "transom:internal/streams/readable_default_controller";
import { DEFERRED, ReadableState } from "transom:internal/streams/readable_state";
import { WritableControllerState } from "transom:internal/streams/writable_default_controller";
import { WritableState } from "transom:internal/streams/writable_state";
import { isObject } from "transom:internal/webidl/webidl";

const { PromisePrototypeThen, PromiseReject, PromiseResolve, resolvedPromise, TypeError, unlink } = primordials;

/** The slots of https://streams.spec.whatwg.org/#ts-internal-slots, and of its controller, and their operations. */
export class TransformState {
  /** Strategies are `{ highWaterMark, size }`, where a null size stands for "always 1". */
  constructor(transformer, writableStrategy, readableStrategy) {
    /** Null once the algorithms are cleared. */
    this.transformer = transformer;
    this.backpressure = true;
    this.finish = null;
    this.hasWaitingWrite = false;
    this.waitingWrite = undefined;
    this.pullWaits = false;
    /** What waits for the end of backpressure in `wanted`. */
    this.wantedRequest = null;
    /** The TransformStreamDefaultController, when there is one. */
    this.wrapper = null;
    this.resumeWrite = () => this.continueWrite();
    this.resumePull = () => this.readable.controller.pulled();
    this.onTransformFailed = (reason) => {
      this.error(reason);
      throw reason;
    };
    this.writable = new WritableState();
    const sink = new TransformSink(this);
    new WritableControllerState(this.writable, sink, writableStrategy.highWaterMark, writableStrategy.size);
    this.readable = new ReadableState();
    const source = new TransformSource(this);
    new DefaultControllerState(this.readable, source, readableStrategy.highWaterMark, readableStrategy.size);
  }

  /** Both sides wait for the result of the transformer's `start`. */
  start(startResult) {
    // Either side waits for a promise that follows the one of `start`, which takes two microtasks.
    const started = isObject(startResult) ? PromiseResolve(startResult) : resolvedPromise;
    const result = PromisePrototypeThen(PromisePrototypeThen(started));
    this.writable.controller.start(result);
    this.readable.controller.start(result);
  }

  /** https://streams.spec.whatwg.org/#transform-stream-set-backpressure */
  setBackpressure(backpressure) {
    this.backpressure = backpressure;
    if (!backpressure) this.goOn();
    if (this.hasWaitingWrite) {
      queueInternalMicrotask(this.resumeWrite);
    } else if (this.pullWaits) {
      this.pullWaits = false;
      queueInternalMicrotask(this.resumePull);
    }
  }

  /**
   * For transformers of the platform that make many chunks of one: a promise for the moment when the readable side
   * wants the next one, or wants none any more; see `isDone`.
   */
  wanted() {
    if (!this.backpressure || this.isDone) return resolvedPromise;
    this.wantedRequest ??= new PromiseRequest();
    return this.wantedRequest.promise;
  }

  /** Whether the readable side takes no more chunks, or the writable side is being aborted. */
  get isDone() {
    return !this.readable.controller.canCloseOrEnqueue || this.writable.state === "erroring";
  }

  goOn() {
    if (this.wantedRequest === null) return;
    this.wantedRequest.resolve();
    this.wantedRequest = null;
  }

  /** https://streams.spec.whatwg.org/#transform-stream-error */
  error(reason) {
    this.readable.controller.error(reason);
    this.errorWritableAndUnblockWrite(reason);
  }

  /** https://streams.spec.whatwg.org/#transform-stream-error-writable-and-unblock-write */
  errorWritableAndUnblockWrite(reason) {
    this.transformer = null;
    this.writable.controller.errorIfNeeded(reason);
    this.unblockWrite();
  }

  /** https://streams.spec.whatwg.org/#transform-stream-unblock-write */
  unblockWrite() {
    if (this.backpressure) this.setBackpressure(false);
  }

  /** https://streams.spec.whatwg.org/#transform-stream-default-controller-enqueue */
  enqueue(chunk) {
    const { readable } = this;
    const { controller } = readable;
    if (!controller.canCloseOrEnqueue) throw new TypeError("The readable side takes no more chunks");
    try {
      controller.enqueue(chunk);
    } catch (error) {
      this.errorWritableAndUnblockWrite(error);
      throw readable.storedError;
    }
    if (controller.hasBackpressure !== this.backpressure) this.setBackpressure(true);
  }

  /** https://streams.spec.whatwg.org/#transform-stream-default-controller-terminate */
  terminate() {
    this.readable.controller.close();
    this.errorWritableAndUnblockWrite(new TypeError("The TransformStream was terminated"));
  }

  /** https://streams.spec.whatwg.org/#transform-stream-default-controller-perform-transform */
  performTransform(chunk) {
    let result;
    try {
      result = this.transformer.transform(chunk, this);
    } catch (error) {
      result = PromiseReject(error);
    }
    if (!isObject(result)) return undefined;
    return PromisePrototypeThen(PromiseResolve(result), undefined, this.onTransformFailed);
  }

  /** The write that waited for the end of backpressure. */
  continueWrite() {
    const chunk = this.waitingWrite;
    const { controller, state, storedError } = this.writable;
    this.hasWaitingWrite = false;
    this.waitingWrite = undefined;
    if (state === "erroring") {
      controller.writeFailed(storedError);
      return;
    }
    react(
      this.performTransform(chunk),
      () => controller.written(),
      (reason) => controller.writeFailed(reason),
    );
  }

  /** Runs a last callback of the transformer, once, and returns the promise for its end. */
  finishWith(callback, fulfilled, rejected) {
    if (this.finish !== null) return this.finish.promise;
    const finish = new PromiseRequest();
    this.finish = finish;
    let result;
    try {
      result = callback(this.transformer);
    } catch (error) {
      result = PromiseReject(error);
    }
    this.transformer = null;
    // A promise of a script is converted to one of the platform, which follows it two microtasks later.
    if (isObject(result)) result = PromisePrototypeThen(PromisePrototypeThen(PromiseResolve(result)));
    react(
      result,
      () => fulfilled(finish),
      (reason) => {
        rejected(reason);
        finish.reject(reason);
      },
    );
    return finish.promise;
  }
}
unlink(TransformState);

/** https://streams.spec.whatwg.org/#ts-default-sink-abstract-ops */
class TransformSink {
  constructor(transform) {
    this.transform = transform;
  }

  write(chunk) {
    const { transform } = this;
    if (!transform.backpressure) return transform.performTransform(chunk);
    transform.hasWaitingWrite = true;
    transform.waitingWrite = chunk;
    return DEFERRED;
  }

  interrupt() {
    this.transform.goOn();
  }

  abort(reason) {
    const { readable } = this.transform;
    return this.transform.finishWith(
      (transformer) => transformer.cancel(reason),
      (finish) => {
        if (readable.state === "errored") {
          finish.reject(readable.storedError);
        } else {
          readable.controller.error(reason);
          finish.resolve();
        }
      },
      (error) => readable.controller.error(error),
    );
  }

  close() {
    const { transform } = this;
    const { readable } = transform;
    return transform.finishWith(
      (transformer) => transformer.flush(transform),
      (finish) => {
        if (readable.state === "errored") {
          finish.reject(readable.storedError);
        } else {
          readable.controller.close();
          finish.resolve();
        }
      },
      (error) => readable.controller.error(error),
    );
  }
}
unlink(TransformSink);

/** https://streams.spec.whatwg.org/#ts-default-source-abstract-ops */
class TransformSource {
  constructor(transform) {
    this.transform = transform;
  }

  pull() {
    const { transform } = this;
    transform.setBackpressure(false);
    transform.pullWaits = true;
    return DEFERRED;
  }

  cancel(reason) {
    const { transform } = this;
    const { writable } = transform;
    transform.goOn();
    return transform.finishWith(
      (transformer) => transformer.cancel(reason),
      (finish) => {
        if (writable.state === "errored") {
          finish.reject(writable.storedError);
        } else {
          writable.controller.errorIfNeeded(reason);
          transform.unblockWrite();
          finish.resolve();
        }
      },
      (error) => {
        writable.controller.errorIfNeeded(error);
        transform.unblockWrite();
      },
    );
  }
}
unlink(TransformSource);
