// @ts-check
// fetch().
// Spec: https://fetch.spec.whatwg.org/#fetch-method
//
// The network, redirects and content codings are native (exchange.rs); here is what concerns script: making the
// request, choosing by scheme, abort, sending a streamed body, making the response. Not here: CORS, caches, cookies
// and service workers, which a server has no use for.

import { abortSignalInternals } from "transom:internal/abort/abort_signal";
import { blobInternals } from "transom:internal/blob/blob";
import { BLOB, BYTES, EMPTY, TEXT } from "transom:internal/fetch/body_state";
import { pumpBody, requireBytes } from "transom:internal/fetch/body_stream";
import { takeBytes } from "transom:internal/fetch/body";
import { normalizeValue } from "transom:internal/fetch/header_list";
import { expectedHashes, matches } from "transom:internal/fetch/integrity";
import { local } from "transom:internal/fetch/local";
import { extractMimeType } from "transom:internal/fetch/mime_type";
import { FetchedBody } from "transom:internal/fetch/native_body";
import { Request, requestInternals } from "transom:internal/fetch/request";
import { isNullBodyStatus, responseInternals } from "transom:internal/fetch/response";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { readableStreamInternals } from "transom:internal/streams/internals";
import * as webidl from "transom:internal/webidl/webidl";

const { Error, PromisePrototypeThen, StringPrototypeIndexOf, StringPrototypeSlice, TypeError, unlink, WeakRefPrototypeDeref } = primordials;

// What `ops.fetch_start` returns.
const STATUS = 0;
const REASON = 1;
const HEADERS = 2;
const URL = 3;
const REDIRECTED = 4;

/** https://fetch.spec.whatwg.org/#dom-global-fetch */
export async function fetch(input, init = undefined) {
  webidl.requireArguments("fetch", arguments.length, 1);
  const request = new Request(input, init);
  const signal = requestInternals.signalOrNull(request);
  if (signal !== null && abortSignalInternals.isAborted(signal)) {
    const reason = abortSignalInternals.reason(signal);
    abandon(requestInternals.state(request), reason);
    throw reason;
  }
  const url = requestInternals.url(request);
  const scheme = StringPrototypeSlice(url, 0, StringPrototypeIndexOf(url, ":"));
  let response;
  switch (scheme) {
    case "http":
    case "https": {
      const target = local.find === null ? null : local.find(url);
      const guarding = target !== null || local.guard === null ? null : local.guard(requestInternals.headerList(request), url, "fetch");
      if (guarding !== null) await guarding;
      response = target === null ? await fetchNetwork(request, url, signal) : await local.answer(request, target);
      break;
    }
    case "data":
      response = fetchData(request, url);
      break;
    case "blob":
      response = fetchBlob(request, url);
      break;
    case "file":
      if (local.file !== null) {
        response = await local.file(request, url);
        break;
      }
    // Without files it is a scheme like any other.
    // falls through
    default:
      throw failed(new Error(`the scheme \`${scheme}\` cannot be fetched`));
  }
  const integrity = requestInternals.integrity(request);
  if (integrity !== "") await checkIntegrity(response, integrity);
  return response;
}

/** https://fetch.spec.whatwg.org/#main-fetch, step 22: the whole body is read and held against its hashes. */
async function checkIntegrity(response, integrity) {
  const expected = expectedHashes(integrity);
  if (expected === null) return;
  const bytes = await takeBytes(responseInternals.state(response));
  if (!(await matches(expected, bytes))) throw failed(new Error("the body has not got the expected hash"));
  responseInternals.replaceBody(response, bytes);
}

function failed(cause) {
  return new TypeError("fetch failed", { cause });
}

/** The request will not be sent: its body stream is told. */
function abandon(state, reason) {
  const { stream } = state;
  if (stream === null || readableStreamInternals.isLocked(stream)) return;
  PromisePrototypeThen(readableStreamInternals.cancel(stream, reason), undefined, () => {});
}

