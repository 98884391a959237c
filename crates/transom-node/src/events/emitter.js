// @ts-check
// The class EventEmitter.
// Reference: https://nodejs.org/docs/latest-v22.x/api/events.html#class-eventemitter
//
// It is a function, not a class: old packages call it on their own objects and inherit with `util.inherits`. The
// listeners of an event are one function or an array of them, in `_events`, which packages look into.

import { codes, inspected } from "transom:internal/node/errors";
import { validateBoolean, validateFunction, validateNumber } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";
import { emitWarning } from "transom:internal/node/process/warning";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeSlice, ArrayPrototypeSplice, Error, ErrorIsError, FunctionPrototypeBind, ObjectDefineProperties, ObjectDefineProperty,
  ObjectGetPrototypeOf, ReflectApply, ReflectOwnKeys, String, Symbol, SymbolFor, SymbolPrototypeToString,
} = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_UNHANDLED_ERROR } = codes;

const kCapture = Symbol("kCapture");
const kErrorMonitor = Symbol("events.errorMonitor");
const kRejection = SymbolFor("nodejs.rejection");
export const kShapeMode = Symbol("shapeMode");

let defaultMaxListeners = 10;

export function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}

EventEmitter.usingDomains = false;
EventEmitter.captureRejectionSymbol = kRejection;
EventEmitter.errorMonitor = kErrorMonitor;
EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;

ObjectDefineProperties(EventEmitter, {
  captureRejections: {
    get() {
      return EventEmitter.prototype[kCapture];
    },
    set(value) {
      validateBoolean(value, "EventEmitter.captureRejections");
      EventEmitter.prototype[kCapture] = value;
    },
    enumerable: true, configurable: false,
  },
  defaultMaxListeners: {
    get: () => defaultMaxListeners,
    set(count) {
      validateNumber(count, "defaultMaxListeners", 0);
      defaultMaxListeners = count;
    },
    enumerable: true, configurable: false,
  },
});
ObjectDefineProperty(EventEmitter.prototype, kCapture, { __proto__: null, value: false, writable: true, enumerable: false });

EventEmitter.init = function init(options) {
  if (this._events === undefined || this._events === ObjectGetPrototypeOf(this)._events) {
    this._events = { __proto__: null };
    this._eventsCount = 0;
  }
  this._maxListeners ||= undefined;
  if (options?.captureRejections) {
    validateBoolean(options.captureRejections, "options.captureRejections");
    this[kCapture] = true;
  } else {
    // Assigned here so that every emitter has the same shape.
    this[kCapture] = EventEmitter.prototype[kCapture];
  }
};

function checkListener(listener) {
  validateFunction(listener, "listener");
}

const maxOf = (emitter) => (emitter._maxListeners === undefined ? defaultMaxListeners : emitter._maxListeners);

/** Hands what an asynchronous listener rejects with to the emitter. */
function captureRejection(emitter, promise, type, args) {
  try {
    const { then } = promise;
    if (typeof then !== "function") return;
    ReflectApply(then, promise, [undefined, (error) => nextTick(deliverRejection, emitter, error, type, args)]);
  } catch (error) {
    emitter.emit("error", error);
  }
}

function deliverRejection(emitter, error, type, args) {
  if (typeof emitter[kRejection] === "function") {
    emitter[kRejection](error, type, ...args);
    return;
  }
  // An `error` listener that rejects must not lead to a further one.
  const before = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit("error", error);
  } finally {
    emitter[kCapture] = before;
  }
}

function throwUnhandled(error) {
  if (ErrorIsError(error) || error instanceof Error) throw error;
  let text;
  try {
    text = inspected(error);
  } catch {
    text = error;
  }
  const unhandled = new ERR_UNHANDLED_ERROR(text);
  unhandled.context = error;
  throw unhandled;
}

const { prototype } = EventEmitter;

prototype.setMaxListeners = function setMaxListeners(count) {
  validateNumber(count, "setMaxListeners", 0);
  this._maxListeners = count;
  return this;
};

prototype.getMaxListeners = function getMaxListeners() {
  return maxOf(this);
};

prototype.emit = function emit(type, ...args) {
  const events = this._events;
  if (type === "error") {
    if (events !== undefined && events[kErrorMonitor] !== undefined) this.emit(kErrorMonitor, ...args);
    if (events === undefined || events.error === undefined) throwUnhandled(args.length > 0 ? args[0] : undefined);
  } else if (events === undefined) {
    return false;
  }
  const handler = events[type];
  if (handler === undefined) return false;
  if (typeof handler === "function") {
    const result = ReflectApply(handler, this, args);
    if (result !== undefined && result !== null && this[kCapture]) captureRejection(this, result, type, args);
    return true;
  }
  const list = ArrayPrototypeSlice(handler);
  for (let i = 0; i < list.length; i++) {
    const result = ReflectApply(list[i], this, args);
    if (result !== undefined && result !== null && this[kCapture]) captureRejection(this, result, type, args);
  }
  return true;
};

function warnOfLeak(emitter, type, list) {
  const most = maxOf(emitter);
  if (!(most > 0 && list.length > most) || list.warned) return;
  list.warned = true;
  const warning = /** @type {any} */ (new Error(
    `Possible EventEmitter memory leak detected. ${list.length} ${String(type)} listeners added to ` +
    `${inspected(emitter, { depth: -1 })}. MaxListeners is ${most}. Use emitter.setMaxListeners() to increase limit`,
  ));
  warning.name = "MaxListenersExceededWarning";
  warning.emitter = emitter;
  warning.type = type;
  warning.count = list.length;
  emitWarning(warning);
}

