// @ts-check
// Who calls the current request, and tokens to make calls with.
// Spec: wix-http-endpoints.md sections 5.1 to 5.3.
//
// What the headers mean is decided on the other side (identity.rs of transom-runtime).

import { currentRequest } from "transom:internal/app/current_request";
import { firstHeader, joinedHeader } from "transom:internal/app/raw_headers";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { Error, JSONParse, StringPrototypeStartsWith } = primordials;

/** The real service, in place of transom's own. */
const service = lazy("transom:internal/app/identity/wix_service");

/** @type {boolean | null} */
let remote = null;

/** Whether `identity.provider` is the real service. */
export const isRemote = () => (remote ??= ops.identity_provider() !== null);

export const NO_CONTEXT =
  "Wix context is not available. Make sure to initialize the Wix context before using SDK modules";

/** The current request; throws outside of one, with the text of the original. */
export function requireRequest() {
  const request = currentRequest();
  if (request === null) throw new Error(NO_CONTEXT);
  return request;
}

/** A proxy in front says how the client came, which decides nothing but the kind of cookie. */
function isHttps({ rawHeaders, origin }) {
  if (StringPrototypeStartsWith(origin, "https:")) return true;
  const forwarded = firstHeader(rawHeaders, "x-forwarded-proto");
  return forwarded !== null && StringPrototypeStartsWith(forwarded, "https");
}

function ask(operation, request) {
  const { id, rawHeaders } = request;
  const authorization = firstHeader(rawHeaders, "authorization");
  const cookies = joinedHeader(rawHeaders, "cookie", "; ");
  return operation(id, authorization, cookies, firstHeader(rawHeaders, "x-transom-as"), isHttps(request));
}

/** What `getTokenInfo()` answers for the caller of the current request. */
export async function tokenInfo() {
  if (isRemote()) return await service().info(requireRequest());
  return JSONParse(await ask(ops.identity_info, requireRequest()));
}

let isOpen = false;

/** Whether `tokenInfo` answers without a long wait for the store. */
export async function isKnownSoon() {
  isOpen ||= isRemote() || (await ops.identity_opens_soon());
  return isOpen;
}

/** What is answered where no token is named. */
export async function noTokenInfo() {
  requireRequest();
  if (isRemote()) return service().inactive();
  return JSONParse(await ops.identity_inactive());
}

/** A token to make calls with as the caller, or null when the caller is not known. */
export async function callerToken() {
  if (isRemote()) return await service().token(requireRequest());
  return await ask(ops.identity_token, requireRequest());
}

/** The same without waiting; null also where the service is not open yet. */
export function activeToken() {
  if (isRemote()) return null;
  return ask(ops.identity_token_now, requireRequest());
}

/** A token to make calls with as the app. */
export async function appToken() {
  const request = requireRequest();
  if (isRemote()) return await service().appToken(request);
  return await ops.identity_app_token();
}

// Who makes a call of the data service, as bits.
const HTTPS = 1;
const ELEVATED = 2;

/**
 * `[status, text]` of the data service for the caller of the current request, or for the app.
 * @param {boolean} isElevated
 * @param {(...args: any[]) => any} operation
 * @param {string} first
 * @param {string | null} [second]
 */
function askData(isElevated, operation, first, second) {
  const request = requireRequest();
  const { id, rawHeaders } = request;
  if (isElevated) return operation(id, null, null, null, ELEVATED, first, second);
  const authorization = firstHeader(rawHeaders, "authorization");
  const cookies = joinedHeader(rawHeaders, "cookie", "; ");
  const acting = firstHeader(rawHeaders, "x-transom-as");
  return operation(id, authorization, cookies, acting, isHttps(request) ? HTTPS : 0, first, second);
}

/** A call: method and path, and the text of its body. */
export const callData = (isElevated, target, body) => askData(isElevated, ops.data_call, target, body);

/** As `GET /items/{id}?dataCollectionId={collection}`, in a form that is quicker to read. */
export const getItem = (isElevated, collection, id) => askData(isElevated, ops.data_get, collection, id);

/** As `POST /items/query` with the text `body`, in a form that is quicker to read. */
export const queryItems = (isElevated, body) => askData(isElevated, ops.data_query, body);
