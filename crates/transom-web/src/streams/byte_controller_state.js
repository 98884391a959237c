// @ts-check
// What is behind ReadableByteStreamController: the byte queue and its interplay with reads and pulls.
// Spec: https://streams.spec.whatwg.org/#rbs-controller-abstract-ops
//
// Filling the buffers that a BYOB reader brings is in pull_into.js, which this class extends.

import { primordials } from "transom:internal/primordials";
import { PullIntoQueue } from "transom:internal/streams/pull_into";
import { isDetached, viewBuffer, viewByteLength, viewByteOffset } from "transom:internal/webidl/webidl";

const { ArrayBuffer, ArrayBufferPrototypeTransfer, TypeError, Uint8Array } = primordials;

/** The slots of https://streams.spec.whatwg.org/#rbs-controller-internal-slots and the operations on them. */
export class ByteControllerState extends PullIntoQueue {
  constructor(stream, source, highWaterMark, autoAllocateChunkSize) {
    super(stream, source);
    this.isByteController = true;
    this.highWaterMark = highWaterMark;
    /** In bytes, or undefined. */
    this.autoAllocateChunkSize = autoAllocateChunkSize;
    /** The ReadableByteStreamController, when there is one, and how to make it. */
    this.wrapper = null;
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-should-call-pull */
  shouldCallPull() {
    const { stream } = this;
    if (stream.state !== "readable" || this.closeRequested || !this.started) return false;
    if (stream.reader !== null && stream.reader.requests.length > 0) return true;
    return this.highWaterMark > this.queueSize;
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-get-desired-size */
  get desiredSize() {
    const { state } = this.stream;
    if (state === "errored") return null;
    if (state === "closed") return 0;
    return this.highWaterMark - this.queueSize;
  }

  /** Whether chunks are still taken. */
  get canCloseOrEnqueue() {
    return !this.closeRequested && this.stream.state === "readable";
  }

  /**
   * Closes the stream for a source of the platform, which has no more to say: reads of a BYOB reader that wait are
   * answered too. https://streams.spec.whatwg.org/#readablestream-close
   */
  close() {
    this.requestClose();
    if (this.pending.length > 0 && this.stream.state === "closed") this.respond(0);
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-close */
  requestClose() {
    const { stream } = this;
    if (!this.canCloseOrEnqueue) return;
    if (this.queueSize > 0) {
      this.closeRequested = true;
      return;
    }
    if (this.pending.length > 0) {
      const first = this.pending[0];
      if (first.bytesFilled % first.elementSize !== 0) {
        const error = new TypeError("The stream was closed in the middle of an element");
        this.error(error);
        throw error;
      }
    }
    this.clearAlgorithms();
    stream.close();
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue */
  enqueue(chunk) {
    if (!this.canCloseOrEnqueue) return;
    const buffer = viewBuffer(chunk);
    const byteOffset = viewByteOffset(chunk);
    const byteLength = viewByteLength(chunk);
    if (isDetached(buffer)) throw new TypeError("The chunk's buffer is detached");
    this.enqueueBytes(ArrayBufferPrototypeTransfer(buffer), byteOffset, byteLength, null);
  }

  /**
   * Enqueues a Uint8Array that nobody else holds, without moving its buffer to a new one.
   * Empty arrays are ignored.
   */
  enqueueOwned(bytes) {
    if (!this.canCloseOrEnqueue) return;
    const byteLength = viewByteLength(bytes);
    if (byteLength > 0) this.enqueueBytes(viewBuffer(bytes), viewByteOffset(bytes), byteLength, bytes);
  }

  /** `view` is the Uint8Array over exactly these bytes, when there is one already. */
  enqueueBytes(buffer, byteOffset, byteLength, view) {
    const { stream } = this;
    if (this.pending.length > 0) {
      const first = this.pending[0];
      if (isDetached(first.buffer)) throw new TypeError("The buffer of the BYOB request is detached");
      this.invalidateByobRequest();
      first.buffer = ArrayBufferPrototypeTransfer(first.buffer);
      if (first.readerType === "none") this.enqueueDetachedPullInto(first);
    }
    const { reader } = stream;
    if (reader === null) {
      this.pushEntry(buffer, byteOffset, byteLength, view);
    } else if (!reader.isByob) {
      this.processReadRequests();
      if (reader.requests.length === 0) {
        this.pushEntry(buffer, byteOffset, byteLength, view);
      } else {
        if (this.pending.length > 0) this.shiftPending();
        reader.requests.shift().chunk(view ?? new Uint8Array(buffer, byteOffset, byteLength));
      }
    } else {
      this.pushEntry(buffer, byteOffset, byteLength, view);
      this.commitAll(this.processPending());
    }
    this.callPullIfNeeded();
  }

  /** https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerprocessreadrequestsusingqueue */
  processReadRequests() {
    const { requests } = this.stream.reader;
    while (requests.length > 0 && this.queueSize > 0) requests.shift().chunk(this.take());
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-error */
  error(reason) {
    if (this.stream.state !== "readable") return;
    this.clearPending();
    this.resetQueue();
    this.clearAlgorithms();
    this.stream.error(reason);
  }

  clearAlgorithms() {
    this.source = null;
  }

  /** https://streams.spec.whatwg.org/#rbs-controller-private-cancel */
  cancelSteps(reason) {
    this.clearPending();
    this.resetQueue();
    const { source } = this;
    try {
      return source.cancel(reason);
    } finally {
      this.clearAlgorithms();
    }
  }

  /** https://streams.spec.whatwg.org/#rbs-controller-private-pull */
  pullSteps(request) {
    if (this.queueSize > 0) {
      request.chunk(this.take());
      return;
    }
    if (this.autoAllocateChunkSize !== undefined) {
      let buffer;
      try {
        buffer = new ArrayBuffer(this.autoAllocateChunkSize);
      } catch (error) {
        request.error(error);
        return;
      }
      this.pushDefaultPullInto(buffer);
    }
    this.stream.reader.requests.push(request);
    this.callPullIfNeeded();
  }

  /** Whether [`take`] may be called. */
  get hasChunk() {
    return this.queueSize > 0;
  }

  /** https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerfillreadrequestfromqueue */
  take() {
    const entry = this.queue.shift();
    this.queueSize -= entry.byteLength;
    this.handleQueueDrain();
    return entry.view ?? new Uint8Array(entry.buffer, entry.byteOffset, entry.byteLength);
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-handle-queue-drain */
  handleQueueDrain() {
    if (this.queueSize === 0 && this.closeRequested) {
      this.clearAlgorithms();
      this.stream.close();
    } else {
      this.callPullIfNeeded();
    }
  }

  /** https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontroller-releasesteps */
  releaseSteps() {
    if (this.pending.length === 0) return;
    const first = this.pending[0];
    first.readerType = "none";
    this.pending = [first];
  }
}
