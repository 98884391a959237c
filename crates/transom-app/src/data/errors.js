// @ts-check
// Errors of the data service as functions of the SDK throw them: what a program reads is
// `error.details.applicationError.code`.
// Spec: wix-http-endpoints.md sections 6 (the form of errors) and 10.3.

import { primordials } from "transom:internal/primordials";

const { Error, ErrorCaptureStackTrace, StringPrototypeSlice, StringPrototypeStartsWith } = primordials;

/** The code of a query that is refused for one of its parts. */
const OF_QUERY = "WDE0020";

/** An error that the service would answer, found before it is asked. Its message begins with its code. */
export function refusal(message) {
  const error = new Error(message);
  const code = StringPrototypeStartsWith(message, "WDE") ? StringPrototypeSlice(message, 0, 7) : OF_QUERY;
  error.details = { applicationError: { code, description: message } };
  return error;
}

/** An error of a builder, or of a page that is not there. */
export function validationError(message) {
  const error = new Error(message);
  error.code = "WD_VALIDATION_ERROR";
  error.errorGroup = "User";
  return error;
}

/** What a handler that does not catch it is answered with; `problem.js` knows these codes. */
const STORE_FAILURES = { __proto__: null, 503: "ERR_STORE_UNAVAILABLE", 507: "ERR_STORE_FULL" };
const TOO_LARGE = "WDE0109: Payload is too large.";

function tooLarge() {
  const error = new Error(TOO_LARGE);
  error.code = "WDE0109";
  error.errorGroup = "User";
  // Deviation: the original has the code in `code` only, where no other error has it.
  error.details = { applicationError: { code: "WDE0109", description: TOO_LARGE } };
  return error;
}

/** An item with more levels than anything is stored with, or one that contains itself. */
export const tooDeep = () => refusal("WDE0004: The item cannot be saved: it is nested too deeply.");

/** What an answer of the service that is no success becomes. */
export function errorOf(status, answer) {
  const details = answer?.details ?? {};
  if (status === 413) return tooLarge();
  if (details.applicationError) {
    const error = new Error(details.applicationError.description);
    error.details = details;
    // Nobody's fault: the client may come again, or learns that there is no room.
    if (status in STORE_FAILURES) error.code = STORE_FAILURES[status];
    return error;
  }
  const violations = details.validationError?.fieldViolations;
  if (violations !== undefined) {
    let message = answer.message;
    for (let i = 0; i < violations.length; i++) message += `\n${violations[i].field}: ${violations[i].description}`;
    const error = new Error(message);
    error.details = details;
    error.violations = violations;
    return error;
  }
  const error = new Error(answer?.message ?? `the data service answered ${status}`);
  error.details = { applicationError: { code: status, description: error.message, data: answer }, ...details };
  error.response = { status, data: { details: error.details, message: error.message } };
  return error;
}

/** Why one item of a bulk call was not written. */
export class BulkError extends Error {
  constructor({ description, code, data }, item, originalIndex) {
    super(description);
    this.message = description;
    this.code = code;
    this.item = item;
    this.name = "BulkError";
    this.originalIndex = originalIndex;
    this.violations = data?.fieldViolations;
    ErrorCaptureStackTrace?.(this, BulkError);
  }
}
