// @ts-check
// ReadableStreamDefaultController and what is behind it.
// Spec: https://streams.spec.whatwg.org/#rs-default-controller-class

import { primordials } from "transom:internal/primordials";
import { PullLoop } from "transom:internal/streams/pull_loop";
import { SizedQueue } from "transom:internal/streams/queue";
import * as webidl from "transom:internal/webidl/webidl";

const { ReflectApply, TypeError } = primordials;

/** The slots of https://streams.spec.whatwg.org/#rs-default-controller-internal-slots and the operations on them. */
export class DefaultControllerState extends PullLoop {
  constructor(stream, source, highWaterMark, sizeAlgorithm) {
    super(stream, source);
    this.isByteController = false;
    this.highWaterMark = highWaterMark;
    /** Null stands for "always 1". */
    this.sizeAlgorithm = sizeAlgorithm;
    this.queue = new SizedQueue();
    this.closeRequested = false;
    /** The ReadableStreamDefaultController, when there is one. */
    this.wrapper = null;
  }

  /** The object that scripts see. */
  get object() {
    return (this.wrapper ??= new ReadableStreamDefaultController(webidl.internalKey, this));
  }

  /** https://streams.spec.whatwg.org/#readable-stream-default-controller-should-call-pull */
  shouldCallPull() {
    const { stream } = this;
    if (!this.started || this.closeRequested || stream.state !== "readable") return false;
    if (stream.reader !== null && stream.reader.requests.length > 0) return true;
    return this.highWaterMark > this.queue.total;
  }

  /** https://streams.spec.whatwg.org/#readable-stream-default-controller-get-desired-size */
  get desiredSize() {
    const { state } = this.stream;
    if (state === "errored") return null;
    if (state === "closed") return 0;
    return this.highWaterMark - this.queue.total;
  }

  /** https://streams.spec.whatwg.org/#readable-stream-default-controller-can-close-or-enqueue */
  get canCloseOrEnqueue() {
    return !this.closeRequested && this.stream.state === "readable";
  }

  /** https://streams.spec.whatwg.org/#readable-stream-default-controller-has-backpressure */
  get hasBackpressure() {
    return !this.shouldCallPull();
  }

  /** https://streams.spec.whatwg.org/#readable-stream-default-controller-close */
  close() {
    if (!this.canCloseOrEnqueue) return;
    this.closeRequested = true;
    if (this.queue.length > 0) return;
    this.clearAlgorithms();
    this.stream.close();
  }

  /** https://streams.spec.whatwg.org/#readable-stream-default-controller-enqueue */
  enqueue(chunk) {
    const { stream } = this;
    if (this.closeRequested || stream.state !== "readable") return;
    const { reader } = stream;
    if (reader !== null && reader.requests.length > 0) {
      reader.requests.shift().chunk(chunk);
    } else {
      try {
        this.queue.enqueue(chunk, this.chunkSize(chunk));
      } catch (error) {
        this.error(error);
        throw error;
      }
    }
    this.callPullIfNeeded();
  }

  chunkSize(chunk) {
    if (this.sizeAlgorithm === null) return 1;
    return webidl.unrestrictedDouble(ReflectApply(this.sizeAlgorithm, undefined, [chunk]));
  }

  /** https://streams.spec.whatwg.org/#readable-stream-default-controller-error */
  error(reason) {
    if (this.stream.state !== "readable") return;
    this.queue.reset();
    this.clearAlgorithms();
    this.stream.error(reason);
  }

  clearAlgorithms() {
    this.source = null;
    this.sizeAlgorithm = null;
  }

  /** https://streams.spec.whatwg.org/#rs-default-controller-private-cancel */
  cancelSteps(reason) {
    this.queue.reset();
    const { source } = this;
    try {
      return source.cancel(reason);
    } finally {
      this.clearAlgorithms();
    }
  }

  /** https://streams.spec.whatwg.org/#rs-default-controller-private-pull */
  pullSteps(request) {
    if (this.queue.length > 0) {
      request.chunk(this.take());
    } else {
      this.stream.reader.requests.push(request);
      this.callPullIfNeeded();
    }
  }

  /** Whether [`take`] may be called. */
  get hasChunk() {
    return this.queue.length > 0;
  }

  /** Takes the first chunk of the queue, with all that follows from taking it. */
  take() {
    const chunk = this.queue.dequeue();
    if (this.closeRequested && this.queue.length === 0) {
      this.clearAlgorithms();
      this.stream.close();
    } else {
      this.callPullIfNeeded();
    }
    return chunk;
  }

  releaseSteps() {}
}

/** https://streams.spec.whatwg.org/#rs-default-controller-class */
export class ReadableStreamDefaultController {
  #controller;

  constructor(key = undefined, controller = undefined) {
    webidl.requireInternal(key);
    this.#controller = controller;
  }

  /** https://streams.spec.whatwg.org/#rs-default-controller-desired-size */
  get desiredSize() {
    return this.#controller.desiredSize;
  }

  /** https://streams.spec.whatwg.org/#rs-default-controller-close */
  close() {
    const controller = this.#controller;
    if (!controller.canCloseOrEnqueue) throw new TypeError("The stream is closed or errored and cannot be closed");
    controller.close();
  }

  /** https://streams.spec.whatwg.org/#rs-default-controller-enqueue */
  enqueue(chunk = undefined) {
    const controller = this.#controller;
    if (!controller.canCloseOrEnqueue) throw new TypeError("The stream is closed or errored and takes no more chunks");
    controller.enqueue(chunk);
  }

  /** https://streams.spec.whatwg.org/#rs-default-controller-error */
  error(reason = undefined) {
    this.#controller.error(reason);
  }
}

webidl.configureInterface("ReadableStreamDefaultController", ReadableStreamDefaultController);
