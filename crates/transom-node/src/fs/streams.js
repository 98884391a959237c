// @ts-check
// ReadStream and WriteStream: files as streams.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html#fscreatereadstreampath-options

import { Buffer } from "node:buffer";
import { finished, Readable, Writable } from "node:stream";
import { codes } from "transom:internal/node/errors";
import { validateFunction, validateInteger } from "transom:internal/node/errors/validators";
import { descriptorOf, flagsOf, modeOf, pathOf } from "transom:internal/node/fs/arguments";
import { later, tell } from "transom:internal/node/fs/call";
import { descriptorPlans, ownPlans, readPlan, writePlan } from "transom:internal/node/fs/plans";
import { nextTick } from "transom:internal/node/process/next_tick";

const { ERR_INVALID_ARG_TYPE, ERR_METHOD_NOT_IMPLEMENTED, ERR_OUT_OF_RANGE } = codes;
const kFs = Symbol("fs");
const kHandle = Symbol("handle");
const kBusy = Symbol("busy");
const kBusyDone = Symbol("busyDone");
const FILE_MODE = 0o666;

/** The calls that a stream makes, all with callbacks: those of node:fs, or of what stands in for it. */
const native = {
  open: (path, flags, mode, callback) => tell(later(ownPlans.open(path, flags, mode)), callback),
  close: (fd, callback) => tell(later(descriptorPlans.close(fd)), callback),
  read: (fd, buffer, offset, length, position, callback) =>
    tell(later(readPlan(fd, { buffer, offset, length, position: position ?? null })), (error, read) => callback(error, read, buffer)),
  write(fd, buffer, offset, length, position, callback) {
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
    tell(later(writePlan(fd, { bytes, position: position ?? null })), callback);
  },
  fsync: (fd, callback) => tell(later(descriptorPlans.fsync(fd)), callback),
};

function prepare(stream, path, options, defaultFlags) {
  stream[kFs] = native;
  if (options.fs) {
    for (const name of ["open", "close", defaultFlags === "r" ? "read" : "write"]) validateFunction(options.fs[name] ?? native[name], `options.fs.${name}`);
    stream[kFs] = { ...native, ...options.fs };
  }
  if (options.fd === undefined || options.fd === null) {
    stream.fd = null;
    stream.path = pathOf(path);
    stream.flags = options.flags ?? options.flag ?? defaultFlags;
    flagsOf(stream.flags);
    stream.mode = modeOf(options.mode, FILE_MODE);
  } else if (typeof options.fd === "number") {
    stream.fd = descriptorOf(options.fd, "options.fd");
  } else if (typeof options.fd === "object" && typeof options.fd.fd === "number") {
    if (options.fs) throw new ERR_METHOD_NOT_IMPLEMENTED("FileHandle with fs");
    const handle = options.fd;
    stream[kHandle] = handle;
    stream.fd = handle.fd;
    stream[kFs] = { ...native, close: (_fd, callback) => tell(handle.close(), callback) };
    handle.once("close", () => stream.destroy());
  } else {
    throw new ERR_INVALID_ARG_TYPE("options.fd", ["number", "FileHandle"], options.fd);
  }
  stream.start = options.start;
  // Of a stream that writes, `end` is a method.
  if (defaultFlags === "r") stream.end = options.end ?? Infinity;
  stream.pos = undefined;
}

function checkRange(stream, hasEnd) {
  if (stream.start !== undefined) {
    validateInteger(stream.start, "start", 0);
    stream.pos = stream.start;
  }
  if (hasEnd && stream.end !== Infinity) {
    validateInteger(stream.end, "end", 0);
    if (stream.start !== undefined && stream.start > stream.end) {
      throw new ERR_OUT_OF_RANGE("start", `<= "end" (here: ${stream.end})`, stream.start);
    }
  }
}

function construct(callback) {
  const stream = this;
  if (typeof stream.fd === "number") return callback();
  // Packages that watch for the opening replace `open`.
  if (stream.open !== openFileOf) {
    const emit = stream.emit;
    stream.emit = function (...args) {
      if (args[0] === "open") {
        this.emit = emit;
        callback();
        Reflect.apply(emit, this, args);
      } else if (args[0] === "error") {
        this.emit = emit;
        callback(args[1]);
      } else {
        Reflect.apply(emit, this, args);
      }
    };
    stream.open();
    return;
  }
  stream[kFs].open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) return callback(error);
    stream.fd = fd;
    callback();
    stream.emit("open", fd);
    stream.emit("ready");
  });
}

function openFileOf() {}

