// @ts-check
// `errorHandler`: what to tell a person about an error of the API.
// Spec: wix-http-endpoints.md section 6, last paragraph, and the form of errors there.
//
// A server has no screen, so nothing is shown, reported or translated: an error gets the text that the program has
// for its code, else a general one.

import { requireRequest } from "transom:internal/app/identity/caller";
import { Response } from "transom:internal/fetch/response";
import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, ArrayPrototypeIncludes, ObjectKeys, ObjectPrototypeIsPrototypeOf, WeakMap, WeakMapPrototypeGet,
  WeakMapPrototypeSet,
} = primordials;

const GENERAL = "This action wasn't completed due to a technical issue.";

/** Names of statuses, as a program may give texts for them. */
const STATUSES = {
  __proto__: null,
  400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS",
  428: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED", 499: "CANCELED", 500: "INTERNAL", 501: "NOT_IMPLEMENTED",
  502: "BAD_GATEWAY", 503: "UNAVAILABLE",
};
const OF_SERVER = ["INTERNAL", "NOT_IMPLEMENTED", "BAD_GATEWAY", "UNAVAILABLE"];

/** What `withErrorHandler` was told about an error: texts by code, and what the refused answer said. */
const told = new WeakMap();

const isObject = (value) => typeof value === "object" && value !== null;
const isResponse = (value) => isObject(value) && ObjectPrototypeIsPrototypeOf(Response.prototype, value);

/** Status, details and request id of an error in any of its forms. */
function read(error) {
  if (isResponse(error)) {
    const { details } = WeakMapPrototypeGet(told, error)?.data ?? {};
    return { status: error.status, details, requestId: error.headers.get("x-wix-request-id") };
  }
  if (isObject(error) && isObject(error.response)) {
    const { response, requestId } = error;
    return { status: response.status, details: response.data?.details, requestId };
  }
  if (isObject(error) && error.status !== undefined) {
    return { status: error.status, details: error.details, requestId: error.requestId };
  }
  return { status: undefined, details: undefined, requestId: undefined };
}

/** What the program's texts say of an error, or null. */
function textOf(error, { status, details }, { codes, statuses, server }) {
  const application = details?.applicationError;
  if (application !== undefined) {
    const text = codes[application.code];
    if (text === false) return null;
    if (text) return text(error);
  }
  const violations = details?.validationError?.fieldViolations;
  if (ArrayIsArray(violations)) {
    const rules = ObjectKeys(codes);
    for (let i = 0; i < violations.length; i++) {
      const rule = violations[i].ruleName;
      if (rule && ArrayPrototypeIncludes(rules, rule)) return codes[rule] ? codes[rule](error) : null;
    }
  }
  const name = STATUSES[status];
  const text = statuses[name] ?? (ArrayPrototypeIncludes(OF_SERVER, name) ? server : undefined);
  return text ? text(error) : null;
}

/**
 * Calls `callback`; what it throws goes on. `codes` has functions by the codes of errors, each of which returns
 * `{ message, action }` for `getResolvedError`.
 */
async function withErrorHandler(callback, codes, options = {}) {
  const texts = { codes, statuses: options.statusCodesOverrides ?? {}, server: options.serverErrorOverride };
  try {
    const answer = await callback();
    if (isResponse(answer) && !answer.ok) {
      let data = null;
      try {
        data = await answer.json();
      } catch {
        // The status says it all.
      }
      WeakMapPrototypeSet(told, answer, { texts, data });
    }
    return answer;
  } catch (error) {
    if (isObject(error)) WeakMapPrototypeSet(told, error, { texts, data: null });
    throw error;
  }
}

/** What to tell a person about an error. */
function getResolvedError(error) {
  const known = read(error);
  const texts = isObject(error) ? WeakMapPrototypeGet(told, error)?.texts : undefined;
  const own = texts === undefined || known.status === undefined ? null : textOf(error, known, texts);
  return { message: own?.message ?? GENERAL, action: own?.action, requestId: own?.requestId ?? known.requestId, ...own };
}

const nothing = () => {};

const inRequest = (implementation) => (...args) => {
  requireRequest();
  return implementation(...args);
};

export const errorHandler = {
  withErrorHandler: inRequest(withErrorHandler),
  getResolvedError: inRequest(getResolvedError),
  showError: inRequest(nothing),
  reportRetryAttempt: inRequest(nothing),
};
