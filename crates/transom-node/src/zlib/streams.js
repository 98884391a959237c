// @ts-check
// Compressors and decompressors as streams, and the work of one of them at once.
// Reference: https://nodejs.org/docs/latest-v22.x/api/zlib.html#class-zlibzlibbase

import { Buffer } from "node:buffer";
import { finished, Transform } from "node:stream";
import { codes } from "transom:internal/node/errors";
import { validateInteger } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";
import { constants } from "transom:internal/node/zlib/constants";
import { brotliOptions, commonOptions, deflateOptions, zstdOptions } from "transom:internal/node/zlib/options";
import { ops } from "transom:internal/ops";

const { ERR_BUFFER_TOO_LARGE, ERR_INVALID_ARG_TYPE } = codes;
const {
  BROTLI_OPERATION_FINISH, BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_PROCESS, Z_FINISH, Z_FULL_FLUSH, Z_NO_FLUSH, ZSTD_e_continue,
  ZSTD_e_end, ZSTD_e_flush,
} = constants;

/** Output of one step. */
const MOST_AT_ONCE = 256 * 1024;
const empty = new Uint8Array(0);
const kFlush = Symbol("flush");
const kHandle = Symbol("handle");
const kDone = Symbol("done");

const forgotten = new FinalizationRegistry((handle) => ops.zlib_close(handle));

/** Names of the formats, and how their errors are numbered. */
const isBrotli = (mode) => mode === "brotliCompress" || mode === "brotliDecompress";
const isZstd = (mode) => mode === "zstdCompress" || mode === "zstdDecompress";

/** Node's error for a failure of a coder. */
function failure(error) {
  if (constants[error.code] !== undefined) error.errno = constants[error.code];
  else if (/^ZSTD_\d+$/.test(error.code)) {
    error.errno = Number(error.code.slice(5));
    error.code = Object.keys(constants).find((name) => name.startsWith("ZSTD_error_") && constants[name] === error.errno) ?? "ZSTD_error_GENERIC";
  } else if (error.code === "ERR__ERROR_FORMAT_PADDING_1") error.errno = -2;
  return error;
}

function settingsOf(mode, options) {
  if (options !== undefined && options !== null && typeof options !== "object") throw new ERR_INVALID_ARG_TYPE("options", "Object", options);
  if (isZstd(mode)) return { ...commonOptions(options, 2, ZSTD_e_continue, ZSTD_e_end), ...zstdOptions(mode, options) };
  const brotli = isBrotli(mode);
  const common = brotli
    ? commonOptions(options, 3, BROTLI_OPERATION_PROCESS, BROTLI_OPERATION_FINISH)
    : commonOptions(options, 5, Z_NO_FLUSH, Z_FINISH);
  return { ...common, ...(brotli ? brotliOptions(options) : deflateOptions(mode, options)) };
}

const viewOf = (chunk) => new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);

/** A class for each format; `mode` is its name for the native half. */
export function ZlibBase(mode, options) {
  const settings = settingsOf(mode, options);
  Reflect.apply(Transform, this, [{ autoDestroy: true, ...options }]);
  this.bytesWritten = 0;
  this._mode = mode;
  this._defaultFlushFlag = settings.flush;
  this._finishFlushFlag = settings.finishFlush;
  if (isZstd(mode)) this._defaultFullFlushFlag = ZSTD_e_flush;
  else this._defaultFullFlushFlag = isBrotli(mode) ? BROTLI_OPERATION_FLUSH : Z_FULL_FLUSH;
  this._chunkSize = settings.chunkSize;
  this._maxOutputLength = settings.maxOutputLength;
  this._info = options?.info;
  this._level = settings.numbers[0];
  this._strategy = settings.numbers[3];
  this[kHandle] = ops.zlib_open(mode, settings.numbers, settings.dictionary);
  this[kDone] = false;
  forgotten.register(this, this[kHandle], this);
}
Object.setPrototypeOf(ZlibBase.prototype, Transform.prototype);
Object.setPrototypeOf(ZlibBase, Transform);

/** A chunk that is no data but asks for a flush. */
function flushChunk(kind) {
  const chunk = Buffer.alloc(0);
  chunk[kFlush] = kind;
  return chunk;
}

