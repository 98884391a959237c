// @ts-check
// Response.
// Spec: https://fetch.spec.whatwg.org/#response-class
//
// Every request of the server makes one, so a response is one object with one plain state; its Headers object comes
// into being when a program looks at it.

import { defineBodyMixin } from "transom:internal/fetch/body";
import { BLOB, BYTES, EMPTY, NATIVE, TEXT, claim, isUnusable, setBody } from "transom:internal/fetch/body_state";
import * as headerList from "transom:internal/fetch/header_list";
import { IMMUTABLE, headersInternals, listFrom } from "transom:internal/fetch/headers";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const blobs = lazy("transom:internal/blob/blob");
const bodyStream = lazy("transom:internal/fetch/body_stream");

const { JSONStringify, ObjectFreeze, RangeError, RegExpPrototypeExec, TypeError } = primordials;

/** https://httpwg.org/specs/rfc9112.html#status.line, reason-phrase */
const REASON_PHRASE = /^[\t\x20-\x7e\x80-\xff]*$/;
const HREF = 0;

/**
 * What the dispatcher and fetch() need of the inside.
 * @type {Record<string, Function>}
 */
export let responseInternals;

/** https://fetch.spec.whatwg.org/#response */
export class Response {
  #state;

  /** https://fetch.spec.whatwg.org/#dom-response */
  constructor(body = null, init = undefined) {
    if (body === webidl.internalKey) {
      this.#state = init;
      return;
    }
    const state = createState(init, "Response constructor: argument 2");
    this.#state = state;
    if (body === null) return;
    if (isNullBodyStatus(state.status)) {
      throw new TypeError(`Response constructor: a response with status ${state.status} cannot have a body`);
    }
    const type = setBody(state, body, "Response constructor: argument 1");
    if (type !== null) addContentType(state.list, type);
  }

  /** https://fetch.spec.whatwg.org/#dom-response-error */
  static error() {
    const state = createState(undefined, "");
    state.type = "error";
    state.status = 0;
    state.immutable = true;
    return new Response(webidl.internalKey, state);
  }

  /** https://fetch.spec.whatwg.org/#dom-response-redirect */
  static redirect(url, status = 302) {
    webidl.requireArguments("Response.redirect", arguments.length, 1);
    url = webidl.USVString(url, "Response.redirect: argument 1");
    status = webidl.unsignedShort(status, "Response.redirect: argument 2");
    const parsed = ops.url_parse(url, undefined);
    if (parsed === null) throw new TypeError(`Response.redirect: \`${url}\` is not an absolute URL`);
    if (status !== 301 && status !== 302 && status !== 303 && status !== 307 && status !== 308) {
      throw new RangeError(`Response.redirect: ${status} is not a redirect status`);
    }
    const state = createState(undefined, "");
    state.status = status;
    state.list = ["location", parsed[HREF] ?? url];
    state.immutable = true;
    return new Response(webidl.internalKey, state);
  }

  /** https://fetch.spec.whatwg.org/#dom-response-json */
  static json(data, init = undefined) {
    webidl.requireArguments("Response.json", arguments.length, 1);
    const text = JSONStringify(data);
    if (text === undefined) throw new TypeError("Response.json: the value cannot be represented as JSON");
    const state = createState(init, "Response.json: argument 2");
    if (isNullBodyStatus(state.status)) {
      throw new TypeError(`Response.json: a response with status ${state.status} cannot have a body`);
    }
    state.kind = TEXT;
    state.value = text;
    addContentType(state.list, "application/json");
    return new Response(webidl.internalKey, state);
  }

  /** https://fetch.spec.whatwg.org/#dom-response-type */
  get type() {
    return this.#state.type;
  }

  /** https://fetch.spec.whatwg.org/#dom-response-url */
  get url() {
    return this.#state.url;
  }

  /** https://fetch.spec.whatwg.org/#dom-response-redirected */
  get redirected() {
    return this.#state.redirected;
  }

  /** https://fetch.spec.whatwg.org/#dom-response-status */
  get status() {
    return this.#state.status;
  }

  /** https://fetch.spec.whatwg.org/#dom-response-ok */
  get ok() {
    const { status } = this.#state;
    return status >= 200 && status <= 299;
  }

  /** https://fetch.spec.whatwg.org/#dom-response-statustext */
  get statusText() {
    return this.#state.statusText;
  }

  /** https://fetch.spec.whatwg.org/#dom-response-headers */
  get headers() {
    const state = this.#state;
    return (state.headers ??= headersInternals.create(state.list, state.immutable ? IMMUTABLE : undefined));
  }

  /** https://fetch.spec.whatwg.org/#dom-response-clone */
  clone() {
    const state = this.#state;
    const copy = createState(undefined, "");
    copy.status = state.status;
    copy.statusText = state.statusText;
    copy.list = headerList.copy(state.list);
    copy.type = state.type;
    copy.url = state.url;
    copy.redirected = state.redirected;
    copy.immutable = state.immutable;
    if (state.kind !== EMPTY) bodyStream().cloneBody(state, copy);
    return new Response(webidl.internalKey, copy);
  }

