// @ts-check
// Socket: a TCP connection, or one to a socket in the file system.
// Reference: https://nodejs.org/docs/latest-v22.x/api/net.html#class-netsocket
//
// A connection is read as fast as it is consumed: one read is under way at a time, and none while the buffer of the
// stream is full. What happens on a connection happens in the asynchronous context in which it was opened.

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { Snapshot } from "transom:internal/async_context/async_context";
import { codes } from "transom:internal/node/errors";
import { codeOf, errnoError } from "transom:internal/node/errors/system";
import { validateAbortSignal, validateBoolean, validateFunction, validateNumber, validatePort, validateString } from "transom:internal/node/errors/validators";
import { connectPath, connectPort } from "transom:internal/node/net/connecting";
import { isIP } from "transom:internal/node/net/addresses";
import { nextTick } from "transom:internal/node/process/next_tick";
import { ops } from "transom:internal/ops";

const { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS, ERR_SOCKET_CLOSED, ERR_SOCKET_CLOSED_BEFORE_CONNECTION } = codes;

/** The native connection of a socket, for what speaks another protocol over it. */
export const kConnection = Symbol("connection");
const kReading = Symbol("reading");
const kContext = Symbol("context");
const kTimer = Symbol("timer");
const kSettings = Symbol("settings");
const kWaiting = Symbol("waiting");
const kOnread = Symbol("onread");
export const kTakeOver = Symbol("takeOver");
export const kWriting = Symbol("writing");

/** Node's error for what an operation on the connection failed with. */
function failure(error, syscall) {
  return /^\d+$/.test(error.code ?? "") ? errnoError(codeOf(-error.code), syscall) : error;
}

const isGone = (error) => error.code === "ECANCELED";

export function Socket(options = {}) {
  if (!(this instanceof Socket)) return new /** @type {any} */ (Socket)(options);
  if (options === null || typeof options !== "object") options = {};
  if (options.objectMode || options.readableObjectMode || options.writableObjectMode) {
    throw new codes.ERR_INVALID_ARG_VALUE("options.objectMode", true, "is not supported");
  }
  if (options.onread) {
    if (typeof options.onread !== "object") throw new ERR_INVALID_ARG_TYPE("options.onread", "Object", options.onread);
    this[kOnread] = options.onread;
  }
  this.connecting = false;
  this._hadError = false;
  this._host = null;
  this[kConnection] = null;
  this[kReading] = false;
  this[kWriting] = null;
  this[kContext] = new Snapshot();
  this[kTimer] = null;
  this[kWaiting] = [];
  this[kSettings] = { noDelay: options.noDelay, keepAlive: options.keepAlive, keepAliveDelay: options.keepAliveInitialDelay ?? 0 };
  this.bytesRead = 0;
  this._bytesDispatched = 0;
  this.server = null;
  this._server = null;
  this.timeout = 0;
  Reflect.apply(Duplex, this, [{
    ...options,
    autoDestroy: true,
    emitClose: false,
    decodeStrings: true,
    allowHalfOpen: Boolean(options.allowHalfOpen),
  }]);
  this.on("end", onEnd);
  if (options.signal) {
    validateAbortSignal(options.signal, "options.signal");
    const abort = () => this.destroy(new codes.ERR_INVALID_STATE("aborted"));
    if (options.signal.aborted) nextTick(abort);
    else options.signal.addEventListener("abort", () => this.destroy(Object.assign(new Error("The operation was aborted"), { name: "AbortError", code: "ABORT_ERR", cause: options.signal.reason })), { once: true });
  }
  if (options.fd !== undefined) throw new codes.ERR_NOT_SUPPORTED("net.Socket with a file descriptor", "connect it to a host and a port, or to a path");
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);

/** The other side has ended. */
function onEnd() {
  if (!this.allowHalfOpen) this.write = writeAfterEnd;
}

