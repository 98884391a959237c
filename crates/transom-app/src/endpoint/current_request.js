// @ts-check
// The request that the current flow of asynchronous code belongs to.
//
// Each request begins a flow of its own, which the engine follows through promises, timers and native work. What is
// kept with it costs nothing to keep: four values that exist anyway.

import { asyncContextInternals } from "transom:internal/async_context/async_context";
import { ops } from "transom:internal/ops";

const number = {};
const head = {};
const home = {};
const way = {};

/** Begins the flow of a request. `origin` is scheme and host as the client named them. */
export function enterRequest(requestId, rawHeaders, origin, target) {
  ops.context_set(asyncContextInternals.fresh([number, requestId, head, rawHeaders, home, origin, way, target]));
}

/**
 * Calls `load`, which evaluates a module of the program. The request that waits for it is remembered, should it never
 * end; but what it asks and starts is nobody's, for it lives longer than this request.
 */
export function loadForRequest(load, module) {
  const id = asyncContextInternals.get(number);
  const outer = ops.context_get();
  ops.context_set(id === undefined ? undefined : asyncContextInternals.fresh([number, id]));
  try {
    return load(module);
  } finally {
    ops.context_set(outer);
  }
}

/** The number of the current request, or undefined outside of one. */
export function requestNumber() {
  return asyncContextInternals.get(number);
}

/** The current request, or null outside of one. */
export function currentRequest() {
  const { get } = asyncContextInternals;
  const rawHeaders = get(head);
  if (rawHeaders === undefined) return null;
  return { __proto__: null, id: get(number), rawHeaders, origin: get(home), target: get(way) };
}
