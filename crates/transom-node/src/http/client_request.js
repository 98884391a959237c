// @ts-check
// ClientRequest: a request, from its options to the end of its response.
// Reference: https://nodejs.org/docs/latest-v22.x/api/http.html#class-httpclientrequest

import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { Snapshot } from "transom:internal/async_context/async_context";
import { local } from "transom:internal/fetch/local";
import { AbortError, codes } from "transom:internal/node/errors";
import { validateBoolean, validateInteger, validateNumber } from "transom:internal/node/errors/validators";
import { globalAgent } from "transom:internal/node/http/agent";
import { ResponseReader } from "transom:internal/node/http/body_reader";
import { hangUp, isToken } from "transom:internal/node/http/common";
import { abortedMessage, IncomingMessage } from "transom:internal/node/http/incoming_message";
import { OutgoingMessage } from "transom:internal/node/http/outgoing_message";
import { nextTick } from "transom:internal/node/process/next_tick";

const { ERR_HTTP_HEADERS_SENT, ERR_INVALID_ARG_TYPE, ERR_INVALID_HTTP_TOKEN, ERR_INVALID_PROTOCOL, ERR_UNESCAPED_CHARACTERS } = codes;

const kContext = Symbol("context");
const kQueue = Symbol("queue");
const kReader = Symbol("reader");
const kEnded = Symbol("ended");
const kError = Symbol("error");
const kGuarding = Symbol("guarding");
const kPort = Symbol("port");
/** Their bodies mean nothing, so none is announced for them. */
const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"]);

/** A URL as options of a request. */
export function urlToOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null, ...url, protocol: url.protocol,
    hostname: hostname && hostname[0] === "[" ? hostname.slice(1, -1) : hostname,
    hash: url.hash, search, pathname, path: `${pathname || ""}${search || ""}`, href: url.href,
  };
  if (port !== "") options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

const hostOf = (host, name) => {
  if (host !== null && host !== undefined && typeof host !== "string") throw new ERR_INVALID_ARG_TYPE(`options.${name}`, ["string", "undefined", "null"], host);
  return host;
};

export function ClientRequest(input, options, callback) {
  if (!(this instanceof ClientRequest)) return new /** @type {any} */ (ClientRequest)(input, options, callback);
  Reflect.apply(OutgoingMessage, this, [options]);
  if (typeof input === "string") input = urlToOptions(new URL(input));
  else if (input instanceof URL || (input?.href && input.searchParams && input.origin)) input = urlToOptions(input);
  else ({ 0: callback, 1: options, 2: input } = [options, input, null]);
  if (typeof options === "function") ({ 0: callback, 1: options } = [options, input || {}]);
  else options = Object.assign(input || {}, options);

  let { agent } = options;
  const defaultAgent = options._defaultAgent || globalAgent;
  if (agent === false) agent = new defaultAgent.constructor();
  else if (agent === null || agent === undefined) {
    if (typeof options.createConnection !== "function") agent = defaultAgent;
  } else if (typeof agent.addRequest !== "function") {
    throw new ERR_INVALID_ARG_TYPE("options.agent", ["Agent-like Object", "undefined", "false"], agent);
  }
  this.agent = agent;
  const protocol = options.protocol || defaultAgent.protocol;
  const expected = this.agent?.protocol ?? defaultAgent.protocol;
  if (options.path) {
    const path = `${options.path}`;
    // eslint-disable-next-line no-control-regex
    if (/[^\u0021-\u00ff]/.test(path)) throw new ERR_UNESCAPED_CHARACTERS("Request path");
  }
  if (protocol !== expected) throw new ERR_INVALID_PROTOCOL(protocol, expected);
  const defaultPort = options.defaultPort || this.agent?.defaultPort;
  const port = (options.port = options.port || defaultPort || 80);
  const host = (options.host = hostOf(options.hostname, "hostname") || hostOf(options.host, "host") || "localhost");
  const setHost = options.setHost !== undefined ? Boolean(options.setHost) : options.setDefaultHeaders !== false;
  this.socketPath = options.socketPath;
  if (options.timeout !== undefined) {
    validateNumber(options.timeout, "timeout", 0);
    this.timeout = options.timeout;
  }
  let { method } = options;
  if (method !== null && method !== undefined && typeof method !== "string") throw new ERR_INVALID_ARG_TYPE("options.method", "string", method);
  if (method) {
    if (!isToken(method)) throw new ERR_INVALID_HTTP_TOKEN("Method", method);
    method = method.toUpperCase();
  }
  this.method = method || "GET";
  if (options.maxHeaderSize !== undefined) validateInteger(options.maxHeaderSize, "maxHeaderSize", 0);
  this.maxHeaderSize = options.maxHeaderSize;
  if (options.insecureHTTPParser !== undefined) validateBoolean(options.insecureHTTPParser, "options.insecureHTTPParser");
  if (options.joinDuplicateHeaders !== undefined) validateBoolean(options.joinDuplicateHeaders, "options.joinDuplicateHeaders");
  this.joinDuplicateHeaders = options.joinDuplicateHeaders;
  this.path = options.path || "/";
  if (callback) this.once("response", callback);
  this.shouldKeepAlive = Boolean(this.agent) && (this.agent.keepAlive || this.agent.maxSockets !== Infinity);
  this.useChunkedEncodingByDefault = !BODILESS.has(this.method);
  this._ended = false;
  this.res = null;
  this.aborted = false;
  this.upgradeOrConnect = false;
  this.parser = null;
  this.maxHeadersCount = null;
  this.reusedSocket = false;
  this.host = host;
  this.protocol = protocol;
  this[kContext] = new Snapshot();
  /** What waits for a connection. */
  this[kQueue] = [];
  this[kReader] = null;
  this[kError] = null;
  this[kGuarding] = false;
  this[kPort] = port;

  const { headers } = options;
  if (Array.isArray(headers)) {
    if (headers.length > 0 && Array.isArray(headers[0])) for (const { 0: name, 1: value } of headers) this.appendHeader(name, value);
    else for (let i = 0; i < headers.length; i += 2) this.appendHeader(headers[i], headers[i + 1]);
  } else if (headers) {
    for (const name of Object.keys(headers)) this.setHeader(name, headers[name]);
  }
  if (host && setHost && !this.getHeader("host")) {
    const bare = host.includes(":") && host[0] !== "[" ? `[${host}]` : host;
    this.setHeader("Host", port && +port !== defaultPort ? `${bare}:${port}` : bare);
  }
  if (options.auth && !this.getHeader("Authorization")) {
    this.setHeader("Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`);
  }
  if (this.getHeader("expect")) {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT("render");
    this._implicitHeader();
    this._flush();
  }
  const { signal } = options;
  if (signal) {
    const onAbort = () => this.destroy(new AbortError(undefined, { cause: signal.reason }));
    if (signal.aborted) nextTick(onAbort);
    else {
      signal.addEventListener("abort", onAbort, { once: true });
      this.once("close", () => signal.removeEventListener("abort", onAbort));
    }
  }
  this.start(options);
}
Object.setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ClientRequest, OutgoingMessage);

