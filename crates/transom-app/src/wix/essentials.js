// `@wix/essentials`, for projects that have not installed it.
// Spec: wix-http-endpoints.md sections 4 to 6.

import { IDP_CONNECTION_IDS } from "transom:internal/app/identity/platform_apps";
import { elevate, getContextualAuth, getTokenInfo, httpClient } from "transom:internal/app/identity/sdk";

export const auth = Object.freeze({ IDP_CONNECTION_IDS, elevate, getContextualAuth, getTokenInfo });
export { httpClient };
export { formatCurrencyToPartsWithLocale, formatCurrencyWithLocale } from "transom:internal/app/identity/currency";
export { errorHandler } from "transom:internal/app/identity/error_handler";
export { bi, experiments, i18n, monitoring, settings } from "transom:internal/app/identity/host_modules";
export { WIX_APPS } from "transom:internal/app/identity/platform_apps";
