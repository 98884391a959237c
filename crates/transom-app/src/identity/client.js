// @ts-check
// What acts for functions of the SDK: as the caller of the current request, or, elevated, as the app. The built-in
// `@wix/essentials` and the packages use the same two clients, so their results are the same.
// Spec: wix-http-endpoints.md sections 4.2, 5.2 and 6.
//
// A function of the SDK is made from a descriptor, which gets the client's means and returns the function; a module
// of the host (`__type` is `host`) gets the host.

import { callerTokenNow } from "transom:internal/app/identity/active_token";
import {
  appToken, callData, callerToken, getItem, isRemote, noTokenInfo, queryItems, tokenInfo,
} from "transom:internal/app/identity/caller";
import { currentHost } from "transom:internal/app/identity/host";
import { fetchWithAuth } from "transom:internal/app/identity/http_client";
import { primordials } from "transom:internal/primordials";
import { URL } from "transom:internal/url/url";

const { Error, JSONStringify, ObjectFreeze, ObjectKeys, ReflectApply, TypeError } = primordials;

const API_HOST = "www.wixapis.com";
const API = `https://${API_HOST}`;

/** Longer parameters go in a body, where a request knows how. */
const LONGEST_PARAMETERS = 4000;

/** What is declared for others to call, which nobody does here. */
const CALLED_BY_OTHERS = { __proto__: null, "event-definition": "an event", "service-plugin-definition": "a service plugin" };

/** A refusal of the API in the form that functions of the SDK expect. */
async function apiError(response) {
  let answer = null;
  try {
    answer = await response.json();
  } catch {
    // The status says it all.
  }
  const { status } = response;
  const description = answer?.message ?? response.statusText;
  const requestId = response.headers.get("x-wix-request-id");
  const data = { requestId, details: answer };
  const known = answer?.details ?? {};
  const isOfFields = known.validationError !== undefined;
  const general = isOfFields ? {} : { applicationError: { description, code: status, data } };
  const details = { ...general, ...known };
  const error = new Error(description);
  error.response = { data: { details, message: description }, status };
  error.details = details;
  error.requestId = requestId;
  return error;
}

/** Makes a request of the API from what `factory` says about it. */
async function request(client, factory) {
  let asked = factory({ host: API_HOST });
  const { fallback } = asked;
  const isLong = (asked.params?.toString().length ?? 0) > LONGEST_PARAMETERS;
  if (asked.method === "GET" && fallback?.length > 0 && isLong) asked = fallback[0];
  const parameters = asked.params?.toString() ?? "";
  const url = `${API}${asked.url}${parameters === "" ? "" : `?${parameters}`}`;
  const body = asked.data === undefined ? undefined : JSONStringify(asked.data);
  const response = await fetchWithAuth(client, url, { method: asked.method, body });
  const { status, statusText, headers } = response;
  if (status !== 200) throw await apiError(response);
  const raw = await response.json();
  const { transformResponse, migrationOptions } = asked;
  const transform = transformResponse?.[0] ?? transformResponse;
  const isTransformed = migrationOptions?.optInTransformResponse && transform !== undefined;
  return { data: isTransformed ? transform(raw) : raw, headers, status, statusText };
}

function apiUrl(path) {
  const url = new URL(path, API);
  url.host = API_HOST;
  url.protocol = "https";
  return url.href;
}

async function authHeaders(client) {
  const token = client.isElevated ? await appToken() : await callerToken();
  return { headers: token === null ? {} : { Authorization: token } };
}

/** The descriptor of `graphql`. */
export const graphql = (means) => async (query, variables, options) => {
  const url = `/graphql/${options?.apiVersion ?? "alpha"}`;
  return (await means.request(() => ({ method: "POST", url, data: { query, variables } }))).data;
};

function makeClient(isElevated) {
  const client = { __proto__: null, isElevated };
  const getActiveToken = isElevated ? () => undefined : callerTokenNow;
  const means = {
    request: (factory) => request(client, factory),
    fetchWithAuth: (input, init) => fetchWithAuth(client, input, init),
    wixAPIFetch: (path, init) => fetchWithAuth(client, apiUrl(path), init),
    getActiveToken,
    getAuthHeaders: () => authHeaders(client),
    // The data service, inside of the process; undefined where the real one is asked.
    data: (target, body) => (isRemote() ? undefined : callData(isElevated, target, body)),
    item: (collection, id) => (isRemote() ? undefined : getItem(isElevated, collection, id)),
    items: (body) => (isRemote() ? undefined : queryItems(isElevated, body)),
    // As in the original, an elevated question names no token.
    getTokenInfo: isElevated ? noTokenInfo : tokenInfo,
  };
  const use = (module) => {
    const kind = CALLED_BY_OTHERS[module?.__type];
    if (kind !== undefined) throw new TypeError(`${kind} is declared for the platform, which transom is not: nothing calls it`);
    if (module?.__type === "host") return module.create(currentHost());
    if (typeof module === "function") return ReflectApply(module, undefined, [means, {}]);
    if (module === null || typeof module !== "object") return module;
    const used = {};
    const names = ObjectKeys(module);
    for (let i = 0; i < names.length; i++) used[names[i]] = use(module[names[i]]);
    return used;
  };
  return {
    use,
    fetchWithAuth: means.fetchWithAuth,
    graphql: graphql(means),
    auth: ObjectFreeze({ getAuthHeaders: means.getAuthHeaders, getActiveToken, getTokenInfo: means.getTokenInfo }),
  };
}

export const callerClient = makeClient(false);
export const appClient = makeClient(true);
