// @ts-check
// QuotaExceededError, the one DOMException with an interface of its own.
// Spec: https://webidl.spec.whatwg.org/#quotaexceedederror

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { primordials } from "transom:internal/primordials";
import { configureInterface, dictionary, DOMString, double } from "transom:internal/webidl/webidl";

const { RangeError } = primordials;

const convertOptions = dictionary("QuotaExceededErrorOptions", [
  { key: "quota", convert: double },
  { key: "requested", convert: double },
]);

/** What structured cloning needs of the inside. */
export let isQuotaExceededError;

/** https://webidl.spec.whatwg.org/#quotaexceedederror */
export class QuotaExceededError extends DOMException {
  #quota;
  #requested;

  /** https://webidl.spec.whatwg.org/#dom-quotaexceedederror-quotaexceedederror */
  constructor(message = "", options = undefined) {
    message = DOMString(message, "QuotaExceededError constructor: argument 1");
    const { quota, requested } = convertOptions(options, "QuotaExceededError constructor: argument 2");
    super(message, "QuotaExceededError");
    if (quota < 0) throw new RangeError("QuotaExceededError constructor: `quota` must not be negative");
    if (requested < 0) throw new RangeError("QuotaExceededError constructor: `requested` must not be negative");
    if (quota !== undefined && requested !== undefined && requested < quota) {
      throw new RangeError("QuotaExceededError constructor: `requested` must not be less than `quota`");
    }
    this.#quota = quota ?? null;
    this.#requested = requested ?? null;
  }

  /** https://webidl.spec.whatwg.org/#dom-quotaexceedederror-quota */
  get quota() {
    return this.#quota;
  }

  /** https://webidl.spec.whatwg.org/#dom-quotaexceedederror-requested */
  get requested() {
    return this.#requested;
  }

  static {
    isQuotaExceededError = (value) => #quota in value;
  }
}

configureInterface("QuotaExceededError", QuotaExceededError);
