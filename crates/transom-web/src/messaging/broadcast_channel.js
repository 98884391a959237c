// @ts-check
// BroadcastChannel.
// Spec: https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts
//
// A message reaches the channels of its name in the whole process. Those of the same realm get it from here, those of
// other threads through the native half, mod.rs. What cannot leave its thread, such as the file behind an upload, is
// a `messageerror` there.

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { defineEventHandler, EventTarget, eventTargetInternals } from "transom:internal/events/event_target";
import { MessageEvent, messageEventInternals } from "transom:internal/messaging/message_event";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { startTimer } from "transom:internal/scheduling/timers";
import { deserialize } from "transom:internal/structured_clone/deserialize";
import { serializeWithTransfer } from "transom:internal/structured_clone/structured_clone";
import * as webidl from "transom:internal/webidl/webidl";

const { Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeGetSize, MapPrototypeSet } = primordials;

const wire = lazy("transom:internal/structured_clone/wire");

/** The open channels of each name, in the order of their creation. */
const open = new Map();

/** The number of this realm among those that have channels; null while it has none. */
let member = null;

function join(name) {
  if (member === null) {
    member = ops.broadcast_open();
    receiveAll(member);
  }
  ops.broadcast_listen(member, name);
}

function leave(name) {
  ops.broadcast_ignore(member, name);
  if (MapPrototypeGetSize(open) > 0) return;
  ops.broadcast_close(member);
  member = null;
}

/** Takes what other threads send until the realm has no channels. */
async function receiveAll(number) {
  for (;;) {
    const message = await ops.broadcast_receive(number);
    if (message === null || number !== member) return;
    const { 0: name, 1: text, 2: parts } = message;
    const channels = MapPrototypeGet(open, name);
    if (channels === undefined) continue;
    for (let i = 0; i < channels.length; i++) receive(channels[i], text, parts);
  }
}

/** The text is empty when the value could not leave its thread. */
function receive(channel, text, parts) {
  const copies = [];
  for (let i = 0; i < parts.length; i++) copies[i] = webidl.copyBufferSource(parts[i]);
  deliver(channel, () => {
    if (text === "") throw new DOMException("The value cannot leave its thread", "DataCloneError");
    return deserialize(wire().decode(text, copies));
  });
}

/** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-postmessage, step 9. */
function deliver(channel, makeData) {
  startTimer(0, () => {
    if (isClosed(channel)) return;
    let event;
    try {
      event = messageEventInternals.create("message", makeData());
    } catch {
      event = new MessageEvent("messageerror");
    }
    eventTargetInternals.dispatch(channel, event);
  });
}

let isClosed;

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
    if (others !== undefined) {
      others[others.length] = this;
      return;
    }
    MapPrototypeSet(open, name, [this]);
    join(name);
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
    const isHeard = ops.broadcast_heard(member, name);
    if (isHeard || receivers.length === 0) {
      // What cannot be cloned is refused also when nobody listens.
      const { serialized } = serializeWithTransfer(message, []);
      if (isHeard) {
        const encoded = wire().encode(serialized);
        ops.broadcast_post(member, name, encoded === null ? "" : encoded.text, encoded === null ? [] : encoded.parts);
      }
    }
    for (let i = 0; i < receivers.length; i++) {
      const { 0: channel, 1: serialized } = receivers[i];
      deliver(channel, () => deserialize(serialized));
    }
  }

  /** https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-close */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const others = MapPrototypeGet(open, this.#name);
    const rest = [];
    for (let i = 0; i < others.length; i++) if (others[i] !== this) rest[rest.length] = others[i];
    if (rest.length > 0) {
      MapPrototypeSet(open, this.#name, rest);
      return;
    }
    MapPrototypeDelete(open, this.#name);
    leave(this.#name);
  }

  static {
    isClosed = (channel) => channel.#isClosed;
  }
}

defineEventHandler(BroadcastChannel, "message");
defineEventHandler(BroadcastChannel, "messageerror");
webidl.configureInterface("BroadcastChannel", BroadcastChannel);
