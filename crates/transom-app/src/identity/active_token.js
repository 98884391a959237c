// @ts-check
// The token of the current request, for functions of the SDK that ask for it without waiting.
// Spec: wix-http-endpoints.md sections 4.4 and 5.2.
//
// A header is handed on as it came. Other callers have a cookie or nothing, and no script shall hold what is in the
// cookie: they get an access token where the service is open already, else a name for the caller of this very
// request, which only this realm's own token-info endpoint understands.

import { currentRequest } from "transom:internal/app/current_request";
import { activeToken, isRemote, requireRequest, tokenInfo } from "transom:internal/app/identity/caller";
import { firstHeader } from "transom:internal/app/raw_headers";
import { ops } from "transom:internal/ops";

/** @type {string | null} */
let standIn = null;

/** A token for the caller of the current request. */
export function callerTokenNow() {
  const { rawHeaders } = requireRequest();
  const isNamed = firstHeader(rawHeaders, "x-transom-as") !== null;
  const authorization = isNamed ? null : firstHeader(rawHeaders, "authorization");
  if (authorization !== null && authorization !== "") return authorization;
  return activeToken() ?? (standIn ??= `caller:${ops.crypto_random_uuid()}`);
}

/** Whether this is the name of the current caller, and no token. */
export const isStandIn = (token) => standIn !== null && token === standIn;

/** What `getTokenInfo()` answers for the current caller, if `token` stands for it; else null. */
export async function infoOfStandIn(token) {
  if (isStandIn(token)) return await tokenInfo();
  // The real service fails for a header that is another service's; here that is an answer.
  const request = isRemote() ? currentRequest() : null;
  const isCaller = request !== null && token === firstHeader(request.rawHeaders, "authorization");
  return isCaller ? await tokenInfo() : null;
}
