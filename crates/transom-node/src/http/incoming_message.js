// @ts-check
// IncomingMessage: a response, read as a stream.
// Reference: https://nodejs.org/docs/latest-v22.x/api/http.html#class-httpincomingmessage

import { finished, Readable } from "node:stream";
import { hangUp } from "transom:internal/node/http/common";
import { nextTick } from "transom:internal/node/process/next_tick";

/** Of these the first one counts; all others are joined. */
const SINGLE = new Set([
  "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since", "if-unmodified-since",
  "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after", "server", "user-agent",
]);

export function IncomingMessage(socket) {
  if (!(this instanceof IncomingMessage)) return new /** @type {any} */ (IncomingMessage)(socket);
  Reflect.apply(Readable, this, [{ autoDestroy: true, highWaterMark: socket?.readableHighWaterMark }]);
  this._readableState.readingMore = true;
  this.socket = socket;
  this.httpVersionMajor = null;
  this.httpVersionMinor = null;
  this.httpVersion = null;
  this.complete = false;
  this.rawHeaders = [];
  this.rawTrailers = [];
  this.joinDuplicateHeaders = false;
  this.aborted = false;
  this.upgrade = null;
  this.url = "";
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this.client = socket;
  this._consuming = false;
  this._dumped = false;
}
Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
Object.setPrototypeOf(IncomingMessage, Readable);

const kHeaders = Symbol("headers");

function collect(raw, join) {
  const fields = {};
  for (let i = 0; i < raw.length; i += 2) {
    const { 0: name, 1: value } = [raw[i].toLowerCase(), raw[i + 1]];
    if (name === "set-cookie") (fields[name] ??= []).push(value);
    else if (fields[name] === undefined) fields[name] = value;
    else if (name === "cookie") fields[name] += `; ${value}`;
    else if (join || !SINGLE.has(name)) fields[name] += `, ${value}`;
  }
  return fields;
}

function distinct(raw) {
  const fields = { __proto__: null };
  for (let i = 0; i < raw.length; i += 2) (fields[raw[i].toLowerCase()] ??= []).push(raw[i + 1]);
  return fields;
}

function property(name, make) {
  Object.defineProperty(IncomingMessage.prototype, name, {
    get() {
      const kept = (this[kHeaders] ??= {});
      return (kept[name] ??= make(this));
    },
    set(value) {
      (this[kHeaders] ??= {})[name] = value;
    },
    configurable: true,
  });
}
property("headers", (message) => collect(message.rawHeaders, message.joinDuplicateHeaders));
property("headersDistinct", (message) => distinct(message.rawHeaders));
property("trailers", (message) => collect(message.rawTrailers, message.joinDuplicateHeaders));
property("trailersDistinct", (message) => distinct(message.rawTrailers));
Object.defineProperty(IncomingMessage.prototype, "connection", {
  get() {
    return this.socket;
  },
  set(socket) {
    this.socket = socket;
  },
  configurable: true,
});

Object.assign(IncomingMessage.prototype, {
  setTimeout(milliseconds, callback) {
    if (callback) this.on("timeout", callback);
    this.socket.setTimeout(milliseconds);
    return this;
  },
  _read() {
    if (!this._consuming) {
      this._readableState.readingMore = false;
      this._consuming = true;
    }
    if (this.socket?.readable) this.socket.resume();
  },
  _destroy(error, callback) {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit("aborted");
    }
    // A message that is incomplete takes its connection with it.
    if (this.socket && !this.socket.destroyed && this.aborted) {
      this.socket.destroy(error);
      const done = finished(this.socket, (failure) => {
        if (failure?.code === "ERR_STREAM_PREMATURE_CLOSE") failure = null;
        done();
        nextTick(onError, this, error || failure, callback);
      });
    } else {
      nextTick(onError, this, error, callback);
    }
  },
  /** Reads what nobody wants. */
  _dump() {
    if (this._dumped) return;
    this._dumped = true;
    this.removeAllListeners("data");
    this.resume();
  },
});

function onError(message, error, callback) {
  // Somebody must listen, as for all errors of requests.
  if (message.listenerCount("error") === 0) callback();
  else callback(error);
}

/** What a message fails with when its connection ends early. */
export const abortedMessage = () => hangUp("aborted");