Object.defineProperty(ClientRequest.prototype, "start", {
  value(options) {
    if (this.agent) {
      this.agent.addRequest(this, optionsForAgent(this, options));
      return;
    }
    this._last = true;
    this.shouldKeepAlive = false;
    let called = false;
    const created = (error, socket) => {
      if (called) return;
      called = true;
      this.onSocket(socket, error);
    };
    const make = options.createConnection ?? connect;
    const socket = make({ ...options, ...(this.socketPath ? { path: this.socketPath } : { path: undefined }) }, created);
    if (socket) created(null, socket);
  },
});

function optionsForAgent(request, options) {
  const given = { ...options };
  if (request.socketPath) given.path = request.socketPath;
  else delete given.path;
  return given;
}

Object.assign(ClientRequest.prototype, {
  _implicitHeader() {
    this._storeHeader(`${this.method} ${this.path} HTTP/1.1`);
    guard(this);
  },

  onSocket(socket, error) {
    nextTick(() => this[kContext].run(() => attach(this, socket, error)));
  },

  /** Sends the head, when it has not been sent. */
  _flush() {
    if (this._headerSent || !this._header || !maySend(this)) return;
    this._headerSent = true;
    this.socket.write(this._header, "latin1");
  },

  _write(chunk, _encoding, callback) {
    const send = () => {
      const bytes = this._frame(chunk);
      if (!this._headerSent) {
        this._headerSent = true;
        this.socket.write(Buffer.concat([Buffer.from(this._header, "latin1"), bytes]), afterWrite(this, callback));
      } else {
        this.socket.write(bytes, afterWrite(this, callback));
      }
    };
    if (maySend(this)) send();
    else this[kQueue].push(send);
  },

  _final(callback) {
    const send = () => {
      const bytes = this._frameEnd();
      this._flush();
      if (bytes !== null) this.socket.write(bytes);
      callback();
      this[kEnded] = true;
      // What the response ended before.
      if (this.res?.complete && this.res.readableEnded) release(this);
    };
    if (maySend(this)) send();
    else this[kQueue].push(send);
  },

  abort() {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit("abort"));
    this.destroy();
  },

  destroy(error = undefined) {
    if (this.destroyed) return this;
    this._writableState.destroyed = true;
    this.res?._dump();
    this[kError] = error ?? null;
    if (this.socket) destroyed(this, error);
    else this.onSocket(null, error);
    return this;
  },

  setTimeout(milliseconds, callback) {
    if (this._ended) return this;
    validateNumber(milliseconds, "msecs", 0);
    this.timeout = milliseconds;
    if (callback) this.once("timeout", callback);
    if (this.socket) this.socket.setTimeout(milliseconds);
    return this;
  },

  setNoDelay(enable = true) {
    later(this, (socket) => socket.setNoDelay(enable));
  },
  setSocketKeepAlive(enable, delay) {
    later(this, (socket) => socket.setKeepAlive(enable, delay));
  },
  clearTimeout(callback) {
    this.setTimeout(0, callback);
  },
  cork() {},
  uncork() {},
});

