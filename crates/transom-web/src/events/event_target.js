// @ts-check
// EventTarget, dispatch and event handler attributes such as `onabort`.
// Spec: https://dom.spec.whatwg.org/#interface-eventtarget
//
// Invariant: a listener list is never changed once it is in place; adding and removing replace it, so a dispatch
// may walk the list it started with.
// Not here: trees. The path of every event is its target.

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { Event, eventInternals } from "transom:internal/events/event";
import { primordials } from "transom:internal/primordials";
import { reportException } from "transom:internal/report_error/report_error";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ObjectDefineProperty, ObjectFreeze, ReflectApply, ReflectGetOwnPropertyDescriptor, TypeError, unlink,
} = primordials;

/** https://dom.spec.whatwg.org/#concept-event-listener */
class Listener {
  constructor(type, callback, capture, once, passive) {
    this.removed = false;
    this.type = type;
    this.callback = callback;
    this.capture = capture;
    this.once = once;
    this.passive = passive;
  }
}
unlink(Listener);

/**
 * What dispatch needs to know about AbortSignal, which is built on this module and fills it in.
 * @type {{ isAbortSignal(value: unknown): boolean, isAborted(signal: any): boolean,
 *   addAlgorithm(signal: any, steps: () => void): void, listened(signal: any): void }}
 */
let signals;

/** Called once by abort_signal.js. */
export function setSignalHooks(hooks) {
  signals = hooks;
}

/** @type {Record<string, Function>} */
let internals;

/** https://dom.spec.whatwg.org/#eventtarget */
export class EventTarget {
  /** @type {Listener[] | null} */
  #listeners = null;
  /** Event handler attributes by event type. */
  #handlers = null;

  /** https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener */
  addEventListener(type, callback, options = undefined) {
    this.#listeners; // Brand check.
    webidl.requireArguments("EventTarget.addEventListener", arguments.length, 2);
    addListener(this, type, callback, options);
  }

  /** https://dom.spec.whatwg.org/#dom-eventtarget-removeeventlistener */
  removeEventListener(type, callback, options = undefined) {
    this.#listeners; // Brand check.
    webidl.requireArguments("EventTarget.removeEventListener", arguments.length, 2);
    removeListener(this, type, callback, options);
  }

  /** https://dom.spec.whatwg.org/#dom-eventtarget-dispatchevent */
  dispatchEvent(event) {
    this.#listeners; // Brand check.
    webidl.requireArguments("EventTarget.dispatchEvent", arguments.length, 1);
    return dispatchUntrusted(this, this, event);
  }

