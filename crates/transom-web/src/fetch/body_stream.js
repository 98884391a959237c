// @ts-check
// Bodies as streams: making one when it is asked for, splitting it, handing it on, reading it to its end.
//
// What reads a body to its end takes chunks of Uint8Array only, as the specification says. What a server sends may
// have strings and other bytes as well: see `convertChunk`.

import { blobInternals } from "transom:internal/blob/blob";
import { BLOB, BYTES, EMPTY, ITERABLE, NATIVE, STREAM, TEXT, claim, isUnusable } from "transom:internal/fetch/body_state";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { readableStreamInternals } from "transom:internal/streams/internals";
import * as webidl from "transom:internal/webidl/webidl";

const {
  Promise, PromisePrototypeThen, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeSet, TypeError, Uint8Array, unlink,
} = primordials;
const { createReadableStream, pumpTo, tee } = readableStreamInternals;

const structuredClones = lazy("transom:internal/structured_clone/structured_clone");

const BYTE_STREAM = { type: "bytes" };

/** https://fetch.spec.whatwg.org/#dom-body-body */
export function bodyObject(state) {
  if (state.kind === EMPTY) return null;
  if (state.stream === null && state.used) state.stream = readAlready();
  return openStream(state);
}

/** The stream of a body that is not empty; the same every time. */
export function openStream(state) {
  return (state.stream ??= createStream(state));
}

function createStream({ kind, value }) {
  switch (kind) {
    case TEXT:
      return oneChunk(ops.utf8_encode(value));
    case BYTES:
      return oneChunk(webidl.copyBufferSource(value));
    case BLOB:
      return blobInternals.stream(value);
    case ITERABLE:
      return encoded(readableStreamInternals.from(value));
    case NATIVE:
      return nativeStream(value);
    default:
      throw new TypeError("The body has no stream");
  }
}

/** What a program sees of a body that was read without a stream: one at its end, still locked by what read it. */
function readAlready() {
  const stream = createReadableStream(closeBytes, undefined, BYTE_STREAM);
  PromisePrototypeThen(readableStreamInternals.cancel(stream, undefined), undefined, ignore);
  readableStreamInternals.acquireReader(stream);
  return stream;
}

function oneChunk(bytes) {
  const pull = (controller) => {
    controller.enqueueOwned(bytes); // Ignores an empty one.
    closeBytes(controller);
  };
  return createReadableStream(pull, undefined, BYTE_STREAM);
}

function nativeStream(body) {
  const pull = (controller) =>
    PromisePrototypeThen(body.read(), (bytes) => {
      if (bytes === null) closeBytes(controller);
      else controller.enqueueOwned(bytes);
    });
  const stream = createReadableStream(pull, () => body.cancel(), { type: "bytes", highWaterMark: body.readAhead });
  body.streamed(readableStreamInternals.controllerOf(stream));
  return stream;
}

function closeBytes(controller) {
  controller.close();
  if (controller.pending.length > 0) controller.respond(0); // A reader that brought its own buffer waits.
}

/** https://fetch.spec.whatwg.org/#concept-body-clone: gives `target` a body with the same content. */
export function cloneBody(state, target) {
  if (state.kind === EMPTY) return;
  if (isUnusable(state)) throw new TypeError("A body that has been read or is being read cannot be cloned");
  if (state.stream === null && state.kind !== NATIVE && state.kind !== ITERABLE) {
    target.kind = state.kind;
    target.value = state.value;
    state.shared = target.shared = true;
    return;
  }
  const branches = tee(openStream(state), structuredClones().structuredClone);
  state.kind = target.kind = STREAM;
  state.value = target.value = null;
  state.stream = branches[0];
  target.stream = branches[1];
}

/** `new Request(request)`: the body of `state` becomes that of `target`, and `state` has been read. */
export function moveBody(state, target) {
  if (state.kind === EMPTY) return;
  claim(state);
  if (state.stream === null) {
    target.kind = state.kind;
    target.value = state.value;
    target.shared = state.shared;
  } else {
    target.kind = STREAM;
    target.stream = passOn(state.stream);
  }
}

/** A stream with the chunks of another one, passed through `convert`; that one is locked from now on. */
function passOn(stream, convert = asIs) {
  const reader = readableStreamInternals.acquireReader(stream);
  let request = null;
  const pull = (controller) => {
    request ??= {
      chunk: (value) => {
        try {
          controller.enqueue(convert(value));
        } catch (error) {
          controller.error(error);
          PromisePrototypeThen(reader.cancel(error), undefined, ignore);
        }
      },
      close: () => controller.close(),
      error: (reason) => controller.error(reason),
    };
    reader.readInto(request);
  };
  return createReadableStream(pull, (reason) => reader.cancel(reason));
}

/** The chunks of an iterable, where strings stand for their bytes, as bytes. */
function encoded(stream) {
  return passOn(stream, (chunk) => {
    const converted = convertChunk(chunk);
    return typeof converted === "string" ? ops.utf8_encode(converted) : converted;
  });
}

/**
 * Takes a body that is not empty and moves its chunks to `sink`; see `pumpTo` of the streams. The chunks are what the
 * program's stream has: the sink passes them through `convertChunk`. Returns `stop(reason)`.
 */
export function pumpBody(state, sink) {
  claim(state);
  return pumpTo(openStream(state), sink);
}

/** A chunk as a string or a Uint8Array; throws a TypeError for anything else. */
export function convertChunk(chunk) {
  if (typeof chunk === "string" || webidl.isUint8Array(chunk)) return chunk;
  if (webidl.isBufferSource(chunk)) return webidl.bytesOf(chunk);
  throw new TypeError("A body's stream may have chunks of bytes and strings only");
}

/** https://fetch.spec.whatwg.org/#incrementally-read-loop: throws for chunks that are no Uint8Array. */
export function requireBytes(chunk) {
  if (!webidl.isUint8Array(chunk)) throw new TypeError("A body's stream has a chunk that is not a Uint8Array");
}

/**
 * A promise for all that a stream has, as one Uint8Array that nobody else holds, or as what `convert` makes of it.
 * Locks the stream for ever: https://fetch.spec.whatwg.org/#body-fully-read
 */
export function readAll(stream, convert = asIs) {
  return new Promise((resolve, reject) => {
    pumpTo(stream, new Collector((bytes) => resolve(convert(bytes)), reject), { keepLock: true });
  });
}

const asIs = (value) => value;

class Collector {
  constructor(resolve, reject) {
    this.resolve = resolve;
    this.abort = reject;
    this.chunks = [];
    this.length = 0;
  }

  write(chunk) {
    requireBytes(chunk);
    this.chunks[this.chunks.length] = chunk;
    this.length += TypedArrayPrototypeGetByteLength(chunk);
  }

  close() {
    const { chunks } = this;
    const whole = new Uint8Array(this.length);
    let offset = 0;
    for (let i = 0; i < chunks.length; i++) {
      TypedArrayPrototypeSet(whole, chunks[i], offset);
      offset += TypedArrayPrototypeGetByteLength(chunks[i]);
    }
    this.resolve(whole);
  }
}
unlink(Collector);

function ignore() {}
