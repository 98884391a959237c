// @ts-check
// Request.
// Spec: https://fetch.spec.whatwg.org/#request-class
//
// Requests of the server are lazy in everything: `url`, `headers`, `signal` and the body come into being when a
// program looks at them. What a server cannot observe (mode, cache, credentials, ...) is kept and shown, no more.

import { defineBodyMixin } from "transom:internal/fetch/body";
import { EMPTY, NATIVE, isOneShot, setBody } from "transom:internal/fetch/body_state";
import * as headerList from "transom:internal/fetch/header_list";
import { NO_CORS, headersInternals, listFrom } from "transom:internal/fetch/headers";
import { IncomingBody } from "transom:internal/fetch/native_body";
import {
  convertRequestInit, defaultSettings, mergeSettings, normalizeMethod,
} from "transom:internal/fetch/request_init";
import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const bodyStream = lazy("transom:internal/fetch/body_stream");
const noCors = lazy("transom:internal/fetch/no_cors");
const objectUrls = lazy("transom:internal/url/object_urls");
const signals = lazy("transom:internal/abort/abort_signal");
const urls = lazy("transom:internal/url/url");

const { ObjectFreeze, StringPrototypeStartsWith, TypeError } = primordials;

/**
 * What the dispatcher and fetch() need of the inside.
 * @type {Record<string, Function>}
 */
export let requestInternals;

/** https://fetch.spec.whatwg.org/#request */
export class Request {
  #state;

  /** https://fetch.spec.whatwg.org/#dom-request */
  constructor(input, init = undefined) {
    if (input === webidl.internalKey) {
      this.#state = init;
      return;
    }
    webidl.requireArguments("Request constructor", arguments.length, 1);
    this.#state = requestInternals.isRequest(input) ? stateFromRequest(input.#state, init) : stateFromUrl(input, init);
  }

