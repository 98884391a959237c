// @ts-check
// CloseEvent.
// Spec: https://websockets.spec.whatwg.org/#the-closeevent-interface

import { convertEventInit, Event } from "transom:internal/events/event";
import * as webidl from "transom:internal/webidl/webidl";

const convertInit = webidl.dictionary(
  "CloseEventInit",
  [
    { key: "wasClean", convert: webidl.boolean, default: false },
    { key: "code", convert: webidl.unsignedShort, default: 0 },
    { key: "reason", convert: webidl.USVString, default: "" },
  ],
  convertEventInit,
);

/** https://websockets.spec.whatwg.org/#closeevent */
export class CloseEvent extends Event {
  #init;

  constructor(type, eventInitDict = undefined) {
    webidl.requireArguments("CloseEvent constructor", arguments.length, 1);
    super(type, eventInitDict);
    this.#init = convertInit(eventInitDict, "CloseEvent constructor: argument 2");
  }

  /** https://websockets.spec.whatwg.org/#dom-closeevent-wasclean */
  get wasClean() {
    return this.#init.wasClean;
  }

  /** https://websockets.spec.whatwg.org/#dom-closeevent-code */
  get code() {
    return this.#init.code;
  }

  /** https://websockets.spec.whatwg.org/#dom-closeevent-reason */
  get reason() {
    return this.#init.reason;
  }
}

webidl.configureInterface("CloseEvent", CloseEvent);
