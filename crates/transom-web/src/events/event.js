// @ts-check
// Event.
// Spec: https://dom.spec.whatwg.org/#interface-event
//
// There is no tree here: an event has one target and its path is that target alone. Dispatch is in event_target.js
// and reaches the flags through `eventInternals`.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ObjectDefineProperty, ObjectFreeze, ReflectGetOwnPropertyDescriptor } = primordials;

const convertInit = webidl.dictionary("EventInit", [
  { key: "bubbles", convert: webidl.boolean, default: false },
  { key: "cancelable", convert: webidl.boolean, default: false },
  { key: "composed", convert: webidl.boolean, default: false },
]);
export { convertInit as convertEventInit };

const NONE = 0;
const AT_TARGET = 2;

let isTrustedDescriptor;

/**
 * What dispatch needs of an event.
 * @type {Record<string, Function>}
 */
export let eventInternals;

/** https://dom.spec.whatwg.org/#event */
export class Event {
  #type = "";
  #bubbles = false;
  #cancelable = false;
  #composed = false;
  #target = null;
  #currentTarget = null;
  #dispatching = false;
  #initialized = true;
  #stopPropagation = false;
  #stopImmediate = false;
  #canceled = false;
  #inPassiveListener = false;
  #trusted = false;
  #timeStamp = 0;

  /** https://dom.spec.whatwg.org/#dom-event-event */
  constructor(type, eventInitDict = undefined) {
    // [LegacyUnforgeable]: an own accessor that cannot be replaced.
    ObjectDefineProperty(this, "isTrusted", isTrustedDescriptor);
    if (type === webidl.internalKey) {
      this.#type = eventInitDict;
      this.#trusted = true;
      this.#timeStamp = ops.performance_now();
      return;
    }
    webidl.requireArguments("Event constructor", arguments.length, 1);
    this.#type = webidl.DOMString(type, "Event constructor: argument 1");
    const init = convertInit(eventInitDict, "Event constructor: argument 2");
    this.#bubbles = init.bubbles;
    this.#cancelable = init.cancelable;
    this.#composed = init.composed;
    this.#timeStamp = ops.performance_now();
  }

  /** https://dom.spec.whatwg.org/#dom-event-type */
  get type() {
    return this.#type;
  }

  /** https://dom.spec.whatwg.org/#dom-event-target */
  get target() {
    return this.#target;
  }

  /** https://dom.spec.whatwg.org/#dom-event-srcelement */
  get srcElement() {
    return this.#target;
  }

  /** https://dom.spec.whatwg.org/#dom-event-currenttarget */
  get currentTarget() {
    return this.#currentTarget;
  }

  /** https://dom.spec.whatwg.org/#dom-event-composedpath */
  composedPath() {
    return this.#currentTarget === null ? [] : [this.#currentTarget];
  }

  /** https://dom.spec.whatwg.org/#dom-event-eventphase */
  get eventPhase() {
    return this.#currentTarget === null ? NONE : AT_TARGET;
  }

  /** https://dom.spec.whatwg.org/#dom-event-stoppropagation */
  stopPropagation() {
    this.#stopPropagation = true;
  }

  /** https://dom.spec.whatwg.org/#dom-event-cancelbubble */
  get cancelBubble() {
    return this.#stopPropagation;
  }

  set cancelBubble(value) {
    if (webidl.boolean(value)) this.#stopPropagation = true;
    else this.#stopPropagation; // Brand check.
  }

  /** https://dom.spec.whatwg.org/#dom-event-stopimmediatepropagation */
  stopImmediatePropagation() {
    this.#stopPropagation = true;
    this.#stopImmediate = true;
  }

  /** https://dom.spec.whatwg.org/#dom-event-bubbles */
  get bubbles() {
    return this.#bubbles;
  }

  /** https://dom.spec.whatwg.org/#dom-event-cancelable */
  get cancelable() {
    return this.#cancelable;
  }

  /** https://dom.spec.whatwg.org/#dom-event-returnvalue */
  get returnValue() {
    return !this.#canceled;
  }

  set returnValue(value) {
    if (!webidl.boolean(value)) this.#cancel();
    else this.#canceled; // Brand check.
  }

  /** https://dom.spec.whatwg.org/#dom-event-preventdefault */
  preventDefault() {
    this.#cancel();
  }

  /** https://dom.spec.whatwg.org/#dom-event-defaultprevented */
  get defaultPrevented() {
    return this.#canceled;
  }

  /** https://dom.spec.whatwg.org/#dom-event-composed */
  get composed() {
    return this.#composed;
  }

  /** https://dom.spec.whatwg.org/#dom-event-timestamp */
  get timeStamp() {
    return this.#timeStamp;
  }

  /** https://dom.spec.whatwg.org/#dom-event-initevent */
  initEvent(type, bubbles = false, cancelable = false) {
    this.#dispatching; // Brand check first, as for every operation.
    webidl.requireArguments("Event.initEvent", arguments.length, 1);
    type = webidl.DOMString(type, "Event.initEvent: argument 1");
    if (this.#dispatching) return;
    this.#initialize(type, webidl.boolean(bubbles), webidl.boolean(cancelable));
  }

  /** https://dom.spec.whatwg.org/#concept-event-initialize */
  #initialize(type, bubbles, cancelable) {
    this.#initialized = true;
    this.#stopPropagation = false;
    this.#stopImmediate = false;
    this.#canceled = false;
    this.#trusted = false;
    this.#target = null;
    this.#type = type;
    this.#bubbles = bubbles;
    this.#cancelable = cancelable;
  }

  /** https://dom.spec.whatwg.org/#set-the-canceled-flag */
  #cancel() {
    if (this.#cancelable && !this.#inPassiveListener) this.#canceled = true;
  }

  static {
    const { get } = ReflectGetOwnPropertyDescriptor(
      {
        get isTrusted() {
          return this.#trusted;
        },
      },
      "isTrusted",
    );
    isTrustedDescriptor = { __proto__: null, get, set: undefined, enumerable: true, configurable: false };
    eventInternals = ObjectFreeze({
      isEvent: (value) => typeof value === "object" && value !== null && #trusted in value,
      isDispatching: (event) => event.#dispatching || !event.#initialized,
      /** Starts a dispatch at `target`. */
      begin(event, target, trusted) {
        event.#trusted = trusted;
        event.#dispatching = true;
        event.#target = target;
        event.#currentTarget = target;
      },
      /** Ends a dispatch; returns whether the event was not canceled. */
      end(event) {
        event.#dispatching = false;
        event.#currentTarget = null;
        event.#stopPropagation = false;
        event.#stopImmediate = false;
        return !event.#canceled;
      },
      propagationStopped: (event) => event.#stopPropagation,
      immediateStopped: (event) => event.#stopImmediate,
      setInPassiveListener(event, value) {
        event.#inPassiveListener = value;
      },
      cancel: (event) => event.#cancel(),
      type: (event) => event.#type,
      initialize(event, type, bubbles, cancelable) {
        event.#initialize(webidl.DOMString(type), webidl.boolean(bubbles), webidl.boolean(cancelable));
      },
    });
  }
}

webidl.configureInterface("Event", Event, { NONE, CAPTURING_PHASE: 1, AT_TARGET, BUBBLING_PHASE: 3 });
