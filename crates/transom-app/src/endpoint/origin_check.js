// @ts-check
// The origin check against cross-site form submissions, on raw header text: no Request, no URL.
// Spec: astro-endpoints.md section 4.1.

import { originOf, urlOf } from "transom:internal/app/pathname";
import { eachHeader, firstHeader } from "transom:internal/app/raw_headers";
import { primordials } from "transom:internal/primordials";

const { StringPrototypeIncludes, StringPrototypeToLowerCase } = primordials;

let lastOrigin = "";
let lastNormalized = "";

/**
 * `origin` as `URL.origin` writes it: lower case, no default port. Remembers one, since a server mostly has one.
 * @param {string} origin
 */
export function normalizedOrigin(origin) {
  if (origin !== lastOrigin) {
    lastNormalized = originOf(urlOf(origin));
    lastOrigin = origin;
  }
  return lastNormalized;
}

/** True for the methods that the check never refuses. */
export function isSafeMethod(method) {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

/** True when a body of this type could come from an HTML form. Substring test, as the reference does it. */
export function isFormLike(contentType) {
  if (contentType === "application/json") return false;
  const type = StringPrototypeToLowerCase(contentType);
  return (
    StringPrototypeIncludes(type, "application/x-www-form-urlencoded") ||
    StringPrototypeIncludes(type, "multipart/form-data") ||
    StringPrototypeIncludes(type, "text/plain")
  );
}

/**
 * The decision, given what the headers say. `null` stands for an absent header.
 * @param {string | null} contentType
 * @param {string | null} origin
 * @param {string} ownOrigin as `URL.origin` writes it
 */
export function isForbiddenBy(contentType, origin, ownOrigin) {
  if (contentType !== null && !isFormLike(contentType)) return false;
  return origin !== ownOrigin;
}

/**
 * Whether a request with an unsafe method must be refused.
 * @param {string} rawHeaders `name\0value\0...`
 * @param {string} origin of the request's own URL, as it came
 */
export function isForbidden(rawHeaders, origin) {
  const contentType = firstHeader(rawHeaders, "content-type");
  if (contentType !== null && !isFormLike(contentType)) return false;
  // Several `Origin` headers count as one joined value, which is never an origin.
  let sent = null;
  let count = 0;
  eachHeader(rawHeaders, "origin", (value) => {
    sent = value;
    count++;
  });
  return count !== 1 || sent !== normalizedOrigin(origin);
}

/** What a refused client reads. */
export const forbiddenText = (method) => `Cross-site ${method} form submissions are forbidden`;
