// @ts-check
// The client's end of a request: what happens here when the client goes away.
// Spec: astro-endpoints.md section 7, "client disconnect".
//
// Invariant: a stream that is being sent is cancelled before `request.signal` aborts.

import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const signals = lazy("transom:internal/abort/abort_signal");

const { PromisePrototypeThen, unlink } = primordials;

export class Connection {
  /** @param {number} requestId */
  constructor(requestId) {
    this.signal_ = null;
    /** Stops the stream that is being sent. */
    this.stop = null;
    this.isGone = false;
    // Fulfils with whether the client left before the end.
    PromisePrototypeThen(ops.request_gone(requestId), (left) => {
      if (left) this.gone();
    });
  }

  get signal() {
    if (this.signal_ === null) {
      this.signal_ = signals().abortSignalInternals.create();
      if (this.isGone) signals().abortSignalInternals.abort(this.signal_, undefined);
    }
    return this.signal_;
  }

  /** Calls `stop` if the client leaves before `whenSent`. */
  whileSending(stop) {
    if (this.isGone) stop();
    else this.stop = stop;
  }

  whenSent() {
    this.stop = null;
  }

  gone() {
    this.isGone = true;
    const { stop } = this;
    this.stop = null;
    if (stop !== null) stop();
    if (this.signal_ !== null) signals().abortSignalInternals.abort(this.signal_, undefined);
  }
}
unlink(Connection);
