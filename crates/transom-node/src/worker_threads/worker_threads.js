// @ts-check
// node:worker_threads: message channels; the server has its own threads, and starts no others.
// Reference: https://nodejs.org/docs/latest-v22.x/api/worker_threads.html

import { BroadcastChannel } from "transom:internal/messaging/broadcast_channel";
import { MessageChannel, MessagePort } from "transom:internal/messaging/message_port";
import { refuse } from "transom:internal/node/unsupported/refuse";
import { primordials } from "transom:internal/primordials";

const { Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeSet, SymbolFor, WeakSet, WeakSetPrototypeAdd, WeakSetPrototypeHas } = primordials;

const REMEDY = "the server has one worker for each core; keep the work short, split it with await, or call a service";
const environment = new Map();
const untransferable = new WeakSet();
const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

export const isMainThread = true;
export const isInternalThread = false;
export const threadId = 0;
export const threadName = "";
export const parentPort = null;
export const workerData = null;
export const resourceLimits = {};
export const SHARE_ENV = SymbolFor("nodejs.worker_threads.SHARE_ENV");

export const Worker = refuse("worker_threads", "Worker", REMEDY);
export const moveMessagePortToContext = refuse("worker_threads", "moveMessagePortToContext()", "ports belong to the realm that made them");
export const receiveMessageOnPort = refuse("worker_threads", "receiveMessageOnPort()", "listen for the `message` event of the port");
export const postMessageToThread = refuse("worker_threads", "postMessageToThread()", REMEDY);

export const getEnvironmentData = (key) => MapPrototypeGet(environment, key);

export function setEnvironmentData(key, value) {
  if (value === undefined) MapPrototypeDelete(environment, key);
  else MapPrototypeSet(environment, key, value);
}

export function markAsUntransferable(object) {
  if (isObject(object)) WeakSetPrototypeAdd(untransferable, object);
}
export const isMarkedAsUntransferable = (object) => isObject(object) && WeakSetPrototypeHas(untransferable, object);

/** Says that cloning must not lose what is private to an object. Nothing here goes to another thread. */
export function markAsUncloneable(_object) {}

export { BroadcastChannel, MessageChannel, MessagePort };
export default {
  isInternalThread, isMainThread, MessagePort, MessageChannel, markAsUncloneable, markAsUntransferable, isMarkedAsUntransferable,
  moveMessagePortToContext, receiveMessageOnPort, resourceLimits, postMessageToThread, threadId, threadName, SHARE_ENV, Worker,
  parentPort, workerData, BroadcastChannel, setEnvironmentData, getEnvironmentData,
};