const afterWrite = (request, callback) => (error) => {
  // The failure of a connection is told once, by the connection.
  if (error && !request.destroyed) return callback();
  callback();
};

function later(request, work) {
  if (request.socket) work(request.socket);
  else request.once("socket", work);
}

function attach(request, socket, error) {
  if (request.destroyed || error) {
    const failure = error ?? request[kError] ?? (request.res ? null : hangUp());
    if (socket) {
      // The connection is as good as it was, for the next request.
      if (!error && request.agent && !socket.destroyed) socket.emit("free");
      else socket.destroy();
    }
    request._writableState.destroyed = true;
    if (failure) fail(request, failure);
    close(request);
    return;
  }
  request.socket = socket;
  socket._httpMessage = request;
  const reader = new ResponseReader({
    onHead: (head) => onHead(request, head),
    onBody: (bytes) => onBody(request, bytes),
    onEnd: (trailers) => onEnd(request, trailers),
  }, request.maxHeaderSize || undefined);
  request[kReader] = reader;
  request.parser = { socket };
  const { [kContext]: context } = request;
  const listeners = {
    data: (chunk) => context.run(() => onData(request, chunk)),
    end: () => context.run(() => onSocketEnd(request)),
    error: (failure) => context.run(() => onSocketError(request, failure)),
    close: () => context.run(() => onSocketClose(request)),
    drain: () => context.run(() => request.emit("drain")),
    // The time limit of an agent is for idle connections, not for a request.
    timeout: () => request.timeout !== undefined && context.run(() => request.emit("timeout")),
  };
  request.detach = () => {
    for (const name of Object.keys(listeners)) socket.removeListener(name, listeners[name]);
    request.detach = () => {};
  };
  for (const name of Object.keys(listeners)) socket.on(name, listeners[name]);
  if (request.timeout !== undefined && socket.timeout !== request.timeout) socket.setTimeout(request.timeout);
  request.emit("socket", socket);
  if (socket.destroyed) return;
  sendWaiting(request);
}

/** Sends what waited for the connection, or for the head. */
function sendWaiting(request) {
  if (!maySend(request)) return;
  if (request._header && request[kQueue].length === 0) request._flush();
  for (const send of request[kQueue].splice(0)) send();
}

const maySend = (request) => request.socket && !request[kGuarding];

/** As with `fetch`, a token of the server's own is taken off a request that leads to somebody else. */
function guard(request) {
  const field = request.getHeader("authorization");
  if (local.guard === null || field === undefined) return;
  const { host, protocol } = request;
  const url = `${protocol}//${host.includes(":") && host[0] !== "[" ? `[${host}]` : host}:${request[kPort]}/`;
  const lists = [].concat(field).map((value) => ["authorization", `${value}`]);
  const guarding = lists.map((headers) => local.guard(headers, url, "http.request")).filter((work) => work !== null);
  if (guarding.length === 0) return;
  request[kGuarding] = true;
  Promise.all(guarding).then(() => {
    request[kGuarding] = false;
    const kept = lists.filter((headers) => headers.length > 0);
    if (kept.length < lists.length) request._withoutField("authorization", kept.map((headers) => headers[1]));
    if (!request.destroyed) sendWaiting(request);
  }, (error) => request.destroy(error));
}
Object.defineProperty(ClientRequest.prototype, "detach", { value() {}, writable: true, configurable: true });

function onData(request, chunk) {
  const { [kReader]: reader, socket } = request;
  try {
    reader.push(chunk);
  } catch (error) {
    Object.assign(error, { bytesParsed: chunk.length, rawPacket: chunk });
    request.socket._hadError = true;
    fail(request, error);
    request.detach();
    socket.destroy();
    close(request);
  }
}

