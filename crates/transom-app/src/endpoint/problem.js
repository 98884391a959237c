// @ts-check
// Bodies for errors that no handler answers, where `compat.json_errors` asks for them, and which error is which status.
// Spec: RFC 9457.

import { Response } from "transom:internal/fetch/response";
import { primordials } from "transom:internal/primordials";

const { Error, JSONStringify, RegExpPrototypeExec } = primordials;

const TITLES = {
  __proto__: null,
  401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large",
  500: "Internal Server Error", 503: "Service Unavailable", 507: "Insufficient Storage",
};
const PROBLEM_TYPE = "application/problem+json";
/** What reading a body over the limit fails with, in the reference's words. */
const TOO_LARGE = /^Body size limit exceeded: received more than \d+ bytes$/;

/** The `code`s of failures of the store, which `store.rs` of the runtime gives, and what they are for a client. */
const STORE_FAILURES = { __proto__: null, ERR_STORE_UNAVAILABLE: 503, ERR_STORE_FULL: 507 };

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

/** The status for what a handler failed with because of the store: 503 and 507 (RFC 4918, 11.5); else undefined. */
export function storeFailure(error) {
  return error instanceof Error && typeof error.code === "string" ? STORE_FAILURES[error.code] : undefined;
}
