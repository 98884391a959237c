// @ts-check
// TransformStream and TransformStreamDefaultController. Behind them: transform_state.js.
// Spec: https://streams.spec.whatwg.org/#ts-class and https://streams.spec.whatwg.org/#ts-default-controller-class

import { primordials } from "transom:internal/primordials";
import { convertStrategy } from "transom:internal/streams/queuing_strategy";
import { wrapReadable } from "transom:internal/streams/readable";
import { TransformState } from "transom:internal/streams/transform_state";
import { wrapWritable } from "transom:internal/streams/writable";
import * as webidl from "transom:internal/webidl/webidl";

const { RangeError, ReflectApply, TypeError, unlink } = primordials;

/** The transformer object of a script; see transform_state.js for the protocol. */
class ScriptTransformer {
  constructor(object, transformMethod, flushMethod, cancelMethod) {
    this.object = object;
    this.transformMethod = transformMethod;
    this.flushMethod = flushMethod;
    this.cancelMethod = cancelMethod;
    /** The public controller, passed to every method but `cancel`. */
    this.controller = null;
  }

  transform(chunk, state) {
    if (this.transformMethod === undefined) return state.enqueue(chunk);
    return ReflectApply(this.transformMethod, this.object, [chunk, this.controller]);
  }

  flush() {
    if (this.flushMethod === undefined) return undefined;
    return ReflectApply(this.flushMethod, this.object, [this.controller]);
  }

  cancel(reason) {
    if (this.cancelMethod === undefined) return undefined;
    return ReflectApply(this.cancelMethod, this.object, [reason]);
  }
}
unlink(ScriptTransformer);

const noMembers = { __proto__: null };

function optionalFunction(value, name) {
  if (value !== undefined && typeof value !== "function") {
    throw new TypeError(`TransformStream constructor: member \`${name}\` of the transformer is not a function`);
  }
  return value;
}

/** https://streams.spec.whatwg.org/#ts-default-controller-class */
export class TransformStreamDefaultController {
  #transform;

  constructor(key = undefined, transform = undefined) {
    webidl.requireInternal(key);
    this.#transform = transform;
  }

  /** https://streams.spec.whatwg.org/#ts-default-controller-desired-size */
  get desiredSize() {
    return this.#transform.readable.controller.desiredSize;
  }

  /** https://streams.spec.whatwg.org/#ts-default-controller-enqueue */
  enqueue(chunk = undefined) {
    this.#transform.enqueue(chunk);
  }

  /** https://streams.spec.whatwg.org/#ts-default-controller-error */
  error(reason = undefined) {
    this.#transform.error(reason);
  }

  /** https://streams.spec.whatwg.org/#ts-default-controller-terminate */
  terminate() {
    this.#transform.terminate();
  }
}

/** https://streams.spec.whatwg.org/#ts-class */
export class TransformStream {
  #state;

  /** https://streams.spec.whatwg.org/#ts-constructor */
  constructor(transformer = undefined, writableStrategy = undefined, readableStrategy = undefined) {
    if (transformer !== undefined && !webidl.isObject(transformer)) {
      throw new TypeError("TransformStream constructor: argument 1 is not an object");
    }
    const writable = convertStrategy(writableStrategy, "TransformStream constructor: argument 2");
    const readable = convertStrategy(readableStrategy, "TransformStream constructor: argument 3");
    // The members of the dictionary, in the order of their names.
    const members = transformer === undefined ? noMembers : transformer;
    const cancel = optionalFunction(members.cancel, "cancel");
    const flush = optionalFunction(members.flush, "flush");
    const { readableType } = members;
    const start = optionalFunction(members.start, "start");
    const transform = optionalFunction(members.transform, "transform");
    const { writableType } = members;
    if (readableType !== undefined) throw new RangeError("TransformStream constructor: `readableType` must be absent");
    if (writableType !== undefined) throw new RangeError("TransformStream constructor: `writableType` must be absent");

    const readableSide = { highWaterMark: readable.highWaterMarkOr(0), size: readable.sizeAlgorithm() };
    const writableSide = { highWaterMark: writable.highWaterMarkOr(1), size: writable.sizeAlgorithm() };
    const script = new ScriptTransformer(transformer, transform, flush, cancel);
    const state = new TransformState(script, writableSide, readableSide);
    script.controller = new TransformStreamDefaultController(webidl.internalKey, state);
    this.#state = state;
    state.start(start === undefined ? undefined : ReflectApply(start, transformer, [script.controller]));
  }

  /** https://streams.spec.whatwg.org/#ts-readable */
  get readable() {
    return wrapReadable(this.#state.readable);
  }

  /** https://streams.spec.whatwg.org/#ts-writable */
  get writable() {
    return wrapWritable(this.#state.writable);
  }
}

webidl.configureInterface("TransformStreamDefaultController", TransformStreamDefaultController);
webidl.configureInterface("TransformStream", TransformStream);
