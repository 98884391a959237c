// @ts-check
// The hosts of the SDK's API, answered inside of the process: nothing goes to the network, unless `identity.provider`
// is the real service.
// Spec: wix-http-endpoints.md sections 4.4 and 5.2.

import { infoOfStandIn, isStandIn } from "transom:internal/app/identity/active_token";
import { callData, isRemote } from "transom:internal/app/identity/caller";
import { API_HOST, isOwnOrigin } from "transom:internal/app/identity/token_origins";
import { takeBytes } from "transom:internal/fetch/body";
import * as headerList from "transom:internal/fetch/header_list";
import { requestInternals } from "transom:internal/fetch/request";
import { responseInternals } from "transom:internal/fetch/response";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const urls = lazy("transom:internal/url/url");
const network = lazy("transom:internal/fetch/fetch");
const service = lazy("transom:internal/app/identity/wix_service");

const {
  ArrayPrototypePush, JSONParse, JSONStringify, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeStartsWith,
} = primordials;

const TOKEN_INFO = "/_transom/oauth2/token-info";

/** Paths of the API, and ours for them. */
const EMULATED = {
  __proto__: null,
  "/oauth2/token": "/_transom/oauth2/token",
  "/oauth/access": "/_transom/oauth2/token",
  "/oauth2/token-info": TOKEN_INFO,
};

/** Where the data service is below a host of the API. */
const DATA = /^\/wix-data\/v2(?=\/)/;

const RESERVED = "/_transom/";

/** Where the real API is, unless the settings name another address. */
const REAL_API = "https://www.wixapis.com";

/** A request for the real API: only what may be answered here after all, or goes to another address, is looked at. */
function remoteTarget(text, path) {
  const { api } = service();
  if (path !== "/oauth2/token-info" && api === REAL_API) return null;
  return { __proto__: null, target: TOKEN_INFO, remote: `${api}${path}${new (urls().URL)(text).search}` };
}

/** Where a URL leads inside of the process, or null for the network. */
export function localTarget(text) {
  const url = urls().urlInternals.parse(text);
  if (url === null) return null;
  const { origin, pathname, href, search } = urls().urlInternals;
  const path = pathname(url);
  if (RegExpPrototypeExec(API_HOST, origin(url)) !== null) {
    if (isRemote()) return remoteTarget(text, path);
    const isData = RegExpPrototypeExec(DATA, path) !== null;
    const target = isData ? RegExpPrototypeSymbolReplace(DATA, `${path}${search(url)}`, "") : EMULATED[path] ?? null;
    return { __proto__: null, target, isData, name: `${origin(url)}${path}`, href: href(url) };
  }
  if (!StringPrototypeStartsWith(path, RESERVED) || isRemote() || !isOwnOrigin(origin(url))) return null;
  return { __proto__: null, target: path, name: path, href: href(url) };
}

const json = (status, statusText, href, value) => {
  const body = ops.utf8_encode(JSONStringify(value));
  return responseInternals.createFetched(status, statusText, ["content-type", "application/json"], href, false, body);
};

/** The token that a question about a token names. */
function tokenIn(bytes) {
  try {
    return JSONParse(ops.utf8_decode(bytes, false, false))?.token;
  } catch {
    return undefined;
  }
}

/** The data service answers for whoever the request's token stands for. */
async function answerOfData(request, target, bytes, href) {
  const call = `${requestInternals.method(request)} ${target}`;
  const authorization = headerList.get(requestInternals.headerList(request), "authorization");
  if (authorization !== null && isStandIn(authorization)) {
    const { 0: status, 1: text } = await callData(false, call, ops.utf8_decode(bytes, false, false));
    return dataAnswer(status, null, text, href);
  }
  const { 0: status, 1: retryAfter, 2: text } = await ops.data_request(authorization, call, bytes);
  return dataAnswer(status, retryAfter, text, href);
}

function dataAnswer(status, retryAfter, text, href) {
  const headers = ["content-type", "application/json"];
  if (retryAfter !== null) ArrayPrototypePush(headers, "retry-after", `${retryAfter}`);
  return responseInternals.createFetched(status, "", headers, href, false, ops.utf8_encode(text));
}

/** Answers a request for a target that `localTarget` has found. */
export async function answerLocally(request, { target, name, href, remote = null, isData = false }) {
  if (target === null) {
    const description = `transom does not emulate ${name}`;
    const details = { applicationError: { code: "NOT_EMULATED", description } };
    return json(501, "Not Implemented", href, { message: description, details });
  }
  const bytes = await takeBytes(requestInternals.state(request));
  if (isData) return await answerOfData(request, target, bytes, href);
  if (target === TOKEN_INFO) {
    const info = await infoOfStandIn(tokenIn(bytes));
    if (info !== null) return json(200, "OK", href ?? remote, info);
  }
  const method = requestInternals.method(request);
  if (remote !== null) {
    const body = method === "GET" || method === "HEAD" ? undefined : bytes;
    return await network().fetch(remote, { method, headers: request.headers, body, signal: request.signal });
  }
  const headers = requestInternals.headerList(request);
  const { 0: status, 1: list, 2: body } = await ops.identity_request(method, target, headers, bytes);
  return responseInternals.createFetched(status, "", list, href, false, body);
}
