// @ts-check
// node:cluster: the server has its own workers, one for each core.
// Reference: https://nodejs.org/docs/latest-v22.x/api/cluster.html

import { EventEmitter } from "transom:internal/node/events/emitter";
import { refuseAll } from "transom:internal/node/unsupported/refuse";
import { primordials } from "transom:internal/primordials";

const { ObjectAssign } = primordials;

const all = refuseAll("cluster", [
  "Worker", "disconnect", "fork",
], "the server starts one worker for each core by itself");
export const { Worker, disconnect, fork } = all;

export const SCHED_NONE = 1;
export const SCHED_RR = 2;
export const isMaster = true;
export const isPrimary = true;
export const isWorker = false;
export const schedulingPolicy = SCHED_RR;
export const settings = {};
export const workers = {};
export const setupMaster = () => {};
export const setupPrimary = () => {};
/** Nothing ever happens to workers that do not exist. */
export const _events = { __proto__: null };
export const _eventsCount = 0;
export const _maxListeners = undefined;
const cluster = new EventEmitter();
export default ObjectAssign(cluster, {
  ...all, SCHED_NONE, SCHED_RR, isMaster, isPrimary, isWorker, schedulingPolicy, settings, workers, setupMaster, setupPrimary,
});
