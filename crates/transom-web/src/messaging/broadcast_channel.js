// @ts-check
// BroadcastChannel.
// Spec: https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts
//
// Deviation: a message reaches the channels of its own worker thread, not those of the other threads of the process.

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { defineEventHandler, EventTarget, eventTargetInternals } from "transom:internal/events/event_target";
import { MessageEvent } from "transom:internal/messaging/message_event";
import { primordials } from "transom:internal/primordials";
import { startTimer } from "transom:internal/scheduling/timers";
import { deserialize } from "transom:internal/structured_clone/deserialize";
import { serializeWithTransfer } from "transom:internal/structured_clone/structured_clone";
import * as webidl from "transom:internal/webidl/webidl";

const { Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeSet } = primordials;

/** The open channels of each name, in the order of their creation. */
const open = new Map();

/** https://html.spec.whatwg.org/multipage/web-messaging.html#broadcastchannel */
export class BroadcastChannel extends EventTarget {
  #name;
  #isClosed = false;

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel */
  constructor(name) {
    webidl.requireArguments("BroadcastChannel constructor", arguments.length, 1);
    name = webidl.DOMString(name, "BroadcastChannel constructor: argument 1");
    super();
    this.#name = name;
    const others = MapPrototypeGet(open, name);
    if (others === undefined) MapPrototypeSet(open, name, [this]);
    else others[others.length] = this;
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-name */
  get name() {
    return this.#name;
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-postmessage */
  postMessage(message) {
    const name = this.#name;
    webidl.requireArguments("BroadcastChannel.postMessage", arguments.length, 1);
    if (this.#isClosed) throw new DOMException("The channel is closed", "InvalidStateError");
    // Every channel makes a copy of its own of one serialization.
    const others = MapPrototypeGet(open, name);
    const receivers = [];
    for (let i = 0; i < others.length; i++) {
      if (others[i] === this) continue;
      receivers[receivers.length] = [others[i], serializeWithTransfer(message, []).serialized];
    }
    if (receivers.length === 0) serializeWithTransfer(message, []); // What cannot be cloned is refused all the same.
    for (let i = 0; i < receivers.length; i++) {
      const { 0: channel, 1: serialized } = receivers[i];
      startTimer(0, () => {
        if (channel.#isClosed) return;
        eventTargetInternals.dispatch(channel, new MessageEvent("message", { data: deserialize(serialized) }));
      });
    }
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-close */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const others = MapPrototypeGet(open, this.#name);
    const rest = [];
    for (let i = 0; i < others.length; i++) if (others[i] !== this) rest[rest.length] = others[i];
    if (rest.length === 0) MapPrototypeDelete(open, this.#name);
    else MapPrototypeSet(open, this.#name, rest);
  }
}

defineEventHandler(BroadcastChannel, "message");
defineEventHandler(BroadcastChannel, "messageerror");
webidl.configureInterface("BroadcastChannel", BroadcastChannel);
