// @ts-check
// Reads the responses of one connection: heads in Rust, the framing of bodies here (RFC 9112, sections 6 and 7).

import { Buffer } from "node:buffer";
import { ops } from "transom:internal/ops";

const HEAD = 0;
const LENGTH = 1;
const CHUNK_SIZE = 2;
const CHUNK = 3;
const CHUNK_END = 4;
const TRAILERS = 5;
const UNTIL_CLOSE = 6;
const DONE = 7;

const empty = Buffer.alloc(0);
const problem = (code, reason) => Object.assign(new Error(`Parse Error: ${reason}`), { code, reason });

/** Calls `onHead(head)`, which tells whether there is a body, `onBody(bytes)`, and `onEnd(trailers)`. */
export class ResponseReader {
  #state = HEAD;
  #held = empty;
  #left = 0;
  #trailers = [];
  #handlers;
  #maxHeaderSize;

  constructor(handlers, maxHeaderSize = 16384) {
    this.#handlers = handlers;
    this.#maxHeaderSize = maxHeaderSize;
  }

  /** What came and has not been read. */
  takeRest() {
    const rest = this.#held;
    this.#held = empty;
    return rest;
  }

  get isDone() {
    return this.#state === DONE;
  }

  /** Takes the next bytes of the connection. */
  push(chunk) {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (this.#step());
  }

  /** The connection has ended. Returns whether that was to be expected. */
  end() {
    if (this.#state === UNTIL_CLOSE) {
      this.#finish();
      return true;
    }
    return this.#state === DONE;
  }

  #take(length) {
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return bytes;
  }

  #line() {
    const at = this.#held.indexOf(10);
    if (at < 0) {
      if (this.#held.length > this.#maxHeaderSize) throw problem("HPE_HEADER_OVERFLOW", "Header overflow");
      return null;
    }
    return this.#take(at + 1).toString("latin1").replace(/\r?\n$/, "");
  }

  #finish() {
    this.#state = DONE;
    this.#handlers.onEnd(this.#trailers);
  }

  /** Goes one step further; false when more bytes are needed, or nothing is wanted any more. */
  #step() {
    switch (this.#state) {
      case HEAD:
        return this.#head();
      case LENGTH:
      case CHUNK: {
        if (this.#held.length === 0) return false;
        const bytes = this.#take(Math.min(this.#left, this.#held.length));
        this.#left -= bytes.length;
        this.#handlers.onBody(bytes);
        if (this.#left > 0) return false;
        if (this.#state === LENGTH) this.#finish();
        else this.#state = CHUNK_END;
        return this.#state !== DONE;
      }
      case CHUNK_SIZE: {
        const line = this.#line();
        if (line === null) return false;
        const match = /^([0-9a-fA-F]{1,13})[ \t]*(?:;.*)?$/.exec(line);
        if (match === null) throw problem("HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size");
        this.#left = parseInt(match[1], 16);
        this.#state = this.#left === 0 ? TRAILERS : CHUNK;
        return true;
      }
      case CHUNK_END: {
        const line = this.#line();
        if (line === null) return false;
        if (line !== "") throw problem("HPE_STRICT", "Expected LF after chunk data");
        this.#state = CHUNK_SIZE;
        return true;
      }
      case TRAILERS: {
        const line = this.#line();
        if (line === null) return false;
        if (line === "") {
          this.#finish();
          return false;
        }
        const at = line.indexOf(":");
        if (at <= 0) throw problem("HPE_INVALID_HEADER_TOKEN", "Invalid header token");
        this.#trailers.push(line.slice(0, at), line.slice(at + 1).trim());
        return true;
      }
      case UNTIL_CLOSE:
        if (this.#held.length > 0) this.#handlers.onBody(this.#take(this.#held.length));
        return false;
      default:
        return false;
    }
  }

  #head() {
    if (this.#held.length === 0) return false;
    const found = ops.http_parse_head(this.#held);
    if (found === null || found[0] > this.#maxHeaderSize) {
      if (this.#held.length > this.#maxHeaderSize) throw problem("HPE_HEADER_OVERFLOW", "Header overflow");
      return false;
    }
    const { 0: length, 1: minor, 2: status, 3: reason, 4: rawHeaders } = found;
    this.#take(length);
    const framing = framingOf(rawHeaders);
    const head = { minor, status, reason, rawHeaders, ...framing };
    // Of the answer: "none" has no body whatever the head says, "stop" ends the reading of HTTP here.
    const answer = this.#handlers.onHead(head);
    if (answer === "stop") {
      this.#state = DONE;
      return false;
    }
    if (answer === "again") return true; // An interim response.
    if (answer === "none") this.#finish();
    else if (framing.chunked) this.#state = CHUNK_SIZE;
    else if (framing.length === 0) this.#finish();
    else if (framing.length !== null) {
      this.#left = framing.length;
      this.#state = LENGTH;
    } else {
      this.#state = UNTIL_CLOSE;
    }
    return this.#state !== DONE;
  }
}

/** How the end of a body is known, and whether the connection goes on behind it. */
function framingOf(raw) {
  let chunked = false;
  let length = null;
  let connection = "";
  let keepAlive = "";
  for (let i = 0; i < raw.length; i += 2) {
    const { 0: name, 1: value } = [raw[i].toLowerCase(), raw[i + 1]];
    if (name === "transfer-encoding") chunked = /(?:^|,)\s*chunked\s*$/i.test(value);
    else if (name === "content-length") {
      if (!/^\d+$/.test(value) || (length !== null && length !== Number(value))) throw problem("HPE_UNEXPECTED_CONTENT_LENGTH", "Content-Length can't be present with this value");
      length = Number(value);
    } else if (name === "connection") connection += `,${value.toLowerCase()}`;
    else if (name === "keep-alive") keepAlive = value;
  }
  return { chunked, length, connection, keepAlive };
}
