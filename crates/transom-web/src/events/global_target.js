// @ts-check
// The global object as an event target: `addEventListener("unhandledrejection", …)`, `onerror` and their kind.
// Spec: https://html.spec.whatwg.org/multipage/webappapis.html#runtime-script-errors-2
//
// The global object cannot carry private fields of EventTarget, so a hidden target holds its listeners and events
// show the global object as their target.

import { ErrorEvent } from "transom:internal/events/error_event";
import { eventInternals } from "transom:internal/events/event";
import { EventTarget, eventTargetInternals } from "transom:internal/events/event_target";
import { PromiseRejectionEvent } from "transom:internal/events/promise_rejection_event";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { reportHooks } from "transom:internal/report_error/report_error";
import * as webidl from "transom:internal/webidl/webidl";

const { Error, ErrorIsError, ErrorPrototypeGetStack, ReflectApply, ReflectGetOwnPropertyDescriptor, String } = primordials;

const hidden = new EventTarget();
let presented = globalThis;

const operations = {
  addEventListener(type, callback, options = undefined) {
    webidl.requireArguments("addEventListener", arguments.length, 2);
    eventTargetInternals.addListener(hidden, type, callback, options);
  },
  removeEventListener(type, callback, options = undefined) {
    webidl.requireArguments("removeEventListener", arguments.length, 2);
    eventTargetInternals.removeListener(hidden, type, callback, options);
  },
  dispatchEvent(event) {
    webidl.requireArguments("dispatchEvent", arguments.length, 1);
    return eventTargetInternals.dispatchUntrusted(hidden, presented, event);
  },
};

function invokeHandler(callback, target, event) {
  if (typeof callback !== "function") return;
  if (ReflectApply(callback, target, [event]) === false) eventInternals.cancel(event);
}

/** https://html.spec.whatwg.org/multipage/webappapis.html#the-event-handler-processing-algorithm, `onerror` case. */
function invokeErrorHandler(callback, target, event) {
  if (typeof callback !== "function") return;
  if (!(event instanceof ErrorEvent)) return invokeHandler(callback, target, event);
  const args = [event.message, event.filename, event.lineno, event.colno, event.error];
  if (ReflectApply(callback, target, args) === true) eventInternals.cancel(event);
}

function handlerDescriptor(type, invoke) {
  const name = `on${type}`;
  const { get, set } = ReflectGetOwnPropertyDescriptor(
    {
      get [name]() {
        return eventTargetInternals.handler(hidden, type);
      },
      set [name](value) {
        eventTargetInternals.setHandler(hidden, type, value, presented, invoke);
      },
    },
    name,
  );
  return { __proto__: null, get, set, enumerable: true, configurable: true };
}

function operationDescriptor(name) {
  return { __proto__: null, value: operations[name], writable: true, enumerable: true, configurable: true };
}

/** The descriptors of the three operations and the `on…` attributes of the global object, by name. */
export function globalEventMembers(global) {
  presented = global;
  return {
    __proto__: null,
    addEventListener: operationDescriptor("addEventListener"),
    removeEventListener: operationDescriptor("removeEventListener"),
    dispatchEvent: operationDescriptor("dispatchEvent"),
    onerror: handlerDescriptor("error", invokeErrorHandler),
    onunhandledrejection: handlerDescriptor("unhandledrejection", invokeHandler),
    onrejectionhandled: handlerDescriptor("rejectionhandled", invokeHandler),
  };
}

function messageOf(error) {
  try {
    return `Uncaught ${String(error)}`;
  } catch {
    return "Uncaught exception";
  }
}

/**
 * Where an exception comes from, in the program's source: of an error from its stack, else from what reports it.
 * https://html.spec.whatwg.org/multipage/webappapis.html#extract-error
 */
function positionOf(error) {
  const stack = ErrorPrototypeGetStack(ErrorIsError(error) ? error : new Error());
  const found = typeof stack === "string" && ops.stack_position !== undefined ? ops.stack_position(stack) : null;
  return found === null ? { filename: "", lineno: 0, colno: 0 } : { filename: found[0], lineno: found[1], colno: found[2] };
}

reportHooks.setFire((error) => {
  if (!eventTargetInternals.hasListeners(hidden, "error")) return false;
  const { filename, lineno, colno } = positionOf(error);
  const event = new ErrorEvent("error", {
    __proto__: null, cancelable: true, message: messageOf(error), filename, lineno, colno, error,
  });
  return !eventTargetInternals.dispatch(hidden, event, presented);
});

reportHooks.setRejections({
  __proto__: null,
  /** https://html.spec.whatwg.org/multipage/webappapis.html#notify-about-rejected-promises */
  unhandled(promise, reason) {
    if (!eventTargetInternals.hasListeners(hidden, "unhandledrejection")) return false;
    const event = new PromiseRejectionEvent("unhandledrejection", { __proto__: null, cancelable: true, promise, reason });
    return !eventTargetInternals.dispatch(hidden, event, presented);
  },
  handledLate(promise, reason) {
    if (!eventTargetInternals.hasListeners(hidden, "rejectionhandled")) return;
    const event = new PromiseRejectionEvent("rejectionhandled", { __proto__: null, promise, reason });
    eventTargetInternals.dispatch(hidden, event, presented);
  },
});
