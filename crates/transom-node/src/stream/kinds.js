// @ts-check
// What a stream is, and in which state: questions that work for this module's streams, for those of other packages, and
// for web streams.

import { primordials } from "transom:internal/primordials";

const { ObjectDefineProperty, SymbolAsyncIterator, SymbolFor, SymbolIterator } = primordials;

// Node gives these names to anybody.
export const kIsDestroyed = SymbolFor("nodejs.stream.destroyed");
export const kIsDisturbed = SymbolFor("nodejs.stream.disturbed");
export const kIsErrored = SymbolFor("nodejs.stream.errored");
export const kIsReadable = SymbolFor("nodejs.stream.readable");
export const kIsWritable = SymbolFor("nodejs.stream.writable");

/** Marks a stream of another kind as destroyed. */
export function markDestroyed(stream) {
  ObjectDefineProperty(stream, kIsDestroyed, { __proto__: null, value: true, writable: true, enumerable: false, configurable: true });
}

const isFunction = (value) => typeof value === "function";

/** Streams of `readable-stream` and other copies of this module are recognised by what they have. */
export function isReadableNodeStream(value, strict = false) {
  return !!(
    value && isFunction(value.pipe) && isFunction(value.on) && (!strict || (isFunction(value.pause) && isFunction(value.resume))) &&
    (!value._writableState || value._readableState?.readable !== false) && (!value._writableState || value._readableState)
  );
}

export function isWritableNodeStream(value) {
  return !!(value && isFunction(value.write) && isFunction(value.on) && (!value._readableState || value._writableState?.writable !== false));
}

export function isDuplexNodeStream(value) {
  return !!(value && isFunction(value.pipe) && value._readableState && isFunction(value.on) && isFunction(value.write));
}

export function isNodeStream(value) {
  return !!(
    value && (value._readableState || value._writableState || (isFunction(value.write) && isFunction(value.on)) ||
      (isFunction(value.pipe) && isFunction(value.on)))
  );
}

export function isReadableStream(value) {
  return !!(value && !isNodeStream(value) && isFunction(value.pipeThrough) && isFunction(value.getReader) && isFunction(value.cancel));
}

export function isWritableStream(value) {
  return !!(value && !isNodeStream(value) && isFunction(value.getWriter) && isFunction(value.abort));
}

export function isTransformStream(value) {
  return !!(value && !isNodeStream(value) && typeof value.readable === "object" && typeof value.writable === "object");
}

export const isWebStream = (value) => isReadableStream(value) || isWritableStream(value) || isTransformStream(value);

/** `isAsync`: true for only asynchronous ones, false for only synchronous ones. */
export function isIterable(value, isAsync = undefined) {
  if (value === null || value === undefined) return false;
  if (isAsync === true) return isFunction(value[SymbolAsyncIterator]);
  if (isAsync === false) return isFunction(value[SymbolIterator]);
  return isFunction(value[SymbolAsyncIterator]) || isFunction(value[SymbolIterator]);
}

export function isDestroyed(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  return !!(stream.destroyed || stream[kIsDestroyed] || state?.destroyed);
}

export function isWritableEnded(stream) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableEnded === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  return typeof state?.ended === "boolean" ? state.ended : null;
}

export function isWritableFinished(stream, strict = true) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableFinished === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  if (typeof state?.finished !== "boolean") return null;
  return !!(state.finished || (strict === false && state.ended === true && state.length === 0));
}

export function isReadableEnded(stream) {
  if (!isReadableNodeStream(stream)) return null;
  if (stream.readableEnded === true) return true;
  const state = stream._readableState;
  if (!state || state.errored) return false;
  return typeof state.ended === "boolean" ? state.ended : null;
}

export function isReadableFinished(stream, strict = true) {
  if (!isReadableNodeStream(stream)) return null;
  const state = stream._readableState;
  if (state?.errored) return false;
  if (typeof state?.endEmitted !== "boolean") return null;
  return !!(state.endEmitted || (strict === false && state.ended === true && state.length === 0));
}

export function isReadable(stream) {
  if (stream && stream[kIsReadable] !== undefined && stream[kIsReadable] !== null) return stream[kIsReadable];
  if (typeof stream?.readable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isReadableNodeStream(stream) && stream.readable && !isReadableFinished(stream);
}

export function isWritable(stream) {
  if (stream && stream[kIsWritable] !== undefined && stream[kIsWritable] !== null) return stream[kIsWritable];
  if (typeof stream?.writable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isWritableNodeStream(stream) && stream.writable && !isWritableEnded(stream);
}

/** @param {{ readable?: boolean, writable?: boolean }} [options] */
export function isFinished(stream, options = undefined) {
  if (!isNodeStream(stream)) return null;
  if (isDestroyed(stream)) return true;
  if (options?.readable !== false && isReadable(stream)) return false;
  return !(options?.writable !== false && isWritable(stream));
}

export function isReadableErrored(stream) {
  if (!isNodeStream(stream)) return null;
  if (stream.readableErrored) return stream.readableErrored;
  return stream._readableState?.errored ?? null;
}

export function isWritableErrored(stream) {
  if (!isNodeStream(stream)) return null;
  if (stream.writableErrored) return stream.writableErrored;
  return stream._writableState?.errored ?? null;
}

export function isClosed(stream) {
  if (!isNodeStream(stream)) return null;
  if (typeof stream.closed === "boolean") return stream.closed;
  const { _writableState: writable, _readableState: readable } = stream;
  if (typeof writable?.closed === "boolean" || typeof readable?.closed === "boolean") return writable?.closed || readable?.closed;
  return typeof stream._closed === "boolean" && isOutgoingMessage(stream) ? stream._closed : null;
}

function isOutgoingMessage(stream) {
  return typeof stream._closed === "boolean" && typeof stream._defaultKeepAlive === "boolean" &&
    typeof stream._removedConnection === "boolean" && typeof stream._removedContLen === "boolean";
}

function isServerResponse(stream) {
  return typeof stream._sent100 === "boolean" && isOutgoingMessage(stream);
}

export function isServerRequest(stream) {
  return typeof stream._consuming === "boolean" && typeof stream._dumped === "boolean" && stream.req?.upgradeOrConnect === undefined;
}

export const isRequest = (stream) => !!(stream && stream.setHeader && isFunction(stream.abort));

export function willEmitClose(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  return (!state && isServerResponse(stream)) || !!(state?.autoDestroy && state.emitClose && state.closed === false);
}

export function isDisturbed(stream) {
  return !!(stream && (stream[kIsDisturbed] ?? (stream.readableDidRead || stream.readableAborted)));
}

export function isErrored(stream) {
  return !!(
    stream && (stream[kIsErrored] ?? stream.readableErrored ?? stream.writableErrored ?? stream._readableState?.errorEmitted ??
      stream._writableState?.errorEmitted ?? stream._readableState?.errored ?? stream._writableState?.errored)
  );
}
