// @ts-check
// The state of web streams, for functions that take streams of both kinds.

import { lazy } from "transom:internal/lazy";
import { isReadableStream } from "transom:internal/node/stream/kinds";

const internals = lazy("transom:internal/streams/internals");

/** Those of the platform; look-alikes have none. */
function internalsOf(stream) {
  const { readableStreamInternals: readable, writableStreamInternals: writable } = internals();
  if (readable.isReadableStream(stream)) return readable;
  return writable.isWritableStream(stream) ? writable : undefined;
}

/** A promise for the end of a web stream, without taking its lock. */
export function webClosed(stream) {
  const found = internalsOf(stream);
  if (found !== undefined) return found.whenClosed(stream);
  return (isReadableStream(stream) ? stream.getReader() : stream.getWriter()).closed;
}

/** Puts a web stream into its errored state. */
export function webError(stream, reason) {
  internalsOf(stream)?.error(stream, reason);
}

/** Whether a web stream can be read, is errored, or was read from; null for what is no web stream. */
export const webIsReadable = (stream) => {
  const found = internals().readableStreamInternals;
  return found.isReadableStream(stream) ? !found.isErrored(stream) && !found.isClosed(stream) : null;
};
export const webIsWritable = (stream) => {
  const found = internals().writableStreamInternals;
  return found.isWritableStream(stream) ? found.isWritable(stream) : null;
};
export const webIsErrored = (stream) => internalsOf(stream)?.isErrored(stream) ?? null;
export const webIsDisturbed = (stream) => {
  const found = internals().readableStreamInternals;
  return found.isReadableStream(stream) ? found.isDisturbed(stream) : null;
};
