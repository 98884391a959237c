// @ts-check
// The three ways to run an operation: at once, as a promise, with a callback.
//
// A plan says what is to be done: the native operation with its arguments, and what an error has to tell. Every
// function of the module exists in its three forms through the plan that it makes of its arguments.

import { codes } from "transom:internal/node/errors";
import { codeOf, systemError } from "transom:internal/node/errors/system";
import { validateFunction } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { reportException } from "transom:internal/report_error/report_error";

const {
  ArrayPrototypePop, ObjectDefineProperty, PromisePrototypeThen, ReflectApply, RegExpPrototypeExec, unlink,
} = primordials;

const { ERR_INVALID_RETURN_VALUE } = codes;

export class Plan {
  /**
   * @param {string} op @param {any[]} args @param {string} syscall
   * @param {{ path?: string, dest?: string, map?: (result: any) => any }} [more]
   */
  constructor(op, args, syscall, { path, dest, map } = {}) {
    this.op = op;
    this.args = args;
    this.syscall = syscall;
    this.path = path;
    this.dest = dest;
    this.map = map;
  }
}
unlink(Plan);

/** Node's error for what a native operation failed with: those of the system come as a number. */
export function failure(error, syscall, path, dest) {
  if (RegExpPrototypeExec(/^\d+$/, error.code ?? "") === null) return error;
  return systemError({ code: codeOf(-error.code), syscall, path, dest });
}

const done = (plan, result) => (plan.map === undefined ? result ?? undefined : plan.map(result));

/** Runs a plan on this thread. */
export function now(plan) {
  let result;
  try {
    result = ReflectApply(ops[`${plan.op}_sync`], undefined, plan.args);
  } catch (error) {
    throw failure(error, plan.syscall, plan.path, plan.dest);
  }
  return done(plan, result);
}

/** Runs a plan apart from this thread. */
export function later(plan) {
  // The trace of an error begins where the operation began.
  return PromisePrototypeThen(
    ReflectApply(ops[plan.op], undefined, plan.args),
    (result) => done(plan, result),
    (error) => {
      throw failure(error, plan.syscall, plan.path, plan.dest);
    },
  );
}

/** Calls `callback` with what becomes of `promise`. What it throws is no rejection. */
export function tell(promise, callback) {
  const call = (args) => {
    try {
      ReflectApply(callback, undefined, args);
    } catch (error) {
      reportException(error);
    }
  };
  PromisePrototypeThen(promise, (result) => call(result === undefined ? [null] : [null, result]), (error) => call([error]));
}

/** Gives `form` the name of the function that it is a form of. */
export function named(form, name, length) {
  ObjectDefineProperty(form, "name", { __proto__: null, value: name, configurable: true });
  ObjectDefineProperty(form, "length", { __proto__: null, value: length, configurable: true });
  return form;
}

/** The callback is the last argument. */
export function withCallback(start, name, length) {
  const form = (...args) => {
    const callback = typeof args[args.length - 1] === "function" ? ArrayPrototypePop(args) : undefined;
    validateFunction(callback, "cb");
    tell(ReflectApply(start, undefined, args), callback);
  };
  return named(form, name, length);
}

/** Runs a generator of plans on this thread: each plan that it yields is run, and its result handed back. */
export function stepsNow(steps) {
  let step = steps.next();
  while (!step.done) {
    let result;
    try {
      if (!(step.value instanceof Plan)) throw new ERR_INVALID_RETURN_VALUE("boolean", "filter", step.value);
      result = now(step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

/** The same apart from this thread. */
export async function stepsLater(steps) {
  let step = steps.next();
  while (!step.done) {
    let result;
    try {
      result = await (step.value instanceof Plan ? later(step.value) : step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}
