// @ts-check
// node:async_hooks. Values follow the flow of a program through the engine's own asynchronous context; the hooks that
// would tell of every single resource are there, and never called.
// Reference: https://nodejs.org/docs/latest-v22.x/api/async_hooks.html

import { AsyncLocalStorage } from "transom:internal/async_context/async_local_storage";
import { AsyncResource } from "transom:internal/node/async_hooks/async_resource";
import { currentId, currentTriggerId } from "transom:internal/node/async_hooks/ids";
import { codes } from "transom:internal/node/errors";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze } = primordials;
const { ERR_ASYNC_CALLBACK } = codes;

class AsyncHook {
  enable() {
    return this;
  }

  disable() {
    return this;
  }
}

const CALLBACKS = ["init", "before", "after", "destroy", "promiseResolve"];

/** A hook that is never called: the engine does not number its promises and callbacks. */
export function createHook(callbacks) {
  for (let i = 0; i < CALLBACKS.length; i++) {
    const callback = callbacks[CALLBACKS[i]];
    if (callback !== undefined && typeof callback !== "function") throw new ERR_ASYNC_CALLBACK(`hook.${CALLBACKS[i]}`);
  }
  return new AsyncHook();
}

const topLevel = {};
export const executionAsyncId = () => currentId();
export const triggerAsyncId = () => currentTriggerId();
export const executionAsyncResource = () => topLevel;
export const asyncWrapProviders = ObjectFreeze({ __proto__: null, NONE: 0 });

export { AsyncLocalStorage, AsyncResource };
export default {
  AsyncLocalStorage, createHook, executionAsyncId, triggerAsyncId, executionAsyncResource, asyncWrapProviders, AsyncResource,
};
