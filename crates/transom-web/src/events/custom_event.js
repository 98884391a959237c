// @ts-check
// CustomEvent.
// Spec: https://dom.spec.whatwg.org/#interface-customevent

import { convertEventInit, Event, eventInternals } from "transom:internal/events/event";
import * as webidl from "transom:internal/webidl/webidl";

const convertInit = webidl.dictionary(
  "CustomEventInit",
  [{ key: "detail", convert: webidl.any, default: null }],
  convertEventInit,
);

/** https://dom.spec.whatwg.org/#customevent */
export class CustomEvent extends Event {
  #detail;

  /** https://dom.spec.whatwg.org/#dom-customevent-customevent */
  constructor(type, eventInitDict = undefined) {
    webidl.requireArguments("CustomEvent constructor", arguments.length, 1);
    super(type, eventInitDict);
    this.#detail = convertInit(eventInitDict, "CustomEvent constructor: argument 2").detail;
  }

  /** https://dom.spec.whatwg.org/#dom-customevent-detail */
  get detail() {
    return this.#detail;
  }

  /** https://dom.spec.whatwg.org/#dom-customevent-initcustomevent */
  initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
    this.#detail; // Brand check.
    webidl.requireArguments("CustomEvent.initCustomEvent", arguments.length, 1);
    if (eventInternals.isDispatching(this)) return;
    eventInternals.initialize(this, type, bubbles, cancelable);
    this.#detail = detail;
  }
}

webidl.configureInterface("CustomEvent", CustomEvent);
