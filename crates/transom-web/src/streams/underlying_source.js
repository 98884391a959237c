// @ts-check
// Underlying sources: what a script passes to `new ReadableStream`, read once and called as Web IDL says.
// Spec: https://streams.spec.whatwg.org/#underlying-source-api

import { primordials } from "transom:internal/primordials";
import { ByteControllerState } from "transom:internal/streams/byte_controller_state";
import { byteControllerObject } from "transom:internal/streams/readable_byte_controller";
import { DefaultControllerState } from "transom:internal/streams/readable_default_controller";
import * as webidl from "transom:internal/webidl/webidl";

const { RangeError, ReflectApply, TypeError, unlink } = primordials;

const enforceRange = { enforceRange: true };

/** The source object of a script; see readable_state.js for the protocol. */
class ScriptSource {
  constructor(object, pullMethod, cancelMethod) {
    this.object = object;
    this.pullMethod = pullMethod;
    this.cancelMethod = cancelMethod;
    /** The public controller, passed to `start` and `pull`. */
    this.controller = null;
  }

  pull() {
    if (this.pullMethod === undefined) return undefined;
    return ReflectApply(this.pullMethod, this.object, [this.controller]);
  }

  cancel(reason) {
    if (this.cancelMethod === undefined) return undefined;
    return ReflectApply(this.cancelMethod, this.object, [reason]);
  }
}
unlink(ScriptSource);

function optionalFunction(value, name) {
  if (value !== undefined && typeof value !== "function") {
    throw new TypeError(`ReadableStream constructor: member \`${name}\` of the source is not a function`);
  }
  return value;
}

/** The constructor steps of ReadableStream from the conversion of the source on. */
export function setUpFromSource(stream, object, strategy) {
  // The members of the dictionary, in the order of their names.
  const source = object === undefined ? noMembers : object;
  let autoAllocateChunkSize = source.autoAllocateChunkSize;
  if (autoAllocateChunkSize !== undefined) {
    autoAllocateChunkSize = webidl.unsignedLongLong(autoAllocateChunkSize, "autoAllocateChunkSize", enforceRange);
  }
  const cancel = optionalFunction(source.cancel, "cancel");
  const pull = optionalFunction(source.pull, "pull");
  const start = optionalFunction(source.start, "start");
  const type = source.type;
  if (type !== undefined && webidl.DOMString(type) !== "bytes") {
    throw new TypeError(`ReadableStream constructor: \`${type}\` is not a valid type of a source`);
  }

  const script = new ScriptSource(object, pull, cancel);
  let controller;
  if (type !== undefined) {
    if (strategy.size !== undefined) throw new RangeError("A stream of bytes takes no strategy with a size function");
    const highWaterMark = strategy.highWaterMarkOr(0);
    if (autoAllocateChunkSize === 0) throw new TypeError("`autoAllocateChunkSize` must be positive");
    controller = new ByteControllerState(stream, script, highWaterMark, autoAllocateChunkSize);
    script.controller = byteControllerObject(controller);
  } else {
    const sizeAlgorithm = strategy.sizeAlgorithm();
    controller = new DefaultControllerState(stream, script, strategy.highWaterMarkOr(1), sizeAlgorithm);
    script.controller = controller.object;
  }
  controller.start(start === undefined ? undefined : ReflectApply(start, object, [script.controller]));
}

const noMembers = { __proto__: null };