function close(stream, error, callback) {
  const { fd } = stream;
  stream.fd = null;
  if (typeof fd !== "number") return callback(error);
  stream[kFs].close(fd, (failed) => callback(failed || error));
}

/** Ends the file when nothing is under way on it any more. */
function destroy(error, callback) {
  if (this[kBusy]) this.once(kBusyDone, (failed) => close(this, error || failed, callback));
  else close(this, error, callback);
}

export function ReadStream(path, options = {}) {
  if (!(this instanceof ReadStream)) return new /** @type {any} */ (ReadStream)(path, options);
  options = { ...(typeof options === "string" ? { encoding: options } : options) };
  options.highWaterMark ??= 64 * 1024;
  options.autoDestroy ??= options.autoClose ?? true;
  prepare(this, path, options, "r");
  checkRange(this, true);
  this.bytesRead = 0;
  this[kBusy] = false;
  Reflect.apply(Readable, this, [options]);
  if (options.encoding) this.setEncoding(options.encoding);
}
Object.setPrototypeOf(ReadStream.prototype, Readable.prototype);
Object.setPrototypeOf(ReadStream, Readable);

Object.assign(ReadStream.prototype, {
  open: openFileOf,
  _construct: construct,
  _read(size) {
    const left = this.pos !== undefined ? this.end - this.pos + 1 : this.end - this.bytesRead + 1;
    const length = Math.min(left, size);
    if (length <= 0) return void this.push(null);
    const buffer = Buffer.allocUnsafe(length);
    this[kBusy] = true;
    this[kFs].read(this.fd, buffer, 0, length, this.pos, (error, bytesRead, filled) => {
      this[kBusy] = false;
      if (this.destroyed) return void this.emit(kBusyDone, error);
      if (error) return void this.destroy(error);
      if (bytesRead > 0) {
        this.bytesRead += bytesRead;
        if (this.pos !== undefined) this.pos += bytesRead;
        this.push(bytesRead === filled.length ? filled : filled.subarray(0, bytesRead));
      } else {
        this.push(null);
      }
    });
  },
  _destroy: destroy,
  close(callback) {
    if (typeof callback === "function") finished(this, callback);
    this.destroy();
  },
});

export function WriteStream(path, options = {}) {
  if (!(this instanceof WriteStream)) return new /** @type {any} */ (WriteStream)(path, options);
  options = { ...(typeof options === "string" ? { encoding: options } : options), decodeStrings: true };
  options.autoDestroy ??= options.autoClose ?? true;
  prepare(this, path, options, "w");
  checkRange(this, false);
  this.bytesWritten = 0;
  this.flush = options.flush ?? false;
  this[kBusy] = false;
  Reflect.apply(Writable, this, [options]);
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);
Object.setPrototypeOf(WriteStream, Writable);

Object.assign(WriteStream.prototype, {
  open: openFileOf,
  _construct: construct,
  _write(data, _encoding, callback) {
    this[kBusy] = true;
    writeAll(this, data, 0, (error) => {
      this[kBusy] = false;
      if (this.destroyed) {
        callback(error);
        return void this.emit(kBusyDone, error);
      }
      callback(error);
    });
  },
  _writev(pieces, callback) {
    this._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), "buffer", callback);
  },
  _final(callback) {
    if (this.flush && typeof this.fd === "number") this[kFs].fsync(this.fd, callback);
    else callback();
  },
  _destroy: destroy,
  close(callback) {
    if (callback) {
      if (this.closed) return void nextTick(callback);
      this.on("close", callback);
    }
    if (!this.autoClose) this.on("finish", () => this.destroy());
    this.end();
  },
  destroySoon: Writable.prototype.end,
});

function writeAll(stream, data, offset, callback) {
  stream[kFs].write(stream.fd, data, offset, data.length - offset, stream.pos, (error, written) => {
    if (error) return callback(error);
    stream.bytesWritten += written;
    if (stream.pos !== undefined) stream.pos += written;
    if (offset + written < data.length && !stream.destroyed) writeAll(stream, data, offset + written, callback);
    else callback();
  });
}

for (const Class of [ReadStream, WriteStream]) {
  Object.defineProperty(Class.prototype, "autoClose", {
    get() {
      return (this._readableState ?? this._writableState).autoDestroy;
    },
    set(value) {
      (this._readableState ?? this._writableState).autoDestroy = value;
    },
    configurable: true,
  });
  Object.defineProperty(Class.prototype, "pending", {
    get() {
      return this.fd === null;
    },
    configurable: true,
  });
}
