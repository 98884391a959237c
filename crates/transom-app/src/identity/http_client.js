// @ts-check
// `httpClient` of `@wix/essentials`.
// Spec: wix-http-endpoints.md section 4.2, with the rules of section 11, items 8 and 12.

import { appToken, callerToken, requireRequest } from "transom:internal/app/identity/caller";
import { answerLocally, localTarget } from "transom:internal/app/identity/api_hosts";
import { currentHost } from "transom:internal/app/identity/host";
import { maySend } from "transom:internal/app/identity/token_origins";
import { EMPTY } from "transom:internal/fetch/body_state";
import { fetch } from "transom:internal/fetch/fetch";
import * as headerList from "transom:internal/fetch/header_list";
import { Headers, headersInternals } from "transom:internal/fetch/headers";
import { Request, requestInternals } from "transom:internal/fetch/request";
import { primordials } from "transom:internal/primordials";
import { URL, urlInternals } from "transom:internal/url/url";

const { ObjectKeys } = primordials;

/** What a string body gets from `Request`, and what the original gives it. */
const TEXT_TYPE = "text/plain;charset=UTF-8";
const JSON_TYPE = "application/json";

const hasUsualBody = (method) => method === "POST" || method === "PUT" || method === "PATCH";

/** `fetch`, with the token of `client` where it may go. Relative URLs lead to the project itself. */
export async function fetchWithAuth(client, input, init) {
  const { origin } = requireRequest();
  const isRequest = requestInternals.isRequest(input);
  const request = new Request(isRequest ? input : urlInternals.href(new URL(input, origin)), init);
  const list = requestInternals.headerList(request);
  if (hasUsualBody(requestInternals.method(request)) && requestInternals.state(request).kind !== EMPTY) {
    const given = new Headers(init?.headers ?? (isRequest ? input.headers : undefined));
    const isGiven = headerList.has(headersInternals.list(given), "content-type");
    const type = headerList.get(list, "content-type");
    // A form, a file and a list of parameters have a type of their own, which the original replaces.
    if (!isGiven && (type === null || type === TEXT_TYPE)) headerList.set(list, "content-type", JSON_TYPE);
  }
  const url = requestInternals.url(request);
  const local = localTarget(url);
  if (local !== null || maySend(urlInternals.origin(new URL(url)), "fetchWithAuth")) await introduce(client, list);
  return local === null ? await fetch(request) : await answerLocally(request, local);
}

/** Adds what says who is calling, and what goes along with it, to the headers of a request. */
async function introduce(client, list) {
  if (!headerList.has(list, "authorization")) {
    const token = client.isElevated ? await appToken() : await callerToken();
    if (token !== null) headerList.set(list, "authorization", token);
  }
  const { passThroughHeaders } = currentHost().essentials;
  const names = ObjectKeys(passThroughHeaders);
  for (let i = 0; i < names.length; i++) headerList.set(list, names[i], passThroughHeaders[names[i]]);
}
