// @ts-check
// node:events: EventEmitter, and what waits for its events.
// Reference: https://nodejs.org/docs/latest-v22.x/api/events.html

import { EventEmitterAsyncResource } from "transom:internal/node/events/async_resource";
import { EventEmitter } from "transom:internal/node/events/emitter";
import { on, once } from "transom:internal/node/events/waiting";
import { addAbortListener, getEventListeners, getMaxListeners, listenerCount, setMaxListeners } from "transom:internal/node/events/targets";
import { primordials } from "transom:internal/primordials";

const { ObjectAssign } = primordials;

const { captureRejectionSymbol, errorMonitor, init, usingDomains } = EventEmitter;

ObjectAssign(EventEmitter, {
  addAbortListener, once, on, getEventListeners, getMaxListeners, EventEmitter, listenerCount,
  EventEmitterAsyncResource, setMaxListeners,
});

export const { captureRejections, defaultMaxListeners } = EventEmitter;
export {
  EventEmitter, EventEmitterAsyncResource, addAbortListener, captureRejectionSymbol, errorMonitor, getEventListeners,
  getMaxListeners, init, listenerCount, on, once, setMaxListeners, usingDomains,
};
export default EventEmitter;
