// @ts-check
// addAbortSignal: a stream that is destroyed when a signal is aborted.

import { addAbortListener } from "transom:internal/node/events/targets";
import { AbortError, codes } from "transom:internal/node/errors";
import { validateAbortSignal } from "transom:internal/node/errors/validators";
import { eos } from "transom:internal/node/stream/end_of_stream";
import { isNodeStream, isWebStream } from "transom:internal/node/stream/kinds";
import { webError } from "transom:internal/node/stream/web_state";
import { primordials } from "transom:internal/primordials";

const { SymbolDispose, SymbolFor } = primordials;
const { ERR_INVALID_ARG_TYPE } = codes;

export function addAbortSignal(signal, stream) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  if (!isNodeStream(stream) && !isWebStream(stream)) {
    throw new ERR_INVALID_ARG_TYPE("stream", ["ReadableStream", "WritableStream", "Stream"], stream);
  }
  return addAbortSignalTo(signal, stream);
}

/** The same without checks. */
export function addAbortSignalTo(signal, stream) {
  if (typeof signal !== "object" || !("aborted" in signal)) return stream;
  const abort = isNodeStream(stream)
    ? () => stream.destroy(new AbortError(undefined, { cause: signal.reason }))
    : () => webError(stream, new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) {
    abort();
  } else {
    const listening = addAbortListener(signal, abort);
    eos(stream, () => listening[SymbolDispose ?? SymbolFor("nodejs.dispose")]());
  }
  return stream;
}
