// @ts-check
// Pull-into descriptors: the buffers that wait to be filled, and the queue of bytes they are filled from.
// Spec: https://streams.spec.whatwg.org/#rbs-controller-internal-slots and #rbs-controller-abstract-ops

import { primordials } from "transom:internal/primordials";
import { PullLoop } from "transom:internal/streams/pull_loop";
import { Queue } from "transom:internal/streams/queue";
import { viewBuffer, viewByteLength, viewByteOffset, viewElementType } from "transom:internal/webidl/webidl";

const {
  ArrayBufferPrototypeGetByteLength, ArrayBufferPrototypeSlice, ArrayBufferPrototypeTransfer, BigInt64Array,
  BigUint64Array, DataView, Float16Array, Float32Array, Float64Array, Int16Array, Int32Array, Int8Array, RangeError,
  TypedArrayPrototypeSet, TypeError, Uint16Array, Uint32Array, Uint8Array, Uint8ClampedArray, unlink,
} = primordials;

// https://tc39.es/ecma262/#table-the-typedarray-constructors
const viewTypes = {
  __proto__: null, BigInt64Array, BigUint64Array, Float16Array, Float32Array, Float64Array, Int16Array, Int32Array,
  Int8Array, Uint16Array, Uint32Array, Uint8Array, Uint8ClampedArray,
};

/** https://streams.spec.whatwg.org/#readable-byte-stream-queue-entry */
class ByteEntry {
  constructor(buffer, byteOffset, byteLength, view) {
    this.buffer = buffer;
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
    /** The Uint8Array over exactly these bytes, or null. */
    this.view = view;
  }
}
unlink(ByteEntry);