function writeAfterEnd(_chunk, encoding, callback) {
  if (!this.writableEnded) return Reflect.apply(Duplex.prototype.write, this, [_chunk, encoding, callback]);
  if (typeof encoding === "function") callback = encoding;
  const error = Object.assign(new Error("This socket has been ended by the other party"), { code: "EPIPE" });
  if (typeof callback === "function") nextTick(callback, error);
  this.destroy(error);
  return false;
}

/** What `connect` takes, as options and a listener. */
export function connectArguments(args) {
  let { 0: options } = args;
  if (args.length === 0) return [{}, undefined];
  if (options === null || typeof options !== "object") {
    options = isPipeName(args[0]) ? { path: args[0] } : { port: args[0] };
    if (options.path === undefined && args.length > 1 && typeof args[1] === "string") options.host = args[1];
  }
  const last = args.at(-1);
  return [options, typeof last === "function" ? last : undefined];
}

const isPipeName = (value) => typeof value === "string" && !(Number.isFinite(Number(value)) && value.trim() !== "" && Number(value) >= 0);

Object.assign(Socket.prototype, {
  connect(...args) {
    const { 0: options, 1: listener } = Array.isArray(args[0]) ? args[0] : connectArguments(args);
    if (this.write !== Socket.prototype.write) delete this.write;
    if (this.destroyed) throw new ERR_SOCKET_CLOSED();
    if (listener) this.once("connect", listener);
    if (options.path === undefined || options.path === null) {
      if (options.port === undefined && options.path === undefined) throw new ERR_MISSING_ARGS(["options", "port", "path"]);
      if (typeof options.port !== "number" && typeof options.port !== "string") throw new ERR_INVALID_ARG_TYPE("options.port", ["number", "string"], options.port);
      validatePort(options.port);
    } else {
      validateString(options.path, "options.path");
    }
    if (options.lookup !== undefined && options.lookup !== null) validateFunction(options.lookup, "options.lookup");
    for (const name of ["autoSelectFamily", "keepAlive", "noDelay"]) {
      if (options[name] !== undefined && options[name] !== null && name === "autoSelectFamily") validateBoolean(options[name], `options.${name}`);
    }
    const settings = this[kSettings];
    if (options.noDelay !== undefined) settings.noDelay = Boolean(options.noDelay);
    if (options.keepAlive !== undefined) {
      settings.keepAlive = Boolean(options.keepAlive);
      settings.keepAliveDelay = options.keepAliveInitialDelay ?? 0;
    }
    this._host = options.host && isIP(options.host) === 0 ? options.host : null;
    this.connecting = true;
    this._unrefTimer();
    openConnection(this, options);
    return this;
  },

  _read() {
    if (this.connecting || this[kConnection] === null) {
      if (this.connecting) this.once("connect", () => this._read());
      return;
    }
    readNext(this);
  },

  _write(chunk, _encoding, callback) {
    if (this.connecting) {
      // What is written before there is a connection waits for it.
      const onClose = () => callback(new ERR_SOCKET_CLOSED_BEFORE_CONNECTION());
      this.once("connect", () => {
        this.off("close", onClose);
        this._write(chunk, _encoding, callback);
      });
      this.once("close", onClose);
      return;
    }
    if (this[kConnection] === null) return callback(new ERR_SOCKET_CLOSED());
    this._unrefTimer();
    this._bytesDispatched += chunk.length;
    this[kWriting] = ops.net_write(this[kConnection], chunk).then(
      () => {
        this[kWriting] = null;
        this._unrefTimer();
        callback();
      },
      (error) => {
        this[kWriting] = null;
        callback(isGone(error) ? new ERR_SOCKET_CLOSED() : failure(error, "write"));
      },
    );
  },

  _writev(pieces, callback) {
    this._write(pieces.length === 1 ? pieces[0].chunk : Buffer.concat(pieces.map(({ chunk }) => chunk)), "buffer", callback);
  },

  _final(callback) {
    if (this.connecting) {
      this.once("connect", () => this._final(callback));
      return;
    }
    if (this[kConnection] === null) return callback();
    ops.net_end(this[kConnection]).then(() => callback(), (error) => {
      const { code } = isGone(error) ? error : failure(error, "shutdown");
      // The other side may have gone first.
      callback(code === "ECANCELED" || code === "ENOTCONN" || code === "EPIPE" || code === "ECONNRESET" ? undefined : failure(error, "shutdown"));
    });
  },

  _destroy(error, callback) {
    this.connecting = false;
    stopTimer(this);
    const connection = this[kConnection];
    this[kConnection] = null;
    if (connection !== null) ops.net_close(connection);
    this._hadError = Boolean(error);
    callback(error);
    nextTick(() => this[kContext].run(() => this.emit("close", this._hadError)));
  },

  destroySoon() {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", this.destroy);
  },

  resetAndDestroy() {
    if (this[kConnection] !== null) {
      ops.net_reset(this[kConnection]);
      this[kConnection] = null;
      return this.destroy();
    }
    if (this.connecting) {
      this.once("connect", () => this.resetAndDestroy());
      return this;
    }
    return this.destroy(new ERR_SOCKET_CLOSED());
  },

  end(data, encoding, callback) {
    Reflect.apply(Duplex.prototype.end, this, [data, encoding, callback]);
    return this;
  },

  pause() {
    return Reflect.apply(Duplex.prototype.pause, this, []);
  },

  setTimeout(milliseconds, callback = undefined) {
    if (this.destroyed) return this;
    validateNumber(milliseconds, "msecs", 0);
    if (callback !== undefined) validateFunction(callback, "callback");
    this.timeout = milliseconds;
    stopTimer(this);
    if (milliseconds === 0) {
      if (callback !== undefined) this.removeListener("timeout", callback);
    } else {
      this._unrefTimer();
      if (callback !== undefined) this.once("timeout", callback);
    }
    return this;
  },

  _onTimeout() {
    this.emit("timeout");
  },

  /** Something happened: the time without anything begins anew. */
  _unrefTimer() {
    if (this.timeout <= 0) return;
    const now = performance.now();
    this[kTimer] ??= { last: now, number: 0 };
    const timer = this[kTimer];
    timer.last = now;
    if (timer.number === 0) startTimer(this, this.timeout);
  },

  setNoDelay(enable = true) {
    this[kSettings].noDelay = Boolean(enable);
    if (this[kConnection] !== null) ops.net_set_no_delay(this[kConnection], Boolean(enable));
    return this;
  },

  setKeepAlive(enable = false, initialDelay = 0) {
    Object.assign(this[kSettings], { keepAlive: Boolean(enable), keepAliveDelay: initialDelay });
    if (this[kConnection] !== null) ops.net_set_keep_alive(this[kConnection], Boolean(enable), Math.floor(initialDelay / 1000) >>> 0);
    return this;
  },

  address() {
    if (this[kConnection] === null) return {};
    const found = ops.net_local_address(this[kConnection]);
    return found === null ? {} : { address: found[0], family: `IPv${isIP(found[0])}`, port: found[1] };
  },

  // A server runs whether or not something is open.
  ref() {
    return this;
  },

  unref() {
    return this;
  },

  /** Hands the native connection over to what speaks another protocol over it: this socket reads no more. */
  [kTakeOver]() {
    const connection = this[kConnection];
    this[kConnection] = null;
    return connection;
  },
});