function add(emitter, type, listener, isFirst) {
  checkListener(listener);
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = { __proto__: null };
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    // Before the listener is there, so that `newListener` can add one in front of it.
    emitter.emit("newListener", type, listener.listener ?? listener);
    events = emitter._events;
  }
  const existing = events[type];
  if (existing === undefined) {
    events[type] = listener;
    ++emitter._eventsCount;
  } else if (typeof existing === "function") {
    events[type] = isFirst ? [listener, existing] : [existing, listener];
    warnOfLeak(emitter, type, events[type]);
  } else {
    if (isFirst) existing.unshift(listener);
    else existing[existing.length] = listener;
    warnOfLeak(emitter, type, existing);
  }
  return emitter;
}

prototype.addListener = function addListener(type, listener) {
  return add(this, type, listener, false);
};

prototype.on = prototype.addListener;

prototype.prependListener = function prependListener(type, listener) {
  return add(this, type, listener, true);
};

/** A listener that takes itself off first; `listener` on it is the function that was given. */
function onceOnly(emitter, type, listener) {
  let fired = false;
  const onceWrapper = function (...args) {
    if (fired) return undefined;
    fired = true;
    emitter.removeListener(type, wrapped);
    return ReflectApply(listener, emitter, args);
  };
  const wrapped = FunctionPrototypeBind(onceWrapper, undefined);
  wrapped.listener = listener;
  return wrapped;
}

prototype.once = function once(type, listener) {
  checkListener(listener);
  this.on(type, onceOnly(this, type, listener));
  return this;
};

prototype.prependOnceListener = function prependOnceListener(type, listener) {
  checkListener(listener);
  this.prependListener(type, onceOnly(this, type, listener));
  return this;
};

prototype.removeListener = function removeListener(type, listener) {
  checkListener(listener);
  const events = this._events;
  if (events === undefined) return this;
  const list = events[type];
  if (list === undefined) return this;
  if (list === listener || list.listener === listener) {
    this._eventsCount -= 1;
    if (this[kShapeMode]) {
      events[type] = undefined;
    } else if (this._eventsCount === 0) {
      this._events = { __proto__: null };
    } else {
      delete events[type];
    }
    if (events.removeListener) this.emit("removeListener", type, list.listener || listener);
  } else if (typeof list !== "function") {
    let position = list.length - 1;
    while (position >= 0 && list[position] !== listener && list[position].listener !== listener) position--;
    if (position < 0) return this;
    if (position === 0) list.shift();
    else ArrayPrototypeSplice(list, position, 1);
    if (list.length === 1) events[type] = list[0];
    if (events.removeListener !== undefined) this.emit("removeListener", type, listener);
  }
  return this;
};

prototype.off = prototype.removeListener;

function removeAllOf(emitter, events, args) {
  if (events.removeListener === undefined) {
    // Nobody wants to hear of it.
    if (args.length === 0) {
      emitter._events = { __proto__: null };
      emitter._eventsCount = 0;
    } else if (events[args[0]] !== undefined) {
      if (--emitter._eventsCount === 0) emitter._events = { __proto__: null };
      else delete events[args[0]];
    }
    return;
  }
  if (args.length === 0) {
    const types = ReflectOwnKeys(events);
    for (let i = 0; i < types.length; i++) if (types[i] !== "removeListener") emitter.removeAllListeners(types[i]);
    emitter.removeAllListeners("removeListener");
    emitter._events = { __proto__: null };
    emitter._eventsCount = 0;
    return;
  }
  const listeners = events[args[0]];
  if (typeof listeners === "function") emitter.removeListener(args[0], listeners);
  else if (listeners !== undefined) {
    for (let i = listeners.length - 1; i >= 0; i--) emitter.removeListener(args[0], listeners[i]);
  }
}

prototype.removeAllListeners = function removeAllListeners(type) {
  const events = this._events;
  if (events !== undefined) removeAllOf(this, events, arguments.length === 0 ? [] : [type]);
  return this;
};

/** The listeners of an event, in a new array. */
function listenersOf(emitter, type, unwrap) {
  const found = emitter._events?.[type];
  if (found === undefined) return [];
  const list = typeof found === "function" ? [found] : ArrayPrototypeSlice(found);
  if (unwrap) for (let i = 0; i < list.length; i++) list[i] = list[i].listener || list[i];
  return list;
}

prototype.listeners = function listeners(type) {
  return listenersOf(this, type, true);
};

prototype.rawListeners = function rawListeners(type) {
  return listenersOf(this, type, false);
};

prototype.listenerCount = function listenerCount(type, listener) {
  const found = this._events?.[type];
  if (found === undefined) return 0;
  if (listener === undefined || listener === null) return typeof found === "function" ? 1 : found.length;
  if (typeof found === "function") return listener === found || listener === found.listener ? 1 : 0;
  let count = 0;
  for (let i = 0; i < found.length; i++) if (found[i] === listener || found[i].listener === listener) count++;
  return count;
};

prototype.eventNames = function eventNames() {
  return this._eventsCount > 0 ? ReflectOwnKeys(this._events) : [];
};

/** Whether `value` looks like an emitter; otherwise the error that says so. */
export function notAnEmitter(value) {
  return new ERR_INVALID_ARG_TYPE("emitter", ["EventEmitter", "EventTarget"], value);
}

/** The name of an event in a message. */
export const typeText = (type) => (typeof type === "symbol" ? SymbolPrototypeToString(type) : String(type));
