// @ts-check
// EventSource: server-sent events over fetch(), with reconnection.
// Spec: https://html.spec.whatwg.org/multipage/server-sent-events.html#the-eventsource-interface

import { AbortController } from "transom:internal/abort/abort_controller";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { EventStreamParser } from "transom:internal/event_source/event_stream";
import { defineEventHandler, EventTarget, eventTargetInternals } from "transom:internal/events/event_target";
import { fetch } from "transom:internal/fetch/fetch";
import { parseMimeType } from "transom:internal/fetch/mime_type";
import { responseInternals } from "transom:internal/fetch/response";
import { messageEventInternals } from "transom:internal/messaging/message_event";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { startTimer } from "transom:internal/scheduling/timers";
import { URL } from "transom:internal/url/url";
import * as webidl from "transom:internal/webidl/webidl";

const { StringFromCharCode, unlink } = primordials;

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

const FIRST_RETRY_MS = 3000;

const convertInit = webidl.dictionary("EventSourceInit", [
  { key: "withCredentials", convert: webidl.boolean, default: false },
]);

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#eventsource */
export class EventSource extends EventTarget {
  #url;
  #withCredentials;
  #readyState = CONNECTING;
  #retryMs = FIRST_RETRY_MS;
  #lastEventId = "";
  #controller = new AbortController();
  #cancelRetry = null;

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource */
  constructor(url, eventSourceInitDict = undefined) {
    webidl.requireArguments("EventSource constructor", arguments.length, 1);
    url = webidl.USVString(url, "EventSource constructor: argument 1");
    const { withCredentials } = convertInit(eventSourceInitDict, "EventSource constructor: argument 2");
    const record = URL.parse(url);
    if (record === null) throw new DOMException(`\`${url}\` is not an absolute URL`, "SyntaxError");
    super();
    this.#url = record.href;
    this.#withCredentials = withCredentials;
    this.#connect();
  }

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-url */
  get url() {
    return this.#url;
  }

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-withcredentials */
  get withCredentials() {
    return this.#withCredentials;
  }

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-readystate */
  get readyState() {
    return this.#readyState;
  }

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-close */
  close() {
    this.#readyState = CLOSED;
    this.#controller.abort();
    if (this.#cancelRetry !== null) this.#cancelRetry();
  }

  async #connect() {
    const headers = { __proto__: null, accept: "text/event-stream", "cache-control": "no-cache" };
    if (this.#lastEventId !== "") headers["last-event-id"] = latin1(this.#lastEventId);
    let response;
    try {
      response = await fetch(this.#url, { __proto__: null, headers, signal: this.#controller.signal });
    } catch {
      this.#reconnect();
      return;
    }
    if (this.#readyState === CLOSED) return;
    const type = response.headers.get("content-type");
    if (response.status !== 200 || type === null || parseMimeType(type)?.essence !== "text/event-stream") {
      this.#fail();
      return;
    }
    this.#readyState = OPEN;
    eventTargetInternals.fire(this, "open");
    if (this.#readyState !== CLOSED) this.#read(response);
  }

  #read(response) {
    const { origin } = new URL(response.url);
    const parser = new EventStreamParser(new Sink({
      event: (type, data, lastEventId) => {
        if (this.#readyState === CLOSED) return;
        eventTargetInternals.dispatch(this, messageEventInternals.create(type, data, origin, lastEventId));
      },
      commit: (lastEventId) => (this.#lastEventId = lastEventId),
      retry: (milliseconds) => (this.#retryMs = milliseconds),
    }), this.#lastEventId);
    if (responseInternals.bodyKind(response) === "empty") {
      this.#reconnect();
      return;
    }
    responseInternals.pumpBody(response, new StreamSink(parser, () => this.#reconnect()));
  }

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection */
  #reconnect() {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CONNECTING;
    eventTargetInternals.fire(this, "error");
    if (this.#readyState === CLOSED) return;
    this.#cancelRetry = startTimer(this.#retryMs, () => this.#connect());
  }

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#fail-the-connection */
  #fail() {
    this.#readyState = CLOSED;
    this.#controller.abort();
    eventTargetInternals.fire(this, "error");
  }
}

/** What the parser finds. */
class Sink {
  constructor({ event, commit, retry }) {
    this.event = event;
    this.commit = commit;
    this.retry = retry;
  }
}
unlink(Sink);

/** Where the body goes. Its end, good or bad, is a reason to connect again. */
class StreamSink {
  constructor(parser, ended) {
    this.parser = parser;
    this.close = ended;
    this.abort = ended;
  }

  write(chunk) {
    this.parser.push(chunk);
  }
}
unlink(StreamSink);

/** The bytes of a text, encoded as UTF-8, as the characters that a header value takes. */
function latin1(text) {
  const bytes = ops.utf8_encode(text);
  let result = "";
  for (let i = 0; i < bytes.length; i++) result += StringFromCharCode(bytes[i]);
  return result;
}

defineEventHandler(EventSource, "open");
defineEventHandler(EventSource, "message");
defineEventHandler(EventSource, "error");
webidl.configureInterface("EventSource", EventSource, { CONNECTING, OPEN, CLOSED });
