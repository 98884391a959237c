// @ts-check
// setImmediate and clearImmediate: calls in the next turn of the event loop, before its timers.
// Reference: https://nodejs.org/docs/latest-v22.x/api/timers.html#class-immediate

import { validateFunction } from "transom:internal/node/errors/validators";
import { customPromisify } from "transom:internal/node/util/promisify";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { reportException } from "transom:internal/report_error/report_error";
import { startTimer } from "transom:internal/scheduling/timers";
import { lazy } from "transom:internal/lazy";

const { ObjectDefineProperty, ReflectApply, SymbolDispose, SymbolFor } = primordials;
const promised = lazy("node:timers/promises");

/** Those of the next turn. */
const queue = [];

export class Immediate {
  #hasRef = true;

  constructor(callback, args) {
    this._idleNext = null;
    this._idlePrev = null;
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    ObjectDefineProperty(this, "_context", { __proto__: null, value: ops.context_get(), writable: true, enumerable: false });
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
    return !this._destroyed && this.#hasRef;
  }
}
ObjectDefineProperty(Immediate.prototype, SymbolDispose ?? SymbolFor("nodejs.dispose"), {
  __proto__: null,
  value() {
    clearImmediate(this);
  },
  writable: true, configurable: true,
});

function runOne(immediate) {
  if (immediate._destroyed) return;
  immediate._destroyed = true;
  ops.context_set(immediate._context);
  try {
    if (immediate._argv === undefined) immediate._onImmediate();
    else ReflectApply(immediate._onImmediate, immediate, immediate._argv);
  } catch (error) {
    reportException(error);
  }
}

/** Each in a turn of its own, so that ticks and promise jobs of one come before the next. */
function run() {
  const immediate = queue.shift();
  if (immediate !== undefined) runOne(immediate);
}

export function setImmediate(callback, ...args) {
  validateFunction(callback, "callback");
  const immediate = new Immediate(callback, args.length === 0 ? undefined : args);
  queue.push(immediate);
  startTimer(0, run);
  return immediate;
}
ObjectDefineProperty(setImmediate, customPromisify, {
  __proto__: null, get: () => promised().setImmediate, enumerable: true,
});

export function clearImmediate(immediate) {
  if (!(immediate instanceof Immediate) || immediate._destroyed) return;
  immediate._destroyed = true;
  immediate._onImmediate = null;
}