function onHead(request, head) {
  const { socket } = request;
  if (request.res) {
    socket.destroy();
    return "stop";
  }
  const message = new /** @type {any} */ (IncomingMessage)(socket);
  Object.assign(message, {
    httpVersionMajor: 1, httpVersionMinor: head.minor, httpVersion: `1.${head.minor}`, statusCode: head.status, statusMessage: head.reason,
    rawHeaders: head.rawHeaders, joinDuplicateHeaders: request.joinDuplicateHeaders,
  });
  const { status } = head;
  const wantsUpgrade = /\bupgrade\b/.test(head.connection) && message.headers.upgrade !== undefined;
  const isConnect = request.method === "CONNECT" && status >= 200 && status < 300;
  if (isConnect || (status === 101 && wantsUpgrade)) {
    message.upgrade = true;
    message.complete = true;
    request.upgradeOrConnect = true;
    request.res = message;
    nextTickUpgrade(request, message, isConnect ? "connect" : "upgrade");
    return "stop";
  }
  if (status >= 100 && status < 200) {
    if (status === 100) request.emit("continue");
    request.emit("information", {
      statusCode: status, statusMessage: head.reason, httpVersion: message.httpVersion, httpVersionMajor: 1, httpVersionMinor: head.minor,
      headers: message.headers, rawHeaders: head.rawHeaders,
    });
    return "again";
  }
  if (request.shouldKeepAlive) {
    const closes = head.connection.includes("close") || (head.minor === 0 && !head.connection.includes("keep-alive"));
    const bodyEndsWithConnection = !head.chunked && head.length === null && !hasNoBody(request, status);
    if (closes || bodyEndsWithConnection) request.shouldKeepAlive = false;
  }
  request.res = message;
  message.req = request;
  message.on("end", () => onMessageEnd(request));
  if (request.aborted || !request.emit("response", message)) message._dump();
  return hasNoBody(request, status) ? "none" : "body";
}

const hasNoBody = (request, status) => request.method === "HEAD" || status === 204 || status === 304;

/** The bytes behind the head belong to the new protocol: they are handed over after the head has been taken. */
function nextTickUpgrade(request, message, event) {
  const { socket } = request;
  queueMicrotask(() => request[kContext].run(() => {
    const rest = request[kReader].takeRest();
    request.detach();
    socket.emit("agentRemove");
    request._writableState.destroyed = true;
    if (request.listenerCount(event) > 0) {
      socket.pause();
      request.emit(event, message, socket, rest);
      if (!socket.readableFlowing && socket.listenerCount("data") > 0) socket.resume();
    } else {
      socket.destroy();
    }
    close(request);
  }));
}

function onBody(request, bytes) {
  const { res: message, socket } = request;
  if (message._dumped) return;
  if (!message.push(bytes)) socket.pause();
}

function onEnd(request, trailers) {
  const { res: message } = request;
  message.complete = true;
  message.rawTrailers = trailers;
  message.push(null);
  if (message._dumped) message.resume();
}

/** The program has read everything. */
function onMessageEnd(request) {
  request._ended = true;
  const { socket } = request;
  if (!request.shouldKeepAlive) {
    if (socket?.writable) socket.destroySoon();
    return;
  }
  if (request[kEnded]) release(request);
}

/** Gives the connection back. */
function release(request) {
  const { socket } = request;
  if (request.released || !socket) return;
  request.released = true;
  request.detach();
  request._writableState.destroyed = true;
  if (request.timeout !== undefined) socket.setTimeout(0);
  nextTick(() => {
    socket.resume();
    socket.emit("free");
    close(request);
  });
}

function onSocketEnd(request) {
  const { [kReader]: reader, socket } = request;
  if (!reader.end() && !request.res) {
    socket._hadError = true;
    fail(request, hangUp());
  }
}

function onSocketError(request, error) {
  request.socket._hadError = true;
  fail(request, error);
  request.socket.destroy();
}

function onSocketClose(request) {
  const { res: message, [kReader]: reader, socket } = request;
  reader.end();
  request.detach();
  request._writableState.destroyed = true;
  if (message) {
    if (!message.complete) message.destroy(abortedMessage());
    else if (!message.readableEnded) message.resume();
    close(request);
    return;
  }
  if (!socket._hadError) {
    socket._hadError = true;
    fail(request, request[kError] ?? hangUp());
  }
  close(request);
}

function destroyed(request, error) {
  const { socket, res: message } = request;
  if (error && !message) {
    socket._hadError = true;
    nextTick(() => fail(request, error));
  } else if (!message) {
    socket._hadError = true;
    nextTick(() => fail(request, hangUp()));
  }
  if (message && !message.complete) message.destroy(error);
  socket.destroy();
}

function fail(request, error) {
  if (request.failed) return;
  request.failed = true;
  if (error) request.emit("error", error);
}

function close(request) {
  if (request._writableState.closeEmitted) return;
  request._writableState.closed = true;
  request._writableState.closeEmitted = true;
  request.emit("close");
}

