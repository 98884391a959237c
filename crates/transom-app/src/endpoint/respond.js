// @ts-check
// Writing a Response: head, then the body in one piece or as a stream.
// Spec: astro-endpoints.md sections 2.5 to 2.7.
//
// Bodies that are there already go out with the head in one call. The server adds framing, date and connection
// headers; nothing else is added here.

import { PROBLEM_HEADERS, problemText } from "transom:internal/app/problem";
import { BYTES, EMPTY, TEXT } from "transom:internal/fetch/body_state";
import { responseInternals } from "transom:internal/fetch/response";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { PromisePrototypeThen, TypeError, unlink } = primordials;

/** What the client reads when a body breaks off. */
const CUT_OFF_TEXT = "Internal server error";
const LAST_RESORT_TEXT = "Internal Server Error";
const NO_HEADERS = [];
const TEXT_HEADERS = ["content-type", "text/plain;charset=UTF-8"];

/** Whether the body can go out with the head: none, a string or bytes, not read before, under a real status. */
export function isAtHand(response) {
  const { status, stream, used, kind } = responseInternals.state(response);
  return status !== 0 && stream === null && !used && (kind === TEXT || kind === BYTES || kind === EMPTY);
}

/**
 * Sends a response whose body is at hand, and says whether it did.
 * @param {number} id of the request, whose method is not HEAD
 * @param {Response} response
 */
export function respondAtOnce(id, response) {
  if (!isAtHand(response)) return false;
  const state = responseInternals.state(response);
  const { status, statusText, value } = state;
  if (state.kind !== EMPTY) state.used = true;
  ops.respond(id, status, statusText === "" ? null : statusText, responseInternals.headerPairs(response), value);
  return true;
}

/**
 * Sends `response`. Its `Set-Cookie` values are in its headers by now.
 * @param {import("./request_state.js").Arrival} arrival
 * @param {Response} response
 * @param {string} pattern of the route, for messages
 * @param {{ jsonErrors: boolean }} compat
 */
export function respond(arrival, response, pattern, compat) {
  const isHead = arrival.method === "HEAD";
  if (!isHead && respondAtOnce(arrival.id, response)) return;
  const state = responseInternals.state(response);
  const { status } = state;
  if (status === 0) return respondLastResort(arrival, compat);
  const reason = state.statusText === "" ? null : state.statusText;
  const pairs = responseInternals.headerPairs(response);
  if (isHead) return ops.respond(arrival.id, status, reason, pairs, null);
  if (responseInternals.bodyKind(response) === "bytes" && !state.used) {
    const bytes = responseInternals.bodyValue(response); // Of a Blob in memory.
    state.used = true;
    return ops.respond(arrival.id, status, reason, pairs, bytes);
  }
  sendStream(arrival, response, reason, pattern);
}

/** A whole response of the platform's own, without a Response object. */
export function respondText(id, method, status, text) {
  ops.respond(id, status, null, TEXT_HEADERS, method === "HEAD" ? null : text);
}

/** The answer when not even an error page can be made: section 2.4, "the adapter's last resort". */
export function respondLastResort(arrival, compat) {
  const [headers, text] = compat.jsonErrors ? [PROBLEM_HEADERS, problemText(500)] : [NO_HEADERS, LAST_RESORT_TEXT];
  ops.respond(arrival.id, 500, null, headers, arrival.method === "HEAD" ? null : text);
}

/** The head goes out and the body breaks off: somebody has read the body before. */
function sendUnusable(arrival, status, reason, pairs, pattern) {
  ops.respond_stream(arrival.id, status, reason, pairs);
  new Sink(arrival, pattern).abort(new TypeError("The body of the response has already been read"));
}

function sendStream(arrival, response, reason, pattern) {
  const pairs = responseInternals.headerPairs(response);
  const status = responseInternals.status(response);
  if (responseInternals.isUnusable(response)) return sendUnusable(arrival, status, reason, pairs, pattern);
  const sink = new Sink(arrival, pattern);
  ops.respond_stream(arrival.id, status, reason, pairs);
  const stop = responseInternals.pumpBody(response, sink);
  if (sink.ended) return;
  arrival.connection.whileSending(() => {
    sink.abandon(); // First: cancelling ends the stream, which is not the end of the answer.
    stop(new TypeError("The client has gone away"));
  });
}

/** Where the chunks of a body go. */
class Sink {
  constructor(arrival, pattern) {
    this.arrival = arrival;
    this.pattern = pattern;
    this.ended = false;
  }

  /** Null to go on, or a promise to wait for; it fulfils with false when the client is gone. */
  write(chunk) {
    if (typeof chunk === "string") return chunk === "" ? null : ops.respond_write(this.arrival.id, chunk);
    if (!webidl.isArrayBufferView(chunk)) throw new TypeError("A body's stream may have chunks of bytes and strings only");
    const bytes = webidl.isUint8Array(chunk) ? chunk : webidl.bytesOf(chunk);
    return webidl.viewByteLength(bytes) === 0 ? null : ops.respond_write(this.arrival.id, bytes);
  }

  close() {
    if (this.ended) return;
    this.end();
    ops.respond_end(this.arrival.id);
  }

  abort(error) {
    if (this.ended) return;
    this.end();
    const { connection_, id, method } = this.arrival;
    if (connection_ !== null && connection_.isGone) return ops.respond_abort(id);
    ops.request_failed(id, error, this.pattern, method);
    const waiting = ops.respond_write(id, CUT_OFF_TEXT);
    if (waiting === null) return ops.respond_abort(id);
    const abort = () => ops.respond_abort(id);
    PromisePrototypeThen(waiting, abort, abort);
  }

  /** Nobody reads any more. */
  abandon() {
    if (this.ended) return;
    this.end();
    ops.respond_abort(this.arrival.id);
  }

  end() {
    this.ended = true;
    const { connection_ } = this.arrival;
    if (connection_ !== null) connection_.whenSent();
  }
}
unlink(Sink);
