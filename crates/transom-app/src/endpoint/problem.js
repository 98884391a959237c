// @ts-check
// Bodies for errors that no handler answers, where `compat.json_errors` asks for them, and which error is which status.
// Spec: RFC 9457.

import { Response } from "transom:internal/fetch/response";
import { primordials } from "transom:internal/primordials";

const { Error, JSONStringify, RegExpPrototypeExec } = primordials;

const TITLES = {
  __proto__: null,
  401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large",
  500: "Internal Server Error", 503: "Service Unavailable",
};
const PROBLEM_TYPE = "application/problem+json";
/** What reading a body over the limit fails with, in the reference's words. */
const TOO_LARGE = /^Body size limit exceeded: received more than \d+ bytes$/;

/** The `code` of failures of the store that may be gone a little later; `store.rs` of the runtime gives it. */
const UNAVAILABLE = "ERR_STORE_UNAVAILABLE";

/** The text of a problem. */
export function problemText(status, detail) {
  return JSONStringify({ type: "about:blank", title: TITLES[status], status, detail });
}

/** Pairs of header names and values of a problem. */
export const PROBLEM_HEADERS = ["content-type", PROBLEM_TYPE];

/**
 * An error that transom answers by itself.
 * @param {{ jsonErrors: boolean }} compat
 * @param {number} status
 * @param {{ detail?: string, text?: string | null, headers?: Record<string, string> }} [about] `text` is the body
 *   without `json_errors`
 */
export function errorResponse(compat, status, { detail = undefined, text = null, headers = {} } = {}) {
  if (!compat.jsonErrors) return new Response(text, { status, headers });
  return new Response(problemText(status, detail), { status, headers: { ...headers, "content-type": PROBLEM_TYPE } });
}

/** Whether a handler failed because the body that it read was over the limit. */
export function isTooLarge(error) {
  return error instanceof Error && RegExpPrototypeExec(TOO_LARGE, error.message) !== null;
}

/** Whether a handler failed because the store has too much to do or cannot be reached. */
export function isUnavailable(error) {
  return error instanceof Error && error.code === UNAVAILABLE;
}
