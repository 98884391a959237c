// @ts-check
// The general way of a request: origin check, middleware, endpoint, session, error pages, answer.
// Spec: astro-endpoints.md sections 0 (step 5), 2.4, 4.1 and 5.
//
// dispatch.js takes a shorter way where it leads to the same answer, and falls back to this one wherever it does not.

import { cookiesInternals } from "transom:internal/app/cookies";
import { runEndpoint } from "transom:internal/app/endpoint";
import { ERROR_HEADER, mergeResponses } from "transom:internal/app/error_pages";
import { callMiddleware } from "transom:internal/app/middleware";
import { forbiddenText, isForbidden, isForbiddenBy, isSafeMethod } from "transom:internal/app/origin_check";
import { originOf } from "transom:internal/app/pathname";
import { RequestState } from "transom:internal/app/request_state";
import { errorResponse, isTooLarge, storeFailure } from "transom:internal/app/problem";
import { respond, respondLastResort } from "transom:internal/app/respond";
import { rewriteForNext } from "transom:internal/app/rewrite";
import { sessionInternals } from "transom:internal/app/session";
import { EMPTY } from "transom:internal/fetch/body_state";
import * as headerList from "transom:internal/fetch/header_list";
import { requestInternals } from "transom:internal/fetch/request";
import { Response, responseInternals } from "transom:internal/fetch/response";
import { ops } from "transom:internal/ops";


/** A chain that begins for the fourth time in one request goes round in circles. */
const MAX_ROUNDS = 4;
const LOOP_REASON = "Astro detected a loop where you tried to call the rewriting logic more than four times.";

/**
 * Runs origin check, middleware and endpoint for where the state stands now.
 * @param {RequestState} state
 * @returns {Promise<Response>}
 */
export async function runChain(state) {
  const { app, route } = state;
  if (route.namespace === null && route.builtIn === null) await app.loadRoute(route);
  if (++state.rounds === MAX_ROUNDS) return new Response("Loop Detected", { status: 508, statusText: LOOP_REASON });
  const { context } = state;
  const onRequest = app.onRequest_ === undefined ? await app.loadMiddleware() : app.onRequest_;
  if (state.skipsMiddleware) return runEndpoint(state, context);
  const isRefused = app.checksOrigin && !route.prerender && refuses(state);
  if (isRefused) {
    const text = forbiddenText(state.method);
    return errorResponse(app.compat, 403, { text, detail: text });
  }
  if (onRequest === null) return runEndpoint(state, context);
  return callMiddleware(onRequest, context, async (current, payload) => {
    if (payload) await rewriteForNext(state, payload);
    return runEndpoint(state, current);
  });
}

/** The origin check on the state's current request. */
function refuses(state) {
  const { arrival, request_ } = state;
  if (isSafeMethod(state.method)) return false;
  if (request_ === null && arrival.request_ === null && arrival.forwardedHref === null) {
    return isForbidden(arrival.rawHeaders, arrival.origin);
  }
  const list = requestInternals.headerList(state.request);
  return isForbiddenBy(headerList.get(list, "content-type"), headerList.get(list, "origin"), originOf(state.url));
}

/** Writes the session, if there is one that has changed. */
async function finalize(state) {
  const { session_ } = state;
  if (session_ && sessionInternals.needsPersisting(session_)) await sessionInternals.persist(session_);
}

/**
 * Answers a request. Never rejects: what goes wrong here ends in the last resort.
 * @param {RequestState} state
 */
export async function answer(state) {
  try {
    state.applyForwarded();
    const { app, route } = state;
    if (route === app.notFound && route.prerender) {
      // Its file is not where the reference looks for it: an empty answer, and no middleware.
      await finish(state, { response: new Response(null, { status: 404 }), cookies: null });
      return;
    }
    let response;
    try {
      response = await runChain(state);
    } catch (error) {
      await answerThrown(state, error);
      return;
    }
    await answerResponse(state, response);
  } catch (error) {
    fail(state, error);
  }
}

/**
 * Answers with what the chain returned. Never rejects.
 * @param {RequestState} state
 * @param {Response} response
 */
export async function answerResponse(state, response) {
  try {
    try {
      await finalize(state);
    } catch (error) {
      await finish(state, await renderThrown(state, error));
      return;
    }
    const { status } = response;
    const isReroutable = (status === 404 || status === 500) && !state.keepsError && isBodyless(response);
    const rendered = { response, cookies: state.cookies_ };
    if (!isReroutable) return await finish(state, prepare(rendered));
    const error = status === 500 ? null : undefined;
    await finish(state, await renderError(state, state.path, status, rendered, error));
  } catch (error) {
    fail(state, error);
  }
}

/**
 * Answers after the chain has thrown. Never rejects.
 * @param {RequestState} state
 * @param {unknown} error
 */
export async function answerThrown(state, error) {
  try {
    const rendered = await renderThrown(state, error);
    await finalize(state);
    await finish(state, rendered);
  } catch (thrown) {
    fail(state, thrown);
  }
}

