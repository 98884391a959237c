// @ts-check
// APIContext: what handlers and middleware are called with.
// Spec: astro-endpoints.md section 3.1.
//
// Programs expect a plain object whose own keys stand in a certain order, most of them getters. Defining such an
// object costs several microseconds in every engine, so it is made in two layers:
//
// - `Context`, whose getters stand on the prototype: one small object per request, everything else when it is read.
//   It is handed out by itself where nobody can tell the difference; see handler_kind.js.
// - a Proxy around it that shows the keys as own. Reading through it costs a few nanoseconds.
//
// Invariant: a program never gets hold of `Context.prototype`; of a bare `Context` it sees single values only.

import { callAction, getActionResult } from "transom:internal/app/actions";
import { Response } from "transom:internal/fetch/response";
import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";

const errors = lazy("transom:internal/app/errors");

const {
  Object, ObjectDefineProperty, ObjectFreeze, ObjectPrototype, Proxy, ReflectApply, ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys, Symbol, SymbolFor,
} = primordials;

/** Version whose behaviour this is. */
const GENERATOR = "Astro v7.3.5";

/** The reference keeps its state behind this key; here the key is shown and the value says nothing. */
const STATE_KEY = SymbolFor("astro.fetchState");
const OPAQUE = ObjectFreeze({ __proto__: null });

/** How code of this crate gets through the Proxy. */
const CONTEXT = Symbol("context");

/** Own keys in order; true marks a plain value, which can be assigned, and false a getter. */
const MEMBERS = {
  __proto__: null,
  cookies: false, routePattern: true, isPrerendered: true, clientAddress: false, currentLocale: false, generator: true,
  locals: false, params: true, preferredLocale: false, preferredLocaleList: false, request: true, site: true, url: true,
  originPathname: false, csp: false, logger: false, cache: false, session: false, props: true, redirect: true,
  rewrite: true, getActionResult: true, callAction: true, [STATE_KEY]: true,
};
const KEYS = ReflectOwnKeys(MEMBERS);

/**
 * What the rest of the pipeline needs of the inside.
 * @type {Record<string, Function>}
 */
export let contextInternals;

class Context {
  /** @type {import("./request_state.js").RequestState} */
  #state;
  /** Values that stand in for the computed ones: assigned by a program, or kept from before a rewrite. */
  #own = null;

  constructor(state) {
    this.#state = state;
  }

  // The members that most handlers read are written out, so that the engine can inline them.

  get cookies() {
    return this.#state.cookies;
  }

  get locals() {
    return this.#state.locals;
  }

  set locals(_value) {
    throw errors().createError("LocalsReassigned");
  }

  get params() {
    return this.#own?.params ?? this.#state.params;
  }

  set params(value) {
    this.#assign("params", value);
  }

  get request() {
    return this.#own?.request ?? this.#state.request;
  }

  set request(value) {
    this.#assign("request", value);
  }

  get url() {
    return this.#own?.url ?? this.#state.url;
  }

  set url(value) {
    this.#assign("url", value);
  }

  get [CONTEXT]() {
    return this;
  }

  /** What `context.__proto__` gives through the Proxy. */
  get __proto__() {
    return ObjectPrototype;
  }

  #assign(name, value) {
    this.#own ??= { __proto__: null };
    this.#own[name] = value;
  }

  static {
    const define = (name, get, set) =>
      ObjectDefineProperty(Context.prototype, name, { __proto__: null, get, set, enumerable: true, configurable: true });
    const getter = (name, compute) =>
      define(name, function () {
        return compute(this.#state);
      });
    const value = (name, compute) =>
      define(
        name,
        function () {
          const own = this.#own;
          return own !== null && name in own ? own[name] : compute(this.#state);
        },
        function (given) {
          this.#assign(name, given);
        },
      );
    /** A function made on first use and then always the same. */
    const method = (name, create) =>
      define(
        name,
        function () {
          if (this.#own === null || !(name in this.#own)) this.#assign(name, create(this.#state));
          return this.#own[name];
        },
        function (given) {
          this.#assign(name, given);
        },
      );

    getter("clientAddress", (state) => state.clientAddress);
    getter("currentLocale", (state) => state.currentLocale);
    getter("preferredLocale", (state) => state.preferredLocale);
    getter("preferredLocaleList", (state) => state.preferredLocaleList);
    getter("originPathname", (state) => state.originPathname);
    getter("csp", (state) => state.csp);
    getter("logger", (state) => state.logger);
    getter("cache", (state) => state.cache);
    getter("session", (state) => state.session);
    value("routePattern", (state) => state.route.pattern);
    value("isPrerendered", (state) => state.route.prerender);
    value("generator", () => GENERATOR);
    value("site", (state) => state.site);
    value("props", (state) => state.props);
    value("redirect", () => redirect);
    value("getActionResult", () => getActionResult);
    value(STATE_KEY, () => OPAQUE);
    method("rewrite", (state) => async (payload) => await state.rewrite(payload));
    method("callAction", (state) => (action, input) => callAction(state.context, action, input));
    ObjectDefineProperty(Context.prototype, "constructor", { __proto__: null, value: Object });

    contextInternals = ObjectFreeze({
      /** A context that shows no own keys; for handlers that cannot notice. */
      createBare: (state) => new Context(state),
      create: (state) => new Proxy(new Context(state), handler),
      /** The state behind a context, or undefined for an object of other origin. */
      state: (context) => context?.[CONTEXT]?.#state,
      /** The request that the program put in place, or undefined. */
      assignedRequest: (context) => context[CONTEXT].#own?.request,
      /** Keeps what the context shows now, because the state is about to move on to another route. */
      keep(context) {
        const bare = context[CONTEXT];
        bare.#own = {
          __proto__: null, routePattern: bare.routePattern, isPrerendered: bare.isPrerendered, params: bare.params,
          request: bare.request, url: bare.url, props: bare.props, rewrite: bare.rewrite, ...bare.#own,
        };
      },
    });
  }
}

/** `context.redirect`: no base, no encoding, no checks beyond those of Response. Section 3.2. */
function redirect(path, status = 302) {
  return new Response(null, { status, headers: { Location: path } });
}

/** @type {ProxyHandler<any>} */
const handler = ObjectFreeze({
  __proto__: null,
  get: (target, key) => target[key],
  set(target, key, value) {
    target[key] = value;
    return true;
  },
  getPrototypeOf: () => ObjectPrototype,
  has: (target, key) => MEMBERS[key] !== undefined || key in target,
  ownKeys(target) {
    const added = ReflectOwnKeys(target);
    const keys = [];
    for (let i = 0; i < KEYS.length; i++) keys[keys.length] = KEYS[i];
    for (let i = 0; i < added.length; i++) if (MEMBERS[added[i]] === undefined) keys[keys.length] = added[i];
    return keys;
  },
  getOwnPropertyDescriptor(target, key) {
    const defined = ReflectGetOwnPropertyDescriptor(target, key);
    const isValue = MEMBERS[key];
    if (defined !== undefined || isValue === undefined) return defined;
    if (isValue) return { value: target[key], writable: true, enumerable: true, configurable: true };
    const { set } = ReflectGetOwnPropertyDescriptor(Context.prototype, key);
    return {
      get: () => target[key],
      set: set === undefined ? undefined : (value) => ReflectApply(set, target, [value]),
      enumerable: true,
      configurable: true,
    };
  },
});