  /** https://fetch.spec.whatwg.org/#dom-request-method */
  get method() {
    return this.#state.method;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-url */
  get url() {
    return urlOf(this.#state);
  }

  /** https://fetch.spec.whatwg.org/#dom-request-headers */
  get headers() {
    const state = this.#state;
    return (state.headers ??= headersInternals.create(listOf(state), state.settings.mode === "no-cors" ? NO_CORS : undefined));
  }

  /** https://fetch.spec.whatwg.org/#dom-request-destination */
  get destination() {
    this.#state; // Brand check.
    return "";
  }

  /** https://fetch.spec.whatwg.org/#dom-request-referrer */
  get referrer() {
    return this.#state.settings.referrer;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-referrerpolicy */
  get referrerPolicy() {
    return this.#state.settings.referrerPolicy;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-mode */
  get mode() {
    return this.#state.settings.mode;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-credentials */
  get credentials() {
    return this.#state.settings.credentials;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-cache */
  get cache() {
    return this.#state.settings.cache;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-redirect */
  get redirect() {
    return this.#state.settings.redirect;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-integrity */
  get integrity() {
    return this.#state.settings.integrity;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-keepalive */
  get keepalive() {
    return this.#state.settings.keepalive;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-isreloadnavigation */
  get isReloadNavigation() {
    this.#state; // Brand check.
    return false;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-ishistorynavigation */
  get isHistoryNavigation() {
    this.#state; // Brand check.
    return false;
  }

  /** https://fetch.spec.whatwg.org/#dom-request-signal */
  get signal() {
    return signalOf(this.#state);
  }

  /** https://fetch.spec.whatwg.org/#dom-request-duplex */
  get duplex() {
    this.#state; // Brand check.
    return "half";
  }

  /** https://fetch.spec.whatwg.org/#dom-request-clone */
  clone() {
    const state = this.#state;
    const copy = copyState(state);
    if (state.kind !== EMPTY) bodyStream().cloneBody(state, copy);
    return new Request(webidl.internalKey, copy);
  }

  static {
    requestInternals = ObjectFreeze({
      isRequest: (value) => typeof value === "object" && value !== null && #state in value,
      state: (request) => request.#state,
      method: (request) => request.#state.method,
      url: (request) => urlOf(request.#state),
      /** The Blob that the request's `blob:` URL stood for when the request was made, or null. */
      blob: (request) => request.#state.blob,
      /** The list itself, not a copy, and not sorted. */
      headerList: (request) => listOf(request.#state),
      redirect: (request) => request.#state.settings.redirect,
      integrity: (request) => request.#state.settings.integrity,
      /** The signal, or null when the request has none that could ever abort. */
      signalOrNull: (request) => (hasSignal(request.#state) ? signalOf(request.#state) : null),
      /**
       * A request that the server received. `url` is the serialised URL or a function that returns it, `rawHeaders`
       * the block that `parseRaw` reads, `signalFactory` a function that returns an AbortSignal. All are used at
       * most once, when a program asks. `hasBody` has no effect for GET and HEAD.
       */
      createFromServer({ requestId, method, url, rawHeaders, hasBody, signalFactory }) {
        const state = createState(method, url);
        state.raw = rawHeaders;
        state.signalFactory = signalFactory;
        if (hasBody && method !== "GET" && method !== "HEAD") {
          state.kind = NATIVE;
          state.value = new IncomingBody(requestId);
        }
        return new Request(webidl.internalKey, state);
      },
    });
  }
}

function createState(method, url) {
  return {
    kind: EMPTY, value: null, stream: null, used: false, shared: false,
    method,
    /** A string, or a function that returns it. */
    url,
    blob: null,
    /** The header list; null while it is still in `raw`. */
    list: null, raw: null, headers: null,
    /** The signal once it exists; before that the function that makes it, or null when nothing could abort. */
    signal: null, signalFactory: null,
    settings: defaultSettings,
  };
}

/** Everything but the body; headers are copied, and the signal of the copy follows that of `state`. */
function copyState(state) {
  const copy = createState(state.method, urlOf(state));
  copy.list = headerList.copy(listOf(state));
  copy.settings = state.settings;
  copy.blob = state.blob;
  if (hasSignal(state)) copy.signalFactory = () => signals().abortSignalInternals.follow(signalOf(state));
  return copy;
}

function urlOf(state) {
  if (typeof state.url === "function") state.url = state.url();
  return state.url;
}

function listOf(state) {
  if (state.list === null) {
    state.list = headerList.parseRaw(state.raw);
    state.raw = null;
  }
  return state.list;
}

function hasSignal(state) {
  return state.signal !== null || state.signalFactory !== null;
}

function signalOf(state) {
  if (state.signal === null) {
    state.signal = state.signalFactory === null ? signals().abortSignalInternals.create() : state.signalFactory();
    state.signalFactory = null;
  }
  return state.signal;
}

function stateFromUrl(input, init) {
  const text = webidl.USVString(input, "Request constructor: argument 1");
  const url = urls().urlInternals.parse(text);
  if (url === null) throw new TypeError(`Failed to parse URL from ${text}`);
  if (urls().urlInternals.hasCredentials(url)) {
    throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${text}`);
  }
  const state = createState("GET", urls().urlInternals.href(url));
  state.list = [];
  if (StringPrototypeStartsWith(state.url, "blob:")) state.blob = objectUrls().resolveObjectURL(state.url);
  if (init !== undefined && init !== null) applyInit(state, init, EMPTY);
  return state;
}

function stateFromRequest(from, init) {
  const state = copyState(from);
  let replaced = false;
  if (init !== undefined && init !== null) replaced = applyInit(state, init, from.kind);
  if (!replaced && from.kind !== EMPTY) bodyStream().moveBody(from, state);
  return state;
}

/** Steps of the constructor that concern `init`. Returns whether `init` has a body. */
function applyInit(state, init, inputKind) {
  const context = "Request constructor: argument 2";
  const converted = convertRequestInit(init, context);
  state.settings = mergeSettings(state.settings, converted);
  if (converted.referrer !== undefined) state.settings.referrer = referrerOf(converted.referrer, context);
  checkCacheMode(state.settings);
  if (converted.method !== undefined) state.method = normalizeMethod(converted.method, context);
  const isNoCors = state.settings.mode === "no-cors";
  if (isNoCors) checkSimpleMethod(state.method);
  const { signal } = converted;
  if (signal === null) state.signalFactory = null;
  else if (signal !== undefined) state.signalFactory = () => signals().abortSignalInternals.follow(signal);
  if (converted.headers !== undefined) state.list = listFrom(converted.headers, `${context}: headers`);
  if (isNoCors) state.list = noCors().filtered(state.list);

  const { body } = converted;
  const hasBody = body !== undefined && body !== null;
  if ((hasBody || inputKind !== EMPTY) && (state.method === "GET" || state.method === "HEAD")) {
    throw new TypeError("Request with GET/HEAD method cannot have body.");
  }
  if (!hasBody) return false;
  const type = setBody(state, body, `${context}: body`);
  if (type !== null && !headerList.has(state.list, "content-type") && (!isNoCors || noCors().allowsSet("content-type", type))) {
    headerList.append(state.list, "content-type", type);
  }
  if (isOneShot(state) && converted.duplex === undefined) {
    throw new TypeError("RequestInit: duplex option is required when sending a body.");
  }
  return true;
}

/** Step 14 of the constructor. Every URL is of another origin than a server's program, whose origin is opaque. */
function referrerOf(referrer, context) {
  if (referrer === "") return "";
  if (urls().urlInternals.parse(referrer) === null) throw new TypeError(`${context}: the referrer \`${referrer}\` is not an absolute URL`);
  return "about:client";
}

/** Step 21 of the constructor. */
function checkCacheMode({ cache, mode }) {
  if (cache === "only-if-cached" && mode !== "same-origin") {
    throw new TypeError("The cache mode `only-if-cached` asks for the mode `same-origin`");
  }
}

/** Step 32 of the constructor, of which only the method matters on a server. */
function checkSimpleMethod(method) {
  if (method !== "GET" && method !== "HEAD" && method !== "POST") {
    throw new TypeError(`The mode \`no-cors\` does not allow the method ${method}`);
  }
}

defineBodyMixin(Request, requestInternals.state, (state) => headerList.get(listOf(state), "content-type"));
webidl.configureInterface("Request", Request);
