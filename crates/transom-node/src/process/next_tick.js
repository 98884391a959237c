// @ts-check
// process.nextTick: a queue of its own, which is worked off before the promise jobs of the same turn.
// Reference: https://nodejs.org/docs/latest-v22.x/api/process.html#processnexttickcallback-args
//
// The engine calls `drain` whenever script has returned and before it runs promise jobs, and again when no job is left
// but a tick came up meanwhile (`ops.ticks_waiting`).

import { validateFunction } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { reportException } from "transom:internal/report_error/report_error";

const { ReflectApply, unlink } = primordials;

class Tick {
  constructor(callback, args, context) {
    this.callback = callback;
    this.args = args;
    this.context = context;
    /** @type {Tick | null} */
    this.next = null;
  }
}
unlink(Tick);

/** @type {Tick | null} */
let first = null;
/** @type {Tick | null} */
let last = null;

function drain() {
  const outer = ops.context_get();
  while (first !== null) {
    const { callback, args, context } = first;
    first = first.next;
    if (first === null) last = null;
    ops.context_set(context);
    try {
      if (args === null) callback();
      else ReflectApply(callback, undefined, args);
    } catch (error) {
      reportException(error);
    }
  }
  ops.context_set(outer);
}

/** Calls `callback(...args)` when the current operation has ended, before anything else goes on. */
export function nextTick(callback, ...args) {
  validateFunction(callback, "callback");
  const tick = new Tick(callback, args.length === 0 ? null : args, ops.context_get());
  if (last === null) {
    first = tick;
    ops.ticks_waiting(drain);
  } else {
    last.next = tick;
  }
  last = tick;
}
