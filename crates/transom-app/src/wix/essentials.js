// `@wix/essentials`, for projects that have not installed it.
// Spec: wix-http-endpoints.md sections 4 to 6.

import { elevate, getContextualAuth, getTokenInfo, httpClient } from "transom:internal/app/identity/sdk";

export const auth = Object.freeze({ elevate, getContextualAuth, getTokenInfo });
export { httpClient };
export { i18n, monitoring, settings } from "transom:internal/app/identity/host";
