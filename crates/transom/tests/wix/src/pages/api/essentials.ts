// Everything of `@wix/essentials` that an endpoint may use, case by case. The same file runs with the built-in module
// and with the packages; what it answers is compared.

import * as essentials from "@wix/essentials";
import { createEssentialsMockFactory } from "@wix/essentials/mock";

const {
  auth, bi, errorHandler, experiments, formatCurrencyToPartsWithLocale, formatCurrencyWithLocale, httpClient, i18n,
  monitoring, settings, WIX_APPS,
} = essentials;

const elevated = auth.elevate(httpClient.fetchWithAuth);

const read = async (response) => ({
  status: response.status,
  type: response.headers.get("content-type"),
  body: await response.text(),
});

const attempt = async (work) => {
  try {
    return { value: await work() };
  } catch (error) {
    const { name, message, details, response, requestId } = error;
    return { name, message, details, response, requestId };
  }
};

/** What the error handler makes of an error that says this. */
const resolved = async (details, status = 428, requestId = "r1") => {
  const error = Object.assign(new Error("no"), { response: { status, data: { details } }, requestId });
  const codes = {
    OUT_OF_STOCK: () => ({ message: "None left", action: { text: "Back" } }),
    HIDDEN: false,
    MIN_LENGTH: () => ({ message: "Too short" }),
  };
  const options = {
    statusCodesOverrides: { NOT_FOUND: () => ({ message: "Not here" }) },
    serverErrorOverride: () => ({ message: "Our fault" }),
  };
  const thrown = await attempt(() => errorHandler.withErrorHandler(() => Promise.reject(error), codes, options));
  return { thrown: thrown.message, ...errorHandler.getResolvedError(error) };
};

const money = { value: "1234567.891", currency: "EUR" };

/** Mocks of a test library that has nothing but the count of its mocks, what they are, and what they do at first. */
const mocked = async () => {
  let made = 0;
  const mocks = createEssentialsMockFactory((implementation) => {
    const mock = (...args) => mock.implementation?.(...args);
    made++;
    return Object.assign(mock, { implementation });
  });
  const shape = Object.entries(mocks).map(([name, members]) => [name, Object.keys(members)]);
  const { i18n, bi, monitoring, experiments, settings, auth, httpClient, errorHandler } = mocks;
  const before = [i18n.getLanguage(), i18n.formatCurrency(money), i18n.formatCurrency(money, { locale: "de" }), i18n.formatCurrency(money, null)];
  i18n.getLocale.implementation = () => "fr-FR";
  const logger = bi.getLogger();
  const { exp, iat, ...info } = await auth.getTokenInfo();
  return [
    shape, before, i18n.formatCurrency(money), i18n.formatCurrencyToParts(money).length,
    Object.keys(logger), logger.log === bi.getLogger().log, logger.log(), Object.keys(logger.updateDefaults({})),
    Object.keys(monitoring.getMonitoringClient()), experiments.enabled("x"), experiments.get("x"), settings.getTimezone(),
    auth.elevate(mocked) === mocked, auth.getContextualAuth(), info, Math.round((exp - iat) / 1000), httpClient.fetchWithAuth() === fetch,
    await httpClient.graphql(), errorHandler.withErrorHandler(() => 1), errorHandler.getResolvedError(), errorHandler.showError(), made,
  ];
};

