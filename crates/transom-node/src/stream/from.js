// @ts-check
// Readable.from: a stream of what an iterable gives.

import { codes } from "transom:internal/node/errors";
import { nextTick } from "transom:internal/node/process/next_tick";
import { primordials } from "transom:internal/primordials";
import { Buffer } from "transom:internal/node/buffer";

const { PromisePrototypeThen, SymbolAsyncIterator, SymbolIterator } = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES } = codes;

export function from(Readable, iterable, options) {
  if (typeof iterable === "string" || iterable instanceof Buffer) {
    return new Readable({
      objectMode: true,
      ...options,
      read() {
        this.push(iterable);
        this.push(null);
      },
    });
  }
  let isAsync = false;
  let iterator;
  if (iterable?.[SymbolAsyncIterator]) {
    isAsync = true;
    iterator = iterable[SymbolAsyncIterator]();
  } else if (iterable?.[SymbolIterator]) {
    iterator = iterable[SymbolIterator]();
  } else {
    throw new ERR_INVALID_ARG_TYPE("iterable", ["Iterable"], iterable);
  }
  // One object at a time, unless the options say otherwise.
  const readable = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  let reading = false;
  let isAsyncValues = false;
  readable._read = function () {
    if (reading) return;
    reading = true;
    if (isAsync) nextAsync();
    else if (isAsyncValues) nextSyncAsync();
    else nextSync();
  };
  readable._destroy = function (error, callback) {
    PromisePrototypeThen(close(error), () => nextTick(callback, error), (failure) => nextTick(callback, failure || error));
  };

  async function close(error) {
    const hasError = error !== undefined && error !== null;
    if (hasError && typeof iterator.throw === "function") {
      const { value, done } = await iterator.throw(error);
      await value;
      if (done) return;
    }
    if (typeof iterator.return === "function") {
      const { value } = await iterator.return();
      await value;
    }
  }

  /** Pushes one value; false when the stream wants no more or has failed. */
  function give(value) {
    if (value === null) {
      reading = false;
      throw new ERR_STREAM_NULL_VALUES();
    }
    if (readable.push(value)) return true;
    reading = false;
    return false;
  }

  function nextSync() {
    for (;;) {
      try {
        const { value, done } = iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        if (value && typeof value.then === "function") {
          changeToAsyncValues(value);
          return;
        }
        if (!give(value)) return;
      } catch (error) {
        readable.destroy(error);
        return;
      }
    }
  }

  /** From the first promise among the values on, all are awaited. */
  async function changeToAsyncValues(value) {
    isAsyncValues = true;
    try {
      if (give(await value)) nextSyncAsync();
    } catch (error) {
      readable.destroy(error);
    }
  }

  async function nextSyncAsync() {
    for (;;) {
      try {
        const { value, done } = iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        const given = value && typeof value.then === "function" ? await value : value;
        if (!give(given)) return;
      } catch (error) {
        readable.destroy(error);
        return;
      }
    }
  }

  async function nextAsync() {
    for (;;) {
      try {
        const { value, done } = await iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        if (!give(value)) return;
      } catch (error) {
        readable.destroy(error);
        return;
      }
    }
  }

  return readable;
}
