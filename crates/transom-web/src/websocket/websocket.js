// @ts-check
// WebSocket, the client. Native half: mod.rs of this folder.
// Spec: https://websockets.spec.whatwg.org/#the-websocket-interface

import { blobInternals } from "transom:internal/blob/blob";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { defineEventHandler, EventTarget, eventTargetInternals } from "transom:internal/events/event_target";
import { messageEventInternals } from "transom:internal/messaging/message_event";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { URL } from "transom:internal/url/url";
import * as webidl from "transom:internal/webidl/webidl";
import { CloseEvent } from "transom:internal/websocket/close_event";

const {
  PromisePrototypeThen, RegExpPrototypeExec, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeToLowerCase, SymbolIterator,
  TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength,
} = primordials;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** https://www.rfc-editor.org/rfc/rfc6455#section-4.1, item 10 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MAX_REASON_BYTES = 123;
/** The connection was lost, or never was. */
const ABNORMAL = 1006;

const convertBinaryType = webidl.enumeration("BinaryType", ["blob", "arraybuffer"]);
const convertProtocols = webidl.sequence(webidl.DOMString);
const clamped = { __proto__: null, clamp: true };

const syntaxError = (message) => new DOMException(message, "SyntaxError");

/** https://websockets.spec.whatwg.org/#websocket */
export class WebSocket extends EventTarget {
  #handle = ops.websocket_open();
  #url;
  #readyState = CONNECTING;
  #bufferedAmount = 0;
  #protocol = "";
  #extensions = "";
  #binaryType = "blob";

  /** https://websockets.spec.whatwg.org/#dom-websocket-websocket */
  constructor(url, protocols = []) {
    webidl.requireArguments("WebSocket constructor", arguments.length, 1);
    url = webidl.USVString(url, "WebSocket constructor: argument 1");
    const list = webidl.isObject(protocols) && protocols[SymbolIterator] !== undefined
      ? convertProtocols(protocols, "WebSocket constructor: argument 2")
      : [webidl.DOMString(protocols, "WebSocket constructor: argument 2")];
    const record = addressOf(url);
    checkProtocols(list);
    super();
    this.#url = record.href;
    this.#connect(list);
  }

  /** https://websockets.spec.whatwg.org/#dom-websocket-url */
  get url() {
    return this.#url;
  }

  /** https://websockets.spec.whatwg.org/#dom-websocket-readystate */
  get readyState() {
    return this.#readyState;
  }

  /** https://websockets.spec.whatwg.org/#dom-websocket-bufferedamount */
  get bufferedAmount() {
    return this.#bufferedAmount;
  }

  /** https://websockets.spec.whatwg.org/#dom-websocket-extensions */
  get extensions() {
    return this.#extensions;
  }

  /** https://websockets.spec.whatwg.org/#dom-websocket-protocol */
  get protocol() {
    return this.#protocol;
  }

  /** https://websockets.spec.whatwg.org/#dom-websocket-binarytype */
  get binaryType() {
    return this.#binaryType;
  }

  set binaryType(value) {
    this.#handle; // Brand check.
    const string = `${value}`;
    // An attribute of an enumeration ignores what is not in it.
    if (string === "blob" || string === "arraybuffer") this.#binaryType = convertBinaryType(string);
  }

