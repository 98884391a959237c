// @ts-check
// To whom tokens are sent: the project itself, and whoever the settings name.
// Spec: wix-http-endpoints.md section 4.2, last paragraph, and what `identity.token_origins` changes about it.
//
// The host that a client names is believed only where it can be nobody else's: on this machine.

import { currentRequest } from "transom:internal/app/current_request";
import { isRemote } from "transom:internal/app/identity/caller";
import { own } from "transom:internal/app/identity/own_origins";
import * as headerList from "transom:internal/fetch/header_list";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { urlInternals } from "transom:internal/url/url";

const { RegExpPrototypeExec, Set, SetPrototypeAdd, SetPrototypeHas } = primordials;

const LOOPBACK = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/** @type {Set<string> | null} */
let listed = null;

/** The origins of the settings, and the site's. */
function list() {
  if (listed === null) {
    listed = new Set();
    for (let i = 0; i < own.origins.length; i++) SetPrototypeAdd(listed, own.origins[i]);
    const site = own.site === null ? null : urlInternals.parse(own.site);
    if (site !== null) SetPrototypeAdd(listed, urlInternals.origin(site));
  }
  return listed;
}

/** The hosts of the SDK's API. */
export const API_HOST = /^https:\/\/(?:[a-z0-9-]+\.)*wixapis\.com$/;

/** Whether this origin is the project's own, as the current request was addressed. */
export function isOwnOrigin(origin) {
  if (SetPrototypeHas(list(), origin)) return true;
  const request = currentRequest();
  return request !== null && request.origin === origin && RegExpPrototypeExec(LOOPBACK, origin) !== null;
}

/** Whether a token may go to this origin; where it may not, says once of `sender` that it sends none. */
export function maySend(origin, sender) {
  if (isOwnOrigin(origin) || SetPrototypeHas(list(), "*")) return true;
  if (isRemote() && RegExpPrototypeExec(API_HOST, origin) !== null) return true;
  if (ops.identity_is_news(origin)) {
    const what = `${sender} sends no token to ${origin}, which is not the project's own; `;
    ops.log_write("warn", "identity", `${what}to send it there, list it in \`identity.token_origins\``);
  }
  return false;
}

/** Takes a token of this project off the headers of a request to `url`, where it may not go; says so of `sender`. */
export async function withhold(headers, url, sender) {
  const parsed = urlInternals.parse(url);
  if (parsed === null || !(await ops.identity_is_own_token(headerList.get(headers, "authorization")))) return;
  if (!maySend(urlInternals.origin(parsed), sender)) headerList.remove(headers, "authorization");
}
