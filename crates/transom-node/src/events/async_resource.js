// @ts-check
// EventEmitterAsyncResource: an emitter whose listeners run in the asynchronous context of its making.
// Reference: https://nodejs.org/docs/latest-v22.x/api/events.html#class-eventseventemitterasyncresource-extends-eventemitter

import { AsyncResource } from "transom:internal/node/async_hooks/async_resource";
import { EventEmitter } from "transom:internal/node/events/emitter";
import { codes } from "transom:internal/node/errors";
import { validateString } from "transom:internal/node/errors/validators";

const { ERR_INVALID_THIS } = codes;

class EventEmitterReferencingAsyncResource extends AsyncResource {
  #eventEmitter;

  constructor(emitter, type, options) {
    super(type, options);
    this.#eventEmitter = emitter;
  }

  get eventEmitter() {
    return this.#eventEmitter;
  }
}

export class EventEmitterAsyncResource extends EventEmitter {
  #asyncResource;

  constructor(options = undefined) {
    let name;
    if (typeof options === "string") {
      name = options;
      options = undefined;
    } else {
      if (new.target === EventEmitterAsyncResource) validateString(options?.name, "options.name");
      name = options?.name || new.target.name;
    }
    super(options);
    this.#asyncResource = new EventEmitterReferencingAsyncResource(this, name, options);
  }

  #resource() {
    if (!(#asyncResource in this)) throw new ERR_INVALID_THIS("EventEmitterAsyncResource");
    return this.#asyncResource;
  }

  emit(event, ...args) {
    if (!(#asyncResource in this)) throw new ERR_INVALID_THIS("EventEmitterAsyncResource");
    args.unshift(super.emit, this, event);
    return this.#asyncResource.runInAsyncScope(...args);
  }

  emitDestroy() {
    this.#resource().emitDestroy();
  }

  get asyncId() {
    return this.#resource().asyncId();
  }

  get triggerAsyncId() {
    return this.#resource().triggerAsyncId();
  }

  get asyncResource() {
    return this.#resource();
  }
}
