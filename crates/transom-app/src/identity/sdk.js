// @ts-check
// Functions of the SDK: they act as the caller of the current request, or, elevated, as the app.
// Spec: wix-http-endpoints.md sections 5 and 6.

import { requireRequest, tokenInfo } from "transom:internal/app/identity/caller";
import { fetchWithAuth, graphql } from "transom:internal/app/identity/http_client";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  JSONParse, ObjectFreeze, ReflectApply, TypeError, WeakMap, WeakMapPrototypeGet, WeakMapPrototypeSet,
} = primordials;

const CALLER = ObjectFreeze({ __proto__: null, isElevated: false });
const APP = ObjectFreeze({ __proto__: null, isElevated: true });

/** What each function of the SDK does, given who does it. */
const implementations = new WeakMap();

/** A function of the SDK; `implementation(client, ...args)` does its work. */
export function sdkFunction(implementation) {
  const bound = (...args) => ReflectApply(implementation, undefined, [CALLER, ...args]);
  WeakMapPrototypeSet(implementations, bound, implementation);
  return bound;
}

/** The same function, acting as the app. Which request it serves is looked up when it is called. */
export function elevate(sourceFunction) {
  const implementation = WeakMapPrototypeGet(implementations, sourceFunction);
  return (...args) => {
    if (implementation === undefined) {
      const hint = "an ordinary function has no permissions of its own";
      throw new TypeError(`auth.elevate takes a function of the SDK, such as \`httpClient.fetchWithAuth\`; ${hint}`);
    }
    return ReflectApply(implementation, undefined, [APP, ...args]);
  };
}

async function info(client) {
  if (!client.isElevated) return await tokenInfo();
  // As in the original, an elevated question names no token.
  requireRequest();
  return JSONParse(await ops.identity_inactive());
}

export const getTokenInfo = sdkFunction(info);

export const httpClient = ObjectFreeze({
  fetchWithAuth: sdkFunction(fetchWithAuth),
  graphql: sdkFunction(graphql),
});

/** The identity of the current request as an object, for libraries that hand it on. */
export function getContextualAuth() {
  requireRequest();
  return { getTokenInfo };
}
