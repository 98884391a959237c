// @ts-check
// Bodies that are still on the other side: of a request that the server received, of a response that fetch() got.
// Native halves: incoming.rs, exchange.rs.
//
// Both have the methods that kind NATIVE of body_state.js asks for.

import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const formBody = lazy("transom:internal/form_data/form_body");

const { FinalizationRegistry, FinalizationRegistryPrototypeRegister, PromisePrototypeThen, unlink, WeakRef } = primordials;

/** The body of a request that the server received. */
export class IncomingBody {
  constructor(requestId) {
    this.requestId = requestId;
    /** Nothing is read before a handler wants it: a client may wait to be asked for the body. */
    this.readAhead = 0;
  }

  /** A request that a server received is never aborted from this side. */
  throwIfAborted() {}

  streamed(_controller) {}

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

async function parsedForm(pending, contentType) {
  const bytes = await pending;
  return formBody().entriesOf(bytes, contentType);
}

/** Ends the exchange of a response that nobody can read any more, so that its connection is free again. */
const forgotten = new FinalizationRegistry((exchange) => exchange.cancel());

/** The body of a response that fetch() got. `exchange` is that of fetch.js, and lives on without this object. */
export class FetchedBody {
  constructor(exchange) {
    this.exchange = exchange;
    /** One piece is read ahead, so that the end of the body, or its failure, shows without a further read. */
    this.readAhead = 1;
    FinalizationRegistryPrototypeRegister(forgotten, this, exchange);
  }

  throwIfAborted() {
    this.exchange.throwIfAborted();
  }

  /** An abort errors the stream at once, with what has been read ahead. The exchange must not keep the stream alive. */
  streamed(controller) {
    this.exchange.controller = new WeakRef(controller);
  }

  text() {
    this.throwIfAborted();
    return this.whole(ops.fetch_text(this.exchange.id));
  }

  bytes() {
    this.throwIfAborted();
    return this.whole(ops.fetch_bytes(this.exchange.id));
  }

  form(contentType) {
    return parsedForm(this.bytes(), contentType);
  }

  /** The next piece, or null at the end. */
  read() {
    const { exchange } = this;
    const piece = (bytes) => {
      if (bytes === null) exchange.end();
      return bytes;
    };
    return PromisePrototypeThen(ops.fetch_read(exchange.id), piece, (error) => exchange.fail(error));
  }

  cancel() {
    this.exchange.cancel();
  }

  whole(promise) {
    const { exchange } = this;
    const all = (value) => {
      exchange.end();
      return value;
    };
    return PromisePrototypeThen(promise, all, (error) => exchange.fail(error));
  }
}
unlink(FetchedBody);
