// @ts-check
// `once` and `on`: events as a promise, and as an asynchronous iterator.
// Reference: https://nodejs.org/docs/latest-v22.x/api/events.html#eventsonceemitter-name-options

import { addAbortListener, subscribe, subscribeFor, unsubscribe } from "transom:internal/node/events/targets";
import { AbortError, codes } from "transom:internal/node/errors";
import { validateAbortSignal, validateInteger, validateObject } from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypePush, AsyncIteratorPrototype, ErrorIsError, ObjectSetPrototypeOf, Promise, PromiseReject, PromiseResolve,
  Symbol, SymbolAsyncIterator, SymbolDispose, SymbolFor,
} = primordials;
const { ERR_INVALID_ARG_TYPE } = codes;
const MAX_SAFE = 2 ** 53 - 1;

const abortError = (signal) => new AbortError(undefined, { cause: signal?.reason });

/** The arguments of the next event `name`; rejects with those of `error`. */
export async function once(emitter, name, options = {}) {
  validateObject(options, "options");
  const { signal } = options;
  validateAbortSignal(signal, "options.signal");
  if (signal?.aborted) throw abortError(signal);
  return new Promise((resolve, reject) => {
    let abortListener;
    const failed = (error) => {
      unsubscribe(emitter, name, arrived);
      abortListener?.();
      reject(error);
    };
    const arrived = (...args) => {
      if (typeof emitter.removeListener === "function") emitter.removeListener("error", failed);
      abortListener?.();
      resolve(args);
    };
    subscribe(emitter, name, arrived, { once: true });
    if (name !== "error" && typeof emitter.once === "function") emitter.once("error", failed);
    if (signal === undefined) return;
    const aborted = () => {
      unsubscribe(emitter, name, arrived);
      if (typeof emitter.removeListener === "function") emitter.removeListener("error", failed);
      reject(abortError(signal));
    };
    signal.addEventListener("abort", aborted, { once: true });
    abortListener = () => signal.removeEventListener("abort", aborted);
  });
}

const result = (value, done) => ({ value, done });

/** What looks into an iterator without consuming: `{ size, lowWatermark, … }`. Readline uses it. */
export const kFirstEventParam = Symbol("nodejs.kFirstEventParam");
const kWatermarkData = SymbolFor("nodejs.watermarkData");

/** An iterator over the arguments of all events `name` from now on. */
export function on(emitter, name, options = {}) {
  validateObject(options, "options");
  const { signal } = options;
  validateAbortSignal(signal, "options.signal");
  if (signal?.aborted) throw abortError(signal);
  const high = options.highWaterMark ?? options.highWatermark ?? MAX_SAFE;
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(high, "options.highWaterMark", 1);
  validateInteger(low, "options.lowWaterMark", 1);

  const events = [];
  const waiting = [];
  const undo = [];
  let paused = false;
  let error = null;
  let finished = false;

  function arrived(value) {
    const next = waiting.shift();
    if (next !== undefined) {
      next.resolve(result(value, false));
      return;
    }
    ArrayPrototypePush(events, value);
    if (!paused && events.length > high && typeof emitter.pause === "function") {
      paused = true;
      emitter.pause();
    }
  }

  function failed(reason) {
    const next = waiting.shift();
    if (next === undefined) error = reason;
    else next.reject(reason);
    iterator.return();
  }

  function close() {
    for (const one of undo.splice(0)) one();
    finished = true;
    const done = result(undefined, true);
    for (const one of waiting.splice(0)) one.resolve(done);
    return PromiseResolve(done);
  }

  const iterator = ObjectSetPrototypeOf({
    next() {
      if (events.length > 0) {
        const value = events.shift();
        if (paused && events.length < low) {
          emitter.resume();
          paused = false;
        }
        return PromiseResolve(result(value, false));
      }
      if (error) {
        const rejected = PromiseReject(error);
        error = null;
        return rejected;
      }
      if (finished) return close();
      return new Promise((resolve, reject) => {
        ArrayPrototypePush(waiting, { resolve, reject });
      });
    },
    return: () => close(),
    throw(reason) {
      if (!reason || !ErrorIsError(reason)) throw new ERR_INVALID_ARG_TYPE("EventEmitter.AsyncIterator", "Error", reason);
      failed(reason);
    },
    [SymbolAsyncIterator]() {
      return this;
    },
    [kWatermarkData]: {
      get size() {
        return events.length;
      },
      get low() {
        return low;
      },
      get high() {
        return high;
      },
      get isPaused() {
        return paused;
      },
    },
  }, AsyncIteratorPrototype);

  subscribeFor(undo, emitter, name, options[kFirstEventParam] ? arrived : (...args) => arrived(args));
  if (name !== "error" && typeof emitter.on === "function") subscribeFor(undo, emitter, "error", failed);
  const closing = options.close ?? [];
  for (let i = 0; i < closing.length; i++) subscribeFor(undo, emitter, closing[i], close);
  if (signal !== undefined) {
    const listening = addAbortListener(signal, () => failed(abortError(signal)));
    ArrayPrototypePush(undo, () => listening[SymbolDispose ?? SymbolFor("nodejs.dispose")]());
  }
  return iterator;
}
