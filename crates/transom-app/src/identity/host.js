// @ts-check
// What a host tells about itself: languages, time zone, monitoring.
// Spec: wix-http-endpoints.md section 6, last paragraph.

import { requireRequest } from "transom:internal/app/identity/caller";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze, RegExpPrototypeExec, StringPrototypeToUpperCase } = primordials;

const LANGUAGE = /[?&]lang=([a-z]{2})(?:[&#]|$)/;

export const settings = ObjectFreeze({
  getTimezone() {
    requireRequest();
    return "UTC";
  },
});

const nothing = () => {};

export const monitoring = ObjectFreeze({
  /** A client that puts errors into the log and drops the rest. */
  getMonitoringClient: () => ({
    captureException: (error) => ops.log_write("error", "monitoring", `${error}`),
    captureMessage: (message) => ops.log_write("info", "monitoring", `${message}`),
    startSpan: (_, callback) => callback(),
    startSpanManual: (_, callback) => callback({ end: nothing }, nothing),
    addBreadcrumb: nothing,
  }),
});

export const i18n = ObjectFreeze({
  getLanguage: () => language(),
  getLocale() {
    const own = language();
    return own === "en" ? "en-US" : `${own}-${StringPrototypeToUpperCase(own)}`;
  },
});

/** The language that the request's address asks for. */
function language() {
  const found = RegExpPrototypeExec(LANGUAGE, requireRequest().target);
  return found === null ? "en" : found[1];
}