/** What the reference does with an exception that not even its error handling survives. */
function fail(state, error) {
  const { arrival, route } = state;
  if (ops.request_failed(arrival.id, error, route.pattern, arrival.method)) return;
  respondLastResort(arrival, state.app.compat);
}

/**
 * The answer of a prerendered route, for a file. Rejects with what the program throws, which ends a build.
 * @param {RequestState} state
 * @returns {Promise<Response>}
 */
export async function renderStatic(state) {
  const response = await runChain(state);
  await finalize(state);
  const { status } = response;
  if ((status !== 404 && status !== 500) || state.keepsError || !isBodyless(response)) return response;
  const rendered = { response, cookies: state.cookies_ };
  return (await renderError(state, state.path, status, rendered, status === 500 ? null : undefined)).response;
}

/** Stands for a request that the runtime has answered by itself. */
const ANSWERED = null;

const isBodyless = (response) => responseInternals.state(response).kind === EMPTY;

async function renderThrown(state, error) {
  // The reference reads `error.stack` here; of undefined and null that fails.
  if (error === undefined || error === null) throw error;
  if (ops.request_failed(state.arrival.id, error, state.route.pattern, state.arrival.method)) return ANSWERED;
  const { compat } = state.app;
  if (compat.payloadTooLarge && isTooLarge(error)) {
    return { response: errorResponse(compat, 413, { detail: error.message }), cookies: null };
  }
  const failure = storeFailure(error);
  if (failure !== undefined) {
    const headers = failure === 503 ? { "retry-after": "1" } : {};
    return { response: errorResponse(compat, failure, { headers }), cookies: null };
  }
  return renderError(state, state.path, 500, null, error);
}

/** Adds the cookies to the headers. Immutable headers refuse. */
export function addCookies(response, cookies) {
  if (!cookiesInternals.hasOutgoing(cookies)) return;
  const texts = cookiesInternals.take(cookies);
  if (responseInternals.state(response).immutable) response.headers.append("set-cookie", texts[0]);
  const list = responseInternals.headerList(response);
  for (let i = 0; i < texts.length; i++) headerList.append(list, "set-cookie", texts[i]);
}

function prepare(rendered) {
  if (rendered.cookies !== null) addCookies(rendered.response, rendered.cookies);
  return rendered;
}

/**
 * Renders the error page for `status`: of the project, or the built-in one.
 * @param {RequestState} failed what the page is rendered for
 * @param {string} path that the page is told
 * @param {{ response: Response, cookies: any } | null} original what the page replaces
 * @param {unknown} error `props.error`
 * @returns {Promise<{ response: Response, cookies: any }>}
 */
async function renderError(failed, path, status, original, error, locals = failed.locals_, skipsMiddleware = false) {
  const { app } = failed;
  const route = status === 404 ? app.notFound : status === 500 ? app.serverError : null;
  if (route !== null && !route.prerender) {
    const state = new RequestState(app, failed.arrival, route, null);
    state.skipsMiddleware = skipsMiddleware;
    state.path_ = path;
    state.locals_ = locals ??= {};
    state.extra.props = { error };
    try {
      const response = await runChain(state);
      const wentAstray = !skipsMiddleware && state.route !== route && isBodyless(response) &&
        (response.status === 404 || response.status === 500);
      if (wentAstray) return await renderError(failed, path, status, original, error, locals, true);
      return prepare(merge({ response, cookies: state.cookies_ }, original));
    } catch (thrown) {
      app.log("error", null, `The error page for ${status} failed: ${thrown}`);
      if (!skipsMiddleware) return await renderError(failed, path, status, original, error, locals, true);
    } finally {
      await finalize(state);
    }
  }
  return prepare(merge({ response: bareError(app, status), cookies: null }, original));
}

/** The answer when there is no error page. */
function bareError({ compat }, status) {
  return status === 404 || status === 500 ? errorResponse(compat, status) : new Response(null, { status });
}

/** Cookies of the original go first; the page's own win on equal names. */
function merge(rendered, original) {
  if (original === null) return rendered;
  const { cookies } = original;
  if (cookies !== null && rendered.cookies !== null) cookies.merge(rendered.cookies);
  return {
    response: mergeResponses(rendered.response, original.response),
    cookies: cookies ?? rendered.cookies,
  };
}

/** Sends what was rendered, or the error page that a response asks for with `X-Astro-Error`. */
async function finish(state, rendered) {
  if (rendered === ANSWERED) return;
  const { arrival, app, route } = state;
  const { response } = rendered;
  const list = responseInternals.headerList(response);
  if (!headerList.has(list, ERROR_HEADER) || headerList.get(list, ERROR_HEADER) === "") {
    return respond(arrival, response, route.pattern, app.compat);
  }
  headerList.remove(list, ERROR_HEADER);
  const status = responseInternals.status(response);
  const fresh = new RequestState(app, arrival, route, null);
  const page = await renderError(fresh, fresh.path, status, rendered, status === 500 ? null : undefined, {});
  respond(arrival, page.response, route.pattern, app.compat);
}