const cases = {
  mocks: mocked,
  exports: () => Object.keys(essentials).sort(),
  members: () => [auth, errorHandler, httpClient].map((part) => Object.keys(part).sort()),
  functions: () => [bi, experiments, i18n, monitoring, settings]
    .map((part) => Object.keys(part).filter((name) => name !== "create" && name !== "__type").sort()),
  "token info": () => auth.getTokenInfo(),
  "elevated token info": () => auth.elevate(auth.getTokenInfo)(),
  "contextual auth": async () => {
    const contextual = auth.getContextualAuth();
    const { headers } = await contextual.getAuthHeaders();
    return [Object.keys(headers), typeof headers.Authorization, typeof contextual.getActiveToken()];
  },
  "active token": async () => {
    const response = await fetch("https://www.wixapis.com/oauth2/token-info", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: auth.getContextualAuth().getActiveToken() }),
    });
    return await response.json();
  },
  "own endpoint": async (base) => JSON.parse((await read(await httpClient.fetchWithAuth(`${base}/api/echo`))).body),
  "post to own endpoint": async (base) => {
    const init = { method: "POST", body: JSON.stringify({ a: 1 }) };
    return JSON.parse((await read(await httpClient.fetchWithAuth(`${base}/api/echo`, init))).body);
  },
  "own headers": async (base) => {
    const init = { headers: { "x-own": "1", authorization: "mine" } };
    return JSON.parse((await read(await httpClient.fetchWithAuth(new URL(`${base}/api/echo`), init))).body);
  },
  "request object": async (base) => {
    const request = new Request(`${base}/api/echo`, { method: "PUT", body: "{}", headers: { "x-own": "2", "content-type": "application/json" } });
    return JSON.parse((await read(await httpClient.fetchWithAuth(request))).body);
  },
  "members as the caller": async (base) => read(await httpClient.fetchWithAuth(`${base}/_transom/api/members`)),
  "members as the app": async (base) => read(await elevated(`${base}/_transom/api/members`)),
  "elevated echo": async (base) => JSON.parse((await read(await elevated(`${base}/api/echo`))).body),
  "an API that is not there": async () => read(await httpClient.fetchWithAuth("https://www.wixapis.com/stores/v1/products?x=1")),
  "an API at the edge": async () => read(await httpClient.fetchWithAuth("https://edge.wixapis.com/wix-data/v2/items")),
  graphql: () => httpClient.graphql("query { site { id } }", { a: 1 }),
  "elevated graphql": () => auth.elevate(httpClient.graphql)("query { site { id } }", {}, { apiVersion: "beta" }),
  "an ordinary function": async () => {
    const { name } = await attempt(() => auth.elevate(() => 1)());
    return name;
  },
  language: () => [i18n.getLanguage(), i18n.getLocale(), settings.getTimezone()],
  money: () => [
    i18n.formatCurrency(money), i18n.formatCurrency(money, { locale: "de-DE", maximumFractionDigits: 0 }),
    i18n.formatCurrency({ value: "9007199254740993", currency: "JPY" }), i18n.formatCurrencyToParts(money, { locale: "fr-FR" }),
    formatCurrencyWithLocale("en-US", { value: 10, currency: "USD" }),
    formatCurrencyToPartsWithLocale("ja-JP", { value: 10.5, currency: "JPY" }, { currencyDisplay: "code" }),
  ],
  "money that is none": () => formatCurrencyWithLocale("en-US", { value: 1, currency: "nothing" }),
  "no translations": () => i18n.getTranslationFunction(),
  translations: () => {
    globalThis.__wix_translations__ = {
      en: { translation: {
        hello: "Hello {{name}}", raw: "{{- name}}", deep: { er: "Below" }, "dot.ted": "Flat", only: "English",
        item_one: "{{count}} item", item_other: "{{count}} items", item_zero: "nothing", friend: "A friend", friend_male: "A boyfriend",
      } },
      fr: { translation: { hello: "Bonjour {{name}}", item_one: "{{count}} article", item_other: "{{count}} articles" } },
    };
    try {
      const t = i18n.getTranslationFunction();
      return [
        t("hello", { name: "<Ann> & 'Bo' / \"C\"" }), t("raw", { name: "<b>" }), t("deep.er"), t("dot.ted"), t("only"), t("missing"),
        t("missing", "Default {{x}}", { x: 1 }), t("missing", { defaultValue: "Given" }), t("item", { count: 0 }),
        t("item", { count: 1 }), t("item", { count: 2.5 }), t("friend", { context: "male" }), t("friend", { context: "other" }),
        t(["nowhere", "hello"], { name: "D" }), t("hello"), t("hello", { name: "E", lng: "en" }), t("translation:only"),
      ];
    } finally {
      delete globalThis.__wix_translations__;
    }
  },
  "no logger": () => bi.getLogger(),
  "no experiments": () => experiments.enabled("specs.x"),
  "no experiment": () => experiments.get("specs.x"),
  monitoring: () => {
    const client = monitoring.getMonitoringClient();
    client.captureException(new Error("seen"));
    client.captureMessage("heard");
    const span = client.startSpanManual({ name: "a" });
    span.end();
    return [Object.keys(client).sort(), client.startSpan({ name: "b" }, () => 7)];
  },
  apps: () => [WIX_APPS, auth.IDP_CONNECTION_IDS],
  "an application error": () => resolved({ applicationError: { code: "OUT_OF_STOCK", description: "x" } }),
  "an error that is hidden": () => resolved({ applicationError: { code: "HIDDEN" } }),
  "a validation error": () => resolved({ validationError: { fieldViolations: [{ field: "name", ruleName: "MIN_LENGTH" }] } }, 400),
  "a status": () => resolved(undefined, 404),
  "a fault of the server": () => resolved(undefined, 503),
  "no text for it": () => resolved({ applicationError: { code: "OTHER" } }, 401, undefined),
  "what worked": () => errorHandler.withErrorHandler(async () => 5, {}),
  "a refused answer": async (base) => {
    const codes = { NOT_EMULATED: () => ({ message: "Not in this shop" }) };
    const call = () => httpClient.fetchWithAuth("https://www.wixapis.com/stores/v1/products");
    const response = await errorHandler.withErrorHandler(call, codes);
    return [response.status, errorHandler.getResolvedError(response)];
  },
  "nothing to see": () => [errorHandler.showError(new Error("x")), errorHandler.reportRetryAttempt?.(new Error("x"))],
};

export const GET = async ({ url }) => {
  const answers = {};
  for (const [name, run] of Object.entries(cases)) answers[name] = await attempt(() => run(url.origin));
  return Response.json(answers);
};

export const POST = async () => {
  // Outside of the request's flow there is nobody to ask for.
  return Response.json(atStart);
};

const atStart = {};
for (const name of ["token info", "contextual auth", "language", "no logger", "what worked"]) {
  atStart[name] = await attempt(() => cases[name]("http://localhost"));
}
atStart.fetch = await attempt(() => httpClient.fetchWithAuth("http://localhost/x"));
