// @ts-check
// The hosts of the SDK's API, answered inside of the process: nothing goes to the network.
// Spec: wix-http-endpoints.md sections 4.4 and 5.2.

import { isOwnOrigin } from "transom:internal/app/identity/token_origins";
import { takeBytes } from "transom:internal/fetch/body";
import { requestInternals } from "transom:internal/fetch/request";
import { responseInternals } from "transom:internal/fetch/response";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const urls = lazy("transom:internal/url/url");

const { JSONStringify, RegExpPrototypeExec, StringPrototypeStartsWith } = primordials;

const API_HOST = /^https:\/\/(?:[a-z0-9-]+\.)*wixapis\.com$/;

/** Paths of the API, and ours for them. */
const EMULATED = {
  __proto__: null,
  "/oauth2/token": "/_transom/oauth2/token",
  "/oauth/access": "/_transom/oauth2/token",
  "/oauth2/token-info": "/_transom/oauth2/token-info",
};

const RESERVED = "/_transom/";

/** Where a URL leads inside of the process, or null for the network. */
export function localTarget(text) {
  const url = urls().urlInternals.parse(text);
  if (url === null) return null;
  const { origin, pathname, href } = urls().urlInternals;
  const path = pathname(url);
  if (RegExpPrototypeExec(API_HOST, origin(url)) !== null) {
    return { __proto__: null, target: EMULATED[path] ?? null, name: `${origin(url)}${path}`, href: href(url) };
  }
  if (!StringPrototypeStartsWith(path, RESERVED) || !isOwnOrigin(origin(url))) return null;
  return { __proto__: null, target: path, name: path, href: href(url) };
}

/** Answers a request for a target that `localTarget` has found. */
export async function answerLocally(request, { target, name, href }) {
  if (target === null) {
    const description = `transom does not emulate ${name}`;
    const details = { applicationError: { code: "NOT_EMULATED", description } };
    const body = ops.utf8_encode(JSONStringify({ message: description, details }));
    const headers = ["content-type", "application/json"];
    return responseInternals.createFetched(501, "Not Implemented", headers, href, false, body);
  }
  const bytes = await takeBytes(requestInternals.state(request));
  const method = requestInternals.method(request);
  const headers = requestInternals.headerList(request);
  const { 0: status, 1: list, 2: body } = await ops.identity_request(method, target, headers, bytes);
  return responseInternals.createFetched(status, "", list, href, false, body);
}
