// @ts-check
// What is known about one request while it is being answered. Everything a handler may never look at is lazy.
// Spec: astro-endpoints.md sections 1.4 to 1.6 and 3.
//
// Internal: never handed to a program (context.js is what it sees), hence plain fields. A rewrite changes the state
// in place; rendering an error page gets a state of its own that shares the first request.

import { Connection } from "transom:internal/app/connection";
import { contextInternals } from "transom:internal/app/context";
import {
  decodedPath, getPathname, hrefOf, normalizedUrl, originPathname, stripBase, urlOf,
} from "transom:internal/app/pathname";
import { joinedHeader } from "transom:internal/app/raw_headers";
import { TEXT } from "transom:internal/fetch/body_state";
import * as headerList from "transom:internal/fetch/header_list";
import { requestInternals } from "transom:internal/fetch/request";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const cache = lazy("transom:internal/app/cache");
const cookies = lazy("transom:internal/app/cookies");
const errors = lazy("transom:internal/app/errors");
const forwarded = lazy("transom:internal/app/forwarded");
const locales = lazy("transom:internal/app/locales");
const rewriting = lazy("transom:internal/app/rewrite");
const sessions = lazy("transom:internal/app/session");

const {
  RegExpPrototypeSymbolReplace, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeSplit, unlink,
} = primordials;

/** What arrived, as it arrived. One for a request and all its error pages. */
export class Arrival {
  constructor(id, method, target, origin, rawHeaders, address) {
    this.id = id;
    this.method = method;
    this.target = target;
    this.origin = origin;
    this.rawHeaders = rawHeaders;
    this.address = address;
    /** @type {Request | null} */
    this.request_ = null;
    /** @type {Connection | null} */
    this.connection_ = null;
    /** The URL of the request where a trusted proxy has changed it, as text. */
    this.forwardedHref = null;
  }

  get href() {
    return this.forwardedHref ?? this.origin + this.target;
  }

  /** The request as it arrived; the same object every time. */
  get request() {
    return (this.request_ ??= this.createRequest());
  }

  createRequest() {
    const { method } = this;
    const mayHaveBody = method !== "GET" && method !== "HEAD";
    const hasBody = mayHaveBody && ops.body_state(this.id) === 1;
    const request = requestInternals.createFromServer({
      requestId: this.id,
      method,
      url: () => hrefOf(urlOf(this.href)),
      rawHeaders: this.rawHeaders,
      hasBody,
      signalFactory: () => this.connection.signal,
    });
    if (mayHaveBody && !hasBody) {
      // In the reference, such a request has a body even when none was sent: an empty one.
      const state = requestInternals.state(request);
      state.kind = TEXT;
      state.value = "";
    }
    return request;
  }

  get connection() {
    return (this.connection_ ??= new Connection(this.id));
  }
}
unlink(Arrival);

const ENCODED_SLASH = /%2f/gi;

/** The object of parameters: a flat list of names and values, or each of them followed by a zero. */
export function paramsFrom(flat, compat) {
  const params = {};
  if (flat === null) return params;
  if (typeof flat === "string") flat = StringPrototypeSplit(StringPrototypeSlice(flat, 0, -1), "\0");
  for (let i = 0; i < flat.length; i += 2) {
    const value = flat[i + 1];
    const decodes = compat.decodeSlash && value !== undefined;
    params[flat[i]] = decodes ? RegExpPrototypeSymbolReplace(ENCODED_SLASH, value, "/") : value;
  }
  return params;
}

/** What few handlers look at. */
class Extra {
  constructor() {
    this.cache = null;
    this.originPath = null;
    this.props = null;
    this.site = null;
  }
}
unlink(Extra);

export class RequestState {
  /**
   * @param {import("./application.js").Application} app
   * @param {Arrival} arrival
   * @param {import("./application.js").Route} route
   * @param {(string | undefined)[] | string | null} flatParams name, value, name, value; a string has NUL after each
   */
  constructor(app, arrival, route, flatParams) {
    this.app = app;
    this.arrival = arrival;
    this.route = route;
    this.flatParams = flatParams;
    /** How often the middleware chain has begun; a guard against endless rewriting. */
    this.rounds = 0;
    /** Set when the endpoint itself answered 404 or 500: then its answer stands. */
    this.keepsError = false;
    this.skipsMiddleware = false;
    // Made when they are looked at. Sixteen fields are what SpiderMonkey keeps in one allocation.
    this.context_ = null;
    this.cookies_ = null;
    this.locals_ = null;
    this.params_ = null;
    this.path_ = null;
    this.request_ = null;
    this.session_ = undefined;
    this.url_ = null;
    /** @type {Extra | null} */
    this.extra_ = null;
  }

