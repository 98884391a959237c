// @ts-check
// MessageEvent.
// Spec: https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface

import { convertEventInit, Event, eventInternals } from "transom:internal/events/event";
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

/** What the platform's own channels need. */
export let messageEventInternals;

/** https://html.spec.whatwg.org/multipage/comms.html#messageevent */
export class MessageEvent extends Event {
  #init;

  constructor(type, eventInitDict = undefined) {
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

  /** https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-initmessageevent */
  initMessageEvent(type, bubbles = false, cancelable = false, data = null, origin = "", lastEventId = "", source = null,
    ports = undefined) {
    this.#init; // Brand check.
    webidl.requireArguments("MessageEvent.initMessageEvent", arguments.length, 1);
    const init = convertInit({ __proto__: null, data, origin, lastEventId, source, ports }, "MessageEvent.initMessageEvent");
    if (eventInternals.isDispatching(this)) return;
    eventInternals.initialize(this, type, bubbles, cancelable);
    ObjectFreeze(init.ports);
    this.#init = init;
  }

  static {
    messageEventInternals = ObjectFreeze({
      /** An event of the platform. */
      create(type, data, origin = "", lastEventId = "", ports = []) {
        const event = new MessageEvent(type);
        event.#init = { __proto__: null, data, origin, lastEventId, source: null, ports: ObjectFreeze(ports) };
        return event;
      },
    });
  }
}

webidl.configureInterface("MessageEvent", MessageEvent);
