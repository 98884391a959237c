// @ts-check
// The first module of every realm: installs the globals, and starts an application on request.

import { enterRequest, loadForRequest } from "transom:internal/app/current_request";
import { own } from "transom:internal/app/identity/own_origins";
import { createDispatcher } from "transom:internal/app/dispatch";
import * as headerList from "transom:internal/fetch/header_list";
import { local } from "transom:internal/fetch/local";
import { installGlobals } from "transom:internal/globals";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const apiHosts = lazy("transom:internal/app/identity/api_hosts");
const tokenOrigins = lazy("transom:internal/app/identity/token_origins");
const files = lazy("transom:internal/node/fs/fetch_file");
const exceptions = lazy("transom:internal/dom_exception/dom_exception");

const { Error, JSONParse, ObjectDefineProperty, RangeError, StringPrototypeIncludes, SyntaxError, TypeError } = primordials;

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

/** The number of the request that the current flow belongs to, or undefined. */
export { requestNumber as requestOfContext } from "transom:internal/app/current_request";

/** Whether it is worth looking whether a URL leads to the SDK's API or to the server itself. */
const mayBeLocal = (url) => StringPrototypeIncludes(url, "wixapis.com") || StringPrototypeIncludes(url, "/_transom/");

/** Whether it is worth looking whether a header is a token of this project: each begins so, behind `Bearer` or not. */
const mayBeToken = (header) => header !== null && StringPrototypeIncludes(header, "eyJ");

/** What the application that runs in this realm was made from. */
let running = null;

/**
 * Starts an application. `description` is JSON; see `describe` in instance.rs. Returns the function that answers
 * requests.
 */
export function start(description) {
  const app = JSONParse(description);
  app.load = (module) => loadForRequest((name) => import("transom:app/" + name), module);
  app.loadNow = (module) => loadForRequest((name) => ops.module_load("transom:app/" + name), module);
  app.resolve = (path) => ops.route_resolve(path);
  app.log = (level, label, message) => ops.log_write(level, label, message);
  running = app;
  own.origins = app.tokenOrigins;
  own.site = app.config.site ?? null;
  local.find = (url) => (mayBeLocal(url) ? apiHosts().localTarget(url) : null);
  local.answer = (request, target) => apiHosts().answerLocally(request, target);
  local.file = (request, url) => files().fetchFile(request, url);
  local.guard = (headers, url, sender) => {
    return mayBeToken(headerList.get(headers, "authorization")) ? tokenOrigins().withhold(headers, url, sender) : null;
  };
  const dispatch = createDispatcher(app);
  return (requestId, routeIndex, method, target, origin, rawHeaders, address, params) => {
    enterRequest(requestId, rawHeaders, origin, target);
    dispatch(requestId, routeIndex, method, target, origin, rawHeaders, address, params, undefined);
  };
}

/**
 * Answers a prerendered path of the application, or, without a path, all paths of the route: see
 * transom:internal/app/prerender, which servers do not need.
 */
export async function prerender(requestId, routeIndex, path, params, origin) {
  enterRequest(requestId, "", origin, path ?? "/");
  if (running.prerender === undefined) {
    const { createPrerenderer } = await import("transom:internal/app/prerender");
    running.origin = origin;
    running.prerender ??= createPrerenderer(running);
  }
  await running.prerender(requestId, routeIndex, path, params);
}
