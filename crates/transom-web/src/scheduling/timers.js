// @ts-check
// setTimeout, setInterval, clearTimeout, clearInterval and the timers of the platform itself.
// Spec: https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timers, with the objects that Node returns
//
// The event loop keeps the clock: `ops.timer_start(delayMs, repeat)` returns an id and the callback registered with
// `ops.timer_on_fire` is called with that id once it is due. Handlers run in the async context that was current when
// the timer was set.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { reportException } from "transom:internal/report_error/report_error";
import * as webidl from "transom:internal/webidl/webidl";

const {
  indirectEval, Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeSet, ObjectDefineProperty, ReflectApply, SymbolDispose,
  SymbolToPrimitive, unlink,
} = primordials;

// Timers nested deeper than this wait at least the minimum, so that a loop of timers cannot spin.
const MAX_FAST_NESTING = 5;
const MIN_NESTED_DELAY_MS = 4;
// As in Node: so that what `setImmediate` was given always comes before.
const MIN_DELAY_MS = 1;

class Timer {
  constructor(handler, args, repeat, nesting, context) {
    /** The event loop's number; 0 while the timer does not run. */
    this.running = 0;
    this.handler = handler;
    this.args = args;
    this.repeat = repeat;
    this.nesting = nesting;
    this.context = context;
    /** What the program holds, if it started the timer. */
    this.object = null;
  }
}
unlink(Timer);

/** Timers that run, by the event loop's number. */
const active = new Map();
/** Those that a program has asked for as a number, by that. */
const numbered = new Map();
let lastNumber = 0;
let currentNesting = 0;

ops.timer_on_fire((id) => {
  const timer = MapPrototypeGet(active, id);
  if (timer === undefined) return;
  if (!timer.repeat) {
    MapPrototypeDelete(active, id);
    timer.running = 0;
  }
  const outerContext = ops.context_get();
  const outerNesting = currentNesting;
  ops.context_set(timer.context);
  currentNesting = timer.nesting;
  try {
    if (typeof timer.handler === "function") ReflectApply(timer.handler, timer.object ?? globalThis, timer.args);
    else indirectEval(timer.handler);
  } catch (error) {
    reportException(error);
  }
  currentNesting = outerNesting;
  ops.context_set(outerContext);
});

function start(timer, delay) {
  timer.running = ops.timer_start(delay, timer.repeat);
  MapPrototypeSet(active, timer.running, timer);
}

function stop(timer) {
  if (timer.running === 0) return;
  MapPrototypeDelete(active, timer.running);
  ops.timer_cancel(timer.running);
  timer.running = 0;
}

/** The timer behind a Timeout, or undefined. */
let timerOf;

/**
 * What `setTimeout` and `setInterval` return: an object with the methods that packages for Node call, and a number
 * where one is needed. A server goes on running in any case, so `ref` and `unref` only remember what was asked for.
 */
export class Timeout {
  #timer;
  #delay;
  #hasRef = true;
  #number = 0;

  constructor(key, timer, delay) {
    webidl.requireInternal(key);
    this.#timer = timer;
    this.#delay = delay;
  }

  ref() {
    this.#hasRef = true;
    return this;
  }

  unref() {
    this.#hasRef = false;
    return this;
  }

  hasRef() {
    return this.#hasRef && this.#timer.running !== 0;
  }

  /** Waits from now on; a timeout that has fired waits once more. */
  refresh() {
    if (this.#timer.handler === null) return this;
    stop(this.#timer);
    start(this.#timer, this.#delay);
    return this;
  }

  close() {
    clearTimeout(this);
    return this;
  }

  [SymbolToPrimitive]() {
    if (this.#number === 0) {
      this.#number = ++lastNumber;
      MapPrototypeSet(numbered, this.#number, this.#timer);
    }
    return this.#number;
  }

  get _destroyed() {
    return this.#timer.running === 0;
  }

  get _idleTimeout() {
    return this.#timer.handler === null ? -1 : this.#delay;
  }

  get _repeat() {
    return this.#timer.repeat ? this.#delay : null;
  }

  get _onTimeout() {
    return this.#timer.handler;
  }

  static {
    timerOf = (value) => (#timer in value ? value.#timer : undefined);
  }
}
if (SymbolDispose !== undefined) {
  ObjectDefineProperty(Timeout.prototype, SymbolDispose, {
    __proto__: null,
    value() {
      clearTimeout(this);
    },
    writable: true, enumerable: false, configurable: true,
  });
}

/** https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timer-initialisation-steps */
function initialize(handler, timeout, args, repeat, name) {
  if (typeof handler !== "function") handler = webidl.DOMString(handler, `${name}: argument 1`);
  let delay = timeout === undefined ? MIN_DELAY_MS : webidl.long(timeout, `${name}: argument 2`);
  if (delay < MIN_DELAY_MS) delay = MIN_DELAY_MS;
  const nesting = currentNesting + 1;
  if (currentNesting > MAX_FAST_NESTING && delay < MIN_NESTED_DELAY_MS) delay = MIN_NESTED_DELAY_MS;
  const timer = new Timer(handler, args, repeat, nesting, ops.context_get());
  start(timer, delay);
  const object = new Timeout(webidl.internalKey, timer, delay);
  timer.object = object;
  return object;
}

/** Ends a timer for good. `id` is what `setTimeout` returned, or its number. */
function clear(id, context) {
  let timer = typeof id === "object" ? timerOf(id) : undefined;
  if (timer === undefined) {
    const number = webidl.long(id, context);
    timer = MapPrototypeGet(numbered, number);
    MapPrototypeDelete(numbered, number);
  }
  if (timer === undefined) return;
  stop(timer);
  timer.handler = null;
}

/**
 * Runs `steps` after `delay` milliseconds, in the context of the caller. Returns the function that cancels it.
 * For the platform itself: no nesting rule and no clamping of long delays.
 */
export function startTimer(delay, steps) {
  const timer = new Timer(steps, [], false, 0, ops.context_get());
  start(timer, delay);
  return () => stop(timer);
}

/** https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-settimeout */
export function setTimeout(handler, timeout = undefined, ...args) {
  webidl.requireArguments("setTimeout", arguments.length, 1);
  return initialize(handler, timeout, args, false, "setTimeout");
}

/** https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-setinterval */
export function setInterval(handler, timeout = undefined, ...args) {
  webidl.requireArguments("setInterval", arguments.length, 1);
  return initialize(handler, timeout, args, true, "setInterval");
}

/** https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-cleartimeout */
export function clearTimeout(id = undefined) {
  if (id === undefined || id === null) return;
  clear(id, "clearTimeout: argument 1");
}

/** https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-clearinterval */
export function clearInterval(id = undefined) {
  if (id === undefined || id === null) return;
  clear(id, "clearInterval: argument 1");
}
