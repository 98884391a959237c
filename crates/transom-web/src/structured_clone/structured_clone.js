// @ts-check
// structuredClone.
// Spec: https://html.spec.whatwg.org/multipage/structured-data.html#dom-structuredclone
//
// Done here and not by the engine, because the platform's own objects (Blob, File, DOMException) are ordinary objects
// to the engine, and they may sit anywhere in the value. Serialization (serialize.js) reads the whole value first;
// only then buffers are transferred and the copy is made (deserialize.js), so that a failure leaves all as it was.

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { createTransform, readableStreamInternals } from "transom:internal/streams/internals";
import { isReadableStream, readableState } from "transom:internal/streams/readable";
import { isWritableStream, writableState } from "transom:internal/streams/writable";
import { deserialize } from "transom:internal/structured_clone/deserialize";
import { cloneDirectly } from "transom:internal/structured_clone/direct";
import { BUFFER, PORT, Record, Serializer, STREAM } from "transom:internal/structured_clone/serialize";
import * as webidl from "transom:internal/webidl/webidl";

const { ArrayBufferPrototypeTransfer } = primordials;

const convertTransfer = webidl.sequence(webidl.object);

function refuse(message) {
  return new DOMException(message, "DataCloneError");
}

/** Refuses what cannot be transferred and returns its record. */
function transferRecord(value) {
  if (webidl.isArrayBuffer(value)) {
    if (webidl.isDetached(value)) throw refuse("An ArrayBuffer to transfer is detached already");
    return new Record(BUFFER, value);
  }
  if (isReadableStream(value)) {
    if (readableState(value).locked) throw refuse("A ReadableStream to transfer is locked");
    return new Record(STREAM, value);
  }
  if (isWritableStream(value)) {
    if (writableState(value).locked) throw refuse("A WritableStream to transfer is locked");
    return new Record(STREAM, value);
  }
  if (ports !== null && ports.is(value)) {
    if (ports.isDetached(value)) throw refuse("A MessagePort to transfer is detached already");
    return new Record(PORT, value);
  }
  throw refuse("A value in the transfer list cannot be transferred");
}

/** How ports are recognised and moved; null while nothing has made one. */
let ports = null;

/** Called once by message_port.js: `{ is(value), isDetached(port), move(port) }`. */
export function setPortHooks(hooks) {
  ports = hooks;
}

/** https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer and back. */
export function structuredCloneValue(value, transfer = []) {
  if (transfer.length === 0) return cloneDirectly(value);
  return deserialize(serializeWithTransfer(value, transfer).serialized);
}

/**
 * https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer: what `deserialize`
 * makes a value of, once, and the ports that moved with it.
 */
export function serializeWithTransfer(value, transfer) {
  const serializer = new Serializer();
  const records = [];
  const movedPorts = [];
  for (let i = 0; i < transfer.length; i++) {
    const record = transferRecord(transfer[i]);
    if (!serializer.reserve(transfer[i], record)) throw refuse("The transfer list has a value twice");
    records[i] = record;
  }
  const serialized = serializer.serialize(value);
  for (let i = 0; i < records.length; i++) {
    // Getters that ran meanwhile may have detached or locked what is to be moved.
    const { type, value: moved } = transferRecord(transfer[i]);
    records[i].copy = type === BUFFER ? moveBuffer(moved) : type === PORT ? ports.move(moved) : moveStream(moved);
    if (type === PORT) movedPorts[movedPorts.length] = records[i].copy;
  }
  return { serialized, ports: movedPorts };
}

function moveBuffer(buffer) {
  try {
    return ArrayBufferPrototypeTransfer(buffer);
  } catch {
    throw refuse("An ArrayBuffer in the transfer list cannot be detached");
  }
}

/** https://streams.spec.whatwg.org/#rs-transfer within one realm: a pipe takes the place of the message ports. */
function moveStream(stream) {
  const { readable, writable } = createTransform({ transform: (chunk, controller) => controller.enqueue(chunk) });
  if (isReadableStream(stream)) {
    ops.promise_mark_handled(readableStreamInternals.pipe(stream, writable));
    return readable;
  }
  ops.promise_mark_handled(readableStreamInternals.pipe(readable, stream));
  return writable;
}

/** https://html.spec.whatwg.org/multipage/structured-data.html#dom-structuredclone */
export function structuredClone(value, options = undefined) {
  webidl.requireArguments("structuredClone", arguments.length, 1);
  if (options === undefined || options === null) return structuredCloneValue(value);
  webidl.object(options, "structuredClone: argument 2");
  const { transfer } = options;
  if (transfer === undefined) return structuredCloneValue(value);
  return structuredCloneValue(value, convertTransfer(transfer, "structuredClone: transfer"));
}
