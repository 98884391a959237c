// @ts-check
// The entry of every request.
// Spec: astro-endpoints.md sections 2 and 4.1.
//
// Two ways lead to the same answers. The general one is pipeline.js. The short one here is for a route whose module is
// loaded, in a project without middleware and trusted proxies, and a handler for exactly this method: when the handler
// returns a Response at once, the answer is given before `dispatch` returns.
//
// Invariant: the short way makes only the objects that the handler looks at.

import { Application } from "transom:internal/app/application";
import { cookiesInternals } from "transom:internal/app/cookies";
import { callHandler } from "transom:internal/app/endpoint";
import { shownPath } from "transom:internal/app/error_pages";
import { createError } from "transom:internal/app/errors";
import { NO_PARAMETER } from "transom:internal/app/handler_kind";
import { forbiddenText, isForbidden, isSafeMethod } from "transom:internal/app/origin_check";
import { originPathname } from "transom:internal/app/pathname";
import { ERROR_HEADER, answer, answerResponse, answerThrown } from "transom:internal/app/pipeline";
import { Arrival, RequestState } from "transom:internal/app/request_state";
import { respondAtOnce, respondLastResort, respondText } from "transom:internal/app/respond";
import { sessionInternals } from "transom:internal/app/session";
import * as headerList from "transom:internal/fetch/header_list";
import { responseInternals } from "transom:internal/fetch/response";
import { primordials } from "transom:internal/primordials";
import { URL } from "transom:internal/url/url";

const { PromisePrototypeThen, PromiseResolve, StringPrototypeIncludes, StringPrototypeToUpperCase } = primordials;

const { canParse } = URL;
const UNUSABLE_HOST_ORIGIN = "http://localhost";

/**
 * @param {any} options
 *   `routes`: `{ pattern, file, module, prerender, kind }`, in the manifest's order;
 *   `middleware`: specifier or null;
 *   `config`: the manifest's ProjectConfig;
 *   `notFoundIndex`, `errorIndex`: of the routes `/404` and `/500`, or -1;
 *   `load(specifier)`: the namespace of a module, or a promise for it;
 *   `resolve(path)`: `[routeIndex, flatParams]` for a decoded path without base, or null;
 *   `log(level, label, message)`; `development`: true while developing.
 * @returns {Function} `dispatch(requestId, routeIndex, method, target, origin, rawHeaders, address, params, props)`,
 *   which answers through `ops.respond*` and never throws; `params` is flat, `props` only given while prerendering
 */
export function createDispatcher(options) {
  const app = new Application(options);
  const { routes } = app;
  const isShort = (app.middleware ?? null) === null && app.allowedDomains.length === 0;
  let knownOrigin = "";

  return function dispatch(requestId, routeIndex, method, target, origin, rawHeaders, address, params, props) {
    if (origin !== knownOrigin) {
      if (StringPrototypeIncludes(origin, "@")) return refuse(requestId, method);
      if (canParse(origin)) {
        knownOrigin = origin;
      } else {
        origin = UNUSABLE_HOST_ORIGIN; // As in the reference, the path is lost with the host.
        target = "/";
      }
    }
    if (routeIndex >= 0 && isShort && props === undefined) {
      const route = routes[routeIndex];
      const { namespace } = route;
      const handler = namespace === null ? undefined : handlerFor(namespace, method);
      if (typeof handler === "function") {
        if (app.checksOrigin && !isSafeMethod(method) && !route.prerender && isForbidden(rawHeaders, origin)) {
          return respondText(requestId, method, 403, forbiddenText(method));
        }
        const kind = route.kindOf(handler);
        let state = null;
        let result;
        try {
          if (kind === NO_PARAMETER) {
            result = handler();
          } else {
            state = new RequestState(app, new Arrival(requestId, method, target, origin, rawHeaders, address), route, params);
            result = callHandler(state, handler, kind);
          }
        } catch (error) {
          state ??= new RequestState(app, new Arrival(requestId, method, target, origin, rawHeaders, address), route, params);
          answerThrown(state, error);
          return;
        }
        if (responseInternals.isResponse(result) && sendAtOnce(requestId, state, result)) return;
        state ??= new RequestState(app, new Arrival(requestId, method, target, origin, rawHeaders, address), route, params);
        settle(state, result);
        return;
      }
    }
    if (isUnrepresentable(method)) return refuse(requestId, method);
    const arrival = new Arrival(requestId, method, target, origin, rawHeaders, address);
    const state = new RequestState(app, arrival, app.route(routeIndex), params);
    if (routeIndex < 0) withoutRoute(state);
    if (props !== undefined) state.props_ = props;
    answer(state);
  };
}

/** A request that no file of the project answers: a route that Astro adds, or the page for 404. */
function withoutRoute(state) {
  const { app, path } = state;
  state.route = app.builtIn.match(path) ?? state.route;
  if (state.route !== app.builtIn.notFound) return;
  state.originPath_ = originPathname(path, app.trailingSlash);
  state.path_ = shownPath(path, app.trailingSlash);
}

/** The handler of the short way; undefined leaves the choice to the general one. HEAD always does. */
function handlerFor(namespace, method) {
  switch (method) {
    case "GET":
      return namespace.GET ?? namespace.ALL;
    case "POST":
      return namespace.POST ?? namespace.ALL;
    case "PUT":
      return namespace.PUT ?? namespace.ALL;
    case "PATCH":
      return namespace.PATCH ?? namespace.ALL;
    case "DELETE":
      return namespace.DELETE ?? namespace.ALL;
    default:
      return undefined;
  }
}

/** Waits for what a handler has returned, and answers with it. */
function settle(state, result) {
  if (responseInternals.isResponse(result)) {
    answerResponse(state, result);
    return;
  }
  PromisePrototypeThen(
    PromiseResolve(result),
    (response) => {
      if (!responseInternals.isResponse(response)) answerThrown(state, createError("EndpointDidNotReturnAResponse"));
      else if (!sendAtOnce(state.arrival.id, state, response)) answerResponse(state, response);
    },
    (error) => {
      answerThrown(state, error);
    },
  );
}

/** Sends a response to which nothing is to be added and whose body is there; false leaves it to the general way. */
function sendAtOnce(requestId, state, response) {
  if (state !== null) {
    state.keepsError = true; // The endpoint's own 404 or 500 stands.
    const { cookies_, session_ } = state;
    if (cookies_ !== null && cookiesInternals.hasOutgoing(cookies_)) return false;
    if (session_ && sessionInternals.needsPersisting(session_)) return false;
  }
  if (headerList.has(responseInternals.state(response).list, ERROR_HEADER)) return false;
  return respondAtOnce(requestId, response);
}

/** Methods that the reference cannot make a Request of. */
function isUnrepresentable(method) {
  const name = StringPrototypeToUpperCase(method);
  return name === "TRACE" || name === "TRACK" || name === "CONNECT";
}

/** Answers a request that the reference fails to represent: credentials in the host, method TRACE. */
function refuse(requestId, method) {
  respondLastResort({ id: requestId, method });
}
