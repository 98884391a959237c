// @ts-check
// What is behind a reader: its stream, the reads that wait, the state of `closed`.
// Spec: https://streams.spec.whatwg.org/#rs-reader-abstract-ops

import { primordials } from "transom:internal/primordials";
import { LazyPromise } from "transom:internal/streams/promises";
import { Queue } from "transom:internal/streams/queue";

const { TypeError, unlink } = primordials;

/** https://streams.spec.whatwg.org/#generic-reader-mixin */
class ReaderState {
  constructor(stream, isByob) {
    this.isByob = isByob;
    this.stream = stream;
    this.requests = new Queue();
    /** A LazyPromise, for readers that scripts see. */
    this.closed = null;
    /** The platform's own reaction to the end of the stream. */
    this.listener = null;
    stream.reader = this;
  }

  /**
   * Gives a reader that scripts see its `closed`.
   * https://streams.spec.whatwg.org/#readable-stream-reader-generic-initialize
   */
  openClosed() {
    const { state, storedError } = this.stream;
    if (state === "readable") this.closed = new LazyPromise();
    else if (state === "closed") this.closed = LazyPromise.resolved();
    else this.closed = LazyPromise.rejected(storedError);
  }

  /** https://streams.spec.whatwg.org/#readable-stream-reader-generic-release and what each reader adds to it. */
  release() {
    const { stream } = this;
    // An error knows where it was made, which costs more than the rest: only where somebody will see it.
    const isSeen = this.closed !== null || this.requests.length > 0;
    const reason = isSeen ? new TypeError("The reader was released") : undefined;
    if (this.closed !== null) {
      if (stream.state === "readable") this.closed.reject(reason);
      else this.closed = LazyPromise.rejected(reason);
    }
    stream.controller.releaseSteps();
    stream.reader = null;
    this.stream = null;
    this.listener = null;
    this.errorRequests(reason);
  }

  errorRequests(reason) {
    const { requests } = this;
    if (requests.length === 0) return;
    this.requests = new Queue();
    while (requests.length > 0) requests.shift().error(reason);
  }

  closeRequests() {
    const { requests } = this;
    if (requests.length === 0) return;
    this.requests = new Queue();
    while (requests.length > 0) requests.shift().close(undefined);
  }
}
unlink(ReaderState);

/** Behind ReadableStreamDefaultReader, and the reader of the platform itself. */
export class DefaultReaderState extends ReaderState {
  constructor(stream) {
    super(stream, false);
  }

  /** https://streams.spec.whatwg.org/#readable-stream-default-reader-read */
  read(request) {
    const { stream } = this;
    stream.disturbed = true;
    if (stream.state === "readable") stream.controller.pullSteps(request);
    else if (stream.state === "closed") request.close(undefined);
    else request.error(stream.storedError);
  }
}

/** Behind ReadableStreamBYOBReader. */
export class ByobReaderState extends ReaderState {
  constructor(stream) {
    super(stream, true);
  }

  /** https://streams.spec.whatwg.org/#readable-stream-byob-reader-read. `min` is in elements. */
  read(view, min, request) {
    const { stream } = this;
    stream.disturbed = true;
    if (stream.state === "errored") request.error(stream.storedError);
    else stream.controller.pullInto(view, min, request);
  }
}

/** https://streams.spec.whatwg.org/#acquire-readable-stream-reader, for the platform itself. */
export function acquireDefaultReader(stream) {
  if (stream.reader !== null) throw new TypeError("The ReadableStream is locked to a reader");
  return new DefaultReaderState(stream);
}

/** https://streams.spec.whatwg.org/#acquire-readable-stream-byob-reader */
export function acquireByobReader(stream) {
  if (stream.reader !== null) throw new TypeError("The ReadableStream is locked to a reader");
  if (!stream.controller.isByteController) throw new TypeError("A BYOB reader needs a ReadableStream of bytes");
  return new ByobReaderState(stream);
}