  static {
    const is = (value) => typeof value === "object" && value !== null && #state in value;
    responseInternals = ObjectFreeze({
      /** Whether `value` is a Response of this realm, also of a subclass. */
      isResponse: is,
      state: (response) => response.#state,
      status: (response) => response.#state.status,
      /** The reason phrase, or "". */
      statusText: (response) => response.#state.statusText,
      /** "default", "error" or "basic". */
      type: (response) => response.#state.type,
      /** Flat name, value pairs in wire order, for reading only: sorted, joined, each set-cookie by itself. */
      headerPairs: (response) => headerList.sortAndCombine(response.#state.list),
      /** The unsorted list itself: a change shows in the response's headers, immutable ones included. */
      headerList(response) {
        const state = response.#state;
        if (state.headers !== null) headersInternals.changed(state.headers);
        return state.list;
      },
      /** How `bodyValue` is to be sent: "empty", "text", "bytes" or "stream". */
      bodyKind: (response) => wireKind(response.#state),
      /** A string, a Uint8Array, or null for "empty" and "stream"; move a stream with `pumpBody`. */
      bodyValue: (response) => wireValue(response.#state),
      /** Whether the body has been read or is being read by somebody else. */
      isUnusable: (response) => isUnusable(response.#state),
      /** From now on the body counts as read. */
      markUsed: (response) => claim(response.#state),
      /** Takes a body of kind "stream" and moves its chunks to `sink`; see `pumpBody` in body_stream.js. */
      pumpBody: (response, sink) => bodyStream().pumpBody(response.#state, sink),
      /** The body was read and is `bytes` from now on. */
      replaceBody(response, bytes) {
        const state = response.#state;
        state.kind = BYTES;
        state.value = bytes;
        state.used = false;
      },
      /** A response that fetch() got: `body` is of kind NATIVE, a Blob, a Uint8Array or null. */
      createFetched(status, statusText, list, url, redirected, body) {
        const state = createState(undefined, "");
        state.status = status;
        state.statusText = statusText;
        state.list = list;
        state.url = url;
        state.redirected = redirected;
        state.type = "basic";
        state.immutable = true;
        if (body !== null) {
          state.kind = blobs().blobInternals.isBlob(body) ? BLOB : webidl.isUint8Array(body) ? BYTES : NATIVE;
          state.value = body;
        }
        return new Response(webidl.internalKey, state);
      },
    });
  }
}

/** The state of a response with an empty body; `init` is a ResponseInit, read in the order of its members' names. */
function createState(init, context) {
  const state = {
    kind: EMPTY, value: null, stream: null, used: false, shared: false,
    status: 200, statusText: "", list: /** @type {string[]} */ ([]), headers: null, immutable: false,
    type: "default", url: "", redirected: false,
  };
  if (init === undefined || init === null) return state;
  if (!webidl.isObject(init)) throw new TypeError(`${context} is not an object`);
  const { headers, status, statusText } = init;
  if (headers !== undefined) state.list = listFrom(headers, `${context}: headers`);
  if (status !== undefined) {
    state.status = webidl.unsignedShort(status, `${context}: status`);
    if (state.status < 200 || state.status > 599) {
      throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.'); // Node's words.
    }
  }
  if (statusText !== undefined) {
    state.statusText = webidl.ByteString(statusText, `${context}: statusText`);
    if (RegExpPrototypeExec(REASON_PHRASE, state.statusText) === null) {
      throw new TypeError(`${context}: statusText is not a valid reason phrase`);
    }
  }
  return state;
}

/** https://fetch.spec.whatwg.org/#null-body-status */
export function isNullBodyStatus(status) {
  return status === 204 || status === 205 || status === 304 || status === 101 || status === 103;
}

function addContentType(list, type) {
  if (list.length === 0 || !headerList.has(list, "content-type")) headerList.append(list, "content-type", type);
}

function wireKind(state) {
  if (state.stream !== null) return "stream";
  switch (state.kind) {
    case EMPTY:
      return "empty";
    case TEXT:
      return "text";
    case BYTES:
      return "bytes";
    case BLOB:
      return blobs().blobInternals.bytesNow(state.value) === null ? "stream" : "bytes";
    default:
      return "stream";
  }
}

function wireValue(state) {
  if (state.stream !== null) return null;
  if (state.kind === TEXT || state.kind === BYTES) return state.value;
  return state.kind === BLOB ? blobs().blobInternals.bytesNow(state.value) : null;
}

defineBodyMixin(Response, responseInternals.state, (state) => headerList.get(state.list, "content-type"));
webidl.configureInterface("Response", Response);
