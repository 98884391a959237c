// @ts-check
// OutgoingMessage: headers and a body on their way out.
// Reference: https://nodejs.org/docs/latest-v22.x/api/http.html#class-httpoutgoingmessage

import { Buffer } from "node:buffer";
import { Writable } from "node:stream";
import { codes } from "transom:internal/node/errors";
import { validateString } from "transom:internal/node/errors/validators";
import { validateHeaderName, validateHeaderValue } from "transom:internal/node/http/common";

const { ERR_HTTP_HEADERS_SENT, ERR_HTTP_TRAILER_INVALID, ERR_INVALID_ARG_TYPE } = codes;

const kFields = Symbol("fields");
const kTrailers = Symbol("trailers");

export function OutgoingMessage(options) {
  if (!(this instanceof OutgoingMessage)) return new /** @type {any} */ (OutgoingMessage)(options);
  Reflect.apply(Writable, this, [{ highWaterMark: options?.highWaterMark ?? 64 * 1024, decodeStrings: true, autoDestroy: false, emitClose: false }]);
  /** By name in lower case: the name as it was written, and the value. */
  this[kFields] = new Map();
  this[kTrailers] = [];
  this.chunkedEncoding = false;
  this.shouldKeepAlive = true;
  this.useChunkedEncodingByDefault = true;
  this.sendDate = false;
  this.maxRequestsOnConnectionReached = false;
  this.strictContentLength = false;
  this._removedConnection = false;
  this._removedContLen = false;
  this._removedTE = false;
  this._contentLength = null;
  this._hasBody = true;
  this._header = null;
  this._headerSent = false;
  this._last = true;
  this.finished = false;
  this.socket = null;
}
Object.setPrototypeOf(OutgoingMessage.prototype, Writable.prototype);
Object.setPrototypeOf(OutgoingMessage, Writable);

function checkNotSent(message, action) {
  if (message._header) throw new ERR_HTTP_HEADERS_SENT(action);
}

