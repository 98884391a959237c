// @ts-check
// What a host tells the SDK about itself: languages, time zone, monitoring, translations.
// Spec: wix-http-endpoints.md section 6, last paragraph.

import { requireRequest } from "transom:internal/app/identity/caller";
import { firstHeader, joinedHeader } from "transom:internal/app/raw_headers";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const params = lazy("transom:internal/url/url_search_params");

const { JSONStringify, RegExpPrototypeExec, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeToLowerCase } =
  primordials;
const { encodeURIComponent } = globalThis;

const DEFAULT_LANGUAGE = "en";
const DEFAULT_LOCALE = "en-US";

/** The languages that the platform knows, and the region that each is of. */
const REGIONS = {
  __proto__: null,
  ar: "DZ", bg: "BG", ca: "ES", cs: "CZ", da: "DK", de: "DE", el: "GR", en: "US", es: "ES", fi: "FI", fr: "FR", he: "IL",
  hi: "IN", hr: "HR", hu: "HU", id: "ID", it: "IT", ja: "JP", ko: "KR", lt: "LT", lv: "LV", ms: "MY", nl: "NL", no: "NO",
  pl: "PL", pt: "PT", ro: "RO", ru: "RU", sk: "SK", sl: "SI", sv: "SE", th: "TH", tl: "PH", tr: "TR", uk: "UA", vi: "VN",
  zh: "TW",
};

/** The language that the request's address asks for. */
function languageOf(target) {
  const query = StringPrototypeIndexOf(target, "?");
  if (query < 0) return DEFAULT_LANGUAGE;
  const asked = new (params().URLSearchParams)(StringPrototypeSlice(target, query)).get("lang");
  return asked === null || asked === "" ? DEFAULT_LANGUAGE : asked;
}

const BROWSER_SESSION = /(?:^|;)\s*bSession=([^;]*)/;

/** Headers that calls of the SDK carry on from the request. Spec: section 4.2. */
function passThroughHeaders(rawHeaders, language, locale) {
  const headers = { "x-wix-linguist": `${language}|${StringPrototypeToLowerCase(locale)}|false|00000000-0000-0000-0000-000000000000` };
  let common = firstHeader(rawHeaders, "commonconfig");
  if (common === null) {
    const session = RegExpPrototypeExec(BROWSER_SESSION, joinedHeader(rawHeaders, "cookie", "; ") ?? "");
    if (session !== null) common = encodeURIComponent(JSONStringify({ BSI: session[1] }));
  }
  if (common !== null && common !== "") headers.commonconfig = common;
  return headers;
}

const nothing = () => {};

const span = { end: nothing, fail: nothing };

/** Puts errors and messages into the log and drops the rest: there is nobody to measure for. */
const monitoringClient = () => ({
  captureException: (error) => ops.log_write("error", "monitoring", `${error}`),
  captureMessage: (message) => ops.log_write("info", "monitoring", `${message}`),
  startSpan: (_, callback) => callback(undefined),
  startSpanManual: () => span,
  endSpanManual: nothing,
  addBreadcrumb: nothing,
});

/** The host as the current request sees it. */
export function currentHost() {
  const { rawHeaders, target } = requireRequest();
  const language = languageOf(target);
  const region = REGIONS[language];
  const locale = region === undefined ? DEFAULT_LOCALE : `${language}-${region}`;
  return {
    essentials: { passThroughHeaders: passThroughHeaders(rawHeaders, language, locale), locale, language, timezone: "UTC" },
    getMonitoringClient: monitoringClient,
    translations: () => globalThis.__wix_translations__,
  };
}