/** https://streams.spec.whatwg.org/#pull-into-descriptor */
class PullInto {
  constructor(buffer, byteOffset, byteLength, minimumFill, elementSize, viewType, readerType) {
    this.buffer = buffer;
    this.bufferByteLength = ArrayBufferPrototypeGetByteLength(buffer);
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
    this.bytesFilled = 0;
    this.minimumFill = minimumFill;
    this.elementSize = elementSize;
    this.viewType = viewType;
    this.readerType = readerType;
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-convert-pull-into-descriptor */
  toView() {
    const buffer = ArrayBufferPrototypeTransfer(this.buffer);
    return new this.viewType(buffer, this.byteOffset, this.bytesFilled / this.elementSize);
  }
}
unlink(PullInto);

/** The part of the byte controller that deals with bytes; ByteControllerState adds pulling and closing. */
export class PullIntoQueue extends PullLoop {
  constructor(stream, source) {
    super(stream, source);
    this.queue = new Queue();
    /** Bytes in the queue. */
    this.queueSize = 0;
    /** Pull-into descriptors in order. @type {PullInto[]} */
    this.pending = [];
    /** The ReadableStreamBYOBRequest for the first of them, when somebody asked for it. */
    this.byobRequest = null;
    this.closeRequested = false;
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue-chunk-to-queue */
  pushEntry(buffer, byteOffset, byteLength, view = null) {
    this.queue.push(new ByteEntry(buffer, byteOffset, byteLength, view));
    this.queueSize += byteLength;
  }

  resetQueue() {
    this.queue.clear();
    this.queueSize = 0;
  }

  /** https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueueclonedchunktoqueue */
  pushClone(buffer, byteOffset, byteLength) {
    let clone;
    try {
      clone = ArrayBufferPrototypeSlice(buffer, byteOffset, byteOffset + byteLength);
    } catch (error) {
      this.error(error);
      throw error;
    }
    this.pushEntry(clone, 0, byteLength);
  }

  /** https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueuedetachedpullintotoqueue */
  enqueueDetachedPullInto(descriptor) {
    if (descriptor.bytesFilled > 0) this.pushClone(descriptor.buffer, descriptor.byteOffset, descriptor.bytesFilled);
    this.shiftPending();
  }

  /** A descriptor for a default reader: https://streams.spec.whatwg.org/#rbs-controller-private-pull */
  pushDefaultPullInto(buffer) {
    const descriptor = new PullInto(buffer, 0, ArrayBufferPrototypeGetByteLength(buffer), 1, 1, Uint8Array, "default");
    this.pending[this.pending.length] = descriptor;
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-shift-pending-pull-into */
  shiftPending() {
    const { pending } = this;
    const first = pending[0];
    for (let i = 1; i < pending.length; i++) pending[i - 1] = pending[i];
    pending.length--;
    return first;
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-clear-pending-pull-intos */
  clearPending() {
    this.invalidateByobRequest();
    if (this.pending.length > 0) this.pending = [];
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-invalidate-byob-request */
  invalidateByobRequest() {
    if (this.byobRequest === null) return;
    this.byobRequest.invalidate();
    this.byobRequest = null;
  }

  /** The region that the first descriptor still wants filled. */
  pendingView() {
    const first = this.pending[0];
    return new Uint8Array(first.buffer, first.byteOffset + first.bytesFilled, first.byteLength - first.bytesFilled);
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-pull-into. `min` is in elements. */
  pullInto(view, min, request) {
    const { stream } = this;
    const type = viewElementType(view);
    const viewType = type === undefined ? DataView : viewTypes[type];
    const elementSize = type === undefined ? 1 : viewType.BYTES_PER_ELEMENT;
    const byteOffset = viewByteOffset(view);
    const byteLength = viewByteLength(view);
    let buffer;
    try {
      buffer = ArrayBufferPrototypeTransfer(viewBuffer(view));
    } catch (error) {
      request.error(error);
      return;
    }
    const descriptor = new PullInto(buffer, byteOffset, byteLength, min * elementSize, elementSize, viewType, "byob");
    if (this.pending.length > 0) {
      this.pending[this.pending.length] = descriptor;
      stream.reader.requests.push(request);
      return;
    }
    if (stream.state === "closed") {
      request.close(new viewType(buffer, byteOffset, 0));
      return;
    }
    if (this.queueSize > 0) {
      if (this.fillFromQueue(descriptor)) {
        const filled = descriptor.toView();
        this.handleQueueDrain();
        request.chunk(filled);
        return;
      }
      if (this.closeRequested) {
        const error = new TypeError("The stream ended in the middle of an element");
        this.error(error);
        request.error(error);
        return;
      }
    }
    this.pending[this.pending.length] = descriptor;
    stream.reader.requests.push(request);
    this.callPullIfNeeded();
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-fill-pull-into-descriptor-from-queue */
  fillFromQueue(descriptor) {
    const wanted = descriptor.byteLength - descriptor.bytesFilled;
    const toCopy = wanted < this.queueSize ? wanted : this.queueSize;
    const filledAfter = descriptor.bytesFilled + toCopy;
    const aligned = filledAfter - (filledAfter % descriptor.elementSize);
    const ready = aligned >= descriptor.minimumFill;
    let remaining = ready ? aligned - descriptor.bytesFilled : toCopy;
    while (remaining > 0) {
      const head = this.queue.peek();
      const length = remaining < head.byteLength ? remaining : head.byteLength;
      const target = new Uint8Array(descriptor.buffer, descriptor.byteOffset + descriptor.bytesFilled, length);
      TypedArrayPrototypeSet(target, new Uint8Array(head.buffer, head.byteOffset, length));
      if (head.byteLength === length) {
        this.queue.shift();
      } else {
        head.byteOffset += length;
        head.byteLength -= length;
        head.view = null;
      }
      this.queueSize -= length;
      descriptor.bytesFilled += length;
      remaining -= length;
    }
    return ready;
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-process-pull-into-descriptors-using-queue */
  processPending() {
    const filled = [];
    while (this.pending.length > 0 && this.queueSize > 0) {
      const first = this.pending[0];
      if (!this.fillFromQueue(first)) continue; // The queue is empty now.
      this.shiftPending();
      filled[filled.length] = first;
    }
    return filled;
  }

  commitAll(descriptors) {
    for (let i = 0; i < descriptors.length; i++) this.commit(descriptors[i]);
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-commit-pull-into-descriptor */
  commit(descriptor) {
    const { reader, state } = this.stream;
    const done = state === "closed";
    const request = reader.requests.shift();
    const view = descriptor.toView();
    if (done) request.close(view);
    else request.chunk(view);
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond */
  respond(bytesWritten) {
    const first = this.pending[0];
    if (this.stream.state === "closed") {
      if (bytesWritten !== 0) throw new TypeError("Only 0 bytes can be written once the stream is closed");
    } else {
      if (bytesWritten === 0) throw new TypeError("At least one byte must be written while the stream is readable");
      if (first.bytesFilled + bytesWritten > first.byteLength) {
        throw new RangeError("More bytes were written than the view can hold");
      }
    }
    first.buffer = ArrayBufferPrototypeTransfer(first.buffer);
    this.respondInternal(bytesWritten);
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-with-new-view */
  respondWithNewView(view) {
    const first = this.pending[0];
    const byteLength = viewByteLength(view);
    const buffer = viewBuffer(view);
    if (this.stream.state === "closed") {
      if (byteLength !== 0) throw new TypeError("The view must be empty once the stream is closed");
    } else if (byteLength === 0) {
      throw new TypeError("The view must not be empty while the stream is readable");
    }
    if (first.byteOffset + first.bytesFilled !== viewByteOffset(view)) {
      throw new RangeError("The view starts at another offset than the request's view");
    }
    if (first.bufferByteLength !== ArrayBufferPrototypeGetByteLength(buffer)) {
      throw new RangeError("The view's buffer has another length than the request's buffer");
    }
    if (first.bytesFilled + byteLength > first.byteLength) {
      throw new RangeError("The view is larger than the request's view");
    }
    first.buffer = ArrayBufferPrototypeTransfer(buffer);
    this.respondInternal(byteLength);
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-internal */
  respondInternal(bytesWritten) {
    const first = this.pending[0];
    this.invalidateByobRequest();
    if (this.stream.state === "closed") this.respondInClosedState(first);
    else this.respondInReadableState(bytesWritten, first);
    this.callPullIfNeeded();
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-closed-state */
  respondInClosedState(first) {
    if (first.readerType === "none") this.shiftPending();
    const { reader } = this.stream;
    if (reader === null || !reader.isByob) return;
    const filled = [];
    while (filled.length < reader.requests.length) filled[filled.length] = this.shiftPending();
    this.commitAll(filled);
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-readable-state */
  respondInReadableState(bytesWritten, descriptor) {
    descriptor.bytesFilled += bytesWritten;
    if (descriptor.readerType === "none") {
      this.enqueueDetachedPullInto(descriptor);
      this.commitAll(this.processPending());
      return;
    }
    if (descriptor.bytesFilled < descriptor.minimumFill) return; // It stays at the head until it is filled.
    this.shiftPending();
    const remainder = descriptor.bytesFilled % descriptor.elementSize;
    if (remainder > 0) {
      const end = descriptor.byteOffset + descriptor.bytesFilled;
      this.pushClone(descriptor.buffer, end - remainder, remainder);
    }
    descriptor.bytesFilled -= remainder;
    const filled = this.processPending();
    this.commit(descriptor);
    this.commitAll(filled);
  }
}
