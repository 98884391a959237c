// @ts-check
// Promises of streams: one that comes into being only when somebody asks for it, and one that carries a read.
//
// Most readers and writers are used without anybody looking at `closed` or `ready`, so these are states first and
// promises on demand. A rejected one always counts as handled, as the specification demands for all its uses.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { queueInternalMicrotask } from "transom:internal/report_error/report_error";

const { Promise, PromisePrototypeThen, PromiseReject, PromiseResolve, unlink } = primordials;

const PENDING = 0;
const RESOLVED = 1;
const REJECTED = 2;

/** A promise for undefined that is made when it is first looked at. */
export class LazyPromise {
  constructor() {
    this.state = PENDING;
    this.reason = undefined;
    this.promise = null;
    this.settle = null;
    this.refuse = null;
  }

  static resolved() {
    const lazy = new LazyPromise();
    lazy.state = RESOLVED;
    return lazy;
  }

  static rejected(reason) {
    const lazy = new LazyPromise();
    lazy.state = REJECTED;
    lazy.reason = reason;
    return lazy;
  }

  get pending() {
    return this.state === PENDING;
  }

  /** The promise; the same object every time. */
  get() {
    if (this.promise === null) {
      if (this.state === RESOLVED) {
        this.promise = PromiseResolve(undefined);
      } else if (this.state === REJECTED) {
        this.promise = PromiseReject(this.reason);
        ops.promise_mark_handled(this.promise);
      } else {
        this.promise = new Promise((resolve, reject) => {
          this.settle = resolve;
          this.refuse = reject;
        });
      }
    }
    return this.promise;
  }

  resolve() {
    if (this.state !== PENDING) return;
    this.state = RESOLVED;
    if (this.settle !== null) this.settle(undefined);
  }

  reject(reason) {
    if (this.state !== PENDING) return;
    this.state = REJECTED;
    this.reason = reason;
    if (this.refuse === null) return;
    ops.promise_mark_handled(this.promise);
    this.refuse(reason);
  }
}
unlink(LazyPromise);

/** A write, close or abort request: a promise for undefined and how to settle it. */
export class PromiseRequest {
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.reject = reject;
    });
  }

  resolve() {
    this.settle(undefined);
  }
}
unlink(PromiseRequest);

/** A read request whose outcome is a promise for `{ value, done }`: https://streams.spec.whatwg.org/#read-request */
export class ReadRequest {
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.error = reject;
    });
  }

  chunk(value) {
    this.settle({ value, done: false });
  }

  close(value = undefined) {
    this.settle({ value, done: true });
  }
}
unlink(ReadRequest);

/**
 * Calls `fulfilled` or `rejected` in a microtask once `result` is settled. A `result` that is no object has no
 * `then` to ask, so it counts as a promise resolved with it, without making one.
 */
export function react(result, fulfilled, rejected) {
  if (result === null || (typeof result !== "object" && typeof result !== "function")) {
    queueInternalMicrotask(fulfilled);
  } else {
    PromisePrototypeThen(PromiseResolve(result), fulfilled, rejected);
  }
}