Object.assign(ZlibBase.prototype, {
  _transform(chunk, _encoding, callback) {
    const isLast = this.writableEnded && this.writableLength === chunk.byteLength;
    let flush = chunk[kFlush];
    if (flush === undefined) flush = isLast ? this._finishFlushFlag : this._defaultFlushFlag;
    this._run(viewOf(chunk), flush, callback);
  },
  _flush(callback) {
    this._run(empty, this._finishFlushFlag, callback);
  },
  _run(bytes, flush, callback) {
    const handle = this[kHandle];
    if (handle === null || this[kDone]) return callback();
    this.bytesWritten += bytes.byteLength;
    const next = (rest) => {
      ops.zlib_step(handle, rest, flush, MOST_AT_ONCE).then(
        ({ 0: output, 1: taken, 2: state }) => {
          if (this.destroyed) return callback();
          const goesOn = output.byteLength === 0 || this._give(output);
          if (state === "ended") {
            this[kDone] = true;
            this.bytesWritten -= rest.byteLength - taken;
            if (this._mode !== "deflate") this.push(null);
            return callback();
          }
          const left = rest.subarray(taken);
          if (state !== "full" && left.byteLength === 0) return callback();
          if (goesOn) next(left);
          else this._read = () => {
            delete this._read;
            next(left);
          };
        },
        (error) => callback(failure(error)),
      );
    };
    next(bytes);
  },
  /** Hands output on in pieces of the size that was asked for. */
  _give(output) {
    let goesOn = true;
    for (let at = 0; at < output.byteLength; at += this._chunkSize) {
      const length = Math.min(this._chunkSize, output.byteLength - at);
      goesOn = this.push(Buffer.from(output.buffer, output.byteOffset + at, length));
    }
    return goesOn;
  },
  flush(kind, callback) {
    if (typeof kind === "function" || (kind === undefined && !callback)) ({ 0: callback, 1: kind } = [kind, this._defaultFullFlushFlag]);
    if (this.writableFinished) {
      if (callback) nextTick(callback);
    } else if (this.writableEnded) {
      if (callback) this.once("end", callback);
    } else {
      this.write(flushChunk(kind), "", callback);
    }
  },
  reset() {
    this[kDone] = false;
    ops.zlib_reset(this[kHandle]);
  },
  params(level, strategy, callback) {
    validateInteger(level, "level", -1, 9);
    validateInteger(strategy, "strategy", 0, 4);
    if (this._level === level && this._strategy === strategy) return void nextTick(callback);
    this.flush(constants.Z_SYNC_FLUSH, () => {
      if (this.destroyed) return;
      ops.zlib_set_level(this[kHandle], level);
      this._level = level;
      this._strategy = strategy;
      if (callback) callback();
    });
  },
  close(callback) {
    if (callback) finished(this, callback);
    this.destroy();
  },
  _destroy(error, callback) {
    if (this[kHandle] !== null) {
      forgotten.unregister(this);
      ops.zlib_close(this[kHandle]);
      this[kHandle] = null;
    }
    callback(error);
  },
});
Object.defineProperty(ZlibBase.prototype, "_closed", {
  get() {
    return this[kHandle] === null;
  },
  configurable: true,
});
Object.defineProperty(ZlibBase.prototype, "_handle", {
  get() {
    return this[kHandle] === null ? null : this;
  },
  configurable: true,
});

/** The bytes that are to be worked on. */
function inputOf(buffer) {
  if (typeof buffer === "string") return Buffer.from(buffer);
  if (ArrayBuffer.isView(buffer)) return viewOf(buffer);
  if (buffer instanceof ArrayBuffer || (typeof SharedArrayBuffer === "function" && buffer instanceof SharedArrayBuffer)) return new Uint8Array(buffer);
  throw new ERR_INVALID_ARG_TYPE("buffer", ["string", "Buffer", "TypedArray", "DataView", "ArrayBuffer"], buffer);
}

/** Steps over a whole input; yields the arguments of each. */
function* whole(mode, buffer, options) {
  let input = inputOf(buffer);
  const settings = settingsOf(mode, options);
  const handle = ops.zlib_open(mode, settings.numbers, settings.dictionary);
  try {
    const pieces = [];
    let length = 0;
    for (;;) {
      const { 0: output, 1: taken, 2: state } = yield [handle, input, settings.finishFlush, MOST_AT_ONCE];
      pieces.push(output);
      length += output.byteLength;
      if (length > settings.maxOutputLength) throw new ERR_BUFFER_TOO_LARGE(settings.maxOutputLength);
      input = input.subarray(taken);
      if (state === "ended" || (state === "hungry" && input.byteLength === 0)) break;
    }
    const result = Buffer.concat(pieces, length);
    return options?.info ? { buffer: result, engine: {} } : result;
  } catch (error) {
    throw failure(error);
  } finally {
    ops.zlib_close(handle);
  }
}

export function runSync(mode, buffer, options) {
  const steps = whole(mode, buffer, options);
  let step = steps.next();
  while (!step.done) {
    let result;
    try {
      result = ops.zlib_step_sync(...step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

export async function runLater(mode, buffer, options) {
  const steps = whole(mode, buffer, options);
  let step = steps.next();
  while (!step.done) {
    let result;
    try {
      result = await ops.zlib_step(...step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

export { inputOf, settingsOf };
