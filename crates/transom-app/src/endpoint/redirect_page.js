// @ts-check
// The page that stands in for a redirect where there are only files, and so no status and no headers.
// Spec: astro-endpoints.md section 9.

import { createError } from "transom:internal/app/errors";
import { escapeHtml } from "transom:internal/app/error_pages";
import { getPathname, hrefOf } from "transom:internal/app/pathname";
import { URL } from "transom:internal/url/url";

/**
 * @param {Response} response a redirect
 * @param {string} href of the request
 * @param {string | undefined} site the configured origin
 */
export function redirectPage(response, href, site) {
  const location = response.headers.get("location");
  if (!location) throw createError("RedirectWithNoLocation");
  const relative = escapeHtml(location);
  const absolute = typeof site === "string" ? escapeHtml(hrefOf(new URL(location, site))) : relative;
  const from = escapeHtml(getPathname(new URL(href)));
  const delay = response.status === 302 ? 2 : 0;
  return (
    `<!doctype html><title>Redirecting to: ${relative}</title><meta http-equiv="refresh" content="${delay};url=${relative}">` +
    `<meta name="robots" content="noindex"><link rel="canonical" href="${absolute}"><body>` +
    `\t<a href="${relative}">Redirecting from <code>${from}</code> to <code>${relative}</code></a></body>`
  );
}
