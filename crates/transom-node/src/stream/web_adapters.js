// @ts-check
// Between Node's streams and those of the web: `toWeb` and `fromWeb`.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#streamreadabletowebstreamreadable-options

import { AbortError, codes } from "transom:internal/node/errors";
import { validateBoolean, validateObject, validateOneOf } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";
import { destroyer } from "transom:internal/node/stream/destroy";
import { Duplex } from "transom:internal/node/stream/duplex";
import { eos } from "transom:internal/node/stream/end_of_stream";
import { isDestroyed, isReadable, isReadableStream, isWritable, isWritableEnded, isWritableStream } from "transom:internal/node/stream/kinds";
import { Readable } from "transom:internal/node/stream/readable";
import { webClosed } from "transom:internal/node/stream/web_state";
import { Writable } from "transom:internal/node/stream/writable";
import { Buffer } from "transom:internal/node/buffer";

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_STREAM_PREMATURE_CLOSE } = codes;

const PREMATURE = "ERR_STREAM_PREMATURE_CLOSE";

/** An early end is an abort to the web's streams. */
function webReason(error) {
  if (error?.code !== PREMATURE) return error;
  return new AbortError(undefined, { cause: error });
}

/** A promise that can be settled from outside, with nobody obliged to handle it. */
function deferred() {
  const parts = Promise.withResolvers();
  parts.promise.catch(() => {});
  return parts;
}

export function readableToWeb(stream, options = {}) {
  if (typeof stream?._readableState !== "object") throw new ERR_INVALID_ARG_TYPE("streamReadable", "stream.Readable", stream);
  validateObject(options, "options");
  if (options.type !== undefined) validateOneOf(options.type, "options.type", ["bytes", undefined]);
  const isBytes = options.type === "bytes";
  if (isDestroyed(stream) || !isReadable(stream)) {
    const empty = new ReadableStream(isBytes ? { type: "bytes" } : {});
    empty.cancel();
    return empty;
  }
  const objectMode = stream.readableObjectMode;
  const strategy = options.strategy ?? (
    objectMode ? new CountQueuingStrategy({ highWaterMark: stream.readableHighWaterMark })
      : { highWaterMark: isBytes ? 0 : stream.readableHighWaterMark }
  );
  let controller;
  let wasCanceled = false;
  function onData(chunk) {
    if (Buffer.isBuffer(chunk) && !objectMode) chunk = new Uint8Array(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.byteLength));
    controller.enqueue(chunk);
    if (controller.desiredSize <= 0) stream.pause();
  }
  stream.pause();
  const cleanup = eos(stream, (error) => {
    error = webReason(error);
    cleanup();
    // Errors from here on must not be unhandled.
    stream.on("error", () => {});
    if (error) {
      controller.error(error);
      return;
    }
    if (!wasCanceled) controller.close();
  });
  stream.on("data", onData);
  return new ReadableStream({
    type: isBytes ? "bytes" : undefined,
    start(made) {
      controller = made;
    },
    pull() {
      stream.resume();
    },
    cancel(reason) {
      wasCanceled = true;
      destroyer(stream, reason);
    },
  }, strategy);
}

export function writableToWeb(stream) {
  if (typeof stream?._writableState !== "object") throw new ERR_INVALID_ARG_TYPE("streamWritable", "stream.Writable", stream);
  if (isDestroyed(stream) || !isWritable(stream)) {
    const closed = new WritableStream();
    closed.close();
    return closed;
  }
  const mark = stream.writableHighWaterMark;
  const strategy = stream.writableObjectMode
    ? new CountQueuingStrategy({ highWaterMark: mark }) : { highWaterMark: mark, size: (chunk) => chunk?.byteLength ?? chunk?.length ?? 1 };
  let controller;
  let drained = null;
  let closed = null;
  function onDrain() {
    drained?.resolve();
    drained = null;
  }
  const cleanup = eos(stream, (error) => {
    error = webReason(error);
    cleanup();
    stream.on("error", () => {});
    if (error) {
      drained?.reject(error);
      if (closed === null) controller.error(error);
      else closed.reject(error);
      closed = null;
      return;
    }
    if (closed !== null) {
      closed.resolve();
      closed = null;
      return;
    }
    controller.error(new AbortError());
  });
  stream.on("drain", onDrain);
  return new WritableStream({
    start(made) {
      controller = made;
    },
    async write(chunk) {
      if (stream.writableNeedDrain || !stream.write(chunk)) {
        drained = deferred();
        await drained.promise;
      }
    },
    abort(reason) {
      destroyer(stream, reason);
    },
    close() {
      if (closed === null && !isWritableEnded(stream)) stream.end();
      closed = deferred();
      return closed.promise;
    },
  }, strategy);
}

