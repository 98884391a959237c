// @ts-check
// Middleware: the chain around an endpoint, and what `astro:middleware` exports.
// Spec: astro-endpoints.md section 5.

import { callAction, getActionResult } from "transom:internal/app/actions";
import { DisabledCache } from "transom:internal/app/cache";
import { AstroCookies } from "transom:internal/app/cookies";
import { createError } from "transom:internal/app/errors";
import { currentLocale, preferredLocale, preferredLocaleList } from "transom:internal/app/locales";
import { getPathname } from "transom:internal/app/pathname";
import { prepareNext } from "transom:internal/app/rewrite";
import { Response, responseInternals } from "transom:internal/fetch/response";
import { primordials } from "transom:internal/primordials";
import { URL } from "transom:internal/url/url";

const {
  ArrayIsArray, Error, JSONStringify, ObjectGetPrototypeOf, ObjectKeys, ReflectApply,
} = primordials;

/**
 * Runs `handler`; `last(context, payload)` is what its `next` leads to in the end.
 * @returns {Promise<Response>}
 */
export async function callMiddleware(handler, context, last) {
  /** @type {Promise<Response> | undefined} */
  let answer;
  const next = (payload) => (answer = last(context, payload));
  const value = await handler(context, next);
  if (value === undefined) {
    if (answer === undefined) throw createError("MiddlewareNoDataOrNextCalled");
    return answer;
  }
  if (!responseInternals.isResponse(value)) throw createError("MiddlewareNotAResponse");
  return value;
}

/** Only gives the function its type. */
export function defineMiddleware(handler) {
  return handler;
}

/**
 * One middleware out of several, called in order. Falsy entries are left out. A payload given to `next` counts for
 * all that follow, on the same context object.
 */
export function sequence(...handlers) {
  const kept = [];
  for (let i = 0; i < handlers.length; i++) if (handlers[i]) kept[kept.length] = handlers[i];
  const { length } = kept;
  if (length === 0) return (_context, next) => next();
  return (context, next) => {
    /** Carried to the last `next`, which resolves the route. */
    let carried;
    const run = (index, current) =>
      ReflectApply(kept[index], undefined, [
        current,
        async (payload) => {
          if (index === length - 1) return next(payload ?? carried);
          if (payload) {
            await prepareNext(current, payload);
            carried = payload;
          }
          return run(index + 1, current);
        },
      ]);
    return run(0, context);
  };
}

/** A context for testing middleware outside a server. */
export function createContext({
  request, params = {}, userDefinedLocales = [], defaultLocale = "", locals = {}, clientAddress = undefined,
}) {
  const url = new URL(request.url);
  const accept = () => request.headers.get("accept-language");
  const context = {
    cookies: new AstroCookies(request),
    request,
    params,
    site: undefined,
    generator: "Astro v7.3.5",
    props: {},
    rewrite: async (_payload) => new Response(null),
    routePattern: "",
    redirect: (path, status) => new Response(null, { status: status || 302, headers: { Location: path } }),
    isPrerendered: false,
    get preferredLocale() {
      return preferredLocale(accept(), userDefinedLocales);
    },
    get preferredLocaleList() {
      return preferredLocaleList(accept(), userDefinedLocales);
    },
    get currentLocale() {
      return currentLocale(getPathname(url), null, { locales: userDefinedLocales, defaultLocale });
    },
    url,
    get originPathname() {
      return getPathname(new URL(request.url));
    },
    get clientAddress() {
      if (clientAddress) return clientAddress;
      throw createError("StaticClientAddressNotAvailable");
    },
    get locals() {
      if (typeof locals !== "object") throw createError("LocalsNotAnObject");
      return locals;
    },
    set locals(_value) {
      throw createError("LocalsReassigned");
    },
    session: undefined,
    cache: new DisabledCache(() => {}),
    csp: undefined,
    logger: { info() {}, warn() {}, error() {} },
    getActionResult,
    callAction: (action, input) => callAction(context, action, input),
  };
  return context;
}

/** `value` as JSON, when it consists of plain data only. */
export function trySerializeLocals(value) {
  if (isPlainData(value)) return JSONStringify(value);
  throw new Error("The passed value can't be serialized.");
}

function isPlainData(value) {
  const open = [value];
  while (open.length > 0) {
    const current = open[open.length - 1];
    open.length--;
    const type = typeof current;
    if (current === null || type === "string" || type === "number" || type === "boolean") continue;
    if (ArrayIsArray(current)) {
      for (let i = 0; i < current.length; i++) open[open.length] = current[i];
    } else if (type === "object" && isPlainObject(current)) {
      const keys = ObjectKeys(current);
      for (let i = 0; i < keys.length; i++) open[open.length] = current[keys[i]];
    } else {
      return false;
    }
  }
  return true;
}

/** Whether the prototype of `value` is the end of a chain, in whatever realm. */
function isPlainObject(value) {
  const prototype = ObjectGetPrototypeOf(value);
  return prototype === null || ObjectGetPrototypeOf(prototype) === null;
}

