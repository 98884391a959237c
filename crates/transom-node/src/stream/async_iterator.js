// @ts-check
// Readable as an asynchronous iterator.

import { aggregateTwoErrors } from "transom:internal/node/errors";
import { validateObject } from "transom:internal/node/errors/validators";
import { destroyer } from "transom:internal/node/stream/destroy";
import { eos } from "transom:internal/node/stream/end_of_stream";
import { lazy } from "transom:internal/lazy";

const readable = lazy("transom:internal/node/stream/readable");

/** The chunks of `stream`; leaving the loop destroys it unless `destroyOnReturn` is false. */
export function iterate(stream, options, isChecked = false) {
  if (isChecked && options !== undefined) validateObject(options, "options");
  if (typeof stream.read !== "function") {
    const { Readable } = readable();
    stream = Readable.wrap(stream, { objectMode: true });
  }
  const iterator = chunksOf(stream, options);
  iterator.stream = stream;
  return iterator;
}

async function* chunksOf(stream, options) {
  let wake = () => {};
  function next(resolve) {
    // As a listener, or as the executor of a promise.
    if (this === stream) {
      wake();
      wake = () => {};
    } else {
      wake = resolve;
    }
  }
  stream.on("readable", next);
  // undefined: goes on; null: has ended.
  let error;
  const cleanup = eos(stream, { writable: false }, (failure) => {
    error = failure ? aggregateTwoErrors(error, failure) : null;
    wake();
    wake = () => {};
  });
  try {
    for (;;) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) yield chunk;
      else if (error) throw error;
      else if (error === null) return;
      else await new Promise(next);
    }
  } catch (thrown) {
    error = aggregateTwoErrors(error, thrown);
    throw error;
  } finally {
    if ((error || options?.destroyOnReturn !== false) && (error === undefined || stream._readableState.autoDestroy)) {
      destroyer(stream, null);
    } else {
      stream.off("readable", next);
      cleanup();
    }
  }
}
