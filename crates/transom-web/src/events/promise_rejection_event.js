// @ts-check
// PromiseRejectionEvent.
// Spec: https://html.spec.whatwg.org/multipage/webappapis.html#promiserejectionevent

import { convertEventInit, Event } from "transom:internal/events/event";
import * as webidl from "transom:internal/webidl/webidl";

const convertInit = webidl.dictionary(
  "PromiseRejectionEventInit",
  [
    { key: "promise", convert: webidl.object, required: true },
    { key: "reason", convert: webidl.any },
  ],
  convertEventInit,
);

/** https://html.spec.whatwg.org/multipage/webappapis.html#promiserejectionevent */
export class PromiseRejectionEvent extends Event {
  #promise;
  #reason;

  constructor(type, eventInitDict) {
    webidl.requireArguments("PromiseRejectionEvent constructor", arguments.length, 2);
    super(type, eventInitDict);
    const init = convertInit(eventInitDict, "PromiseRejectionEvent constructor: argument 2");
    this.#promise = init.promise;
    this.#reason = init.reason;
  }

  /** https://html.spec.whatwg.org/multipage/webappapis.html#dom-promiserejectionevent-promise */
  get promise() {
    return this.#promise;
  }

  /** https://html.spec.whatwg.org/multipage/webappapis.html#dom-promiserejectionevent-reason */
  get reason() {
    return this.#reason;
  }
}

webidl.configureInterface("PromiseRejectionEvent", PromiseRejectionEvent);
