// @ts-check
// ErrorEvent.
// Spec: https://html.spec.whatwg.org/multipage/webappapis.html#errorevent

import { convertEventInit, Event } from "transom:internal/events/event";
import * as webidl from "transom:internal/webidl/webidl";

const convertInit = webidl.dictionary(
  "ErrorEventInit",
  [
    { key: "message", convert: webidl.DOMString, default: "" },
    { key: "filename", convert: webidl.USVString, default: "" },
    { key: "lineno", convert: webidl.unsignedLong, default: 0 },
    { key: "colno", convert: webidl.unsignedLong, default: 0 },
    { key: "error", convert: webidl.any },
  ],
  convertEventInit,
);

/** https://html.spec.whatwg.org/multipage/webappapis.html#errorevent */
export class ErrorEvent extends Event {
  #init;

  constructor(type, eventInitDict = undefined) {
    webidl.requireArguments("ErrorEvent constructor", arguments.length, 1);
    super(type, eventInitDict);
    this.#init = convertInit(eventInitDict, "ErrorEvent constructor: argument 2");
  }

  /** https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-message */
  get message() {
    return this.#init.message;
  }

  /** https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-filename */
  get filename() {
    return this.#init.filename;
  }

  /** https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-lineno */
  get lineno() {
    return this.#init.lineno;
  }

  /** https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-colno */
  get colno() {
    return this.#init.colno;
  }

  /** https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-error */
  get error() {
    return this.#init.error;
  }
}

webidl.configureInterface("ErrorEvent", ErrorEvent);
