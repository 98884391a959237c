// @ts-check
// `transom:access`: who may call a handler, in one line.
//
// A caller who has not said who they are, or whose token is not accepted, gets 401 (RFC 6750, section 3); one who is
// known and may not, 403. Both have a body of RFC 9457.

import { isKnownSoon, tokenInfo } from "transom:internal/app/identity/caller";
import { PROBLEM_HEADERS, problemText } from "transom:internal/app/problem";
import { Response } from "transom:internal/fetch/response";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeIncludes, NumberIsFinite, NumberIsInteger, ReflectApply, RegExpPrototypeExec, TypeError } = primordials;

const KINDS = ["VISITOR", "MEMBER", "USER", "APP"];
const REALM = 'Bearer realm="transom"';

function requireFunction(value, what) {
  if (typeof value !== "function") throw new TypeError(`${what} takes a function`);
}

/** A handler that runs only where `refusal(info, context)` returns null, or a promise for it. */
function guard(handler, what, refusal) {
  requireFunction(handler, what);
  return async function guarded(context, ...rest) {
    const refused = await refusal(await tokenInfo(), context);
    return refused ?? ReflectApply(handler, this, [context, ...rest]);
  };
}

function problem(status, detail, challenge = undefined) {
  const response = new Response(problemText(status, detail), { status, headers: [PROBLEM_HEADERS] });
  response.headers.set("cache-control", "no-store");
  if (challenge !== undefined) response.headers.set("www-authenticate", challenge);
  return response;
}

/** The refusal of a caller who is nobody that may be let in. */
function refuse({ active, subjectType }) {
  if (!active) return problem(401, "The token is not accepted", `${REALM}, error="invalid_token"`);
  if (subjectType === "VISITOR") return problem(401, "Log in first", REALM);
  return problem(403, "This is not for you");
}

/** `export const GET = allow("MEMBER", "USER")(handler)`: only these kinds of callers. */
export function allow(...kinds) {
  if (kinds.length === 0) throw new TypeError("allow takes at least one kind of caller, such as `MEMBER`");
  for (let i = 0; i < kinds.length; i++) {
    if (!ArrayPrototypeIncludes(KINDS, kinds[i])) {
      throw new TypeError(`allow takes \`VISITOR\`, \`MEMBER\`, \`USER\` and \`APP\`, not \`${kinds[i]}\``);
    }
  }
  const refusal = (info) => (info.active && ArrayPrototypeIncludes(kinds, info.subjectType) ? null : refuse(info));
  return (handler) => guard(handler, "allow(...)", refusal);
}

/** `export const GET = requireMember(handler)`: only members. */
export const requireMember = (handler) => allow("MEMBER")(handler);

/** `export const GET = requireUser(handler)`: only the site's staff. */
export const requireUser = (handler) => allow("USER")(handler);

/**
 * `export const PUT = requireOwner(({ params }) => ownerOf(params.id))(handler)`: only the member or user whose id
 * `ownerOf` gives, or a promise for it. Where it gives none, nobody.
 */
export function requireOwner(ownerOf) {
  requireFunction(ownerOf, "requireOwner");
  const refusal = async (info, context) => {
    const isPerson = info.active && (info.subjectType === "MEMBER" || info.subjectType === "USER");
    if (!isPerson) return refuse(info);
    const owner = await ownerOf(context);
    return typeof owner === "string" && owner !== "" && owner === info.subjectId ? null : refuse(info);
  };
  return (handler) => guard(handler, "requireOwner(...)", refusal);
}

const SPAN = /^(\d+)(ms|s|m|h|d)$/;
const UNITS = { __proto__: null, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span such as `30s` in milliseconds. */
function milliseconds(window) {
  const found = typeof window === "string" ? RegExpPrototypeExec(SPAN, window) : null;
  const span = found === null ? window : found[1] * UNITS[found[2]];
  if (NumberIsFinite(span) && span >= 1) return span;
  throw new TypeError(`rateLimit takes a \`window\` such as \`30s\`, \`1m\` or \`1h\`, not \`${window}\``);
}

/**
 * `export const POST = rateLimit({ limit: 10, window: "1m" })(handler)`: so many calls of each caller in the time, by
 * who they are, or by the address of those who have not said it, or while nobody can tell who is who. 429 beyond
 * (RFC 6585, section 4).
 */
export function rateLimit({ limit, window, by = "subject", name = undefined }) {
  if (!NumberIsInteger(limit) || limit < 1) throw new TypeError(`rateLimit takes a \`limit\` of 1 or more, not \`${limit}\``);
  if (by !== "subject" && by !== "address") throw new TypeError("rateLimit takes `by` as `subject` or `address`");
  const span = milliseconds(window);
  return (handler) => {
    requireFunction(handler, "rateLimit(...)");
    return async function limited(context, ...rest) {
      // While nobody can be told apart, since the store is away, the limits go on by the address.
      const isAsked = by === "subject" && (await isKnownSoon());
      const { active, subjectType, subjectId } = isAsked ? await tokenInfo() : { active: false };
      // Whoever has no token is a new visitor each time; the address stays.
      const isSomebody = active && subjectType !== "VISITOR";
      const caller = isSomebody ? `${subjectType}:${subjectId}` : context.clientAddress;
      const method = context.request?.method ?? context.method;
      const wait = await ops.identity_rate_take(name ?? `${method} ${context.routePattern}`, `${caller}`, limit, span);
      if (wait === 0) return await ReflectApply(handler, this, [context, ...rest]);
      const response = problem(429, "Too many calls; try again later");
      response.headers.set("retry-after", `${wait}`);
      return response;
    };
  };
}
