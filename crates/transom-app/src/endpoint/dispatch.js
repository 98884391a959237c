// @ts-check
// The entry of every request.
// Spec: astro-endpoints.md sections 2 and 4.1.
//
// Two ways lead to the same answers: the short one (short_way.js) for what most requests are, and the general one
// (pipeline.js) for everything.

import { Application } from "transom:internal/app/application";
import { shownPath } from "transom:internal/app/error_pages";
import { hrefOf, originOf, originPathname, urlOf } from "transom:internal/app/pathname";
import { Arrival, RequestState } from "transom:internal/app/request_state";
import { respondLastResort } from "transom:internal/app/respond";
import { takeShortWay } from "transom:internal/app/short_way";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const pipeline = lazy("transom:internal/app/pipeline");

const { StringPrototypeIncludes, StringPrototypeSlice, StringPrototypeToUpperCase } = primordials;

const UNUSABLE_HOST_ORIGIN = "http://localhost";

/**
 * @param {any} options
 *   `routes`: `{ pattern, file, module, prerender, kind }`, in the manifest's order;
 *   `middleware`: specifier or null;
 *   `config`: the manifest's ProjectConfig;
 *   `notFoundIndex`, `errorIndex`: of the routes `/404` and `/500`, or -1;
 *   `load(specifier)`: the namespace of a module, or a promise for it;
 *   `loadNow(specifier)`: the namespace, or undefined if it has to be waited for;
 *   `resolve(path)`: `[routeIndex, flatParams]` for a decoded path without base, prerendered routes included, or null;
 *   `log(level, label, message)`; `development`: true while developing.
 * @returns {Function} `dispatch(requestId, routeIndex, method, target, origin, rawHeaders, address, params, props)`,
 *   which answers through `ops.respond*` and never throws; `params` is flat, `props` only given while prerendering
 */
export function createDispatcher(options) {
  const app = new Application(options);
  let knownOrigin = "";

  return function dispatch(requestId, routeIndex, method, target, origin, rawHeaders, address, params, props) {
    if (origin !== knownOrigin) {
      if (StringPrototypeIncludes(origin, "@")) return refuse(requestId, method, app.compat);
      if (ops.url_can_parse(origin, undefined)) {
        knownOrigin = origin;
      } else if (ops.url_can_parse(origin + target, undefined)) {
        // An empty host: the first segment of the path takes its place.
        const whole = urlOf(origin + target);
        const href = hrefOf(whole);
        origin = originOf(whole);
        target = StringPrototypeSlice(href, origin.length);
      } else {
        origin = UNUSABLE_HOST_ORIGIN; // As in the reference, the path is lost with the host.
        target = "/";
      }
    }
    if (routeIndex >= 0 && props === undefined) {
      const route = app.routes[routeIndex];
      if (takeShortWay(app, route, requestId, method, target, origin, rawHeaders, address, params)) return;
    }
    if (isUnrepresentable(method)) return refuse(requestId, method, app.compat);
    const arrival = new Arrival(requestId, method, target, origin, rawHeaders, address);
    const state = new RequestState(app, arrival, app.route(routeIndex), params);
    if (routeIndex < 0) withoutRoute(state);
    if (props !== undefined) state.extra.props = props;
    pipeline().answer(state);
  };
}

/** A request that no file of the project answers: a route that Astro adds, or the page for 404. */
function withoutRoute(state) {
  const { app, path } = state;
  state.route = app.builtIn.match(path) ?? state.route;
  if (state.route !== app.builtIn.notFound) return;
  state.extra.originPath = originPathname(path, app.trailingSlash);
  state.path_ = shownPath(path, app.trailingSlash);
}

/** Methods that the reference cannot make a Request of. */
function isUnrepresentable(method) {
  const name = StringPrototypeToUpperCase(method);
  return name === "TRACE" || name === "TRACK" || name === "CONNECT";
}

/** Answers a request that the reference fails to represent: credentials in the host, method TRACE. */
function refuse(requestId, method, compat) {
  respondLastResort({ id: requestId, method }, compat);
}
