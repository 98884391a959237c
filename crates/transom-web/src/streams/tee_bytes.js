// @ts-check
// Splitting a stream of bytes in two branches that both accept BYOB reads.
// Spec: https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee

import { primordials } from "transom:internal/primordials";
import { queueInternalMicrotask } from "transom:internal/report_error/report_error";
import { ByteControllerState } from "transom:internal/streams/byte_controller_state";
import { ReadableState } from "transom:internal/streams/readable_state";
import { acquireByobReader, acquireDefaultReader } from "transom:internal/streams/reader_state";
import { TeeCancellation } from "transom:internal/streams/tee";
import { copyBufferSource } from "transom:internal/webidl/webidl";

const { unlink } = primordials;

class ByteTee {
  constructor(stream) {
    this.stream = stream;
    this.cancellation = new TeeCancellation(stream);
    this.reader = null;
    this.reading = false;
    this.readAgain = [false, false];
    this.defaultRequest = new DefaultTeeRequest(this);
    this.use(acquireDefaultReader(stream));
    this.branches = [this.branch(0), this.branch(1)];
  }

  branch(index) {
    const state = new ReadableState();
    new ByteControllerState(state, new ByteTeeSource(this, index), 0, undefined).start(undefined);
    return state;
  }

  /** Takes over `reader` and forwards its errors: "forwardReaderError". */
  use(reader) {
    this.reader = reader;
    reader.listener = new ErrorForwarder(this, reader);
    if (this.stream.state === "errored") reader.listener.errored(this.stream.storedError);
  }

  pull(index) {
    if (this.reading) {
      this.readAgain[index] = true;
      return;
    }
    this.reading = true;
    const { controller } = this.branches[index];
    if (controller.pending.length === 0) this.pullWithDefaultReader();
    else this.pullWithByobReader(controller.pendingView(), index);
  }

  pullWithDefaultReader() {
    if (this.reader.isByob) {
      this.reader.release();
      this.use(acquireDefaultReader(this.stream));
    }
    this.reader.read(this.defaultRequest);
  }

  pullWithByobReader(view, index) {
    if (!this.reader.isByob) {
      this.reader.release();
      this.use(acquireByobReader(this.stream));
    }
    this.reader.read(view, 1, new ByobTeeRequest(this, index));
  }

  canceled(index) {
    return this.cancellation.canceled[index];
  }

  controller(index) {
    return this.branches[index].controller;
  }

  /** A copy of a chunk, or null when there was no memory for it and everything has been errored. */
  clone(chunk) {
    try {
      return copyBufferSource(chunk);
    } catch (error) {
      this.controller(0).error(error);
      this.controller(1).error(error);
      this.cancellation.resolve(this.stream.cancel(error));
      return null;
    }
  }

  /** A read is over: go on if a branch asked for more meanwhile. */
  readDone() {
    this.reading = false;
    if (this.readAgain[0]) this.pull(0);
    else if (this.readAgain[1]) this.pull(1);
  }
}
unlink(ByteTee);

class ErrorForwarder {
  constructor(tee, reader) {
    this.tee = tee;
    this.reader = reader;
  }

  closed() {}

  errored(reason) {
    queueInternalMicrotask(() => {
      const { tee } = this;
      if (this.reader !== tee.reader) return;
      tee.controller(0).error(reason);
      tee.controller(1).error(reason);
      tee.cancellation.ended();
    });
  }
}
unlink(ErrorForwarder);

/** The read request of "pullWithDefaultReader". */
class DefaultTeeRequest {
  constructor(tee) {
    this.tee = tee;
  }

  chunk(chunk) {
    queueInternalMicrotask(() => {
      const { tee } = this;
      tee.readAgain[0] = false;
      tee.readAgain[1] = false;
      let second = chunk;
      if (!tee.canceled(0) && !tee.canceled(1)) {
        second = tee.clone(chunk);
        if (second === null) return;
      }
      if (!tee.canceled(0)) tee.controller(0).enqueue(chunk);
      if (!tee.canceled(1)) tee.controller(1).enqueue(second);
      tee.readDone();
    });
  }

  close() {
    const { tee } = this;
    tee.reading = false;
    for (let i = 0; i < 2; i++) if (!tee.canceled(i)) tee.controller(i).requestClose();
    for (let i = 0; i < 2; i++) if (tee.controller(i).pending.length > 0) tee.controller(i).respond(0);
    tee.cancellation.ended();
  }

  error() {
    this.tee.reading = false;
  }
}
unlink(DefaultTeeRequest);

/** The read-into request of "pullWithBYOBReader" for the branch `index`. */
class ByobTeeRequest {
  constructor(tee, index) {
    this.tee = tee;
    this.index = index;
  }

  chunk(chunk) {
    queueInternalMicrotask(() => {
      const { tee, index } = this;
      tee.readAgain[0] = false;
      tee.readAgain[1] = false;
      const byobCanceled = tee.canceled(index);
      if (!tee.canceled(1 - index)) {
        const copy = tee.clone(chunk);
        if (copy === null) return;
        if (!byobCanceled) tee.controller(index).respondWithNewView(chunk);
        tee.controller(1 - index).enqueue(copy);
      } else if (!byobCanceled) {
        tee.controller(index).respondWithNewView(chunk);
      }
      tee.readDone();
    });
  }

  close(chunk) {
    const { tee, index } = this;
    tee.reading = false;
    const byobCanceled = tee.canceled(index);
    const otherCanceled = tee.canceled(1 - index);
    if (!byobCanceled) tee.controller(index).requestClose();
    if (!otherCanceled) tee.controller(1 - index).requestClose();
    if (chunk !== undefined) {
      if (!byobCanceled) tee.controller(index).respondWithNewView(chunk);
      if (!otherCanceled && tee.controller(1 - index).pending.length > 0) tee.controller(1 - index).respond(0);
    }
    if (!byobCanceled || !otherCanceled) tee.cancellation.resolve(undefined);
  }

  error() {
    this.tee.reading = false;
  }
}
unlink(ByobTeeRequest);

class ByteTeeSource {
  constructor(tee, index) {
    this.tee = tee;
    this.index = index;
  }

  pull() {
    this.tee.pull(this.index);
  }

  cancel(reason) {
    return this.tee.cancellation.cancel(this.index, reason);
  }
}
unlink(ByteTeeSource);

/** Returns the two branches. The stream must not be locked. */
export function teeByteStream(stream) {
  return new ByteTee(stream).branches;
}
