// @ts-check
// Bodies that are still on the other side: of a request that the server received, of a response that fetch() got.
// Native halves: incoming.rs, exchange.rs.
//
// Both have the methods that kind NATIVE of body_state.js asks for.

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
const forgotten = new FinalizationRegistry((exchange) => exchange.cancel());

/** The body of a response that fetch() got. `exchange` is that of fetch.js, and lives on without this object. */
export class FetchedBody {
  constructor(exchange) {
    this.exchange = exchange;
    FinalizationRegistryPrototypeRegister(forgotten, this, exchange);
  }

  text() {
    this.exchange.throwIfAborted();
    return this.whole(ops.fetch_text(this.exchange.id));
  }

  bytes() {
    this.exchange.throwIfAborted();
    return this.whole(ops.fetch_bytes(this.exchange.id));
  }

  form(contentType) {
    return PromisePrototypeThen(this.bytes(), (bytes) => ops.form_parse(bytes, contentType));
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
