// @ts-check
// The short way of a request: modules are loaded, no proxy is trusted, the method is a common one.
// Spec: astro-endpoints.md sections 2.1, 4.1 and 5.
//
// Nothing here differs from pipeline.js in what a client or a program can see. What makes it short: a handler that
// returns a Response at once is answered before the call returns; objects that the handler does not look at are never
// made; no promise is put around another. Whatever is out of the ordinary is handed to the general way.

import { callHandler, runEndpoint } from "transom:internal/app/endpoint";
import { ERROR_HEADER } from "transom:internal/app/error_pages";
import { NO_PARAMETER } from "transom:internal/app/handler_kind";
import { forbiddenText, isForbidden, isSafeMethod } from "transom:internal/app/origin_check";
import { Arrival, RequestState } from "transom:internal/app/request_state";
import { isAtHand, respondAtOnce, respondText } from "transom:internal/app/respond";
import { EMPTY } from "transom:internal/fetch/body_state";
import * as headerList from "transom:internal/fetch/header_list";
import { responseInternals } from "transom:internal/fetch/response";
import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";

const cookies = lazy("transom:internal/app/cookies");
const errors = lazy("transom:internal/app/errors");
const middleware = lazy("transom:internal/app/middleware");
const pipeline = lazy("transom:internal/app/pipeline");
const rewrite = lazy("transom:internal/app/rewrite");
const sessions = lazy("transom:internal/app/session");

const { PromiseReject, PromiseResolve, ReflectApply } = primordials;
const { then } = primordials.PromisePrototype;

/** `promise.then(fulfilled, rejected)` with the language's own `then`. */
const react = (promise, fulfilled, rejected) => ReflectApply(then, promise, [fulfilled, rejected]);

/**
 * Answers the request, or returns false and leaves everything as it was. More parameters than usual, because making an
 * object of them is part of what is saved.
 * @param {import("./application.js").Application} app
 * @param {import("./application.js").Route} route
 */
export function takeShortWay(app, route, requestId, method, target, origin, rawHeaders, address, params) {
  if (!app.isPlain) return false;
  const namespace = route.namespace ?? app.routeNow(route);
  if (namespace === null) return false;
  const onRequest = app.onRequest_;
  if (onRequest === undefined) return false;
  const handler = handlerFor(namespace, method);
  if (typeof handler !== "function") return false;
  if (app.checksOrigin && !isSafeMethod(method) && !route.prerender && isForbidden(rawHeaders, origin)) {
    if (app.compat.jsonErrors) return false;
    respondText(requestId, method, 403, forbiddenText(method));
    return true;
  }
  let result = NOTHING;
  if (onRequest === null && route.kindOf(handler) === NO_PARAMETER) {
    // A handler that knows nothing of the request: not even a state is made unless something is out of the ordinary.
    result = attempt(handler);
    if (responseInternals.isResponse(result) && !asksForErrorPage(result) && respondAtOnce(requestId, result)) return true;
  }
  const state = new RequestState(app, new Arrival(requestId, method, target, origin, rawHeaders, address), route, params);
  if (result !== NOTHING) settle(state, result);
  else if (onRequest === null) runHandler(state, handler);
  else runMiddleware(state, onRequest);
  return true;
}

const NOTHING = { __proto__: null };

/** What the handler returns; what it throws as a rejected promise. */
function attempt(handler) {
  try {
    return handler();
  } catch (error) {
    return PromiseReject(error);
  }
}

/** The handler for a common method, HEAD not among them: the choice of its handler and its body need more care. */
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

function runHandler(state, handler) {
  let result;
  try {
    result = callHandler(state, handler, state.route.kindOf(handler));
  } catch (error) {
    pipeline().answerThrown(state, error);
    return;
  }
  settle(state, result);
}

/** Answers with what a handler has returned: a Response, a promise for one, or a mistake. */
function settle(state, result) {
  if (responseInternals.isResponse(result)) {
    sendOwn(state, result);
    return;
  }
  react(
    PromiseResolve(result),
    (response) => {
      if (responseInternals.isResponse(response)) sendOwn(state, response);
      else pipeline().answerThrown(state, errors().createError("EndpointDidNotReturnAResponse"));
    },
    (error) => {
      pipeline().answerThrown(state, error);
    },
  );
}

/** Sends what the endpoint itself returned: its 404 or 500 stands. */
function sendOwn(state, response) {
  state.keepsError = true;
  send(state, response);
}

function runMiddleware(state, onRequest) {
  state.rounds = 1;
  const last = (context, payload) => (payload ? runTarget(state, context, payload) : runEndpoint(state, context));
  react(
    middleware().callMiddleware(onRequest, state.context, last),
    (response) => {
      send(state, response);
    },
    (error) => {
      pipeline().answerThrown(state, error);
    },
  );
}

async function runTarget(state, context, payload) {
  await rewrite().rewriteForNext(state, payload);
  return runEndpoint(state, context);
}

const asksForErrorPage = (response) => headerList.has(responseInternals.state(response).list, ERROR_HEADER);

/** Sends a response whose body is at hand; everything else about it goes the general way. */
function send(state, response) {
  if (!isOrdinary(state, response)) {
    pipeline().answerResponse(state, response);
    return;
  }
  if (state.cookies_ !== null) pipeline().addCookies(response, state.cookies_);
  respondAtOnce(state.arrival.id, response);
}

/** Whether nothing stands between the response and the wire but its cookies. */
function isOrdinary(state, response) {
  const { kind, immutable, status } = responseInternals.state(response);
  if (!isAtHand(response) || asksForErrorPage(response)) return false;
  const isReroutable = (status === 404 || status === 500) && kind === EMPTY && !state.keepsError;
  if (isReroutable) return false;
  const { cookies_, session_ } = state;
  if (immutable && cookies_ !== null && cookies().cookiesInternals.hasOutgoing(cookies_)) return false;
  return !(session_ && sessions().sessionInternals.needsPersisting(session_));
}
