// @ts-check
// AsyncLocalStorage, on the variables of async_context.js. What `node:async_hooks` exports under this name.
// Reference: https://nodejs.org/api/async_context.html#class-asynclocalstorage

import { asyncContextInternals, Snapshot } from "transom:internal/async_context/async_context";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ReflectApply, TypeError } = primordials;

/** https://nodejs.org/api/async_context.html#class-asynclocalstorage */
export class AsyncLocalStorage {
  #defaultValue;
  #name;
  /** Stands for this storage in a context; replaced by `disable`, which thereby forgets every store. */
  #variable = {};

  constructor(options = undefined) {
    this.#defaultValue = options?.defaultValue;
    this.#name = options?.name ?? "";
    if (typeof this.#name !== "string") throw new TypeError("AsyncLocalStorage: `name` must be a string");
  }

  get name() {
    return this.#name;
  }

  /** Returns `callback` bound to the current context. */
  static bind(callback) {
    return Snapshot.wrap(callback);
  }

  /** Returns a function that calls its first argument in the context of now. */
  static snapshot() {
    return Snapshot.wrap(function (callback, ...args) {
      return ReflectApply(callback, this, args);
    });
  }

  /** The store of the current flow. */
  getStore() {
    const entry = asyncContextInternals.get(this.#variable);
    return entry === undefined ? this.#defaultValue : entry.store;
  }

  /** Calls `callback(...args)`; in it, and in everything it starts, `getStore` returns `store`. */
  run(store, callback, ...args) {
    webidl.callbackFunction(callback, "AsyncLocalStorage.run: argument 2");
    return asyncContextInternals.run(this.#variable, { store }, callback, args);
  }

  /** Calls `callback(...args)` outside of any store. */
  exit(callback, ...args) {
    webidl.callbackFunction(callback, "AsyncLocalStorage.exit: argument 1");
    return asyncContextInternals.runWithout(this.#variable, callback, args);
  }

  /** Sets the store for the rest of the current flow. */
  enterWith(store) {
    asyncContextInternals.enter(this.#variable, { store });
  }

  /** Forgets every store set so far. */
  disable() {
    this.#variable = {};
  }
}
