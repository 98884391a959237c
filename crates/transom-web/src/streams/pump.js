// @ts-check
// Moving the chunks of a stream to the platform's own consumers: a response being written, a body being read.
//
// Unlike a pipe, chunks are handed over the moment they exist, also inside the author's `enqueue`, because the sinks
// here run no author code. No promise is made per chunk.

import { primordials } from "transom:internal/primordials";
import { acquireDefaultReader } from "transom:internal/streams/reader_state";
import { isUint8Array, viewByteLength } from "transom:internal/webidl/webidl";

const { PromisePrototypeThen, TypedArrayPrototypeSet, TypeError, Uint8Array, unlink } = primordials;

/**
 * Read request and loop in one. A sink's `write(chunk)` returns undefined or null to go on, or a promise to wait for;
 * a promise that fulfils with false, or that rejects, means the consumer is gone and cancels the stream.
 */
class Pump {
  constructor(stream, sink, keepLock) {
    this.stream = stream;
    this.sink = sink;
    this.keepLock = keepLock;
    this.reader = acquireDefaultReader(stream);
    this.busy = false;
    this.ended = false;
    this.onDrained = null;
    this.onGone = null;
  }

  run() {
    const { reader, stream } = this;
    while (!this.busy && !this.ended) {
      if (stream.state === "readable" && stream.controller.hasChunk) {
        stream.disturbed = true;
        this.deliver(stream.controller.take());
      } else {
        this.busy = true;
        reader.read(this);
      }
    }
  }

  deliver(chunk) {
    let waiting;
    try {
      waiting = this.sink.write(chunk);
    } catch (error) {
      this.stop(error);
      this.sink.abort(error);
      return;
    }
    if (waiting === undefined || waiting === null) return;
    this.busy = true;
    this.onDrained ??= (more) => {
      this.busy = false;
      if (more === false) this.stop(new TypeError("The consumer of the stream is gone"));
      else this.run();
    };
    this.onGone ??= (error) => {
      this.stop(error);
      this.sink.abort(error);
    };
    PromisePrototypeThen(waiting, this.onDrained, this.onGone);
  }

  chunk(value) {
    this.busy = false;
    this.deliver(value);
    this.run();
  }

  close() {
    this.ended = true;
    this.release();
    this.sink.close();
  }

  error(reason) {
    this.ended = true;
    this.release();
    this.sink.abort(reason);
  }

  /** Cancels the stream because nobody wants the rest. */
  stop(reason) {
    if (this.ended) return;
    this.ended = true;
    const { reader, stream } = this;
    PromisePrototypeThen(stream.cancel(reason), undefined, ignore);
    if (reader.stream !== null) reader.release();
  }

  release() {
    if (!this.keepLock && this.reader.stream !== null) this.reader.release();
  }
}
unlink(Pump);

function ignore() {}

/**
 * Moves all chunks of `stream` (what is behind a ReadableStream) to `sink` and returns a function that stops early:
 * `stop(reason)` cancels the stream. The stream must not be locked; with `keepLock` it stays so after its end.
 */
export function pump(stream, sink, options = undefined) {
  const running = new Pump(stream, sink, options?.keepLock === true);
  running.run();
  return (reason) => running.stop(reason);
}

/** Collects the bytes of a stream; calls one of the two functions in the end. */
class ByteCollector {
  constructor(done, failed) {
    this.chunks = [];
    this.size = 0;
    this.done = done;
    this.failed = failed;
  }

  write(chunk) {
    if (!isUint8Array(chunk)) throw new TypeError("The stream has a chunk that is not a Uint8Array");
    this.chunks[this.chunks.length] = chunk;
    this.size += viewByteLength(chunk);
  }

  close() {
    const { chunks } = this;
    if (chunks.length === 1) {
      this.done(chunks[0]);
      return;
    }
    const whole = new Uint8Array(this.size);
    let offset = 0;
    for (let i = 0; i < chunks.length; i++) {
      TypedArrayPrototypeSet(whole, chunks[i], offset);
      offset += viewByteLength(chunks[i]);
    }
    this.done(whole);
  }

  abort(reason) {
    this.failed(reason);
  }
}
unlink(ByteCollector);

/**
 * https://streams.spec.whatwg.org/#readablestreamdefaultreader-read-all-bytes
 *
 * Calls `done(bytes)` or `failed(reason)`. `bytes` may be the very array that the source enqueued.
 */
export function readAllBytes(stream, done, failed) {
  pump(stream, new ByteCollector(done, failed));
}