  /** https://websockets.spec.whatwg.org/#dom-websocket-close */
  close(code = undefined, reason = undefined) {
    this.#handle; // Brand check.
    if (code !== undefined) code = webidl.unsignedShort(code, "WebSocket.close: argument 1", clamped);
    if (reason !== undefined) reason = webidl.USVString(reason, "WebSocket.close: argument 2");
    if (code !== undefined && code !== 1000 && (code < 3000 || code > 4999)) {
      throw new DOMException(`The close code ${code} is neither 1000 nor between 3000 and 4999`, "InvalidAccessError");
    }
    if (reason !== undefined && TypedArrayPrototypeGetByteLength(ops.utf8_encode(reason)) > MAX_REASON_BYTES) {
      throw syntaxError(`The reason has more than ${MAX_REASON_BYTES} bytes`);
    }
    if (this.#readyState === CLOSING || this.#readyState === CLOSED) return;
    const wasConnecting = this.#readyState === CONNECTING;
    this.#readyState = CLOSING;
    if (wasConnecting) {
      ops.websocket_give_up(this.#handle); // The handshake fails, and the rest follows from that.
      return;
    }
    const withReason = reason !== undefined && reason !== "";
    ignore(ops.websocket_close(this.#handle, code ?? (withReason ? 1000 : undefined), reason ?? ""));
  }

  /** https://websockets.spec.whatwg.org/#dom-websocket-send */
  send(data) {
    this.#handle; // Brand check.
    webidl.requireArguments("WebSocket.send", arguments.length, 1);
    if (blobInternals.isBlob(data)) {
      this.#checkConnected();
      // The bytes of a Blob take their time; what is sent later waits for them.
      this.#enqueue(undefined, undefined, blobInternals.bytes(data), blobInternals.size(data));
      return;
    }
    if (webidl.isBufferSource(data)) {
      this.#checkConnected();
      const bytes = webidl.copyBufferSource(webidl.BufferSource(data, "WebSocket.send: argument 1"));
      this.#enqueue(undefined, bytes, null, TypedArrayPrototypeGetByteLength(bytes));
      return;
    }
    const text = webidl.USVString(data, "WebSocket.send: argument 1");
    this.#checkConnected();
    this.#enqueue(text, undefined, null, TypedArrayPrototypeGetByteLength(ops.utf8_encode(text)));
  }

  #checkConnected() {
    if (this.#readyState === CONNECTING) throw new DOMException("The socket is not connected yet", "InvalidStateError");
  }

  /** The last message that waits for a Blob's bytes, or null. */
  #waiting = null;

  /** Sends a text, bytes, or bytes of a Blob that are still to come. */
  #enqueue(text, bytes, blob, size) {
    this.#bufferedAmount += size;
    if (this.#readyState !== OPEN) return; // What is sent now only counts as buffered.
    if (this.#waiting === null && blob === null) {
      ignore(this.#deliver(text, bytes, size));
      return;
    }
    const deliver = async (previous) => {
      await previous;
      await this.#deliver(text, blob === null ? bytes : await blob, size);
    };
    const waiting = deliver(this.#waiting);
    this.#waiting = waiting;
    const done = () => {
      if (this.#waiting === waiting) this.#waiting = null;
    };
    PromisePrototypeThen(waiting, done, done);
  }

  async #deliver(text, bytes, size) {
    await ops.websocket_send(this.#handle, text, bytes);
    this.#bufferedAmount -= size;
  }

  async #connect(protocols) {
    let chosen;
    try {
      chosen = await ops.websocket_connect(this.#handle, this.#url, protocols);
    } catch {
      this.#fail();
      return;
    }
    if (this.#readyState !== CONNECTING) {
      ops.websocket_give_up(this.#handle);
      this.#fail();
      return;
    }
    this.#readyState = OPEN;
    this.#protocol = chosen[0];
    this.#extensions = chosen[1];
    eventTargetInternals.fire(this, "open");
    await this.#receive();
  }

  async #receive() {
    for (;;) {
      let message;
      try {
        message = await ops.websocket_receive(this.#handle);
      } catch {
        this.#fail();
        return;
      }
      const { 0: kind, 1: text, 2: bytes, 3: code, 4: reason } = message;
      if (kind === "close") {
        this.#end(true, code, reason);
        return;
      }
      if (this.#readyState !== OPEN) continue;
      const data = kind === "text" ? text : this.#binaryData(bytes);
      const { origin } = new URL(this.#url);
      eventTargetInternals.dispatch(this, messageEventInternals.create("message", data, origin));
    }
  }

  #binaryData(bytes) {
    if (this.#binaryType === "blob") return blobInternals.createFromBytes(bytes, "");
    return TypedArrayPrototypeGetBuffer(webidl.copyBufferSource(bytes));
  }

  /** https://websockets.spec.whatwg.org/#fail-the-websocket-connection */
  #fail() {
    this.#readyState = CLOSED;
    eventTargetInternals.fire(this, "error");
    this.#end(false, ABNORMAL, "");
  }

  #end(wasClean, code, reason) {
    this.#readyState = CLOSED;
    ops.websocket_give_up(this.#handle);
    eventTargetInternals.dispatch(this, new CloseEvent("close", { wasClean, code, reason }));
  }
}

/** https://websockets.spec.whatwg.org/#get-a-url-record */
function addressOf(text) {
  const record = URL.parse(text);
  if (record === null) throw syntaxError(`\`${text}\` is not an absolute URL`);
  if (record.protocol === "http:") record.protocol = "ws:";
  else if (record.protocol === "https:") record.protocol = "wss:";
  if (record.protocol !== "ws:" && record.protocol !== "wss:") {
    throw syntaxError(`\`${StringPrototypeSlice(record.protocol, 0, -1)}\` is not a scheme of WebSockets`);
  }
  if (StringPrototypeIndexOf(record.href, "#") >= 0) throw syntaxError(`\`${text}\` has a fragment`);
  return record;
}

function checkProtocols(protocols) {
  const seen = { __proto__: null };
  for (let i = 0; i < protocols.length; i++) {
    const protocol = protocols[i];
    const lower = StringPrototypeToLowerCase(protocol);
    if (RegExpPrototypeExec(TOKEN, protocol) === null) throw syntaxError(`\`${protocol}\` is not a name of a protocol`);
    if (seen[lower] === true) throw syntaxError(`The protocol \`${protocol}\` is given twice`);
    seen[lower] = true;
  }
}

/** What fails here is told by the end of the connection. */
function ignore(promise) {
  PromisePrototypeThen(promise, undefined, () => {});
}

defineEventHandler(WebSocket, "open");
defineEventHandler(WebSocket, "error");
defineEventHandler(WebSocket, "close");
defineEventHandler(WebSocket, "message");
webidl.configureInterface("WebSocket", WebSocket, { CONNECTING, OPEN, CLOSING, CLOSED });
