// @ts-check
// Functions of node:events that take emitters and event targets alike.

import { eventTargetInternals } from "transom:internal/events/event_target";
import { EventEmitter, notAnEmitter } from "transom:internal/node/events/emitter";
import { codes } from "transom:internal/node/errors";
import { validateAbortSignal, validateFunction, validateNumber } from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypePush, SymbolDispose, SymbolFor, WeakMap, WeakMapPrototypeGet, WeakMapPrototypeSet } = primordials;
const { ERR_INVALID_ARG_TYPE } = codes;

/** The limit of event targets that have one of their own. */
const targetLimits = new WeakMap();
const { callbacks, isEventTarget } = eventTargetInternals;

export function getEventListeners(target, type) {
  if (typeof target?.listeners === "function") return target.listeners(type);
  if (isEventTarget(target)) return callbacks(target, type);
  throw notAnEmitter(target);
}

export function getMaxListeners(target) {
  if (typeof target?.getMaxListeners === "function") return target.getMaxListeners();
  if (isEventTarget(target)) return WeakMapPrototypeGet(targetLimits, target) ?? EventEmitter.defaultMaxListeners;
  throw notAnEmitter(target);
}

export function setMaxListeners(count = EventEmitter.defaultMaxListeners, ...targets) {
  validateNumber(count, "setMaxListeners", 0);
  if (targets.length === 0) {
    EventEmitter.defaultMaxListeners = count;
    return;
  }
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i];
    if (isEventTarget(target)) WeakMapPrototypeSet(targetLimits, target, count);
    else if (typeof target.setMaxListeners === "function") target.setMaxListeners(count);
    else throw new ERR_INVALID_ARG_TYPE("eventTargets", ["EventEmitter", "EventTarget"], target);
  }
}

/** The old form of `emitter.listenerCount(type)`. */
export function listenerCount(emitter, type) {
  if (typeof emitter.listenerCount === "function") return emitter.listenerCount(type);
  return EventEmitter.prototype.listenerCount.call(emitter, type);
}

/** Calls `listener` when `signal` is aborted, or at once if it is; returns what takes it off. */
export function addAbortListener(signal, listener) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateFunction(listener, "listener");
  let remove;
  if (signal.aborted) {
    queueMicrotask(() => listener());
  } else {
    signal.addEventListener("abort", listener, { once: true });
    remove = () => signal.removeEventListener("abort", listener);
  }
  return {
    __proto__: null,
    [SymbolDispose ?? SymbolFor("nodejs.dispose")]() {
      remove?.();
    },
  };
}

/** Adds a listener to an emitter or a target, for `on` and `once`. */
export function subscribe(target, type, listener, options = undefined) {
  if (typeof target?.on === "function") {
    if (options?.once) target.once(type, listener);
    else target.on(type, listener);
  } else if (typeof target?.addEventListener === "function") {
    target.addEventListener(type, listener, options);
  } else {
    throw notAnEmitter(target);
  }
}

export function unsubscribe(target, type, listener) {
  if (typeof target?.removeListener === "function") target.removeListener(type, listener);
  else if (typeof target?.removeEventListener === "function") target.removeEventListener(type, listener);
  else throw notAnEmitter(target);
}

/** Subscribes, and remembers how to undo that in `undo`. */
export function subscribeFor(undo, target, type, listener) {
  subscribe(target, type, listener);
  ArrayPrototypePush(undo, () => unsubscribe(target, type, listener));
}
