// @ts-check
// setTimeout, setInterval, clearTimeout, clearInterval and the timers of the platform itself.
// Spec: https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timers
//
// The event loop keeps the clock: `ops.timer_start(delayMs, repeat)` returns an id and the callback registered with
// `ops.timer_on_fire` is called with that id once it is due. Handlers run in the async context that was current when
// the timer was set.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { reportException } from "transom:internal/report_error/report_error";
import * as webidl from "transom:internal/webidl/webidl";

const { indirectEval, Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeSet, ReflectApply, unlink } = primordials;

// Timers nested deeper than this wait at least the minimum, so that a loop of timers cannot spin.
const MAX_FAST_NESTING = 5;
const MIN_NESTED_DELAY_MS = 4;

class Timer {
  constructor(handler, args, repeat, nesting, context) {
    this.handler = handler;
    this.args = args;
    this.repeat = repeat;
    this.nesting = nesting;
    this.context = context;
  }
}
unlink(Timer);

const active = new Map();
let currentNesting = 0;

ops.timer_on_fire((id) => {
  const timer = MapPrototypeGet(active, id);
  if (timer === undefined) return;
  if (!timer.repeat) MapPrototypeDelete(active, id);
  const outerContext = ops.context_get();
  const outerNesting = currentNesting;
  ops.context_set(timer.context);
  currentNesting = timer.nesting;
  try {
    if (typeof timer.handler === "function") ReflectApply(timer.handler, globalThis, timer.args);
    else indirectEval(timer.handler);
  } catch (error) {
    reportException(error);
  }
  currentNesting = outerNesting;
  ops.context_set(outerContext);
});

/** https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timer-initialisation-steps */
function initialize(handler, timeout, args, repeat, name) {
  if (typeof handler !== "function") handler = webidl.DOMString(handler, `${name}: argument 1`);
  let delay = timeout === undefined ? 0 : webidl.long(timeout, `${name}: argument 2`);
  if (delay < 0) delay = 0;
  const nesting = currentNesting + 1;
  if (currentNesting > MAX_FAST_NESTING && delay < MIN_NESTED_DELAY_MS) delay = MIN_NESTED_DELAY_MS;
  const id = ops.timer_start(delay, repeat);
  MapPrototypeSet(active, id, new Timer(handler, args, repeat, nesting, ops.context_get()));
  return id;
}

function cancel(id) {
  if (MapPrototypeDelete(active, id)) ops.timer_cancel(id);
}

/**
 * Runs `steps` after `delay` milliseconds, in the context of the caller. Returns the function that cancels it.
 * For the platform itself: no nesting rule and no clamping of long delays.
 */
export function startTimer(delay, steps) {
  const id = ops.timer_start(delay, false);
  MapPrototypeSet(active, id, new Timer(steps, [], false, 0, ops.context_get()));
  return () => cancel(id);
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
  cancel(webidl.long(id, "clearTimeout: argument 1"));
}

/** https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-clearinterval */
export function clearInterval(id = undefined) {
  if (id === undefined || id === null) return;
  cancel(webidl.long(id, "clearInterval: argument 1"));
}
