// @ts-check
// Functions of the built-in SDK: they act as the caller of the current request, or, elevated, as the app.
// Spec: wix-http-endpoints.md sections 4.1, 5 and 6.
//
// Each is made from a descriptor, which gets the means of a client and returns the function. A client of the packages
// calls the function itself with its means.

import { requireRequest } from "transom:internal/app/identity/caller";
import { appClient, callerClient, graphql } from "transom:internal/app/identity/client";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze, ReflectApply, TypeError, WeakMap, WeakMapPrototypeGet, WeakMapPrototypeSet } = primordials;

const CONTEXT = "__wix_context__";

/** The descriptor that each function of the SDK was made from. */
const descriptors = new WeakMap();

const isMeans = (value) => typeof value === "object" && typeof value?.fetchWithAuth === "function"
  && typeof value.getAuthHeaders === "function";

/** The function that a descriptor makes, acting as the caller; `elevate` makes it act as the app. */
export function sdkFunction(descriptor) {
  let own;
  const bound = (...args) => {
    if (isMeans(args[0])) return descriptor(args[0]);
    // What it is made of depends on no request.
    own ??= callerClient.use(descriptor);
    // A call by way of the engine's own code takes longer than all that it does here.
    switch (args.length) {
      case 1: return own(args[0]);
      case 2: return own(args[0], args[1]);
      default: return ReflectApply(own, undefined, args);
    }
  };
  WeakMapPrototypeSet(descriptors, bound, descriptor);
  return bound;
}

/**
 * A function of the packages, made for the app: without a context it takes a client's means and returns the function to
 * call.
 */
function madeForApp(sourceFunction) {
  const { [CONTEXT]: context } = globalThis;
  globalThis[CONTEXT] = undefined;
  try {
    return appClient.use(sourceFunction);
  } finally {
    globalThis[CONTEXT] = context;
  }
}

/** The same function, acting as the app. Which request it serves is looked up when it is called. */
export function elevate(sourceFunction) {
  const descriptor = WeakMapPrototypeGet(descriptors, sourceFunction);
  return (...args) => {
    const elevated = descriptor === undefined ? madeForApp(sourceFunction) : appClient.use(descriptor);
    if (typeof elevated !== "function") {
      const hint = "an ordinary function has no permissions of its own";
      throw new TypeError(`auth.elevate takes a function of the SDK, such as \`httpClient.fetchWithAuth\`; ${hint}`);
    }
    return ReflectApply(elevated, undefined, args);
  };
}

export const getTokenInfo = sdkFunction((means) => means.getTokenInfo);

export const httpClient = ObjectFreeze({
  fetchWithAuth: sdkFunction((means) => means.fetchWithAuth),
  graphql: sdkFunction(graphql),
});

/** The identity of the current request as an object, for libraries that hand it on. */
export function getContextualAuth() {
  requireRequest();
  return callerClient.auth;
}
