// @ts-check
// node:diagnostics_channel.
// Reference: https://nodejs.org/docs/latest-v22.x/api/diagnostics_channel.html

import { codes } from "transom:internal/node/errors";
import { validateFunction } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";
import { primordials } from "transom:internal/primordials";
import { reportException } from "transom:internal/report_error/report_error";

const {
  ArrayPrototypeIndexOf, ArrayPrototypePush, ArrayPrototypeSlice, ArrayPrototypeSplice, Map, MapPrototypeGet, MapPrototypeSet,
  ObjectDefineProperty, Promise, PromisePrototypeThen, PromiseReject, ReflectApply,
} = primordials;
const { ERR_INVALID_ARG_TYPE } = codes;

const channels = new Map();

/** A named place where messages are published. */
export class Channel {
  #subscribers = [];
  /** Stores that are set while `runStores` runs: storage and the function that makes the value. */
  #stores = new Map();

  constructor(name) {
    this.name = name;
    MapPrototypeSet(channels, name, this);
  }

  subscribe(subscription) {
    validateFunction(subscription, "subscription");
    // A new list, so that one that is being published to stays as it is.
    this.#subscribers = ArrayPrototypeSlice(this.#subscribers);
    ArrayPrototypePush(this.#subscribers, subscription);
  }

  unsubscribe(subscription) {
    const index = ArrayPrototypeIndexOf(this.#subscribers, subscription);
    if (index === -1) return false;
    this.#subscribers = ArrayPrototypeSlice(this.#subscribers);
    ArrayPrototypeSplice(this.#subscribers, index, 1);
    return true;
  }

  bindStore(store, transform) {
    this.#stores.set(store, transform);
  }

  unbindStore(store) {
    return this.#stores.delete(store);
  }

  get hasSubscribers() {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  publish(data) {
    const subscribers = this.#subscribers;
    for (let i = 0; i < subscribers.length; i++) {
      try {
        ReflectApply(subscribers[i], undefined, [data, this.name]);
      } catch (error) {
        nextTick(() => reportException(error));
      }
    }
  }

  /** Calls `callback` with the stores set to what they make of `data`, which is published first. */
  runStores(data, callback, thisArg, ...args) {
    let run = () => {
      this.publish(data);
      return ReflectApply(callback, thisArg, args);
    };
    for (const { 0: store, 1: transform } of this.#stores.entries()) {
      const next = run;
      run = () => {
        let context = data;
        if (transform) {
          try {
            context = transform(data);
          } catch (error) {
            nextTick(() => reportException(error));
            return next();
          }
        }
        return store.run(context, next);
      };
    }
    return run();
  }
}
export function channel(name) {
  const known = MapPrototypeGet(channels, name);
  if (known !== undefined) return known;
  if (typeof name !== "string" && typeof name !== "symbol") throw new ERR_INVALID_ARG_TYPE("channel", ["string", "symbol"], name);
  return new Channel(name);
}

export const subscribe = (name, subscription) => channel(name).subscribe(subscription);
export const unsubscribe = (name, subscription) => channel(name).unsubscribe(subscription);
export const hasSubscribers = (name) => MapPrototypeGet(channels, name)?.hasSubscribers ?? false;

const EVENTS = ["start", "end", "asyncStart", "asyncEnd", "error"];

/** The channels of one traced operation. */
class TracingChannel {
  constructor(nameOrChannels) {
    for (const event of EVENTS) {
      let own;
      if (typeof nameOrChannels === "string") {
        own = channel(`tracing:${nameOrChannels}:${event}`);
      } else if (typeof nameOrChannels === "object" && nameOrChannels !== null) {
        own = nameOrChannels[event];
        if (!(own instanceof Channel)) throw new ERR_INVALID_ARG_TYPE(`nameOrChannels.${event}`, ["Channel"], own);
      } else {
        throw new ERR_INVALID_ARG_TYPE("nameOrChannels", ["string", "object", "TracingChannel"], nameOrChannels);
      }
      ObjectDefineProperty(this, event, { __proto__: null, value: own });
    }
  }

  get hasSubscribers() {
    for (const event of EVENTS) if (this[event]?.hasSubscribers) return true;
    return false;
  }

  subscribe(handlers) {
    for (const event of EVENTS) if (handlers[event]) this[event]?.subscribe(handlers[event]);
  }

  unsubscribe(handlers) {
    let done = true;
    for (const event of EVENTS) if (handlers[event] && !this[event]?.unsubscribe(handlers[event])) done = false;
    return done;
  }

  /** Runs `work` between the events `start` and `end`, with `error` for what it throws. */
  #traced(context, work) {
    const { start, end, error } = this;
    return start.runStores(context, () => {
      try {
        return work();
      } catch (thrown) {
        context.error = thrown;
        error.publish(context);
        throw thrown;
      } finally {
        end.publish(context);
      }
    });
  }

  traceSync(fn, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    return this.#traced(context, () => {
      const result = ReflectApply(fn, thisArg, args);
      context.result = result;
      return result;
    });
  }

  tracePromise(fn, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    const { asyncStart, asyncEnd, error } = this;
    const rejected = (reason) => {
      context.error = reason;
      error.publish(context);
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return PromiseReject(reason);
    };
    const fulfilled = (result) => {
      context.result = result;
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return result;
    };
    return this.#traced(context, () => {
      let promise = ReflectApply(fn, thisArg, args);
      if (!(promise instanceof Promise)) promise = Promise.resolve(promise);
      return PromisePrototypeThen(promise, fulfilled, rejected);
    });
  }

  traceCallback(fn, position = -1, context = {}, thisArg, ...args) {
    if (!this.hasSubscribers) return ReflectApply(fn, thisArg, args);
    const { asyncStart, asyncEnd, error } = this;
    const at = position < 0 ? args.length + position : position;
    const callback = args[at];
    validateFunction(callback, "callback");
    args[at] = function (failure, result) {
      if (failure) {
        context.error = failure;
        error.publish(context);
      } else {
        context.result = result;
      }
      asyncStart.runStores(context, () => {
        try {
          return ReflectApply(callback, this, arguments);
        } finally {
          asyncEnd.publish(context);
        }
      });
    };
    return this.#traced(context, () => ReflectApply(fn, thisArg, args));
  }
}

export const tracingChannel = (nameOrChannels) => new TracingChannel(nameOrChannels);
export default { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe, Channel };
