// @ts-check
// What happens to an exception that nobody can catch: from an event listener, a timer, a microtask.
// Spec: https://html.spec.whatwg.org/multipage/webappapis.html#report-the-exception
//
// An `error` event is fired at the global event target when something listens there; an exception nobody handled
// is written to the console. Reporting never throws.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze, PromisePrototype, PromisePrototypeThen, resolvedPromise, TypeError } = primordials;

const originalThen = PromisePrototype.then;

let fireErrorEvent = (_error) => false;
/** Replaced by the console, which is loaded for the first error. */
let describe = (error) => {
  ops.module_load("transom:internal/console/console");
  return describe(error);
};
let rejections = null;
let reporting = false;

/**
 * Set by the modules above this one, so that reporting does not import them: `fire(error)` dispatches the `error`
 * event and returns whether it was handled; `describe(error)` gives the text for the console.
 */
export const reportHooks = ObjectFreeze({
  setFire(fire) {
    fireErrorEvent = fire;
  },
  /** `{ unhandled(promise, reason), handledLate(promise, reason) }`, as the two functions below. */
  setRejections(hooks) {
    rejections = hooks;
  },
  setDescribe(text) {
    describe = text;
  },
});

/** Reports `error` as uncaught. Never throws. */
export function reportException(error) {
  if (!reporting) {
    // An `error` listener that throws is reported, but does not fire a further event.
    reporting = true;
    try {
      if (fireErrorEvent(error)) return;
    } finally {
      reporting = false;
    }
  }
  let text;
  try {
    text = describe(error);
  } catch {
    text = "an exception that cannot be shown";
  }
  ops.console_write("error", `Uncaught ${text}`);
}

/** A promise was rejected and nobody handles it. Returns whether the program says that this is all right. */
export function notifyUnhandledRejection(promise, reason) {
  return rejections !== null && rejections.unhandled(promise, reason);
}

/** A promise for which `notifyUnhandledRejection` was called is handled after all. */
export function notifyHandledLate(promise, reason) {
  if (rejections !== null) rejections.handledLate(promise, reason);
}

/** https://html.spec.whatwg.org/multipage/webappapis.html#dom-reporterror */
export function reportError(error) {
  if (arguments.length < 1) throw new TypeError("reportError: 1 argument required, but only 0 present");
  reportException(error);
}

/** Runs `steps` in a microtask. `steps` must not throw. */
export function queueInternalMicrotask(steps) {
  // A direct call is faster than a captured one, and as good while nobody has replaced `then`.
  if (PromisePrototype.then === originalThen) resolvedPromise.then(steps);
  else PromisePrototypeThen(resolvedPromise, steps);
}