function startTimer(socket, milliseconds) {
  const timer = socket[kTimer];
  timer.number = setTimeout(() => {
    timer.number = 0;
    if (socket[kTimer] !== timer || socket.timeout <= 0) return;
    const left = timer.last + socket.timeout - performance.now();
    if (left > 0.5) startTimer(socket, left);
    else socket[kContext].run(() => socket._onTimeout());
  }, milliseconds);
}

function stopTimer(socket) {
  if (socket[kTimer] === null) return;
  clearTimeout(socket[kTimer].number);
  socket[kTimer] = null;
}

async function openConnection(socket, options) {
  try {
    const connection = options.path ? await connectPath(options.path) : await connectPort(socket, { ...options, port: options.port | 0 });
    if (connection === null) return;
    if (socket.destroyed) return void ops.net_close(connection);
    begin(socket, connection);
  } catch (error) {
    socket.connecting = false;
    socket.destroy(error);
  }
}

/** A socket over a native connection that is there. */
export function begin(socket, connection) {
  socket[kConnection] = connection;
  socket.connecting = false;
  const { noDelay, keepAlive, keepAliveDelay } = socket[kSettings];
  if (noDelay !== undefined) ops.net_set_no_delay(connection, noDelay);
  if (keepAlive) ops.net_set_keep_alive(connection, true, Math.floor(keepAliveDelay / 1000) >>> 0);
  socket._unrefTimer();
  socket.emit("connect");
  socket.emit("ready");
  if (socket[kConnection] !== null && !socket.isPaused()) socket.read(0);
}

