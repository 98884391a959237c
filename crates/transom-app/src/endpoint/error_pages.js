// @ts-check
// The built-in page for 404, and how an error page takes over from a response.
// Spec: astro-endpoints.md sections 2.3 and 2.4.

import * as headerList from "transom:internal/fetch/header_list";
import { Response, responseInternals } from "transom:internal/fetch/response";
import { primordials } from "transom:internal/primordials";

const { RegExpPrototypeSymbolReplace, StringPrototypeEndsWith, StringPrototypeSlice, TypeError } = primordials;

/** On a response: render the error page instead. */
export const ERROR_HEADER = "x-astro-error";

const SPECIAL = /[&<>"']/g;
const ENTITIES = { __proto__: null, "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {string} text */
export const escapeHtml = (text) => RegExpPrototypeSymbolReplace(SPECIAL, text, (character) => ENTITIES[character]);

/** @param {string} path */
const page = (path) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>404: Not Found</title>
    <style>
      :root { color-scheme: light dark; }
      body { margin: 0; min-height: 100vh; display: grid; place-content: center; text-align: center;
        font-family: system-ui, sans-serif; }
      h1 { font-weight: 600; }
      pre { padding: 0.25em 0.75em; border: 1px solid; border-radius: 0.25em; white-space: pre-wrap; }
    </style>
  </head>
  <body>
    <main>
      <h1><span>404: </span><span>Not found</span></h1>
      <pre>Path: ${escapeHtml(path)}</pre>
    </main>
  </body>
</html>
`;

/** @param {string} path as the page shows it */
export function notFoundPage(path) {
  return new Response(page(path), { status: 404, headers: { "content-type": "text/html" } });
}

/**
 * The path that the page shows when no route has matched: without `.html`, and with a slash where the project always
 * has one. A path that reached an endpoint first is shown as it is.
 */
export function shownPath(path, trailingSlash) {
  if (StringPrototypeEndsWith(path, "/index.html")) path = StringPrototypeSlice(path, 0, -10);
  if (StringPrototypeEndsWith(path, ".html")) path = StringPrototypeSlice(path, 0, -5);
  return trailingSlash === "always" && path !== "" && !StringPrototypeEndsWith(path, "/") ? `${path}/` : path;
}

/**
 * The body of an error page under status and headers of the response that it replaces. Headers of `original` come
 * first and win; those that describe its own body are dropped.
 * @param {Response} rendered
 * @param {Response | null} original
 */
export function mergeResponses(rendered, original) {
  if (original === null) return rendered;
  const from = responseInternals.state(rendered);
  const over = responseInternals.state(original);
  if (responseInternals.isUnusable(rendered)) throw new TypeError("The error page's body has already been read");
  const status = over.status === 200 ? from.status : over.status;
  const merged = new Response(null, { status, statusText: status === 200 ? from.statusText : over.statusText });
  const into = responseInternals.state(merged);
  into.kind = from.kind;
  into.value = from.value;
  into.stream = from.stream;
  into.shared = from.shared;
  if (!over.immutable) {
    const own = responseInternals.headerList(original);
    headerList.remove(own, "content-type");
    headerList.remove(own, "content-length");
    headerList.remove(own, "transfer-encoding");
  }
  into.list = mergeHeaders(responseInternals.headerPairs(original), responseInternals.headerPairs(rendered));
  return merged;
}

function mergeHeaders(first, second) {
  const list = headerList.copy(first);
  for (let i = 0; i < second.length; i += 2) {
    const name = second[i];
    if (name === "set-cookie" || !headerList.has(first, name)) headerList.append(list, name, second[i + 1]);
  }
  return list;
}
