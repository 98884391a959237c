// @ts-check
// Methods of Readable that are known from arrays: `map`, `filter`, `toArray` and their kin.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#readablemapfn-options

import { AbortError, codes } from "transom:internal/node/errors";
import { validateAbortSignal, validateFunction, validateInteger, validateObject } from "transom:internal/node/errors/validators";
import { addAbortSignalTo } from "transom:internal/node/stream/abort_signal";
import { compose as composeStreams } from "transom:internal/node/stream/compose";
import { finished } from "transom:internal/node/stream/end_of_stream";
import { isNodeStream, isWritable } from "transom:internal/node/stream/kinds";
import { primordials } from "transom:internal/primordials";

const { MathFloor, Number, NumberIsNaN, Symbol } = primordials;
const { ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS, ERR_OUT_OF_RANGE } = codes;
const kEmpty = Symbol("kEmpty");
const kEof = Symbol("kEof");

function checkOptions(options) {
  if (options !== undefined && options !== null) validateObject(options, "options");
  if (options?.signal !== undefined && options?.signal !== null) validateAbortSignal(options.signal, "options.signal");
}

function compose(stream, options) {
  if (options !== undefined && options !== null) validateObject(options, "options");
  if (options?.signal !== undefined && options?.signal !== null) validateAbortSignal(options.signal, "options.signal");
  if (isNodeStream(stream) && !isWritable(stream)) throw new ERR_INVALID_ARG_VALUE("stream", stream, "must be writable");
  const composed = composeStreams(this, stream);
  if (options?.signal) addAbortSignalTo(options.signal, composed);
  return composed;
}

/** Up to `concurrency` calls at a time; the results in the order of the chunks. */
function map(transform, options) {
  validateFunction(transform, "fn");
  checkOptions(options);
  const concurrency = options?.concurrency === undefined || options?.concurrency === null ? 1 : MathFloor(options.concurrency);
  const ahead = options?.highWaterMark === undefined || options?.highWaterMark === null
    ? concurrency - 1 : MathFloor(options.highWaterMark);
  validateInteger(concurrency, "options.concurrency", 1);
  validateInteger(ahead, "options.highWaterMark", 0);
  return mapped(this, transform, options, concurrency, ahead + concurrency);
}

async function* mapped(stream, transform, options, concurrency, limit) {
  const signal = AbortSignal.any(options?.signal ? [options.signal] : []);
  const callOptions = { signal };
  const queue = [];
  let next = null;
  let resume = null;
  let done = false;
  let running = 0;
  const afterItem = () => {
    running -= 1;
    maybeResume();
  };
  const failed = () => {
    done = true;
    afterItem();
  };
  function maybeResume() {
    if (resume && !done && running < concurrency && queue.length < limit) {
      resume();
      resume = null;
    }
  }
  function wake() {
    next?.();
    next = null;
  }
  async function pump() {
    try {
      for await (let value of stream) {
        if (done) return;
        if (signal.aborted) throw new AbortError();
        try {
          value = transform(value, callOptions);
          if (value === kEmpty) continue;
          value = Promise.resolve(value);
        } catch (error) {
          value = Promise.reject(error);
        }
        running += 1;
        value.then(afterItem, failed);
        queue.push(value);
        wake();
        if (!done && (queue.length >= limit || running >= concurrency)) {
          await new Promise((resolve) => {
            resume = resolve;
          });
        }
      }
      queue.push(kEof);
    } catch (error) {
      const value = Promise.reject(error);
      value.then(afterItem, failed);
      queue.push(value);
    } finally {
      done = true;
      wake();
    }
  }
  pump();
  try {
    for (;;) {
      while (queue.length > 0) {
        const value = await queue[0];
        if (value === kEof) return;
        if (signal.aborted) throw new AbortError();
        if (value !== kEmpty) yield value;
        queue.shift();
        maybeResume();
      }
      await new Promise((resolve) => {
        next = resolve;
      });
    }
  } finally {
    done = true;
    resume?.();
    resume = null;
  }
}

function filter(test, options) {
  validateFunction(test, "fn");
  return map.call(this, async (value, callOptions) => ((await test(value, callOptions)) ? value : kEmpty), options);
}

async function some(test, options) {
  validateFunction(test, "fn");
  for await (const _ of filter.call(this, test, options)) return true;
  return false;
}

async function every(test, options) {
  validateFunction(test, "fn");
  return !(await some.call(this, async (...args) => !(await test(...args)), options));
}

async function find(test, options) {
  for await (const value of filter.call(this, test, options)) return value;
  return undefined;
}

async function forEach(call, options) {
  validateFunction(call, "fn");
  const run = async (value, callOptions) => {
    await call(value, callOptions);
    return kEmpty;
  };
  for await (const _ of map.call(this, run, options));
}

async function reduce(reducer, initial, options) {
  validateFunction(reducer, "reducer");
  checkOptions(options);
  let hasInitial = arguments.length > 1;
  if (options?.signal?.aborted) {
    const error = new AbortError(undefined, { cause: options.signal.reason });
    this.once("error", () => {}); // The rejection is what tells.
    await finished(this.destroy(error));
    throw error;
  }
  const controller = new AbortController();
  const { signal } = controller;
  options?.signal?.addEventListener("abort", () => controller.abort(), { once: true });
  let isEmpty = true;
  try {
    for await (const value of this) {
      isEmpty = false;
      if (options?.signal?.aborted) throw new AbortError();
      if (hasInitial) {
        initial = await reducer(initial, value, { signal });
      } else {
        initial = value;
        hasInitial = true;
      }
    }
    if (isEmpty && !hasInitial) {
      const error = new ERR_MISSING_ARGS("reduce");
      error.message = "Reduce of an empty stream requires an initial value";
      throw error;
    }
  } finally {
    controller.abort();
  }
  return initial;
}

async function toArray(options) {
  checkOptions(options);
  const values = [];
  for await (const value of this) {
    if (options?.signal?.aborted) throw new AbortError(undefined, { cause: options.signal.reason });
    values.push(value);
  }
  return values;
}

function flatMap(transform, options) {
  const values = map.call(this, transform, options);
  return (async function* () {
    for await (const value of values) yield* value;
  })();
}

function checkCount(value) {
  const number = Number(value);
  if (NumberIsNaN(number)) return 0;
  if (number < 0) throw new ERR_OUT_OF_RANGE("number", ">= 0", number);
  return number;
}

function drop(count, options) {
  checkOptions(options);
  count = checkCount(count);
  return (async function* () {
    if (options?.signal?.aborted) throw new AbortError();
    for await (const value of this) {
      if (options?.signal?.aborted) throw new AbortError();
      if (count-- <= 0) yield value;
    }
  }).call(this);
}

function take(count, options) {
  checkOptions(options);
  count = checkCount(count);
  return (async function* () {
    if (options?.signal?.aborted) throw new AbortError();
    for await (const value of this) {
      if (options?.signal?.aborted) throw new AbortError();
      if (count-- > 0) yield value;
      // Not one more than needed is read.
      if (count <= 0) return;
    }
  }).call(this);
}

/** Those that give a stream, and those that give a promise. */
export const streamOperators = { drop, filter, flatMap, map, take, compose };
export const promiseOperators = { every, forEach, reduce, toArray, some, find };
