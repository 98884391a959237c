// @ts-check
// Duplex.from: a duplex stream of almost anything.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#streamduplexfromsrc

import { lazy } from "transom:internal/lazy";
import { AbortError, codes } from "transom:internal/node/errors";
import { nextTick } from "transom:internal/node/process/next_tick";
import { destroyer } from "transom:internal/node/stream/destroy";
import { Duplex } from "transom:internal/node/stream/duplex";
import { eos } from "transom:internal/node/stream/end_of_stream";
import { from } from "transom:internal/node/stream/from";
import {
  isDuplexNodeStream, isIterable, isNodeStream, isReadable, isReadableNodeStream, isReadableStream, isWritable,
  isWritableNodeStream, isWritableStream,
} from "transom:internal/node/stream/kinds";
import { Readable } from "transom:internal/node/stream/readable";
import { Writable } from "transom:internal/node/stream/writable";

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE } = codes;
const blobs = lazy("transom:internal/blob/blob");

/** A duplex stream with only those sides that it has. */
class Duplexify extends Duplex {
  constructor(options) {
    super(options);
    if (options?.readable === false) {
      this._readableState.readable = false;
      this._readableState.ended = true;
      this._readableState.endEmitted = true;
    }
    if (options?.writable === false) {
      this._writableState.writable = false;
      this._writableState.ending = true;
      this._writableState.ended = true;
      this._writableState.finished = true;
    }
  }
}

export function duplexify(body, name) {
  if (isDuplexNodeStream(body)) return body;
  if (isReadableNodeStream(body)) return join({ readable: body });
  if (isWritableNodeStream(body)) return join({ writable: body });
  if (isNodeStream(body)) return join({ writable: false, readable: false });
  if (isReadableStream(body)) return join({ readable: Readable.fromWeb(body) });
  if (isWritableStream(body)) return join({ writable: Writable.fromWeb(body) });
  if (typeof body === "function") return ofFunction(body, name);
  if (blobs().blobInternals.isBlob(body)) return duplexify(body.arrayBuffer());
  if (isIterable(body)) return from(Duplexify, body, { objectMode: true, writable: false });
  if (isReadableStream(body?.readable) && isWritableStream(body?.writable)) return Duplexify.fromWeb(body);
  if (typeof body?.writable === "object" || typeof body?.readable === "object") {
    const readable = body?.readable ? sideOf(body.readable, isReadableNodeStream) : undefined;
    const writable = body?.writable ? sideOf(body.writable, isWritableNodeStream) : undefined;
    return join({ readable, writable });
  }
  if (typeof body?.then === "function") return ofPromise(body);
  throw new ERR_INVALID_ARG_TYPE(name, [
    "Blob", "ReadableStream", "WritableStream", "Stream", "Iterable", "AsyncIterable", "Function", "{ readable, writable } pair",
    "Promise",
  ], body);
}

const sideOf = (value, isSide) => (isSide(value) ? value : duplexify(value));

function ofFunction(body, name) {
  const { value, write, final, destroy } = asyncInput(body);
  if (isDuplexNodeStream(value)) return value;
  if (isIterable(value)) return from(Duplexify, value, { objectMode: true, write, final, destroy });
  const { then } = value ?? {};
  if (typeof then !== "function") {
    throw new ERR_INVALID_RETURN_VALUE("Iterable, AsyncIterable or AsyncFunction", name, value);
  }
  let duplex;
  const promise = then.call(
    value,
    (result) => {
      if (result !== null && result !== undefined) throw new ERR_INVALID_RETURN_VALUE("nully", "body", result);
    },
    (error) => destroyer(duplex, error),
  );
  duplex = new Duplexify({
    objectMode: true,
    readable: false,
    write,
    final(callback) {
      final(async () => {
        try {
          await promise;
          nextTick(callback, null);
        } catch (error) {
          nextTick(callback, error);
        }
      });
    },
    destroy,
  });
  return duplex;
}

function ofPromise(promise) {
  let duplex;
  promise.then(
    (value) => {
      if (value !== null && value !== undefined) duplex.push(value);
      duplex.push(null);
    },
    (error) => destroyer(duplex, error),
  );
  duplex = new Duplexify({ objectMode: true, writable: false, read() {} });
  return duplex;
}

/** Calls `body` with an asynchronous iterator of what is written. */
function asyncInput(body) {
  let { promise, resolve } = Promise.withResolvers();
  const controller = new AbortController();
  const { signal } = controller;
  const value = body((async function* () {
    for (;;) {
      const waiting = promise;
      promise = null;
      const { chunk, done, callback } = await waiting;
      nextTick(callback);
      if (done) return;
      if (signal.aborted) throw new AbortError(undefined, { cause: signal.reason });
      ({ promise, resolve } = Promise.withResolvers());
      yield chunk;
    }
  })(), { signal });
  return {
    value,
    write(chunk, _encoding, callback) {
      const give = resolve;
      resolve = null;
      give({ chunk, done: false, callback });
    },
    final(callback) {
      const give = resolve;
      resolve = null;
      give({ done: true, callback });
    },
    destroy(error, callback) {
      controller.abort();
      callback(error);
    },
  };
}

/** A readable and a writable stream as one. */
function join({ readable: reader, writable: writer }) {
  const source = reader && typeof reader.read !== "function" ? Readable.wrap(reader) : reader;
  let readable = !!isReadable(source);
  let writable = !!isWritable(writer);
  let onDrain = null;
  let onFinish = null;
  let onReadable = null;
  let onClose = null;
  const take = (callback) => callback?.();
  function ended(error) {
    const callback = onClose;
    onClose = null;
    if (callback) callback(error);
    else if (error) duplex.destroy(error);
  }
  const duplex = new Duplexify({
    readableObjectMode: !!source?.readableObjectMode, writableObjectMode: !!writer?.writableObjectMode, readable, writable,
  });
  if (writable) {
    eos(writer, (error) => {
      writable = false;
      if (error) destroyer(source, error);
      ended(error);
    });
    duplex._write = (chunk, encoding, callback) => {
      if (writer.write(chunk, encoding)) callback();
      else onDrain = callback;
    };
    duplex._final = (callback) => {
      writer.end();
      onFinish = callback;
    };
    writer.on("drain", () => {
      const callback = onDrain;
      onDrain = null;
      take(callback);
    });
    writer.on("finish", () => {
      const callback = onFinish;
      onFinish = null;
      take(callback);
    });
  }
  if (readable) {
    eos(source, (error) => {
      readable = false;
      if (error) destroyer(source, error);
      ended(error);
    });
    source.on("readable", () => {
      const callback = onReadable;
      onReadable = null;
      take(callback);
    });
    source.on("end", () => duplex.push(null));
    duplex._read = () => {
      for (;;) {
        const chunk = source.read();
        if (chunk === null) {
          onReadable = duplex._read;
          return;
        }
        if (!duplex.push(chunk)) return;
      }
    };
  }
  duplex._destroy = (error, callback) => {
    if (!error && onClose !== null) error = new AbortError();
    onReadable = null;
    onDrain = null;
    onFinish = null;
    if (!writable && !readable) {
      callback(error);
    } else {
      onClose = callback;
      destroyer(writer, error);
      destroyer(source, error);
    }
  };
  return duplex;
}
