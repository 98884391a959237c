// @ts-check
// MessageChannel and MessagePort.
// Spec: https://html.spec.whatwg.org/multipage/web-messaging.html#message-channels
//
// Both ports are of one realm, since a worker has one. What a port is, its queue and its other side, is an object of
// its own: a transfer gives it to a new MessagePort.

import { defineEventHandler, EventTarget, eventTargetInternals } from "transom:internal/events/event_target";
import { messageEventInternals } from "transom:internal/messaging/message_event";
import { primordials } from "transom:internal/primordials";
import { startTimer } from "transom:internal/scheduling/timers";
import { Queue } from "transom:internal/streams/queue";
import { deserialize } from "transom:internal/structured_clone/deserialize";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { serializeWithTransfer, setPortHooks } from "transom:internal/structured_clone/structured_clone";
import * as webidl from "transom:internal/webidl/webidl";

const { ObjectDefineProperty, ReflectApply, ReflectGetOwnPropertyDescriptor, SymbolIterator, unlink } = primordials;

const convertTransfer = webidl.sequence(webidl.object);

/** The second argument of postMessage: a sequence of objects, or StructuredSerializeOptions. */
export function transferOf(options, context) {
  if (options === undefined || options === null) return [];
  webidl.object(options, context);
  const list = options[SymbolIterator] !== undefined ? options : options.transfer;
  return list === undefined ? [] : convertTransfer(list, `${context}: transfer`);
}

/** One end of a channel: https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports */
class End {
  constructor() {
    /** @type {End | null} */
    this.other = null;
    this.port = null;
    this.queue = new Queue();
    this.isEnabled = false;
    this.isScheduled = false;
  }

  /** A message has come, or a reason to look for one. Each is a task. */
  schedule() {
    if (this.isScheduled || !this.isEnabled || this.queue.length === 0) return;
    this.isScheduled = true;
    startTimer(0, () => this.deliver());
  }

  deliver() {
    this.isScheduled = false;
    if (!this.isEnabled || this.port === null || this.queue.length === 0) return;
    const { serialized, ports } = this.queue.shift();
    this.schedule();
    const event = messageEventInternals.create("message", deserialize(serialized), "", "", ports);
    eventTargetInternals.dispatch(this.port, event);
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#disentangle */
  disentangle() {
    const { other } = this;
    this.other = null;
    if (other === null) return;
    other.other = null;
    startTimer(0, () => {
      if (other.port !== null) eventTargetInternals.fire(other.port, "close");
    });
  }
}
unlink(End);

let endOf;
let isPort;
let moveEnd;

/** https://html.spec.whatwg.org/multipage/web-messaging.html#messageport */
export class MessagePort extends EventTarget {
  /** Null once the port is closed or was transferred. */
  #end;
  #isDetached = false;

  constructor(key = undefined, end = undefined) {
    webidl.requireInternal(key);
    super();
    this.#end = end;
    end.port = this;
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-postmessage */
  postMessage(message, options = undefined) {
    const end = this.#end;
    webidl.requireArguments("MessagePort.postMessage", arguments.length, 1);
    const transfer = transferOf(options, "MessagePort.postMessage: argument 2");
    for (let i = 0; i < transfer.length; i++) {
      if (transfer[i] === this) throw new DOMException("A port cannot be sent through itself", "DataCloneError");
    }
    const sent = serializeWithTransfer(message, transfer);
    const other = end === null ? null : end.other;
    if (other === null) return;
    // A port that is sent to its own other side is lost: https://html.spec.whatwg.org/#message-port-post-message-steps
    for (let i = 0; i < sent.ports.length; i++) if (endOf(sent.ports[i]) === other) return;
    other.queue.push(sent);
    other.schedule();
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-start */
  start() {
    const end = this.#end;
    if (end === null || end.isEnabled) return;
    end.isEnabled = true;
    end.schedule();
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-close */
  close() {
    const end = this.#end;
    this.#isDetached = true;
    if (end === null) return;
    this.#end = null;
    end.port = null;
    end.disentangle();
  }

  static {
    endOf = (port) => port.#end;
    isPort = (value) => typeof value === "object" && value !== null && #isDetached in value;
    moveEnd = (port) => {
      const end = port.#end;
      port.#end = null;
      port.#isDetached = true;
      end.isEnabled = false;
      return new MessagePort(webidl.internalKey, end);
    };
    setPortHooks({ is: isPort, isDetached: (port) => port.#isDetached, move: moveEnd });
  }
}

defineEventHandler(MessagePort, "message");
defineEventHandler(MessagePort, "messageerror");
defineEventHandler(MessagePort, "close");
webidl.configureInterface("MessagePort", MessagePort);

// The first time a port's `onmessage` is set, it is started: https://html.spec.whatwg.org/#handler-messageport-onmessage
const { get, set } = ReflectGetOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
const starting = ReflectGetOwnPropertyDescriptor(
  {
    set onmessage(value) {
      ReflectApply(set, this, [value]);
      ReflectApply(start, this, []);
    },
  },
  "onmessage",
).set;
const { start } = MessagePort.prototype;
ObjectDefineProperty(MessagePort.prototype, "onmessage", {
  __proto__: null, get, set: starting, enumerable: true, configurable: true,
});

/** https://html.spec.whatwg.org/multipage/web-messaging.html#messagechannel */
export class MessageChannel {
  #port1;
  #port2;

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messagechannel */
  constructor() {
    const ends = [new End(), new End()];
    ends[0].other = ends[1];
    ends[1].other = ends[0];
    this.#port1 = new MessagePort(webidl.internalKey, ends[0]);
    this.#port2 = new MessagePort(webidl.internalKey, ends[1]);
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messagechannel-port1 */
  get port1() {
    return this.#port1;
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messagechannel-port2 */
  get port2() {
    return this.#port2;
  }
}

webidl.configureInterface("MessageChannel", MessageChannel);
