// `astro:i18n`: URLs of localised pages, which are outside of what endpoints need.

import { unsupported } from "transom:internal/app/unsupported";

const missing = (name) =>
  unsupported("astro:i18n", name, "use `context.currentLocale` and `context.preferredLocale`, and build the URL from them");

export const getRelativeLocaleUrl = missing("getRelativeLocaleUrl");
export const getAbsoluteLocaleUrl = missing("getAbsoluteLocaleUrl");
export const getRelativeLocaleUrlList = missing("getRelativeLocaleUrlList");
export const getAbsoluteLocaleUrlList = missing("getAbsoluteLocaleUrlList");
export const getPathByLocale = missing("getPathByLocale");
export const getLocaleByPath = missing("getLocaleByPath");
export const pathHasLocale = missing("pathHasLocale");
export const normalizeTheLocale = missing("normalizeTheLocale");
export const toCodes = missing("toCodes");
export const toPaths = missing("toPaths");
export const redirectToDefaultLocale = missing("redirectToDefaultLocale");
export const redirectToFallback = missing("redirectToFallback");
export const notFound = missing("notFound");
export const middleware = missing("middleware");
export const requestHasLocale = missing("requestHasLocale");
