// @ts-check
// pipeline: streams, iterables, functions and web streams in a row; all of them end with the first that fails.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#streampipelinesource-transforms-destination-callback

import { addAbortListener } from "transom:internal/node/events/targets";
import { AbortError, aggregateTwoErrors, codes } from "transom:internal/node/errors";
import { validateAbortSignal, validateFunction } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";
import { iterate } from "transom:internal/node/stream/async_iterator";
import { destroyer } from "transom:internal/node/stream/destroy";
import { Duplex } from "transom:internal/node/stream/duplex";
import { eos } from "transom:internal/node/stream/end_of_stream";
import {
  isIterable, isNodeStream, isReadable, isReadableFinished, isReadableNodeStream, isReadableStream, isTransformStream, isWebStream,
} from "transom:internal/node/stream/kinds";
import { PassThrough } from "transom:internal/node/stream/transform";
import { primordials } from "transom:internal/primordials";

const { ArrayIsArray, ReflectApply, SymbolDispose, SymbolFor } = primordials;
const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE, ERR_MISSING_ARGS, ERR_STREAM_DESTROYED, ERR_STREAM_PREMATURE_CLOSE,
} = codes;
const PREMATURE = "ERR_STREAM_PREMATURE_CLOSE";

export function pipeline(...streams) {
  const last = streams[streams.length - 1];
  validateFunction(last, "streams[stream.length - 1]");
  let called = false;
  const callback = streams.pop();
  return pipelineOf(streams, function (...args) {
    if (called) return;
    called = true;
    ReflectApply(callback, this, args);
  });
}

/** `options`: `signal`, and `end: false` to leave the last stream open. Returns the last stream. */
export function pipelineOf(streams, callback, options = undefined) {
  if (streams.length === 1 && ArrayIsArray(streams[0])) streams = streams[0];
  if (streams.length < 2) throw new ERR_MISSING_ARGS("streams");
  return new Pipeline(streams, callback, options).start();
}

/** Destroys a stream of the row unless it has ended by itself. */
function guard(stream, reading, writing) {
  let isOver = false;
  stream.on("close", () => {
    isOver = true;
  });
  const cleanup = eos(stream, { readable: reading, writable: writing }, (error) => {
    isOver = !error;
  });
  return {
    destroy(error) {
      if (isOver) return;
      isOver = true;
      destroyer(stream, error || new ERR_STREAM_DESTROYED("pipe"));
    },
    cleanup,
  };
}

function asIterable(value) {
  if (isIterable(value)) return value;
  if (isReadableNodeStream(value)) return iterate(value, undefined);
  throw new ERR_INVALID_ARG_TYPE("val", ["Readable", "Iterable", "AsyncIterable"], value);
}

class Pipeline {
  constructor(streams, callback, options) {
    this.streams = streams;
    this.callback = callback;
    this.options = options;
    this.controller = new AbortController();
    this.error = undefined;
    this.value = undefined;
    /** What destroys the streams. */
    this.destroys = [];
    /** What takes the listeners off the last stream, which a program may go on to use. */
    this.lastCleanups = [];
    /** Transfers that have not ended. */
    this.running = 0;
    this.stopListening = () => {};
    this.finish = (error) => this.settle(error, --this.running === 0);
    this.fail = (error) => this.settle(error, false);
  }

  settle(error, isLast) {
    if (error && (!this.error || this.error.code === PREMATURE)) this.error = error;
    if (!this.error && !isLast) return;
    while (this.destroys.length > 0) this.destroys.shift()(this.error);
    this.stopListening();
    this.controller.abort();
    if (!isLast) return;
    if (!this.error) for (const cleanup of this.lastCleanups) cleanup();
    nextTick(this.callback, this.error, this.value);
  }

  start() {
    const { streams } = this;
    const outer = this.options?.signal;
    const abort = () => this.settle(new AbortError(undefined, { cause: outer?.reason }), false);
    validateAbortSignal(outer, "options.signal");
    if (outer) {
      const listening = addAbortListener(outer, abort);
      this.stopListening = () => listening[SymbolDispose ?? SymbolFor("nodejs.dispose")]();
    }
    let current;
    for (let i = 0; i < streams.length; i++) current = this.link(streams[i], i, current);
    if (outer?.aborted) nextTick(abort);
    return current;
  }

  /** Adds one stream to the row; what the next one reads from. */
  link(stream, index, source) {
    const reading = index < this.streams.length - 1;
    const isLast = !reading;
    const end = reading || this.options?.end !== false;
    if (isNodeStream(stream)) this.watch(stream, reading, index > 0, end, isLast);
    if (index === 0) return this.source(stream);
    if (typeof stream === "function") return this.call(stream, index, source, reading, isLast, end);
    if (isNodeStream(stream)) return this.intoNode(stream, source, end, isLast);
    if (isWebStream(stream)) return this.intoWeb(stream, source, end);
    return Duplex.from(stream);
  }

  watch(stream, reading, writing, end, isLast) {
    if (end) {
      const { destroy, cleanup } = guard(stream, reading, writing);
      this.destroys.push(destroy);
      if (isReadable(stream) && isLast) this.lastCleanups.push(cleanup);
    }
    const onError = (error) => {
      if (error && error.name !== "AbortError" && error.code !== PREMATURE) this.fail(error);
    };
    stream.on("error", onError);
    if (isReadable(stream) && isLast) this.lastCleanups.push(() => stream.removeListener("error", onError));
  }

