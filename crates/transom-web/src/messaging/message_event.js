// @ts-check
// MessageEvent.
// Spec: https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface

import { convertEventInit, Event } from "transom:internal/events/event";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ObjectFreeze } = primordials;

const none = () => [];
const convertInit = webidl.dictionary(
  "MessageEventInit",
  [
    { key: "data", convert: webidl.any, default: null },
    { key: "origin", convert: webidl.USVString, default: "" },
    { key: "lastEventId", convert: webidl.DOMString, default: "" },
    { key: "source", convert: webidl.any, default: null },
    { key: "ports", convert: webidl.sequence(webidl.object), default: none },
  ],
  convertEventInit,
);

/** https://html.spec.whatwg.org/multipage/comms.html#messageevent */
export class MessageEvent extends Event {
  #init;

  constructor(type, eventInitDict = {}) {
    webidl.requireArguments("MessageEvent constructor", arguments.length, 1);
    super(type, eventInitDict);
    this.#init = convertInit(eventInitDict, "MessageEvent constructor: argument 2");
    ObjectFreeze(this.#init.ports);
  }

  /** https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-data */
  get data() {
    return this.#init.data;
  }

  /** https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-origin */
  get origin() {
    return this.#init.origin;
  }

  /** https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-lasteventid */
  get lastEventId() {
    return this.#init.lastEventId;
  }

  /** https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-source */
  get source() {
    return this.#init.source;
  }

  /** https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-ports */
  get ports() {
    return this.#init.ports;
  }
}

webidl.configureInterface("MessageEvent", MessageEvent);
