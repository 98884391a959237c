// Calls from a page with a token of whoever looks at it: `import { auth, httpClient } from "/_transom/essentials.js"`.
// From a page of another origin the address is whole, and the origin is listed in `identity.origins`.
//
// The session is a cookie that no script can read. What is here is an access token, in memory and nowhere else; it is
// got anew when it expires, when the server does not accept it any more, and when another tab has logged in or out.

/** The origin that this module comes from, which is the project's. */
const BASE = new URL(import.meta.url).origin;
const SERVICE = `${BASE}/_transom/oauth2/`;

/** A token that is over sooner than this is not used any more, in milliseconds. */
const SOON = 30_000;

/** Origins that the token may be sent to. */
const origins = new Set([BASE]);

/** The token: `{ value, expires }`, or null. */
let current = null;
/** The token that is on its way, so that calls at the same time share it. */
let pending = null;

const otherTabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("transom:session");
if (otherTabs !== null) otherTabs.onmessage = () => forget();

function forget() {
  current = null;
  pending = null;
}

/** Asks the service; `credentials` let the cookie come along to another origin. */
async function ask(what, body) {
  const response = await fetch(SERVICE + what, {
    method: "POST",
    credentials: "include",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.ok) return response.status === 204 ? null : await response.json();
  const problem = await response.json().catch(() => ({}));
  const reason = problem.detail ?? problem.error_description ?? response.statusText;
  const error = new Error(`${what} failed with ${response.status}: ${reason}`);
  error.status = response.status;
  throw error;
}

async function obtain() {
  const { access_token: value, expires_in: seconds } = await ask("token", { grant_type: "session" });
  return { value, expires: Date.now() + seconds * 1000 };
}

/** A token that will last for a call. */
async function token() {
  if (current !== null && current.expires - SOON > Date.now()) return current.value;
  const mine = (pending ??= obtain());
  try {
    const obtained = await mine;
    // Somebody may have logged in or out meanwhile; the next call then gets another one.
    if (pending === mine) current = obtained;
    return obtained.value;
  } finally {
    if (pending === mine) pending = null;
  }
}

/** Whether the server did not accept the token, which says nothing about who is allowed to what (RFC 6750, section 3.1). */
function isRefused(response) {
  const challenge = response.headers.get("www-authenticate") ?? "";
  return response.status === 401 && challenge.includes('error="invalid_token"');
}

/** `fetch`, with the token for the project's own origin. Relative addresses lead to the project. */
async function fetchWithAuth(input, init) {
  const request = new Request(input instanceof Request ? input : new URL(input, BASE), init);
  const isText = typeof init?.body === "string";
  const hasType = new Headers(init?.headers).has("content-type");
  if (isText && !hasType) request.headers.set("content-type", "application/json");
  const isOwn = origins.has(new URL(request.url).origin);
  if (!isOwn || request.headers.has("authorization")) return await fetch(request);
  const again = request.clone();
  const used = await token();
  request.headers.set("authorization", used);
  const response = await fetch(request);
  if (!isRefused(response)) return response;
  if (current?.value === used) forget();
  again.headers.set("authorization", await token());
  return await fetch(again);
}

export const httpClient = Object.freeze({
  fetchWithAuth,
  /** A query to the GraphQL API, which transom does not emulate: fails and says so. */
  async graphql(query, variables, options) {
    throw new Error(`transom does not emulate https://www.wixapis.com/graphql/${options?.apiVersion ?? "alpha"}`);
  },
});

export const auth = Object.freeze({
  /** Who looks at the page. */
  async getTokenInfo() {
    return await ask("token-info", { token: await token() });
  },
  /** Logs a member in; with `as: "user"` somebody of the site's staff. */
  async login({ email, password, as = "member" }) {
    const who = await ask("login", { email, password, as });
    forget();
    otherTabs?.postMessage("changed");
    return who;
  },
  async logout() {
    await ask("logout", {});
    forget();
    otherTabs?.postMessage("changed");
  },
  elevate() {
    return () => {
      throw new Error(
        "An elevated client is required to use elevated modules. Make sure to initialize the Wix context with an elevated client before using elevated SDK modules",
      );
    };
  },
  getContextualAuth: () => ({
    getAuthHeaders: async () => ({ headers: { Authorization: await token() } }),
    getTokenInfo: auth.getTokenInfo,
  }),
});

/** More origins that the token may be sent to. */
export function sendTokensTo(...more) {
  for (const origin of more) origins.add(new URL(origin).origin);
}
