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

/** The number of the current request, or undefined outside of one. */
export function requestNumber() {
  return asyncContextInternals.get(number);
}

/** The current request, or null outside of one. */
export function currentRequest() {
  const id = asyncContextInternals.get(number);
  if (id === undefined) return null;
  const { get } = asyncContextInternals;
  return { __proto__: null, id, rawHeaders: get(head), origin: get(home), target: get(way) };
}
