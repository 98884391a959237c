// @ts-check
// WritableStream and WritableStreamDefaultWriter. Behind them: writable_state.js, writer_state.js.
// Spec: https://streams.spec.whatwg.org/#ws-class and https://streams.spec.whatwg.org/#default-writer-class

import { primordials } from "transom:internal/primordials";
import { PromiseRequest } from "transom:internal/streams/promises";
import { convertStrategy } from "transom:internal/streams/queuing_strategy";
import { WritableControllerState } from "transom:internal/streams/writable_default_controller";
import { WritableState } from "transom:internal/streams/writable_state";
import { WriterState } from "transom:internal/streams/writer_state";
import * as webidl from "transom:internal/webidl/webidl";

const { PromiseReject, RangeError, ReflectApply, TypeError, unlink } = primordials;

let isWritableStream;
let isWriter;
let stateOf;

/** The sink object of a script; see writable_state.js for the protocol. */
class ScriptSink {
  constructor(object, writeMethod, closeMethod, abortMethod) {
    this.object = object;
    this.writeMethod = writeMethod;
    this.closeMethod = closeMethod;
    this.abortMethod = abortMethod;
    /** The public controller, passed to `start` and `write`. */
    this.controller = null;
  }

  write(chunk) {
    if (this.writeMethod === undefined) return undefined;
    return ReflectApply(this.writeMethod, this.object, [chunk, this.controller]);
  }

  close() {
    if (this.closeMethod === undefined) return undefined;
    return ReflectApply(this.closeMethod, this.object, []);
  }

  abort(reason) {
    if (this.abortMethod === undefined) return undefined;
    return ReflectApply(this.abortMethod, this.object, [reason]);
  }
}
unlink(ScriptSink);

const noMembers = { __proto__: null };

function optionalFunction(value, name) {
  if (value !== undefined && typeof value !== "function") {
    throw new TypeError(`WritableStream constructor: member \`${name}\` of the sink is not a function`);
  }
  return value;
}

/** The constructor steps from the conversion of the sink on: https://streams.spec.whatwg.org/#ws-constructor */
function setUpFromSink(stream, object, strategy) {
  // The members of the dictionary, in the order of their names.
  const sink = object === undefined ? noMembers : object;
  const abort = optionalFunction(sink.abort, "abort");
  const close = optionalFunction(sink.close, "close");
  const start = optionalFunction(sink.start, "start");
  const { type } = sink;
  const write = optionalFunction(sink.write, "write");
  if (type !== undefined) throw new RangeError("WritableStream constructor: a sink has no `type`");

  const sizeAlgorithm = strategy.sizeAlgorithm();
  const script = new ScriptSink(object, write, close, abort);
  const controller = new WritableControllerState(stream, script, strategy.highWaterMarkOr(1), sizeAlgorithm);
  script.controller = controller.object;
  controller.start(start === undefined ? undefined : ReflectApply(start, object, [script.controller]));
}

function locked() {
  return PromiseReject(new TypeError("The WritableStream is locked to a writer"));
}

function illegal() {
  return PromiseReject(new TypeError("Illegal invocation"));
}

function released() {
  return new TypeError("The writer was released and has no stream");
}

/** https://streams.spec.whatwg.org/#ws-class */
export class WritableStream {
  #state;