async function fetchNetwork(request, url, signal) {
  const state = requestInternals.state(request);
  const exchange = new Exchange(ops.fetch_open(), signal);
  if (signal !== null) abortSignalInternals.addAlgorithm(signal, exchange.onAbort);
  let head;
  try {
    const upload = await prepareUpload(state);
    const streamed = upload === STREAMED;
    const headers = requestInternals.headerList(request);
    const redirect = requestInternals.redirect(request);
    const started = ops.fetch_start(
      exchange.id, requestInternals.method(request), url, headers, streamed ? null : upload, streamed, redirect,
    );
    if (streamed) exchange.upload(state);
    head = await started;
  } catch (error) {
    exchange.cancel();
    if (exchange.uploadError !== null && !exchange.aborted) throw failed(exchange.uploadError.reason);
    exchange.fail(error);
  }
  let body = null;
  if (requestInternals.method(request) === "HEAD" || isNullBodyStatus(head[STATUS])) exchange.cancel();
  else body = new FetchedBody(exchange);
  const location = withoutFragment(head[URL]);
  return responseInternals.createFetched(head[STATUS], head[REASON], head[HEADERS], location, head[REDIRECTED], body);
}

/**
 * What one network fetch has to remember; the native half knows it by its number. It is also the sink of a streamed
 * request body.
 */
class Exchange {
  constructor(id, signal) {
    this.id = id;
    this.signal = signal;
    this.aborted = false;
    /** What the request's body failed with, as `{ reason }`. */
    this.uploadError = null;
    this.stopUpload = null;
    /** A WeakRef to the controller of the stream of the response's body, once there is one. */
    this.controller = null;
    this.onAbort = () => this.onSignal();
  }

  /** https://fetch.spec.whatwg.org/#abort-fetch. What waits for the native half fails, and asks `aborted`. */
  onSignal() {
    this.aborted = true;
    ops.fetch_cancel(this.id);
    const controller = this.controller === null ? undefined : WeakRefPrototypeDeref(this.controller);
    if (controller !== undefined) controller.error(abortSignalInternals.reason(this.signal));
    if (this.stopUpload !== null) this.stopUpload(abortSignalInternals.reason(this.signal));
  }

  /** Nothing is under way any more: the signal, which may live long, forgets the exchange. */
  end() {
    if (this.signal !== null) abortSignalInternals.removeAlgorithm(this.signal, this.onAbort);
  }

  cancel() {
    ops.fetch_cancel(this.id);
    this.end();
  }

  throwIfAborted() {
    if (this.aborted) throw abortSignalInternals.reason(this.signal);
  }

  /** Throws `error`, or the reason of the abort when that is behind it. */
  fail(error) {
    this.end();
    throw this.aborted ? abortSignalInternals.reason(this.signal) : error;
  }

  /** Sends a streamed body, one piece after the other as the network takes them. */
  upload(state) {
    this.stopUpload = pumpBody(state, this);
  }

  /** Fulfils with false when the server has answered or gone without reading everything. */
  write(chunk) {
    requireBytes(chunk);
    return ops.fetch_upload_write(this.id, chunk);
  }

  close() {
    ops.fetch_upload_end(this.id);
  }

  abort(reason) {
    this.uploadError = { reason };
    ops.fetch_upload_fail(this.id);
  }
}
unlink(Exchange);

const STREAMED = true;

/** The request's body as a Uint8Array, null, or STREAMED. */
async function prepareUpload(state) {
  if (state.kind === EMPTY) return null;
  if (state.stream !== null) return STREAMED;
  if (state.kind === TEXT || state.kind === BYTES) return takeBytes(state);
  if (state.kind === BLOB && blobInternals.bytesNow(state.value) !== null) return await takeBytes(state);
  return STREAMED;
}

/** https://fetch.spec.whatwg.org/#scheme-fetch, `data` */
function fetchData(request, url) {
  const parsed = ops.fetch_data_url(url);
  if (parsed === null) throw failed(new Error("the `data:` URL is malformed"));
  const body = requestInternals.method(request) === "HEAD" ? null : parsed[1];
  return responseInternals.createFetched(200, "OK", ["content-type", parsed[0]], withoutFragment(url), false, body);
}

/** https://fetch.spec.whatwg.org/#scheme-fetch, `blob` */
function fetchBlob(request, url) {
  const blob = requestInternals.blob(request);
  if (requestInternals.method(request) !== "GET") throw failed(new Error("a `blob:` URL can only be fetched with GET"));
  if (blob === null) throw failed(new Error("the `blob:` URL is not known, or was revoked"));
  const type = normalizeValue(blobInternals.type(blob), "Blob type");
  const contentType = extractMimeType(type) === null ? "" : type;
  const list = ["content-length", `${blobInternals.size(blob)}`, "content-type", contentType];
  return responseInternals.createFetched(200, "OK", list, withoutFragment(url), false, blob);
}

function withoutFragment(url) {
  const hash = StringPrototypeIndexOf(url, "#");
  return hash < 0 ? url : StringPrototypeSlice(url, 0, hash);
}