  static {
    internals = {
      listeners: (target) => target.#listeners,
      setListeners(target, list) {
        target.#listeners = list;
      },
      handlers: (target) => target.#handlers,
      openHandlers(target) {
        return (target.#handlers ??= { __proto__: null });
      },
    };
  }
}

function convertCallback(callback, context) {
  if (callback === null || callback === undefined) return null;
  return webidl.callbackInterface(callback, context);
}

function addListener(target, type, callback, options) {
  type = webidl.DOMString(type, "EventTarget.addEventListener: argument 1");
  callback = convertCallback(callback, "EventTarget.addEventListener: argument 2");
  let capture = false;
  let once = false;
  let passive = false;
  let signal;
  if (webidl.isObject(options)) {
    capture = webidl.boolean(options.capture);
    once = webidl.boolean(options.once);
    passive = webidl.boolean(options.passive);
    signal = options.signal;
    if (signal !== undefined && !signals.isAbortSignal(signal)) {
      throw new TypeError("EventTarget.addEventListener: member `signal` is not of type AbortSignal");
    }
  } else {
    capture = webidl.boolean(options);
  }
  if (callback === null || (signal !== undefined && signals.isAborted(signal))) return;
  if (find(target, type, callback, capture) !== undefined) return;
  const listener = new Listener(type, callback, capture, once, passive);
  append(target, listener);
  if (signal !== undefined) signals.addAlgorithm(signal, () => remove(target, listener));
}

function removeListener(target, type, callback, options) {
  type = webidl.DOMString(type, "EventTarget.removeEventListener: argument 1");
  callback = convertCallback(callback, "EventTarget.removeEventListener: argument 2");
  const capture = webidl.isObject(options) ? webidl.boolean(options.capture) : webidl.boolean(options);
  const listener = find(target, type, callback, capture);
  if (listener !== undefined) remove(target, listener);
}

function find(target, type, callback, capture) {
  const list = internals.listeners(target);
  if (list === null) return undefined;
  for (let i = 0; i < list.length; i++) {
    const listener = list[i];
    if (listener.type === type && listener.callback === callback && listener.capture === capture) return listener;
  }
  return undefined;
}

function append(target, listener) {
  const list = internals.listeners(target);
  const copy = [];
  if (list !== null) for (let i = 0; i < list.length; i++) copy[i] = list[i];
  copy[copy.length] = listener;
  internals.setListeners(target, copy);
  if (listener.type === "abort" && signals.isAbortSignal(target)) signals.listened(target);
}

function remove(target, listener) {
  listener.removed = true;
  const list = internals.listeners(target);
  if (list === null) return;
  const rest = [];
  for (let i = 0; i < list.length; i++) if (list[i] !== listener) rest[rest.length] = list[i];
  internals.setListeners(target, rest.length === 0 ? null : rest);
}

function dispatchUntrusted(target, presented, event) {
  if (!eventInternals.isEvent(event)) {
    throw new TypeError("EventTarget.dispatchEvent: argument 1 is not of type Event");
  }
  if (eventInternals.isDispatching(event)) {
    throw new DOMException("The event is already being dispatched", "InvalidStateError");
  }
  return dispatch(target, presented, event, false);
}

/**
 * https://dom.spec.whatwg.org/#concept-event-dispatch. Returns false when the event was canceled.
 *
 * The path is visited once capturing and once bubbling, so capture listeners of the target come first.
 */
function dispatch(target, presented, event, trusted) {
  eventInternals.begin(event, presented, trusted);
  const list = internals.listeners(target);
  if (list !== null) {
    if (!eventInternals.propagationStopped(event)) innerInvoke(target, presented, event, list, true);
    if (!eventInternals.propagationStopped(event)) innerInvoke(target, presented, event, list, false);
  }
  return eventInternals.end(event);
}

/** https://dom.spec.whatwg.org/#concept-event-listener-inner-invoke */
function innerInvoke(target, presented, event, list, capture) {
  const type = eventInternals.type(event);
  for (let i = 0; i < list.length; i++) {
    const listener = list[i];
    if (listener.type !== type || listener.capture !== capture || listener.removed) continue;
    if (listener.once) remove(target, listener);
    if (listener.passive) eventInternals.setInPassiveListener(event, true);
    try {
      const { callback } = listener;
      if (typeof callback === "function") {
        ReflectApply(callback, presented, [event]);
      } else {
        const { handleEvent } = callback;
        if (typeof handleEvent !== "function") throw new TypeError("The listener's `handleEvent` is not a function");
        ReflectApply(handleEvent, callback, [event]);
      }
    } catch (error) {
      reportException(error);
    }
    eventInternals.setInPassiveListener(event, false);
    if (eventInternals.immediateStopped(event)) return;
  }
}

/** https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-idl-attributes */
function setHandler(target, type, value, presented, invoke) {
  const handlers = internals.openHandlers(target);
  const callback = webidl.isObject(value) ? value : null;
  const handler = (handlers[type] ??= { callback: null, listener: null });
  handler.callback = callback;
  if (callback === null) {
    if (handler.listener !== null) remove(target, handler.listener);
    handler.listener = null;
  } else if (handler.listener === null) {
    // The listener keeps its place when the callback is replaced.
    handler.listener = new Listener(type, (event) => invoke(handler.callback, presented, event), false, false, false);
    append(target, handler.listener);
  }
}

function invokeHandler(callback, target, event) {
  if (typeof callback !== "function") return;
  if (ReflectApply(callback, target, [event]) === false) eventInternals.cancel(event);
}

/** Adds the attribute `on<type>` to the prototype of an interface that derives from EventTarget. */
export function defineEventHandler(constructor, type) {
  const name = `on${type}`;
  const { get, set } = ReflectGetOwnPropertyDescriptor(
    {
      get [name]() {
        return internals.handlers(this)?.[type]?.callback ?? null;
      },
      set [name](value) {
        setHandler(this, type, value, this, invokeHandler);
      },
    },
    name,
  );
  const descriptor = { __proto__: null, get, set, enumerable: true, configurable: true };
  ObjectDefineProperty(constructor.prototype, name, descriptor);
}

export const eventTargetInternals = ObjectFreeze({
  isEventTarget: (value) => typeof value === "object" && value !== null && isEventTarget(value),
  /** Whether anything listens for `type` at `target`. */
  hasListeners(target, type) {
    const list = internals.listeners(target);
    if (list === null) return false;
    for (let i = 0; i < list.length; i++) if (list[i].type === type) return true;
    return false;
  },
  /** What listens for `type` at `target`, in order. */
  callbacks(target, type) {
    const list = internals.listeners(target);
    const found = [];
    if (list !== null) for (let i = 0; i < list.length; i++) if (list[i].type === type) found[found.length] = list[i].callback;
    return found;
  },
  /** Fires a trusted event the platform made; returns false when it was canceled. `presented` is what it shows. */
  dispatch: (target, event, presented = target) => dispatch(target, presented, event, true),
  /** https://dom.spec.whatwg.org/#concept-event-fire, for a plain event that cannot be canceled. */
  fire: (target, type) => dispatch(target, target, new Event(webidl.internalKey, type), true),
  addListener,
  removeListener,
  dispatchUntrusted,
  setHandler,
  handler: (target, type) => internals.handlers(target)?.[type]?.callback ?? null,
});

function isEventTarget(value) {
  try {
    internals.listeners(value);
    return true;
  } catch {
    return false;
  }
}

webidl.configureInterface("EventTarget", EventTarget);
