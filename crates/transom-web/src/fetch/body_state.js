// @ts-check
// What is behind the body of a request or response, and what a body can be made of.
// Spec: https://fetch.spec.whatwg.org/#concept-body and https://fetch.spec.whatwg.org/#concept-bodyinit-extract
//
// The state of a request or response is one plain object that never leaves this layer; its fields about the body are
// `kind`, `value`, `stream`, `used` and `shared`. A body stays what it was made of for as long as possible: a
// ReadableStream comes into being when a program asks for `body`, and not for text(), json() or sending.

import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const blobs = lazy("transom:internal/blob/blob");
const forms = lazy("transom:internal/form_data/form_data");
const multipart = lazy("transom:internal/form_data/multipart");
const searchParams = lazy("transom:internal/url/url_search_params");
const streams = lazy("transom:internal/streams/internals");

const { SymbolAsyncIterator, TypeError } = primordials;

const isDisturbed = (stream) => streams().readableStreamInternals.isDisturbed(stream);
const isLocked = (stream) => streams().readableStreamInternals.isLocked(stream);

// The kinds, and what `value` is.
/** No body. */
export const EMPTY = 0;
/** A string, not yet encoded; lone surrogates become U+FFFD when it is. */
export const TEXT = 1;
/** A Uint8Array that no script holds. */
export const BYTES = 2;
/** A Blob. */
export const BLOB = 3;
/** Nothing: `stream` is a ReadableStream that the program made. */
export const STREAM = 4;
/** An object with an asynchronous iterator. */
export const ITERABLE = 5;
/** An object with `text()`, `bytes()`, `form(contentType)`, `read()` and `cancel()`, which return promises. */
export const NATIVE = 6;

const FORM_TYPE = "application/x-www-form-urlencoded;charset=UTF-8";
const TEXT_TYPE = "text/plain;charset=UTF-8";

/**
 * Makes `body`, which is not null, the body of `state` and returns the content type that it implies, or null.
 * https://fetch.spec.whatwg.org/#concept-bodyinit-extract
 */
export function setBody(state, body, context) {
  if (typeof body === "string") {
    state.kind = TEXT;
    state.value = body;
    return TEXT_TYPE;
  }
  return webidl.isObject(body) ? setBodyObject(state, body, context) : setBody(state, webidl.DOMString(body, context), context);
}

function setBodyObject(state, body, context) {
  if (webidl.isBufferSource(body)) {
    state.kind = BYTES;
    state.value = webidl.copyBufferSource(webidl.BufferSource(body, context));
    return null;
  }
  if (streams().readableStreamInternals.isReadableStream(body)) {
    if (isDisturbed(body) || isLocked(body)) {
      throw new TypeError(`${context}: the ReadableStream is disturbed or locked`);
    }
    state.kind = STREAM;
    state.stream = body;
    return null;
  }
  const { blobInternals } = blobs();
  if (blobInternals.isBlob(body)) {
    state.kind = BLOB;
    state.value = body;
    return blobInternals.type(body) || null;
  }
  if (forms().formDataInternals.is(body)) {
    const { blob, type } = multipart().serializeFormData(body);
    state.kind = BLOB;
    state.value = blob;
    return type;
  }
  const { urlSearchParamsInternals } = searchParams();
  if (urlSearchParamsInternals.is(body)) {
    state.kind = TEXT;
    state.value = urlSearchParamsInternals.serialize(body);
    return FORM_TYPE;
  }
  // Deviation: an asynchronous iterable, such as a generator, is taken as a body, as Node does.
  if (typeof body[SymbolAsyncIterator] === "function") {
    state.kind = ITERABLE;
    state.value = body;
    return null;
  }
  return setBody(state, webidl.DOMString(body, context), context);
}

/** Whether the body can be sent only once. */
export function isOneShot(state) {
  return state.kind === STREAM || state.kind === ITERABLE || state.kind === NATIVE;
}

/** https://fetch.spec.whatwg.org/#dom-body-bodyused */
export function isUsed(state) {
  return state.used || (state.stream !== null && isDisturbed(state.stream));
}

/** https://fetch.spec.whatwg.org/#body-unusable */
export function isUnusable(state) {
  return state.used || (state.stream !== null && (isDisturbed(state.stream) || isLocked(state.stream)));
}

/** Takes the body for reading, sending or handing on; throws when it has been taken before. */
export function claim(state) {
  if (isUnusable(state)) {
    if (state.kind === NATIVE) state.value.throwIfAborted();
    throw new TypeError("Body is unusable: Body has already been read");
  }
  if (state.kind !== EMPTY) state.used = true;
}