  source(stream) {
    if (typeof stream === "function") {
      const made = stream({ signal: this.controller.signal });
      if (!isIterable(made)) throw new ERR_INVALID_RETURN_VALUE("Iterable, AsyncIterable or Stream", "source", made);
      return made;
    }
    if (isIterable(stream) || isReadableNodeStream(stream) || isTransformStream(stream)) return stream;
    return Duplex.from(stream);
  }

  call(transform, index, source, reading, isLast, end) {
    const input = isTransformStream(source) ? asIterable(source?.readable) : asIterable(source);
    const made = transform(input, { signal: this.controller.signal });
    if (reading) {
      if (!isIterable(made, true)) throw new ERR_INVALID_RETURN_VALUE("AsyncIterable", `transform[${index - 1}]`, made);
      return made;
    }
    // The pipeline returns a stream, whatever the function returned.
    const output = new PassThrough({ objectMode: true });
    const then = made?.then;
    if (typeof then === "function") {
      this.running++;
      then.call(
        made,
        (value) => {
          this.value = value;
          if (value !== null && value !== undefined) output.write(value);
          if (end) output.end();
          nextTick(this.finish);
        },
        (error) => {
          output.destroy(error);
          nextTick(this.finish, error);
        },
      );
    } else if (isIterable(made, true)) {
      this.running++;
      pumpToNode(made, output, this.finish, end);
    } else if (isReadableStream(made) || isTransformStream(made)) {
      this.running++;
      pumpToNode(made.readable || made, output, this.finish, end);
    } else {
      throw new ERR_INVALID_RETURN_VALUE("AsyncIterable or Promise", "destination", made);
    }
    const { destroy, cleanup } = guard(output, false, true);
    this.destroys.push(destroy);
    if (isLast) this.lastCleanups.push(cleanup);
    return output;
  }

  intoNode(stream, source, end, isLast) {
    if (isReadableNodeStream(source)) {
      this.running += 2;
      const cleanup = this.pipe(source, stream, end);
      if (isReadable(stream) && isLast) this.lastCleanups.push(cleanup);
    } else if (isTransformStream(source) || isReadableStream(source)) {
      this.running++;
      pumpToNode(source.readable || source, stream, this.finish, end);
    } else if (isIterable(source)) {
      this.running++;
      pumpToNode(source, stream, this.finish, end);
    } else {
      throw new ERR_INVALID_ARG_TYPE("val", ["Readable", "Iterable", "AsyncIterable", "ReadableStream", "TransformStream"], source);
    }
    return stream;
  }

  pipe(source, destination, end) {
    let ended = false;
    destination.on("close", () => {
      if (!ended) this.fail(new ERR_STREAM_PREMATURE_CLOSE());
    });
    // The end is passed on below, so that it can be told from a premature one.
    source.pipe(destination, { end: false });
    if (end) {
      const atEnd = () => {
        ended = true;
        destination.end();
      };
      if (isReadableFinished(source)) nextTick(atEnd);
      else source.once("end", atEnd);
    } else {
      this.finish();
    }
    eos(source, { readable: true, writable: false }, (error) => {
      const state = source._readableState;
      if (error && error.code === PREMATURE && state?.ended && !state.errored && !state.errorEmitted) {
        // Some streams close before they emit what is left.
        source.once("end", this.finish).once("error", this.finish);
      } else {
        this.finish(error);
      }
    });
    return eos(destination, { readable: false, writable: true }, this.finish);
  }

  intoWeb(stream, source, end) {
    let input = source;
    if (isReadableNodeStream(source)) input = asIterable(source);
    else if (isTransformStream(source)) input = source.readable;
    else if (!isReadableStream(source) && !isIterable(source)) {
      throw new ERR_INVALID_ARG_TYPE("val", ["Readable", "Iterable", "AsyncIterable", "ReadableStream", "TransformStream"], source);
    }
    this.running++;
    pumpToWeb(input, stream, this.finish, end);
    return stream;
  }
}

async function pumpToNode(iterable, writable, finish, end) {
  let error;
  let wake = null;
  const resume = (failure) => {
    if (failure) error = failure;
    if (wake === null) return;
    const call = wake;
    wake = null;
    call();
  };
  const wait = () => new Promise((resolve, reject) => {
    if (error) {
      reject(error);
      return;
    }
    wake = () => {
      if (error) reject(error);
      else resolve();
    };
  });
  writable.on("drain", resume);
  const cleanup = eos(writable, { readable: false }, resume);
  try {
    if (writable.writableNeedDrain) await wait();
    for await (const chunk of iterable) if (!writable.write(chunk)) await wait();
    if (end) {
      writable.end();
      await wait();
    }
    finish();
  } catch (thrown) {
    finish(error === thrown ? thrown : aggregateTwoErrors(error, thrown));
  } finally {
    cleanup();
    writable.off("drain", resume);
  }
}

async function pumpToWeb(readable, stream, finish, end) {
  const writer = (isTransformStream(stream) ? stream.writable : stream).getWriter();
  try {
    for await (const chunk of readable) {
      await writer.ready;
      writer.write(chunk).catch(() => {});
    }
    await writer.ready;
    if (end) await writer.close();
    finish();
  } catch (thrown) {
    try {
      await writer.abort(thrown);
      finish(thrown);
    } catch (error) {
      finish(error);
    }
  }
}
