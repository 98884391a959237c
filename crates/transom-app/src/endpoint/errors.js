// @ts-check
// Errors that a program can see and that Astro names: class, names, titles, messages, hints.
// Spec: astro-endpoints.md sections 2.4, 3, 5 and 6.2.
//
// Not here: how an error is logged or shown.

import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeJoin, ArrayPrototypeMap, Error, ObjectPrototypeHasOwnProperty } = primordials;

/** Title, message and hint of each kind; a message that depends on something is a function. */
const KINDS = {
  __proto__: null,
  CacheNotEnabled: {
    title: "Cache is not enabled.",
    message:
      "`Astro.cache` is not available because the cache feature is not enabled. To use caching, configure a cache provider in your Astro config under `cache`.",
    hint: 'Use an adapter that provides a default cache provider, or set one explicitly: `cache: { provider: "..." }`. See https://docs.astro.build/en/guides/caching/.',
  },
  EndpointDidNotReturnAResponse: {
    title: "The endpoint did not return a `Response`.",
    message: "An endpoint must return either a `Response`, or a `Promise` that resolves with a `Response`.",
  },
  EnvInvalidVariables: {
    title: "Invalid environment variables.",
    /** @param {string[]} errors */
    message: (errors) =>
      `The following environment variables defined in \`env.schema\` are invalid:\n\n${ArrayPrototypeJoin(
        ArrayPrototypeMap(errors, (error) => `- ${error}`),
        "\n",
      )}\n`,
  },
  ForbiddenRewrite: {
    title: "Forbidden rewrite to a static route.",
    /** @param {{ from: string, to: string, component: string }} about */
    message: ({ from, to, component }) =>
      `You tried to rewrite the on-demand route '${from}' with the static route '${to}', when using the 'server' output. \n\n` +
      `The static route '${to}' is rendered by the component\n'${component}', which is marked as prerendered. ` +
      `This is a forbidden operation because during the build, the component '${component}' is compiled to an\n` +
      "HTML file, which can't be retrieved at runtime by Astro.",
    hint: "Add `export const prerender = false` to the component, or use `Astro.redirect()`.",
  },
  GetStaticPathsExpectedParams: {
    title: "Missing params property on `getStaticPaths()` route.",
    message: "Missing or empty required `params` property on `getStaticPaths()` route.",
    hint: "See https://docs.astro.build/en/reference/routing-reference/#getstaticpaths for more information on `getStaticPaths()`.",
  },
  GetStaticPathsInvalidRouteParam: {
    title: "Invalid route parameter returned by `getStaticPaths()`.",
    /** @param {{ name: string, value: unknown, type: string }} about */
    message: ({ name, value, type }) =>
      `Invalid \`getStaticPaths()\` route parameter for \`${name}\`. Expected a string or undefined, received \`${type}\` (\`${value}\`).`,
    hint: "See https://docs.astro.build/en/reference/routing-reference/#getstaticpaths for more information on `getStaticPaths()`.",
  },
  GetStaticPathsRequired: {
    title: "`getStaticPaths()` function required for dynamic routes.",
    message:
      "`getStaticPaths()` function is required for dynamic routes. Make sure that you `export` a `getStaticPaths()` function from your dynamic route.",
    hint: "If you meant for this route to be server-rendered, set `export const prerender = false;` in the page.",
  },
  InvalidGetStaticPathsEntry: {
    title: "Invalid entry inside `getStaticPaths()`'s return value.",
    /** @param {string} type */
    message: (type) => `Invalid entry returned by \`getStaticPaths()\`. Expected an object, got \`${type}\`.`,
    hint: "If you're using a `.map` call, you might be looking for `.flatMap()` instead. See https://docs.astro.build/en/reference/routing-reference/#getstaticpaths for more information on `getStaticPaths()`.",
  },
  InvalidGetStaticPathsReturn: {
    title: "Invalid value returned by `getStaticPaths()`.",
    /** @param {string} type */
    message: (type) => `Invalid type returned by \`getStaticPaths()\`. Expected an \`array\`, got \`${type}\`.`,
    hint: "See https://docs.astro.build/en/reference/routing-reference/#getstaticpaths for more information on `getStaticPaths()`.",
  },
  LocalsNotAnObject: {
    title: "Value assigned to `locals` is not accepted.",
    message:
      "`locals` can only be assigned to an object. Other values like numbers, strings, etc. are not accepted.",
    hint: "If you tried to remove some information from the `locals` object, try to use `delete` or set the property to `undefined`.",
  },
  LocalsReassigned: {
    title: "`locals` must not be reassigned.",
    message: "`locals` cannot be assigned directly.",
    hint: "Set a `locals` property instead.",
  },
  MiddlewareNoDataOrNextCalled: {
    title: "The middleware didn't return a `Response`.",
    message:
      "Make sure your middleware returns a `Response` object, either directly or by returning the `Response` from calling the `next` function.",
  },
  MiddlewareNotAResponse: {
    title: "The middleware returned something that is not a `Response` object.",
    message: "Any data returned from middleware must be a valid `Response` object.",
  },
  NoMatchingStaticPathFound: {
    title: "No static path found for requested path.",
    /** @param {string} path */
    message: (path) =>
      `A \`getStaticPaths()\` route pattern was matched, but no matching static path was found for requested path \`${path}\`.`,
  },
  PageNumberParamNotFound: {
    title: "Page number param not found.",
    /** @param {string} name */
    message: (name) => `[paginate()] page number param \`${name}\` not found in your filepath.`,
    hint: "Rename your file to `[page].ts` or `[...page].ts`.",
  },
  PrerenderClientAddressNotAvailable: {
    title: "`Astro.clientAddress` cannot be used inside prerendered routes.",
    /** @param {string} component */
    message: (component) => `\`Astro.clientAddress\` cannot be used inside prerendered route ${component}.`,
  },
  PrerenderDynamicEndpointPathCollide: {
    title: "Prerendered dynamic endpoint has path collision.",
    /** @param {string} route */
    message: (route) =>
      `Could not render \`${route}\` with an \`undefined\` param as the generated path will collide during prerendering. ` +
      "Prevent passing `undefined` as `params` for the endpoint's `getStaticPaths()` function, or add an additional extension to the endpoint's filename.",
  },
  RedirectWithNoLocation: {
    title: "A redirect must be given a location with the `Location` header.",
    message:
      "The redirect `Response` has no `Location` header. Use `Astro.redirect()` to create redirects, or add a `Location` header to the `Response`.",
  },
  ResponseSentError: {
    title: "Unable to set response.",
    message: "The response has already been sent to the browser and cannot be altered.",
  },
  RewriteWithBodyUsed: {
    title: "Cannot use `Astro.rewrite()` after the request body has been read.",
    message:
      "`Astro.rewrite()` cannot be used if the request body has already been read. If you need to read the body, first clone the request.",
  },
  SessionStorageInitError: {
    title: "Session storage could not be initialized.",
    /** @param {string} reason */
    message: (reason) => `Error when initializing session storage. \`${reason}\``,
    hint: "For more information, see https://docs.astro.build/en/guides/sessions/",
  },
  SessionStorageSaveError: {
    title: "Session data could not be saved.",
    /** @param {string} reason */
    message: (reason) => reason,
    hint: "For more information, see https://docs.astro.build/en/guides/sessions/",
  },
  StaticClientAddressNotAvailable: {
    title: "`Astro.clientAddress` is not available in prerendered pages.",
    message: "`Astro.clientAddress` is only available on pages that are server-rendered.",
    hint: "See https://docs.astro.build/en/guides/on-demand-rendering/ for more information on how to enable SSR.",
  },
};

/** An error with a name that programs test for, a title and a hint for people. */
export class AstroError extends Error {
  type = "AstroError";
  title;
  hint;
  loc;
  frame;

  constructor(name, title, message, hint, options = undefined) {
    super(message, options);
    this.name = name;
    this.title = title;
    this.hint = hint;
  }
}

/**
 * The error that Astro calls `name`.
 * @param {string} name
 * @param {any} [about] what the message depends on
 * @param {{ cause?: unknown, hint?: string }} [options]
 */
export function createError(name, about = undefined, options = undefined) {
  const { title, message, hint } = KINDS[name];
  const text = typeof message === "function" ? message(about) : message;
  const cause = options !== undefined && ObjectPrototypeHasOwnProperty(options, "cause") ? { cause: options.cause } : undefined;
  return new AstroError(name, title, text, options?.hint ?? hint, cause);
}
