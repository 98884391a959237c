// `@wix/essentials/mock`, for projects that have not installed the package: stand-ins for what `@wix/essentials` exports,
// made with the mock function of a test library, such as `vi.fn`.
// Spec: wix-http-endpoints.md section 6.

import { formatCurrencyToPartsWithLocale, formatCurrencyWithLocale } from "transom:internal/app/identity/currency";

const HOUR_MS = 3_600_000;
const LOGGER = ["log", "report", "flush"];
const MONITORING = ["captureException", "captureMessage", "setContext", "setTag", "setUser", "addBreadcrumb"];

const tokenInfo = async () => ({
  active: true,
  subjectType: "USER",
  subjectId: "mock-user-id",
  exp: Date.now() + HOUR_MS,
  iat: Date.now(),
  clientId: "mock-client-id",
  siteId: "mock-site-id",
  instanceId: "mock-instance-id",
});

/** The mocks, each made once by `mockFn`, which gets what it shall do, or nothing. */
export function createEssentialsMockFactory(mockFn) {
  const made = new Map();
  const mock = (name, implementation) => {
    if (!made.has(name)) made.set(name, mockFn(implementation));
    return made.get(name);
  };
  const group = (name, members) => Object.fromEntries(
    Object.entries(members).map(([member, implementation]) => [member, mock(`${name}.${member}`, implementation)]),
  );
  const silent = (name, members) => group(name, Object.fromEntries(members.map((member) => [member, undefined])));
  // The language is asked of its mock, so that a test that changes that one changes this, too.
  const formatted = (format) => (money, options) => {
    const { locale, ...rest } = options ?? {};
    return format(locale ?? made.get("i18n.getLocale")(), money, rest);
  };
  const updated = () => silent("bi.getLogger.updateDefaults", [...LOGGER, "updateDefaults"]);
  return {
    i18n: group("i18n", {
      getLanguage: () => "en",
      getLocale: () => "en-US",
      formatCurrency: formatted(formatCurrencyWithLocale),
      formatCurrencyToParts: formatted(formatCurrencyToPartsWithLocale),
    }),
    bi: group("bi", {
      getLogger: () => ({ ...silent("bi.getLogger", LOGGER), ...group("bi.getLogger", { updateDefaults: updated }) }),
    }),
    monitoring: group("monitoring", { getMonitoringClient: () => silent("monitoring.getMonitoringClient", MONITORING) }),
    experiments: group("experiments", { enabled: () => false, get: () => null }),
    settings: group("settings", { getTimezone: () => "UTC" }),
    auth: group("auth", {
      elevate: (sourceFunction) => sourceFunction,
      getContextualAuth: () => ({ headers: {} }),
      getTokenInfo: tokenInfo,
    }),
    httpClient: group("httpClient", {
      fetchWithAuth: () => globalThis.fetch || mockFn(),
      graphql: async () => ({ data: {}, errors: [] }),
    }),
    errorHandler: group("errorHandler", {
      withErrorHandler: (work) => work(),
      getResolvedError: () => ({ code: "UNKNOWN_ERROR", message: "Mock error", details: {} }),
      showError: undefined,
      reportRetryAttempt: undefined,
    }),
  };
}
