// @ts-check
// Answering prerendered routes while a project is built: each path once, for the file that the server will send.
// Spec: astro-endpoints.md section 9.
//
// Loaded by `transom build` and `transom dev` only. Nothing here writes: the paths and the bodies go to the native side
// as answers, 200 with what to write, 204 for nothing, 500 with what went wrong, as JSON.

import { Application } from "transom:internal/app/application";
import { createError } from "transom:internal/app/errors";
import { decodedPath, hrefOf, stripBase, withoutTrailingSlash, withTrailingSlash } from "transom:internal/app/pathname";
import { renderStatic } from "transom:internal/app/pipeline";
import { redirectPage } from "transom:internal/app/redirect_page";
import { Arrival, RequestState } from "transom:internal/app/request_state";
import { checkCollision, pathFor, staticPaths } from "transom:internal/app/static_paths";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { URL } from "transom:internal/url/url";

const {
  ArrayPrototypeMap, Error, JSONStringify, Map, MapPrototypeGet, MapPrototypeSet, ObjectDefineProperty, ObjectGetPrototypeOf,
  ReflectGetOwnPropertyDescriptor, RegExpPrototypeExec, StringPrototypeSlice, Uint8Array,
} = primordials;

const FILE_EXTENSION = /\/[^/]+\.\w+$/;
const NO_HEADERS = [];

/**
 * @param {any} options as `createDispatcher` gets them, and `origin`, under which the answers see themselves
 * @returns {Function} `(requestId, routeIndex, path, params)`; without a path it answers the route's paths
 *   as JSON, each with the form that its parameters are taken from
 */
export function createPrerenderer(options) {
  const app = new Application(options);
  const known = new Map();

  /** What `getStaticPaths` of a route has said; it is called once. */
  function pathsOf(route) {
    let paths = MapPrototypeGet(known, route);
    if (paths === undefined) MapPrototypeSet(known, route, (paths = staticPaths(app, route)));
    return paths;
  }

  async function list(id, route) {
    await app.loadRoute(route);
    const { paths } = await pathsOf(route);
    const shown = ArrayPrototypeMap(paths, (path) => {
      const href = options.origin + targetOf(app, path, options.origin);
      return [path, stripBase(decodedPath(href), app.base)];
    });
    ops.respond(id, 200, null, NO_HEADERS, JSONStringify(shown));
  }

  async function render(id, route, path, flatParams) {
    await app.loadRoute(route);
    const arrival = new Arrival(id, "GET", targetOf(app, path, options.origin), options.origin, "", "");
    const state = new RequestState(app, arrival, route, flatParams);
    state.extra.props = route.isDynamic ? await propsFor(app, route, path, state.params, await pathsOf(route)) : {};
    warnAboutHeaders(app, route, state.request);
    const response = await renderStatic(state);
    const { status } = response;
    if (status >= 300 && status < 400) {
      const page = redirectPage(response, hrefOf(new URL(arrival.href)), app.config.site);
      return ops.respond(id, 200, null, NO_HEADERS, page);
    }
    if (response.body === null) return ops.respond(id, 204, null, NO_HEADERS, null);
    ops.respond(id, 200, null, NO_HEADERS, new Uint8Array(await response.arrayBuffer()));
  }

  return async function prerender(id, routeIndex, path, params) {
    const route = app.routes[routeIndex];
    try {
      await (path === null ? list(id, route) : render(id, route, path, params));
    } catch (error) {
      ops.request_failed(id, error, path ?? route.pattern, "GET");
      const { name, message, hint } = error instanceof Error ? error : { name: "Error", message: `${error}`, hint: null };
      ops.respond(id, 500, null, NO_HEADERS, JSONStringify({ name, message, hint }));
    }
  };
}

/** The target under which a path's answer sees itself. */
function targetOf(app, path, origin) {
  const { base, trailingSlash } = app;
  let target = `${withoutTrailingSlash(base)}/${StringPrototypeSlice(path, 1)}`;
  if (path === "/") target = trailingSlash === "never" ? withoutTrailingSlash(base) : withTrailingSlash(base);
  else if (trailingSlash === "never") target = withoutTrailingSlash(target);
  else if (trailingSlash === "always" && RegExpPrototypeExec(FILE_EXTENSION, path) === null) target = withTrailingSlash(target);
  const url = new URL(target, origin);
  url.search = "";
  return StringPrototypeSlice(hrefOf(url), origin.length);
}

async function propsFor(app, route, path, params, { byPath }) {
  const entry = MapPrototypeGet(byPath, pathFor(route, params, app.trailingSlash));
  if (entry === undefined) throw createError("NoMatchingStaticPathFound", path, { hint: `Possible dynamic routes being matched: ${route.file}.` });
  checkCollision(route, params);
  return { ...entry.props };
}

/** Nobody has sent headers: reading them is probably a mistake. */
function warnAboutHeaders(app, route, request) {
  const { headers } = request;
  const prototype = ObjectGetPrototypeOf(request);
  const described = ReflectGetOwnPropertyDescriptor(prototype, "headers");
  let shown = headers;
  ObjectDefineProperty(request, "headers", {
    __proto__: null,
    enumerable: described?.enumerable ?? true,
    configurable: true,
    get() {
      app.log(
        "warn",
        null,
        `\`Astro.request.headers\` was used when rendering the route \`${route.file}'\`. \`Astro.request.headers\` is not available on prerendered pages. If you need access to request headers, make sure that the page is server-rendered using \`export const prerender = false;\` or by setting \`output\` to \`"server"\` in your Astro config to make all your pages server-rendered by default.`,
      );
      return shown;
    },
    set(value) {
      shown = value;
    },
  });
}
