// @ts-check
// `identity.provider = "wix"`: the same questions, asked of the real service over the network.
// Spec: wix-http-endpoints.md sections 4.4, 5.2, 5.3 and 6, with the rules of section 11.
//
// What a request's headers stand for is found out once for each request, when somebody asks. Tokens of the app, and
// those that stand for a caller's in calls that go on, are kept until they expire.

import { joinedHeader, firstHeader } from "transom:internal/app/raw_headers";
import { fetch } from "transom:internal/fetch/fetch";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  DateNow, Error, JSONParse, JSONStringify, Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeGetSize, MapPrototypeKeys,
  MapPrototypeSet, MapIteratorPrototypeNext, RegExpPrototypeExec, StringPrototypeIncludes,
} = primordials;
const { decodeURIComponent, encodeURIComponent } = globalThis;

/** How long after its expiry the token in a cookie counts, in seconds. Spec: section 5.3. */
const COOKIE_GRACE = 600;
/** A token that expires sooner is not used for another call, in milliseconds. */
const SOON = 30_000;
/** Requests and tokens that are remembered at the same time. */
const MOST_KEPT = 4096;

const SESSION_COOKIE = /(?:^|;)\s*wixSession=([^;]*)/;
const BEARER = /^bearer\s+(.*)$/i;

const INACTIVE = { active: false, subjectType: "UNKNOWN", subjectId: "", exp: 0, iat: 0, siteId: "" };

/** The client's credentials and the API's address. */
const app = JSONParse(ops.identity_provider());

/** The address of the API, without a slash at its end. */
export const api = app.api;

class Kept {
  #entries = new Map();

  get(key) {
    return MapPrototypeGet(this.#entries, key);
  }

  set(key, value) {
    // The oldest goes first.
    if (MapPrototypeGetSize(this.#entries) >= MOST_KEPT) {
      MapPrototypeDelete(this.#entries, MapIteratorPrototypeNext(MapPrototypeKeys(this.#entries)).value);
    }
    MapPrototypeSet(this.#entries, key, value);
    return value;
  }
}

/** By the number of a request: a promise for its caller. */
const callers = new Kept();
/** By instance: a promise for the app's token. */
const appTokens = new Kept();
/** By the caller's token: a promise for the one that goes on. */
const unbound = new Kept();

const now = () => DateNow() / 1000;

async function post(path, body) {
  const headers = { "content-type": "application/json" };
  return await fetch(`${app.api}${path}`, { method: "POST", headers, body: JSONStringify(body) });
}

/** A token, and when it expires. */
async function issued(response) {
  const { access_token: value, expires_in: seconds, refresh_token: refresh } = await response.json();
  return { value, expiresAt: now() + +seconds, refresh };
}

/** As `get`, and anew where the token is about to expire, or could not be had. */
async function tokenFrom(kept, key, get) {
  const known = kept.get(key);
  if (known !== undefined) {
    const token = await known;
    if (token !== null && token.expiresAt * 1000 - SOON > DateNow()) return token.value;
  }
  const made = kept.set(key, get());
  try {
    return (await made)?.value ?? null;
  } catch (error) {
    kept.set(key, null);
    throw error;
  }
}

async function askInfo(token) {
  const response = await post("/oauth2/token-info", { token });
  if (response.status !== 200) return INACTIVE;
  const info = await response.json();
  // A token of another app says nothing here.
  return info.active === true && info.clientId === app.clientId ? info : INACTIVE;
}

function sessionIn(rawHeaders) {
  const found = RegExpPrototypeExec(SESSION_COOKIE, joinedHeader(rawHeaders, "cookie", "; ") ?? "");
  if (found === null) return null;
  try {
    const { clientId, tokens } = JSONParse(decodeURIComponent(found[1]));
    const { value, expiresAt } = tokens.accessToken;
    const isUsable = clientId === app.clientId && typeof value === "string" && expiresAt + COOKIE_GRACE > now();
    return isUsable ? { value, expiresAt, refresh: tokens.refreshToken.value, role: tokens.refreshToken.role } : null;
  } catch {
    return null;
  }
}

function keepSession({ id, rawHeaders }, token, role) {
  if (!StringPrototypeIncludes(firstHeader(rawHeaders, "accept") ?? "", "text/html")) return;
  const tokens = {
    accessToken: { value: token.value, expiresAt: token.expiresAt },
    refreshToken: { value: token.refresh, role },
  };
  const value = encodeURIComponent(JSONStringify({ clientId: app.clientId, tokens }));
  ops.identity_cookie_set(id, `wixSession=${value}; Path=/; Secure`);
}

/** Who a request comes from: `{ token, isHeader }`. */
async function find(request) {
  const authorization = firstHeader(request.rawHeaders, "authorization");
  if (authorization !== null && authorization !== "") {
    const bearer = RegExpPrototypeExec(BEARER, authorization);
    const token = bearer === null ? authorization : bearer[1];
    return { token, isHeader: true, info: await askInfo(token) };
  }
  const session = sessionIn(request.rawHeaders);
  if (session !== null && session.expiresAt > now()) return { token: session.value, isHeader: false, info: null };
  if (session !== null) {
    const body = { clientId: app.clientId, refreshToken: session.refresh, grantType: "refresh_token" };
    const response = await post("/oauth2/token", body);
    if (response.status === 200) {
      const token = await issued(response);
      keepSession(request, { ...token, refresh: session.refresh }, session.role);
      return { token: token.value, isHeader: false, info: null };
    }
  }
  const response = await post("/oauth2/token", { clientId: app.clientId, grantType: "anonymous" });
  if (response.status !== 200) {
    throw new Error(`Failed to fetch tokens from OAuth API. Unexpected status code from Wix OAuth API: ${response.status}`);
  }
  const token = await issued(response);
  keepSession(request, token, "visitor");
  return { token: token.value, isHeader: false, info: null };
}

const callerOf = (request) => callers.get(request.id) ?? callers.set(request.id, find(request));

/** What `getTokenInfo()` answers. */
export async function info(request) {
  const caller = await callerOf(request);
  caller.info ??= await askInfo(caller.token);
  return { ...caller.info };
}

/** A token for calls that go on: that of the header is exchanged for one that is not bound to its session. */
export async function token(request) {
  const caller = await callerOf(request);
  if (!caller.isHeader) return caller.token;
  if (!caller.info.active) return null;
  return await tokenFrom(unbound, caller.token, async () => {
    const body = { grant_type: "strip_bound_session", client_secret: app.clientSecret, access_token: caller.token };
    const response = await post("/oauth2/token", body);
    return response.status === 200 ? await issued(response) : null;
  });
}

/** A token for calls as the app: on the instance that the header's token is for, else on the project's own. */
export async function appToken(request) {
  const authorization = firstHeader(request.rawHeaders, "authorization");
  const caller = authorization === null || authorization === "" ? null : await callerOf(request);
  const instance = caller?.info.instanceId ?? app.instanceId;
  return await tokenFrom(appTokens, instance, async () => {
    const body = { instance_id: instance, client_id: app.clientId, client_secret: app.clientSecret, grant_type: "client_credentials" };
    const response = await post("/oauth2/token", body);
    if (response.status === 200) return await issued(response);
    const text = "Failed to exchange instance ID for access token. Unexpected status code from Wix OAuth API";
    throw new Error(`${text}: ${response.status}, request id: ${response.headers.get("x-wix-request-id")}`);
  });
}

/** What is said where no token is named. */
export const inactive = () => ({ ...INACTIVE });
