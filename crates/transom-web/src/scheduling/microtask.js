// @ts-check
// queueMicrotask.
// Spec: https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#microtask-queuing

import { primordials } from "transom:internal/primordials";
import { reportException } from "transom:internal/report_error/report_error";
import * as webidl from "transom:internal/webidl/webidl";

const { PromisePrototypeThen, ReflectApply, resolvedPromise } = primordials;

/** https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-queuemicrotask */
export function queueMicrotask(callback) {
  webidl.requireArguments("queueMicrotask", arguments.length, 1);
  webidl.callbackFunction(callback, "queueMicrotask: argument 1");
  PromisePrototypeThen(resolvedPromise, () => {
    try {
      ReflectApply(callback, undefined, []);
    } catch (error) {
      reportException(error);
    }
  });
}
