// @ts-check
// The source behind `ReadableStream.from`.
// Spec: https://streams.spec.whatwg.org/#readable-stream-from-iterable

import { primordials } from "transom:internal/primordials";
import { isObject } from "transom:internal/webidl/webidl";

const {
  PromisePrototypeThen, PromiseReject, PromiseResolve, ReflectApply, SymbolAsyncIterator, SymbolIterator, TypeError,
  unlink,
} = primordials;

/** https://webidl.spec.whatwg.org/#async-sequence-open. Returns a source: see readable_state.js. */
export function sourceFromIterable(iterable, context) {
  if (iterable === undefined || iterable === null) throw new TypeError(`${context} is not iterable`);
  const asyncMethod = iterable[SymbolAsyncIterator];
  if (asyncMethod !== undefined && asyncMethod !== null) {
    return new AsyncIteratorSource(open(iterable, asyncMethod, context));
  }
  const method = iterable[SymbolIterator];
  if (method === undefined || method === null) throw new TypeError(`${context} is not iterable`);
  return new SyncIteratorSource(open(iterable, method, context));
}

function open(iterable, method, context) {
  if (typeof method !== "function") throw new TypeError(`${context} is not iterable`);
  const iterator = ReflectApply(method, iterable, []);
  if (!isObject(iterator)) throw new TypeError(`${context}: the iterator is not an object`);
  return iterator;
}

function requireResult(result) {
  if (!isObject(result)) throw new TypeError("The iterator's result is not an object");
  return result;
}

class AsyncIteratorSource {
  constructor(iterator) {
    this.iterator = iterator;
    this.next = iterator.next;
  }

  pull(controller) {
    const result = ReflectApply(this.next, this.iterator, []);
    return PromisePrototypeThen(PromiseResolve(result), (step) => {
      requireResult(step);
      if (step.done) controller.close();
      else controller.enqueue(step.value);
    });
  }

  cancel(reason) {
    const method = this.iterator.return;
    if (method === undefined || method === null) return undefined;
    const result = ReflectApply(method, this.iterator, [reason]);
    return PromisePrototypeThen(PromiseResolve(result), (step) => {
      requireResult(step);
    });
  }
}
unlink(AsyncIteratorSource);

/** https://tc39.es/ecma262/#sec-createasyncfromsynciterator, as far as a stream uses it. */
class SyncIteratorSource {
  constructor(iterator) {
    this.iterator = iterator;
    this.next = iterator.next;
  }

  pull(controller) {
    const step = requireResult(ReflectApply(this.next, this.iterator, []));
    const { done, value } = { done: step.done, value: step.value };
    const awaited = this.awaitValue(value, !done);
    return PromisePrototypeThen(awaited, (chunk) => {
      if (done) controller.close();
      else controller.enqueue(chunk);
    });
  }

  cancel(reason) {
    const method = this.iterator.return;
    if (method === undefined || method === null) return undefined;
    const step = requireResult(ReflectApply(method, this.iterator, [reason]));
    return this.awaitValue(step.value, false);
  }

  /** A promise for `value`; when it fails the iterator is closed if `closing`. */
  awaitValue(value, closing) {
    let promise;
    try {
      promise = PromiseResolve(value);
    } catch (error) {
      promise = PromiseReject(error);
    }
    if (!closing) return promise;
    return PromisePrototypeThen(promise, undefined, (reason) => {
      try {
        const method = this.iterator.return;
        if (method !== undefined && method !== null) ReflectApply(method, this.iterator, []);
      } catch {
        // The value's own failure is what the stream reports.
      }
      throw reason;
    });
  }
}
unlink(SyncIteratorSource);
