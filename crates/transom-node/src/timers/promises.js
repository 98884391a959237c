// @ts-check
// node:timers/promises.
// Reference: https://nodejs.org/docs/latest-v22.x/api/timers.html#timers-promises-api

import { AbortError, codes } from "transom:internal/node/errors";
import { validateAbortSignal, validateBoolean, validateNumber, validateObject } from "transom:internal/node/errors/validators";
import { clearImmediate, setImmediate as startImmediate } from "transom:internal/node/timers/immediate";
import { primordials } from "transom:internal/primordials";
import { clearInterval, clearTimeout, setInterval as startInterval, setTimeout as startTimeout } from "transom:internal/scheduling/timers";

const { Promise, PromiseReject } = primordials;
const { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS } = codes;

const abortError = (signal) => new AbortError(undefined, { cause: signal.reason });

/** A promise for `value` that `start(done)` fulfils; an abort calls `stop` with what `start` returned. */
function wait(value, options, start, stop) {
  try {
    if (options !== undefined) validateObject(options, "options");
    validateAbortSignal(options?.signal, "options.signal");
    if (options?.ref !== undefined) validateBoolean(options.ref, "options.ref");
  } catch (error) {
    return PromiseReject(error);
  }
  const { signal, ref = true } = options ?? {};
  if (signal?.aborted) return PromiseReject(abortError(signal));
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      stop(timer);
      reject(abortError(signal));
    };
    const timer = start(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve(value);
    });
    if (!ref) timer.unref();
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

export function setTimeout(delay, value, options = undefined) {
  try {
    if (delay !== undefined) validateNumber(delay, "delay");
  } catch (error) {
    return PromiseReject(error);
  }
  return wait(value, options, (done) => startTimeout(done, delay), clearTimeout);
}

export function setImmediate(value, options = undefined) {
  return wait(value, options, (done) => startImmediate(done), clearImmediate);
}

/** `value` again and again; ticks that nobody has waited for are kept. */
export async function* setInterval(delay, value, options = undefined) {
  if (options !== undefined) validateObject(options, "options");
  if (delay !== undefined) validateNumber(delay, "delay");
  validateAbortSignal(options?.signal, "options.signal");
  if (options?.ref !== undefined) validateBoolean(options.ref, "options.ref");
  const { signal, ref = true } = options ?? {};
  if (signal?.aborted) throw abortError(signal);
  let missed = 0;
  let wake = null;
  const call = () => {
    const waiting = wake;
    wake = null;
    waiting?.();
  };
  const timer = startInterval(() => {
    missed++;
    call();
  }, delay);
  if (!ref) timer.unref();
  signal?.addEventListener("abort", call, { once: true });
  try {
    while (!signal?.aborted) {
      if (missed === 0) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      for (; missed > 0; missed--) yield value;
    }
    throw abortError(signal);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", call);
  }
}

let isMade = false;

class Scheduler {
  #isOwn = true;

  constructor() {
    if (isMade) throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  /** Lets everything else go first. */
  yield() {
    if (!(#isOwn in this)) throw new ERR_INVALID_THIS("Scheduler");
    return setImmediate();
  }

  wait(delay, options = undefined) {
    if (!(#isOwn in this)) throw new ERR_INVALID_THIS("Scheduler");
    return setTimeout(delay, undefined, options === undefined ? undefined : { signal: options.signal });
  }
}
export const scheduler = new Scheduler();
isMade = true;
export default { setTimeout, setImmediate, setInterval, scheduler };
