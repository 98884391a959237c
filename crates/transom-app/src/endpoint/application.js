// @ts-check
// The project as the dispatcher sees it: routes, middleware and configuration of one build in one realm.
// Spec: astro-endpoints.md sections 1.3 (routes that Astro adds) and 2.4 (error pages).

import { builtInRoutes } from "transom:internal/app/built_in_routes";
import { kindOf } from "transom:internal/app/handler_kind";
import { primordials } from "transom:internal/primordials";

const {
  Map, MapPrototypeGet, MapPrototypeSet, ObjectFreeze, PromisePrototypeThen, StringPrototypeIncludes, unlink,
} = primordials;

const isThenable = (value) => value !== null && typeof value === "object" && typeof value.then === "function";

/** One route: what the manifest says, its module once it is loaded, and what is known of its handlers. */
export class Route {
  constructor({ pattern, file, module, prerender, kind }) {
    this.pattern = pattern;
    this.file = file ?? module;
    this.module = module;
    this.prerender = prerender === true;
    this.isErrorPage = kind === "error-page" || pattern === "/404" || pattern === "/500";
    /** Handlers get the Request itself, and not a context. */
    this.takesRequest = kind === "function";
    this.isDynamic = StringPrototypeIncludes(pattern, "[");
    /** The module namespace, or null before the first request. */
    this.namespace = null;
    /** Answers without a module: a function of the state, for routes that Astro adds. */
    this.builtIn = null;
    this.kinds = new Map();
  }

  /** How `handler` may be called. */
  kindOf(handler) {
    let kind = MapPrototypeGet(this.kinds, handler);
    if (kind === undefined) {
      kind = kindOf(handler);
      MapPrototypeSet(this.kinds, handler, kind);
    }
    return kind;
  }
}
unlink(Route);

const AS_THE_REFERENCE = ObjectFreeze({
  __proto__: null, methodNotAllowed: false, jsonErrors: false, payloadTooLarge: false, decodeSlash: false,
});

export class Application {
  /** @param {any} app as `createDispatcher` gets it */
  constructor(options) {
    const { routes, middleware, config, compat, notFoundIndex, errorIndex, load, loadNow, resolve, log, development } = options;
    this.routes = [];
    for (let i = 0; i < routes.length; i++) this.routes[i] = new Route(routes[i]);
    /** Where answers differ from the reference, because the project asks for it. */
    this.compat = compat ?? AS_THE_REFERENCE;
    this.builtIn = builtInRoutes(config.trailingSlash, this.compat);
    this.notFound = notFoundIndex < 0 ? this.builtIn.notFound : this.routes[notFoundIndex];
    this.serverError = errorIndex < 0 ? null : this.routes[errorIndex];
    this.middleware = middleware;
    this.config = config;
    this.base = config.base;
    this.trailingSlash = config.trailingSlash;
    this.checksOrigin = config.checkOrigin;
    this.allowedDomains = config.allowedDomains;
    /** No request needs its forwarded headers. */
    this.isPlain = config.allowedDomains.length === 0;
    this.i18n = config.i18n ?? null;
    this.isProduction = development !== true;
    this.resolve = resolve;
    this.log = log;
    this.load_ = load;
    this.loadNow_ = loadNow;
    /** `onRequest` of the middleware module: null without one, undefined before it is loaded. */
    this.onRequest_ = middleware === null || middleware === undefined ? null : undefined;
    ObjectFreeze(this.routes);
  }

  /** The route at `index`; for -1 the one that answers unmatched paths. */
  route(index) {
    return index < 0 ? this.notFound : this.routes[index];
  }

  /** The namespace of a route's module if it can be had without waiting; null if not, and when the module fails. */
  routeNow(route) {
    if (route.namespace !== null || route.builtIn !== null) return route.namespace;
    try {
      route.namespace = this.loadNow_(route.module) ?? null;
    } catch {
      // It fails in the same way for `loadRoute`, where the error is dealt with.
    }
    return route.namespace;
  }

  /**
   * The namespace of a route's module, or a promise for it. A module that fails to load fails again next time.
   * @param {Route} route
   */
  loadRoute(route) {
    if (route.namespace !== null || route.builtIn !== null) return route.namespace;
    const loaded = this.load_(route.module);
    if (!isThenable(loaded)) return (route.namespace = loaded);
    return PromisePrototypeThen(loaded, (namespace) => (route.namespace = namespace));
  }

  /** The project's `onRequest`, null without one, or a promise for either. */
  loadMiddleware() {
    if (this.onRequest_ !== undefined) return this.onRequest_;
    const loaded = this.load_(this.middleware);
    const keep = (namespace) => (this.onRequest_ = namespace.onRequest ?? null);
    return isThenable(loaded) ? PromisePrototypeThen(loaded, keep) : keep(loaded);
  }
}
unlink(Application);
