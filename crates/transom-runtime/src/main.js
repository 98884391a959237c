// @ts-check
// The first module of every realm: installs the globals, and starts an application on request.

import { asyncContextInternals } from "transom:internal/async_context/async_context";
import { createDispatcher } from "transom:internal/app/dispatch";
import { installGlobals } from "transom:internal/globals";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const exceptions = lazy("transom:internal/dom_exception/dom_exception");

const { Error, JSONParse, ObjectDefineProperty, RangeError, SyntaxError, TypeError } = primordials;

/** Makes the exceptions of native operations. Plain classes by name, everything else is a DOMException. */
ops.error_factory_set((name, message, code, cause) => {
  const options = cause === undefined ? undefined : { cause };
  let error;
  switch (name) {
    case "Error":
      error = new Error(message, options);
      break;
    case "TypeError":
      error = new TypeError(message, options);
      break;
    case "RangeError":
      error = new RangeError(message, options);
      break;
    case "SyntaxError":
      error = new SyntaxError(message, options);
      break;
    default:
      error = new (exceptions().DOMException)(message, name);
  }
  // A DOMException has a `code` of its own, a getter.
  if (code !== undefined) ObjectDefineProperty(error, "code", { __proto__: null, value: code, writable: true, enumerable: true, configurable: true });
  return error;
});

installGlobals(globalThis);

export { notifyHandledLate, notifyUnhandledRejection } from "transom:internal/report_error/report_error";

/** The variable of the async context that holds the number of the request being answered. */
const currentRequest = {};

/** The number of the request that the current flow belongs to, or undefined. */
export function requestOfContext() {
  return asyncContextInternals.get(currentRequest);
}

/** What the application that runs in this realm was made from. */
let running = null;

/**
 * Starts an application. `description` is JSON; see `describe` in instance.rs. Returns the function that answers
 * requests.
 */
export function start(description) {
  const app = JSONParse(description);
  app.load = (module) => import("transom:app/" + module);
  app.loadNow = (module) => ops.module_load("transom:app/" + module);
  app.resolve = (path) => ops.route_resolve(path);
  app.log = (level, label, message) => ops.log_write(level, label, message);
  running = app;
  const dispatch = createDispatcher(app);
  return (requestId, routeIndex, method, target, origin, rawHeaders, address, params) => {
    ops.context_set(asyncContextInternals.fresh(currentRequest, requestId));
    dispatch(requestId, routeIndex, method, target, origin, rawHeaders, address, params, undefined);
  };
}

/**
 * Answers a prerendered path of the application, or, without a path, all paths of the route: see
 * transom:internal/app/prerender, which servers do not need.
 */
export async function prerender(requestId, routeIndex, path, params, origin) {
  ops.context_set(asyncContextInternals.fresh(currentRequest, requestId));
  if (running.prerender === undefined) {
    const { createPrerenderer } = await import("transom:internal/app/prerender");
    running.origin = origin;
    running.prerender ??= createPrerenderer(running);
  }
  await running.prerender(requestId, routeIndex, path, params);
}
