// @ts-check
// Splitting a stream of values in two branches.
// Spec: https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee

import { primordials } from "transom:internal/primordials";
import { queueInternalMicrotask } from "transom:internal/report_error/report_error";
import { DefaultControllerState } from "transom:internal/streams/readable_default_controller";
import { ReadableState } from "transom:internal/streams/readable_state";
import { acquireDefaultReader } from "transom:internal/streams/reader_state";

const { Promise, unlink } = primordials;

/** What the two branches share about being cancelled; the byte variant uses it too. */
export class TeeCancellation {
  constructor(stream) {
    this.stream = stream;
    this.canceled = [false, false];
    this.reasons = [undefined, undefined];
    this.promise = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  cancel(index, reason) {
    this.canceled[index] = true;
    this.reasons[index] = reason;
    if (this.canceled[1 - index]) this.resolve(this.stream.cancel([this.reasons[0], this.reasons[1]]));
    return this.promise;
  }

  /** The source ended by itself. */
  ended() {
    if (!this.canceled[0] || !this.canceled[1]) this.resolve(undefined);
  }
}
unlink(TeeCancellation);

/** Read request, reader listener and the state of both branches. */
class Tee {
  constructor(stream, clone) {
    this.clone = clone;
    this.cancellation = new TeeCancellation(stream);
    this.reader = acquireDefaultReader(stream);
    this.reading = false;
    this.readAgain = false;
    this.branches = [this.branch(0), this.branch(1)];
    if (stream.state === "errored") this.errored(stream.storedError);
    this.reader.listener = this;
  }

  branch(index) {
    const state = new ReadableState();
    new DefaultControllerState(state, new TeeBranchSource(this, index), 1, null).start(undefined);
    return state;
  }

  pull() {
    if (this.reading) {
      this.readAgain = true;
      return;
    }
    this.reading = true;
    this.reader.read(this);
  }

  chunk(value) {
    // A microtask later, so that an error of the source is noticed before chunks that were there already.
    queueInternalMicrotask(() => {
      this.readAgain = false;
      const { canceled } = this.cancellation;
      if (!canceled[0]) this.branches[0].controller.enqueue(value);
      if (!canceled[1] && !this.enqueueSecond(value)) return;
      this.reading = false;
      if (this.readAgain) this.pull();
    });
  }

  /** Steps 13.3.1.2 and 3 of ReadableStreamDefaultTee: a chunk that cannot be copied is the end of both branches. */
  enqueueSecond(value) {
    const { clone, branches, cancellation } = this;
    let copy = value;
    if (clone !== null) {
      try {
        copy = clone(value);
      } catch (error) {
        branches[0].controller.error(error);
        branches[1].controller.error(error);
        cancellation.resolve(cancellation.stream.cancel(error));
        return false;
      }
    }
    branches[1].controller.enqueue(copy);
    return true;
  }

  close() {
    this.reading = false;
    for (let i = 0; i < 2; i++) if (!this.cancellation.canceled[i]) this.branches[i].controller.close();
    this.cancellation.ended();
  }

  error() {
    this.reading = false;
  }

  closed() {}

  /** The source failed: both branches fail in a microtask, as a reaction to the reader's `closed` would. */
  errored(reason) {
    queueInternalMicrotask(() => {
      for (let i = 0; i < 2; i++) this.branches[i].controller.error(reason);
      this.cancellation.ended();
    });
  }
}
unlink(Tee);

class TeeBranchSource {
  constructor(tee, index) {
    this.tee = tee;
    this.index = index;
  }

  pull() {
    this.tee.pull();
  }

  cancel(reason) {
    return this.tee.cancellation.cancel(this.index, reason);
  }
}
unlink(TeeBranchSource);

/** Returns the two branches. The stream must not be locked. `clone`, or null, copies chunks for the second one. */
export function teeDefaultStream(stream, clone) {
  return new Tee(stream, clone).branches;
}
