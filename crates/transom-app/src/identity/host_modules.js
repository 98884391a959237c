// @ts-check
// Modules of `@wix/essentials` that ask the host: languages, money, time zone, monitoring, and what only the platform
// itself has.
// Spec: wix-http-endpoints.md section 6, last paragraph.

import { formatCurrencyToPartsWithLocale, formatCurrencyWithLocale } from "transom:internal/app/identity/currency";
import { currentHost } from "transom:internal/app/identity/host";
import { translation } from "transom:internal/app/identity/translation";
import { primordials } from "transom:internal/primordials";

const { Error, ObjectFreeze } = primordials;

/** `format` with the request's locale, or the one in its options. */
const inLocale = (format) => (money, options) => {
  const { essentials } = currentHost();
  const { locale = undefined, ...rest } = options ?? {};
  return format(locale ?? essentials.locale, money, rest);
};

export const i18n = ObjectFreeze({
  getLanguage: () => currentHost().essentials.language,
  getLocale: () => currentHost().essentials.locale,
  formatCurrency: inLocale(formatCurrencyWithLocale),
  formatCurrencyToParts: inLocale(formatCurrencyToPartsWithLocale),
  getTranslationFunction: () => translation(currentHost()),
});

export const settings = ObjectFreeze({ getTimezone: () => currentHost().essentials.timezone });

export const monitoring = ObjectFreeze({ getMonitoringClient: () => currentHost().getMonitoringClient() });

/** A function of the platform's own pages, which a server is not. */
const absent = (what) => () => {
  currentHost();
  const hint = "Make sure to use an updated version of the host initialization package.";
  throw new Error(`Host ${what} not available on the current host. ${hint}`);
};

export const bi = ObjectFreeze({ getLogger: absent("bi logger is") });

const noExperiments = absent('"Experiments" are');
export const experiments = ObjectFreeze({ enabled: noExperiments, get: noExperiments });
