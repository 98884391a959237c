// @ts-check
// Bodies that are still on the other side: of a request that the server received, of a response that fetch() got.
// Native halves: incoming.rs, exchange.rs.
//
// Both have the methods that kind NATIVE of body_state.js asks for.

import { abortSignalInternals } from "transom:internal/abort/abort_signal";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { FinalizationRegistry, FinalizationRegistryPrototypeRegister, PromisePrototypeThen, unlink } = primordials;

/** The body of a request that the server received. */
export class IncomingBody {
  constructor(requestId) {
    this.requestId = requestId;
  }

  text() {
    return ops.body_text(this.requestId);
  }

  bytes() {
    return ops.body_bytes(this.requestId);
  }

  form(contentType) {
    return ops.body_form(this.requestId, contentType);
  }

  /** The next piece, or null at the end. */
  read() {
    return ops.body_read(this.requestId);
  }

  cancel() {
    ops.body_cancel(this.requestId);
  }
}
unlink(IncomingBody);

/** Ends the exchange of a response that nobody can read any more, so that its connection is free again. */
const forgotten = new FinalizationRegistry((exchangeId) => ops.fetch_cancel(exchangeId));

/** The body of a response that fetch() got. */
export class FetchedBody {
  /** `signal` is the request's, or null. */
  constructor(exchangeId, signal) {
    this.exchangeId = exchangeId;
    this.signal = signal;
    FinalizationRegistryPrototypeRegister(forgotten, this, exchangeId);
  }

  text() {
    return this.orReason(ops.fetch_text(this.exchangeId));
  }

  bytes() {
    return this.orReason(ops.fetch_bytes(this.exchangeId));
  }

  async form(contentType) {
    return ops.form_parse(await this.bytes(), contentType);
  }

  /** The next piece, or null at the end. */
  read() {
    return this.orReason(ops.fetch_read(this.exchangeId));
  }

  cancel() {
    ops.fetch_cancel(this.exchangeId);
  }

  /** An aborted exchange fails with the reason of the abort. */
  orReason(promise) {
    const { signal } = this;
    if (signal === null) return promise;
    return PromisePrototypeThen(promise, undefined, (error) => {
      throw abortSignalInternals.isAborted(signal) ? abortSignalInternals.reason(signal) : error;
    });
  }
}
unlink(FetchedBody);