export function readableFromWeb(stream, options = {}) {
  if (!isReadableStream(stream)) throw new ERR_INVALID_ARG_TYPE("readableStream", "ReadableStream", stream);
  validateObject(options, "options");
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) throw new ERR_INVALID_ARG_VALUE("options.encoding", encoding);
  validateBoolean(objectMode, "options.objectMode");
  const whenClosed = webClosed(stream);
  const reader = stream.getReader();
  let closed = false;
  const readable = new Readable({
    objectMode, highWaterMark, encoding, signal,
    read() {
      reader.read().then(
        ({ value, done }) => readable.push(done ? null : value),
        (error) => destroyer(readable, error),
      );
    },
    destroy(error, callback) {
      const done = () => nextTick(callback, error);
      if (closed) {
        done();
        return;
      }
      reader.cancel(error).then(done, done);
    },
  });
  whenClosed.then(
    () => {
      closed = true;
    },
    (error) => {
      closed = true;
      destroyer(readable, error);
    },
  );
  return readable;
}

/** The methods of a writable side over a web stream's writer. */
function writerMethods(writer, isClosed) {
  return {
    writev(chunks, callback) {
      writer.ready.then(
        () => Promise.all(chunks.map(({ chunk }) => writer.write(chunk))).then(() => nextTick(callback), (error) => nextTick(callback, error)),
        (error) => nextTick(callback, error),
      );
    },
    write(chunk, _encoding, callback) {
      writer.ready.then(() => writer.write(chunk)).then(() => nextTick(callback), (error) => nextTick(callback, error));
    },
    final(callback) {
      if (isClosed()) {
        nextTick(callback);
        return;
      }
      writer.close().then(() => nextTick(callback), (error) => nextTick(callback, error));
    },
  };
}

export function writableFromWeb(stream, options = {}) {
  if (!isWritableStream(stream)) throw new ERR_INVALID_ARG_TYPE("writableStream", "WritableStream", stream);
  validateObject(options, "options");
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  validateBoolean(objectMode, "options.objectMode");
  validateBoolean(decodeStrings, "options.decodeStrings");
  const writer = stream.getWriter();
  let closed = false;
  const writable = new Writable({
    highWaterMark, objectMode, decodeStrings, signal,
    ...writerMethods(writer, () => closed),
    destroy(error, callback) {
      const done = () => nextTick(callback, error);
      if (closed) done();
      else if (error !== null) writer.abort(error).then(done, done);
      else writer.close().then(done, done);
    },
  });
  writer.closed.then(
    () => {
      closed = true;
      if (!isWritableEnded(writable)) destroyer(writable, new ERR_STREAM_PREMATURE_CLOSE());
    },
    (error) => {
      closed = true;
      destroyer(writable, error);
    },
  );
  return writable;
}

export function duplexToWeb(duplex, options = {}) {
  if (typeof duplex?._writableState !== "object" || typeof duplex?._readableState !== "object") {
    throw new ERR_INVALID_ARG_TYPE("duplex", "stream.Duplex", duplex);
  }
  if (isDestroyed(duplex)) {
    const writable = new WritableStream();
    const readable = new ReadableStream();
    writable.close();
    readable.cancel();
    return { readable, writable };
  }
  const writable = isWritable(duplex) ? writableToWeb(duplex) : new WritableStream();
  if (!isWritable(duplex)) writable.close();
  const readable = isReadable(duplex) ? readableToWeb(duplex, options) : new ReadableStream();
  if (!isReadable(duplex)) readable.cancel();
  return { writable, readable };
}

export function duplexFromWeb(pair = {}, options = {}) {
  validateObject(pair, "pair");
  const { readable: readableStream, writable: writableStream } = pair;
  if (!isReadableStream(readableStream)) throw new ERR_INVALID_ARG_TYPE("pair.readable", "ReadableStream", readableStream);
  if (!isWritableStream(writableStream)) throw new ERR_INVALID_ARG_TYPE("pair.writable", "WritableStream", writableStream);
  validateObject(options, "options");
  const { allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark, signal } = options;
  validateBoolean(objectMode, "options.objectMode");
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) throw new ERR_INVALID_ARG_VALUE("options.encoding", encoding);
  const whenReadable = webClosed(readableStream);
  const writer = writableStream.getWriter();
  const reader = readableStream.getReader();
  let writableClosed = false;
  let readableClosed = false;
  const duplex = new Duplex({
    allowHalfOpen, highWaterMark, objectMode, encoding, decodeStrings, signal,
    ...writerMethods(writer, () => writableClosed),
    read() {
      reader.read().then(
        ({ value, done }) => duplex.push(done ? null : value),
        (error) => destroyer(duplex, error),
      );
    },
    destroy(error, callback) {
      const done = () => nextTick(callback, error);
      const closing = [
        writableClosed ? undefined : error === null ? writer.close() : writer.abort(error),
        readableClosed ? undefined : reader.cancel(error),
      ];
      Promise.all(closing).then(done, done);
    },
  });
  writer.closed.then(
    () => {
      writableClosed = true;
      if (!isWritableEnded(duplex)) destroyer(duplex, new ERR_STREAM_PREMATURE_CLOSE());
    },
    (error) => {
      writableClosed = true;
      readableClosed = true;
      destroyer(duplex, error);
    },
  );
  whenReadable.then(
    () => {
      readableClosed = true;
    },
    (error) => {
      writableClosed = true;
      readableClosed = true;
      destroyer(duplex, error);
    },
  );
  return duplex;
}

