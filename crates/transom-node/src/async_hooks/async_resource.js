// @ts-check
// AsyncResource: something that calls back later, in the asynchronous context in which it was made.
// Reference: https://nodejs.org/docs/latest-v22.x/api/async_context.html#class-asyncresource

import { Snapshot } from "transom:internal/async_context/async_context";
import { currentId, newId, runAs } from "transom:internal/node/async_hooks/ids";
import { codes } from "transom:internal/node/errors";
import { validateFunction, validateObject, validateString } from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const { NumberIsSafeInteger, ObjectDefineProperty, ReflectApply } = primordials;
const { ERR_ASYNC_TYPE, ERR_INVALID_ASYNC_ID } = codes;

export class AsyncResource {
  #asyncId = newId();
  #triggerAsyncId;
  #snapshot = new Snapshot();

  constructor(type, options = {}) {
    validateString(type, "type");
    let triggerAsyncId = options;
    if (typeof options !== "number") {
      validateObject(options, "options");
      triggerAsyncId = options.triggerAsyncId === undefined ? currentId() : options.triggerAsyncId;
    }
    if (!NumberIsSafeInteger(triggerAsyncId) || triggerAsyncId < -1) {
      throw new ERR_INVALID_ASYNC_ID("triggerAsyncId", triggerAsyncId);
    }
    if (type.length === 0) throw new ERR_ASYNC_TYPE(type);
    this.#triggerAsyncId = triggerAsyncId;
  }

  /** Calls `callback` with this receiver and these arguments, in the context of this resource. */
  runInAsyncScope(callback, thisArg, ...args) {
    const id = this.#asyncId;
    return this.#snapshot.run(() => runAs(id, this.#triggerAsyncId, () => ReflectApply(callback, thisArg, args)));
  }

  emitDestroy() {
    return this;
  }

  asyncId() {
    return this.#asyncId;
  }

  triggerAsyncId() {
    return this.#triggerAsyncId;
  }

  /** A function that calls `callback` in the context of this resource. */
  bind(callback, thisArg) {
    validateFunction(callback, "fn");
    const resource = this;
    const bound = thisArg === undefined
      ? function (...args) {
        return resource.runInAsyncScope(callback, this, ...args);
      }
      : (...args) => resource.runInAsyncScope(callback, thisArg, ...args);
    ObjectDefineProperty(bound, "length", {
      __proto__: null, value: callback.length, writable: false, enumerable: false, configurable: true,
    });
    return bound;
  }

  static bind(callback, type, thisArg) {
    return new AsyncResource(type || callback.name || "bound-anonymous-fn").bind(callback, thisArg);
  }
}