  get extra() {
    return (this.extra_ ??= new Extra());
  }

  /** The context with own keys, for middleware and for handlers that may keep it. */
  get context() {
    return (this.context_ ??= contextInternals.create(this));
  }

  get request() {
    return this.request_ ?? this.arrival.request;
  }

  get method() {
    return this.request_ === null ? this.arrival.method : requestInternals.method(this.request_);
  }

  get url() {
    return (this.url_ ??= normalizedUrl(this.request_ === null ? this.arrival.href : requestInternals.url(this.request_)));
  }

  /** Decoded path without the base: what routes are matched against. */
  get path() {
    if (this.path_ === null) {
      this.path_ = stripBase(decodedPath(this.arrival.href), this.app.base);
    }
    return this.path_;
  }

  get params() {
    if (this.params_ === null) {
      this.params_ = paramsFrom(this.flatParams, this.app.compat);
    }
    return this.params_;
  }

  get props() {
    return (this.extra.props ??= {});
  }

  get locals() {
    return (this.locals_ ??= {});
  }

  get cookies() {
    return (this.cookies_ ??= new (cookies().AstroCookies)(this));
  }

  /** The `Cookie` header of the current request, for AstroCookies. */
  cookieHeader() {
    const request = this.request_ ?? this.arrival.request_;
    if (request === null) return joinedHeader(this.arrival.rawHeaders, "cookie", "; ");
    return headerList.get(requestInternals.headerList(request), "cookie");
  }

  get session() {
    if (this.session_ === undefined) this.session_ = sessions().createSession(this);
    return this.session_ ?? undefined;
  }

  get site() {
    const { site } = this.app.config;
    return typeof site === "string" ? (this.extra.site ??= urlOf(site)) : undefined;
  }

  get originPathname() {
    return (this.extra.originPath ??= originPathname(this.path, this.app.trailingSlash));
  }

  get clientAddress() {
    if (this.route.prerender) throw errors().createError("PrerenderClientAddressNotAvailable", this.route.file);
    const { address, rawHeaders, origin } = this.arrival;
    const { allowedDomains } = this.app;
    if (allowedDomains.length === 0) return address;
    const protocol = StringPrototypeSlice(origin, 0, StringPrototypeIndexOf(origin, ":"));
    return forwarded().clientAddress(rawHeaders, protocol, address, allowedDomains);
  }

  get currentLocale() {
    const { i18n } = this.app;
    if (i18n === null) return undefined;
    const { route } = this;
    const path = route.isDynamic || route.isErrorPage ? getPathname(this.url) : route.pattern;
    return locales().currentLocale(path, route.isDynamic ? this.params : null, i18n);
  }

  get preferredLocale() {
    const { i18n } = this.app;
    return i18n === null ? undefined : locales().preferredLocale(this.acceptLanguage, i18n.locales);
  }

  get preferredLocaleList() {
    const { i18n } = this.app;
    return i18n === null ? undefined : locales().preferredLocaleList(this.acceptLanguage, i18n.locales);
  }

  get acceptLanguage() {
    return headerList.get(requestInternals.headerList(this.request), "accept-language");
  }

  get csp() {
    this.app.log(
      "warn",
      "csp",
      `context.csp was used when rendering the route ${this.route.pattern}, but CSP was not configured. For more information, see https://docs.astro.build/en/reference/configuration-reference/#securitycsp`,
    );
    return undefined;
  }

  get logger() {
    const { log } = this.app;
    return {
      info: (message) => log("info", null, message),
      warn: (message) => log("warn", null, message),
      error: (message) => log("error", null, message),
    };
  }

  get cache() {
    return (this.extra.cache ??= new (cache().DisabledCache)(this.app.log));
  }

  /** `context.rewrite`. */
  rewrite(payload) {
    return rewriting().executeRewrite(this, payload);
  }

  /** Applies the headers of a trusted proxy. The request then shows the normalised URL, as in the reference. */
  applyForwarded() {
    const { allowedDomains } = this.app;
    if (allowedDomains.length === 0 || this.route.prerender) return;
    const url = normalizedUrl(this.arrival.href);
    if (!forwarded().applyForwarded(this.arrival.rawHeaders, url, allowedDomains)) return;
    this.path; // Fixed before the URL changes.
    this.url_ = url;
    this.arrival.forwardedHref = hrefOf(url);
  }
}
unlink(RequestState);
