// @ts-check
// Routes that Astro adds to every project: the page for unmatched paths and, as far as endpoints can notice them,
// the image service and server islands, which do not exist here.
// Spec: astro-endpoints.md sections 1.3 and 2.3.

import { notFoundPage } from "transom:internal/app/error_pages";
import { errorResponse } from "transom:internal/app/problem";
import { Response } from "transom:internal/fetch/response";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze, RegExpPrototypeExec, StringPrototypeStartsWith } = primordials;

const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i;

/** Refuses as the image service does when there is no such image. */
function image({ url }) {
  const href = url.searchParams.get("href");
  if (href === null) return new Response("Invalid request", { status: 400 });
  if (RegExpPrototypeExec(ABSOLUTE, href) !== null) return new Response("Forbidden", { status: 403 });
  return new Response("Not Found", { status: 404 });
}

const serverIsland = () => new Response(null, { status: 400 });

const route = (pattern, builtIn, namespace) =>
  ObjectFreeze({
    pattern, builtIn, namespace, prerender: false, file: pattern, takesRequest: false, isDynamic: false, isErrorPage: pattern === "/404",
    kindOf: () => 0,
  });

const unmatched = (compat, path) =>
  compat.jsonErrors ? errorResponse(compat, 404, { detail: `Nothing answers at ${path}` }) : notFoundPage(path);

/** The built-in routes of a project. `match(path)` finds one that is not an error page. */
export function builtInRoutes(trailingSlash, compat) {
  const end = trailingSlash === "always" ? "\\/$" : trailingSlash === "never" ? "$" : "\\/?$";
  const imagePattern = new primordials.RegExp(`^\\/_image${end}`);
  const islandPattern = new primordials.RegExp(`^\\/_server-islands\\/[^/]+?${end}`);
  const imageRoute = route("/_image", null, ObjectFreeze({ __proto__: null, GET: image }));
  const islandRoute = route("/_server-islands/[name]", null, ObjectFreeze({ __proto__: null, ALL: serverIsland }));
  return ObjectFreeze({
    notFound: route("/404", (state) => unmatched(compat, state.path), null),
    match(path) {
      if (!StringPrototypeStartsWith(path, "/_")) return null;
      if (RegExpPrototypeExec(imagePattern, path) !== null) return imageRoute;
      return RegExpPrototypeExec(islandPattern, path) === null ? null : islandRoute;
    },
  });
}
