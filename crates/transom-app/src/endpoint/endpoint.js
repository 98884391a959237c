// @ts-check
// Choosing a handler and calling it: the bottom of the middleware chain.
// Spec: astro-endpoints.md sections 2.1, 2.2 and 2.4.

import { contextInternals } from "transom:internal/app/context";
import { ARROW, DESTRUCTURING, NO_PARAMETER } from "transom:internal/app/handler_kind";
import { getPathname } from "transom:internal/app/pathname";
import { errorResponse } from "transom:internal/app/problem";
import { requestInternals } from "transom:internal/fetch/request";
import { Response, responseInternals } from "transom:internal/fetch/response";
import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";

const errors = lazy("transom:internal/app/errors");

const {
  ArrayPrototypeJoin, ArrayPrototypeMap, JSONStringify, ReflectApply, ReflectHas, ReflectOwnKeys,
  RegExpPrototypeExec, StringPrototypeToUpperCase,
} = primordials;

/** Names of exports that can be methods. */
const METHOD = /^[A-Z]+(?:-[A-Z]+)?$/;

/**
 * Calls `handler` outside of the chain, in the cheapest way that it cannot tell from the general one.
 * @param {import("./request_state.js").RequestState} state
 * @param {number} kind see handler_kind.js
 */
export function callHandler(state, handler, kind) {
  state.rounds = 1; // Counts as the first run of the chain.
  if (state.route.takesRequest) return ReflectApply(handler, state.route.namespace, [state.request]);
  switch (kind) {
    case NO_PARAMETER:
      return handler();
    case DESTRUCTURING:
      return handler(contextInternals.createBare(state));
    case ARROW:
      return handler(state.context);
    default:
      return ReflectApply(handler, state.route.namespace, [state.context]);
  }
}

/** The handler for a method in upper case, undefined when there is none. May be no function. */
export function chooseHandler(namespace, method) {
  let handler = namespace[method] ?? namespace.ALL;
  if (!handler && method === "HEAD" && namespace.GET) handler = namespace.GET;
  return handler;
}

/**
 * Answers with the state's route. `context` is what the middleware passed on; it may lag behind the state.
 * @param {import("./request_state.js").RequestState} state
 * @returns {Promise<Response>}
 */
export async function runEndpoint(state, context) {
  state.keepsError = false;
  const { app, route } = state;
  if (route.builtIn !== null) {
    state.keepsError = true;
    return route.builtIn(state);
  }
  const namespace = route.namespace ?? (await app.loadRoute(route));
  const assigned = contextInternals.assignedRequest(context);
  const method = StringPrototypeToUpperCase(
    assigned === undefined ? state.method : requestInternals.isRequest(assigned) ? requestInternals.method(assigned) : assigned.method,
  );
  const handler = chooseHandler(namespace, method);
  if (typeof handler !== "function") return withoutHandler(app, namespace, handler, method, context);
  let response = ReflectApply(handler, namespace, [route.takesRequest ? context.request : context]);
  if (!responseInternals.isResponse(response)) response = await response;
  if (!responseInternals.isResponse(response)) throw errors().createError("EndpointDidNotReturnAResponse");
  const status = responseInternals.status(response);
  if (status === 404 || status === 500) state.keepsError = true;
  return method === "HEAD" ? withoutBody(response) : response;
}

/** Same status and headers, no body; the body of `response` is neither read nor cancelled. */
function withoutBody(response) {
  const { status, statusText, headers } = response;
  return new Response(null, { status, statusText, headers });
}

function withoutHandler(app, namespace, handler, method, context) {
  const path = getPathname(context.url);
  if (handler !== undefined) {
    const message = `The route "${path}" exports a value for the method "${method}", but it is of the type ${typeof handler} instead of a function.`;
    app.log("error", "router", message);
    return new Response(null, { status: 500 });
  }
  const exports = [];
  const keys = ReflectOwnKeys(namespace);
  for (let i = 0; i < keys.length; i++) if (typeof keys[i] === "string") exports[exports.length] = keys[i];
  const found = ArrayPrototypeJoin(ArrayPrototypeMap(exports, (name) => JSONStringify(name)), ", ");
  const hint = ReflectHas(namespace, "all")
    ? `One of the exported handlers is "all" (lowercase), did you mean to export 'ALL'?\n`
    : "";
  const message = `No API Route handler exists for the method "${method}" for the route "${path}".\nFound handlers: ${found}\n${hint}`;
  app.log("warn", "router", message);
  if (!app.compat.methodNotAllowed) return new Response(null, { status: 404 });
  return errorResponse(app.compat, 405, { headers: { allow: allowedMethods(namespace, exports) } });
}

/** The methods that a module answers, for the header `Allow`. */
function allowedMethods(namespace, exports) {
  const methods = [];
  for (let i = 0; i < exports.length; i++) {
    const name = exports[i];
    if (typeof namespace[name] !== "function" || RegExpPrototypeExec(METHOD, name) === null) continue;
    methods[methods.length] = name;
    if (name === "GET" && typeof namespace.HEAD !== "function") methods[methods.length] = "HEAD";
  }
  return ArrayPrototypeJoin(methods, ", ");
}
