// @ts-check
// Rewriting: another route answers the same request.
// Spec: astro-endpoints.md section 3.4.
//
// `context.rewrite` runs the middleware chain again, `next(payload)` does not. Both change the state in place; the
// route table itself is on the other side (`app.resolve`).

import { contextInternals } from "transom:internal/app/context";
import { AstroCookies } from "transom:internal/app/cookies";
import { createError } from "transom:internal/app/errors";
import {
  collapseSlashes, decodePathname, getPathname, hrefOf, isUrl, normalizedUrl, originOf, originPathname, setPathname,
  withTrailingSlash, withoutTrailingSlash,
} from "transom:internal/app/pathname";
import { runChain } from "transom:internal/app/pipeline";
import { paramsFrom } from "transom:internal/app/request_state";
import { Request, requestInternals } from "transom:internal/fetch/request";
import { primordials } from "transom:internal/primordials";
import { URL } from "transom:internal/url/url";

const { Error, RegExpPrototypeExec, StringPrototypeEndsWith, StringPrototypeSlice, StringPrototypeStartsWith, TypeError } =
  primordials;

const ERROR_PATH = /^\/(404|500)\/?$/;

/**
 * The path to look up for the path of a target URL, and the path that the URL gets.
 * @param {string} urlPath
 * @param {{ base: string, trailingSlash: string }} app
 */
export function rewritePaths(urlPath, { base, trailingSlash }) {
  const appends = trailingSlash !== "never";
  let path = collapseSlashes(urlPath);
  if (base !== "/") {
    if (urlPath === base || urlPath === withoutTrailingSlash(base)) {
      path = "/";
    } else if (StringPrototypeStartsWith(urlPath, base)) {
      const whole = appends ? withTrailingSlash(urlPath) : withoutTrailingSlash(urlPath);
      path = StringPrototypeSlice(whole, base.length);
    }
  }
  if (!StringPrototypeStartsWith(path, "/") && appends && StringPrototypeEndsWith(urlPath, "/")) path = `/${path}`;
  const bare = withoutTrailingSlash(base);
  if (base !== "/" && (path === "" || path === "/") && !appends) return { path, urlPath: bare };
  if (path === "") return { path, urlPath: bare };
  return { path, urlPath: `${bare}/${StringPrototypeStartsWith(path, "/") ? StringPrototypeSlice(path, 1) : path}` };
}

/** The URL that a payload means. A string counts from the root of the request's origin. */
function targetUrl(payload, request) {
  if (isUrl(payload)) return new URL(hrefOf(payload));
  if (requestInternals.isRequest(payload)) return new URL(requestInternals.url(payload));
  // Of other values only the falsy ones become text, as in the reference.
  if (payload && typeof payload !== "string") throw new TypeError("A rewrite needs a string, a URL or a Request");
  return new URL(collapseSlashes(`${payload}`), originOf(new URL(requestInternals.url(request))));
}

/**
 * The route that `payload` leads to.
 * @returns {Promise<{ route: any, flatParams: (string | undefined)[] | null, url: URL, path: string }>}
 */
async function findTarget(app, payload, request) {
  const url = targetUrl(payload, request);
  const paths = rewritePaths(getPathname(url), app);
  setPathname(url, paths.urlPath);
  const decoded = decodePathname(paths.path);
  const found = findRoute(app, decoded);
  if (found === null) return { route: app.notFound, flatParams: null, url, path: paths.path };
  if (!found.route.prerender) await app.loadRoute(found.route);
  return { ...found, url, path: decoded };
}

function findRoute(app, path) {
  const errorPage = RegExpPrototypeExec(ERROR_PATH, path);
  if (errorPage !== null && errorPage[1] === "404") return { route: app.notFound, flatParams: null };
  if (errorPage !== null && app.serverError !== null) return { route: app.serverError, flatParams: null };
  const resolved = app.resolve(path);
  if (resolved !== null) return { route: app.routes[resolved[0]], flatParams: resolved[1] };
  const builtIn = app.builtIn.match(path);
  return builtIn === null ? null : { route: builtIn, flatParams: null };
}

function refuseStatic(isStatic, from, to, route) {
  if (isStatic || !route.prerender) return;
  throw createError("ForbiddenRewrite", { from, to, component: route.file });
}

/** The original request under another URL, its body included. */
function requestFor(url, request) {
  if (request.bodyUsed) throw createError("RewriteWithBodyUsed");
  const { method, headers, body, signal } = request;
  return new Request(hrefOf(url), { method, headers, body, signal, duplex: "half" });
}

/** Moves the state on to the target. Contexts that exist keep showing what they showed. */
function moveState(state, payload, { route, flatParams, url, path }) {
  refuseStatic(state.route.prerender, state.path, path, route);
  const oldPath = state.path;
  const request = requestInternals.isRequest(payload) ? payload : requestFor(url, state.request);
  if (state.context_ !== null) contextInternals.keep(state.context_);
  state.context_ = null;
  state.route = route;
  state.request_ = request;
  state.url_ = normalizedUrl(requestInternals.url(request));
  state.flatParams = flatParams;
  state.params_ = null;
  if (state.extra_ !== null) state.extra_.props = null;
  state.path_ = path;
  state.extra.originPath = originPathname(oldPath, state.app.trailingSlash);
}

/** `context.rewrite(payload)`. */
export async function executeRewrite(state, payload) {
  const target = await findTarget(state.app, payload, state.request);
  moveState(state, payload, target);
  if (state.cookies_ !== null) {
    const cookies = new AstroCookies(state);
    cookies.merge(state.cookies_);
    state.cookies_ = cookies;
  }
  return runChain(state);
}

/** `next(payload)` at the end of the chain. */
export async function rewriteForNext(state, payload) {
  moveState(state, payload, await findTarget(state.app, payload, state.request));
}

/**
 * `next(payload)` inside a sequence: the handlers that follow see the target on the same context object, while the
 * state stays where it is until the end of the chain.
 */
export async function prepareNext(context, payload) {
  const { request, url } = context;
  const state = contextInternals.state(context);
  let changed = payload;
  if (!requestInternals.isRequest(payload)) {
    const target = isUrl(payload) ? payload : new URL(payload, originOf(url));
    changed = new Request(target, request.clone());
  }
  if (state === undefined) {
    throw new Error(
      "FetchState not found on APIContext. `next(payload)` rewrites require a context created through Astro's request pipeline.",
    );
  }
  const { route, flatParams, path } = await findTarget(state.app, payload, request);
  refuseStatic(context.isPrerendered, getPathname(url), path, route);
  context.request = changed;
  context.url = new URL(changed.url);
  context.params = paramsFrom(flatParams, state.app.compat);
  context.routePattern = route.pattern;
}