async function readNext(socket) {
  if (socket[kReading]) return;
  socket[kReading] = true;
  try {
    for (;;) {
      const connection = socket[kConnection];
      if (connection === null || socket.destroyed) return;
      const bytes = await ops.net_read(connection);
      if (socket[kConnection] !== connection) return;
      socket._unrefTimer();
      if (bytes === null) {
        socket.push(null);
        if (socket.readableLength === 0) socket.read(0);
        return;
      }
      socket.bytesRead += bytes.byteLength;
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const goesOn = socket[kOnread] === undefined ? socket.push(chunk) : handOver(socket, chunk);
      if (!goesOn) return;
    }
  } catch (error) {
    if (!isGone(error)) socket.destroy(failure(error, "read"));
  } finally {
    socket[kReading] = false;
  }
}

/** The option `onread`: bytes go into the program's own buffer. */
function handOver(socket, chunk) {
  const { buffer, callback } = socket[kOnread];
  for (let at = 0; at < chunk.length;) {
    const target = typeof buffer === "function" ? buffer() : buffer;
    const piece = chunk.subarray(at, at + target.byteLength);
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(piece);
    at += piece.length;
    if (Reflect.apply(callback, socket, [piece.length, target]) === false) {
      socket.pause();
      return false;
    }
  }
  return true;
}

function getter(name, get) {
  Object.defineProperty(Socket.prototype, name, { get, configurable: true, enumerable: false });
}

const remote = (socket) => (socket[kConnection] === null ? null : ops.net_remote_address(socket[kConnection]));
getter("remoteAddress", function () {
  return remote(this)?.[0];
});
getter("remotePort", function () {
  return remote(this)?.[1];
});
getter("remoteFamily", function () {
  const found = remote(this);
  return found ? `IPv${isIP(found[0])}` : undefined;
});
getter("localAddress", function () {
  return this.address().address;
});
getter("localPort", function () {
  return this.address().port;
});
getter("localFamily", function () {
  return this.address().family;
});
getter("pending", function () {
  return this[kConnection] === null || this.connecting;
});
getter("readyState", function () {
  if (this.connecting) return "opening";
  if (this.readable && this.writable) return "open";
  if (this.readable) return "readOnly";
  return this.writable ? "writeOnly" : "closed";
});
getter("bufferSize", function () {
  return this[kConnection] === null ? undefined : this.writableLength;
});
getter("_connecting", function () {
  return this.connecting;
});
getter("bytesWritten", function () {
  return this._bytesDispatched + this.writableLength;
});
// Packages ask whether there is a handle, and for nothing that is in it.
getter("_handle", function () {
  return this[kConnection] === null ? null : { fd: -1, reading: this[kReading], getAsyncId: () => 0 };
});