  /** https://streams.spec.whatwg.org/#ws-constructor */
  constructor(underlyingSink = undefined, strategy = undefined) {
    if (underlyingSink === webidl.internalKey) {
      this.#state = strategy;
      return;
    }
    if (underlyingSink !== undefined && !webidl.isObject(underlyingSink)) {
      throw new TypeError("WritableStream constructor: argument 1 is not an object");
    }
    const converted = convertStrategy(strategy, "WritableStream constructor: argument 2");
    this.#state = new WritableState();
    this.#state.object = this;
    setUpFromSink(this.#state, underlyingSink, converted);
  }

  /** https://streams.spec.whatwg.org/#ws-locked */
  get locked() {
    return this.#state.locked;
  }

  /** https://streams.spec.whatwg.org/#ws-abort */
  abort(reason = undefined) {
    if (!isWritableStream(this)) return illegal();
    if (this.#state.locked) return locked();
    return this.#state.abort(reason);
  }

  /** https://streams.spec.whatwg.org/#ws-close */
  close() {
    if (!isWritableStream(this)) return illegal();
    if (this.#state.locked) return locked();
    if (this.#state.closeQueuedOrInFlight) {
      return PromiseReject(new TypeError("The WritableStream is closing already"));
    }
    return this.#state.close();
  }

  /** https://streams.spec.whatwg.org/#ws-get-writer */
  getWriter() {
    return new WritableStreamDefaultWriter(webidl.internalKey, this.#state);
  }

  static {
    isWritableStream = (value) => typeof value === "object" && value !== null && #state in value;
    stateOf = (stream) => stream.#state;
  }
}

/** https://streams.spec.whatwg.org/#default-writer-class */
export class WritableStreamDefaultWriter {
  #writer;

  /** https://streams.spec.whatwg.org/#default-writer-constructor */
  constructor(stream, state = undefined) {
    if (stream !== webidl.internalKey) {
      webidl.requireArguments("WritableStreamDefaultWriter constructor", arguments.length, 1);
      state = writableState(stream, "WritableStreamDefaultWriter constructor: argument 1");
    }
    this.#writer = new WriterState(state);
  }

  /** https://streams.spec.whatwg.org/#default-writer-closed */
  get closed() {
    if (!isWriter(this)) return illegal();
    return this.#writer.closed.get();
  }

  /** https://streams.spec.whatwg.org/#default-writer-desired-size */
  get desiredSize() {
    const writer = this.#writer;
    if (writer.stream === null) throw released();
    return writer.desiredSize;
  }

  /** https://streams.spec.whatwg.org/#default-writer-ready */
  get ready() {
    if (!isWriter(this)) return illegal();
    return this.#writer.ready.get();
  }

  /** https://streams.spec.whatwg.org/#default-writer-abort */
  abort(reason = undefined) {
    if (!isWriter(this)) return illegal();
    const { stream } = this.#writer;
    return stream === null ? PromiseReject(released()) : stream.abort(reason);
  }

  /** https://streams.spec.whatwg.org/#default-writer-close */
  close() {
    if (!isWriter(this)) return illegal();
    const { stream } = this.#writer;
    if (stream === null) return PromiseReject(released());
    if (stream.closeQueuedOrInFlight) return PromiseReject(new TypeError("The WritableStream is closing already"));
    return stream.close();
  }

  /** https://streams.spec.whatwg.org/#default-writer-release-lock */
  releaseLock() {
    const writer = this.#writer;
    if (writer.stream !== null) writer.release();
  }

  /** https://streams.spec.whatwg.org/#default-writer-write */
  write(chunk = undefined) {
    if (!isWriter(this)) return illegal();
    const writer = this.#writer;
    if (writer.stream === null) return PromiseReject(released());
    const request = new PromiseRequest();
    writer.write(chunk, request);
    return request.promise;
  }

  static {
    isWriter = (value) => typeof value === "object" && value !== null && #writer in value;
  }
}

/** The WritableStream for what is behind one; always the same. */
export function wrapWritable(state) {
  return (state.object ??= new WritableStream(webidl.internalKey, state));
}

/** What is behind a WritableStream; throws for anything else. */
export function writableState(value, context) {
  if (!isWritableStream(value)) throw new TypeError(`${context} is not of type WritableStream`);
  return stateOf(value);
}

export { isWritableStream };

webidl.configureInterface("WritableStream", WritableStream);
webidl.configureInterface("WritableStreamDefaultWriter", WritableStreamDefaultWriter);
