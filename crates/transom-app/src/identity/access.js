// @ts-check
// `transom:access`: who may call a handler, in one line.
//
// A caller who has not said who they are, or whose token is not accepted, gets 401 (RFC 6750, section 3); one who is
// known and may not, 403. Both have a body of RFC 9457.

import { tokenInfo } from "transom:internal/app/identity/caller";
import { PROBLEM_HEADERS, problemText } from "transom:internal/app/problem";
import { Response } from "transom:internal/fetch/response";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeIncludes, ReflectApply, TypeError } = primordials;

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