Object.assign(OutgoingMessage.prototype, {
  setHeader(name, value) {
    checkNotSent(this, "set");
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this[kFields].set(name.toLowerCase(), [name, value]);
    return this;
  },
  setHeaders(headers) {
    checkNotSent(this, "set");
    if (!headers || Array.isArray(headers) || typeof headers.keys !== "function" || typeof headers.get !== "function") {
      throw new ERR_INVALID_ARG_TYPE("headers", ["Headers", "Map"], headers);
    }
    const cookies = [];
    for (const { 0: name, 1: value } of headers) {
      if (name === "set-cookie") cookies.push(...(Array.isArray(value) ? value : [value]));
      else this.setHeader(name, value);
    }
    if (cookies.length > 0) this.setHeader("set-cookie", cookies);
    return this;
  },
  appendHeader(name, value) {
    checkNotSent(this, "append");
    validateHeaderName(name);
    validateHeaderValue(name, value);
    const known = this[kFields].get(name.toLowerCase());
    if (known === undefined) this[kFields].set(name.toLowerCase(), [name, value]);
    else known[1] = [].concat(known[1], value);
    return this;
  },
  getHeader(name) {
    validateString(name, "name");
    return this[kFields].get(name.toLowerCase())?.[1];
  },
  getHeaderNames() {
    return [...this[kFields].keys()];
  },
  getRawHeaderNames() {
    return [...this[kFields].values()].map(({ 0: name }) => name);
  },
  getHeaders() {
    const headers = { __proto__: null };
    for (const { 0: key, 1: entry } of this[kFields]) headers[key] = entry[1];
    return headers;
  },
  hasHeader(name) {
    validateString(name, "name");
    return this[kFields].has(name.toLowerCase());
  },
  removeHeader(name) {
    validateString(name, "name");
    checkNotSent(this, "remove");
    const key = name.toLowerCase();
    this[kFields].delete(key);
    if (key === "connection") this._removedConnection = true;
    else if (key === "content-length") this._removedContLen = true;
    else if (key === "transfer-encoding") this._removedTE = true;
  },
  addTrailers(headers) {
    const list = Array.isArray(headers) ? headers : Object.entries(headers);
    for (const { 0: name, 1: value } of list) {
      validateHeaderName(name, "Trailer name");
      validateHeaderValue(name, value);
      this[kTrailers].push(name, value);
    }
  },
  flushHeaders() {
    if (!this._header) this._implicitHeader();
    this._flush();
  },
  _implicitHeader() {
    throw new codes.ERR_METHOD_NOT_IMPLEMENTED("_implicitHeader()");
  },
  _flush() {},
  setTimeout(milliseconds, callback) {
    if (callback) this.on("timeout", callback);
    if (this.socket) this.socket.setTimeout(milliseconds);
    else this.once("socket", (socket) => socket.setTimeout(milliseconds));
    return this;
  },

  /** Everything above the body: `first` is the first line. The rest depends on what is known of the body by now. */
  _storeHeader(first) {
    const lines = [first];
    const has = (name) => this[kFields].has(name);
    for (const { 0: name, 1: value } of this[kFields].values()) {
      const values = Array.isArray(value) && name.toLowerCase() !== "cookie" ? value : [Array.isArray(value) ? value.join("; ") : value];
      for (const one of values) lines.push(`${name}: ${one}`);
    }
    const connection = `${this.getHeader("connection") ?? ""}`;
    if (has("connection")) {
      this.shouldKeepAlive = !/(?:^|,)\s*close\s*(?:,|$)/i.test(connection);
    } else if (!this._removedConnection) {
      lines.push(`Connection: ${this.shouldKeepAlive ? "keep-alive" : "close"}`);
    }
    this._last = !this.shouldKeepAlive;
    if (has("transfer-encoding")) {
      this.chunkedEncoding = /chunked/i.test(`${this.getHeader("transfer-encoding")}`);
    } else if (!has("content-length")) {
      if (!this._hasBody) this.chunkedEncoding = false;
      else if (!this.useChunkedEncodingByDefault) this._last = true;
      else if (this._contentLength !== null && !this._removedContLen) lines.push(`Content-Length: ${this._contentLength}`);
      else if (!this._removedTE) {
        lines.push("Transfer-Encoding: chunked");
        this.chunkedEncoding = true;
      }
    }
    if (!this.chunkedEncoding && has("trailer")) throw new ERR_HTTP_TRAILER_INVALID();
    this._header = `${lines.join("\r\n")}\r\n\r\n`;
  },

  /** Leaves of a field of the head that has not been sent only `values`. */
  _withoutField(name, values) {
    const { 0: shown } = this[kFields].get(name);
    if (values.length === 0) this[kFields].delete(name);
    else this[kFields].set(name, [shown, values]);
    const lines = this._header.split("\r\n");
    const others = lines.slice(1).filter((line) => !line.toLowerCase().startsWith(`${name}:`));
    this._header = [lines[0], ...values.map((value) => `${shown}: ${value}`), ...others].join("\r\n");
  },

  /** A piece of the body as it goes over the wire. */
  _frame(chunk) {
    if (!this.chunkedEncoding) return chunk;
    return Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]);
  },

  /** The end of the body as it goes over the wire. */
  _frameEnd() {
    if (!this.chunkedEncoding) return null;
    const lines = [];
    for (let i = 0; i < this[kTrailers].length; i += 2) lines.push(`${this[kTrailers][i]}: ${this[kTrailers][i + 1]}\r\n`);
    return Buffer.from(`0\r\n${lines.join("")}\r\n`, "latin1");
  },

  write(chunk, encoding, callback) {
    if (typeof chunk !== "string" && !(chunk instanceof Uint8Array) && chunk !== null) {
      throw new ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer", "Uint8Array"], chunk);
    }
    if (!this._header && !this.writableEnded) this._implicitHeader();
    if (!this._hasBody && !this.writableEnded) {
      const done = typeof encoding === "function" ? encoding : callback;
      if (done) queueMicrotask(() => done());
      return true;
    }
    return Reflect.apply(Writable.prototype.write, this, [chunk, encoding, callback]);
  },

  end(chunk, encoding, callback) {
    if (typeof chunk === "function") ({ 0: callback, 1: chunk } = [chunk, undefined]);
    else if (typeof encoding === "function") ({ 0: callback, 1: encoding } = [encoding, undefined]);
    if (!this._header && !this.writableEnded) {
      if (chunk === undefined || chunk === null) this._contentLength = 0;
      else this._contentLength = typeof chunk === "string" ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
      this._implicitHeader();
    }
    this.finished = true;
    if (!this._hasBody) chunk = undefined;
    return Reflect.apply(Writable.prototype.end, this, [chunk, encoding, callback]);
  },
});

for (const { 0: name, 1: get } of Object.entries({
  headersSent: (message) => Boolean(message._header),
  connection: (message) => message.socket,
  _headers: (message) => message.getHeaders(),
})) {
  Object.defineProperty(OutgoingMessage.prototype, name, {
    get() {
      return get(this);
    },
    set(value) {
      if (name === "connection") this.socket = value;
    },
    configurable: true,
  });
}
