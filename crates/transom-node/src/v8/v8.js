// @ts-check
// node:v8, as far as another engine can give it: serialization and figures about the heap.
// Reference: https://nodejs.org/docs/latest-v22.x/api/v8.html

import { memoryUsage } from "transom:internal/node/process/usage";
import { refuse } from "transom:internal/node/unsupported/refuse";
import { DefaultDeserializer, DefaultSerializer, Deserializer, deserialize, Serializer, serialize } from "transom:internal/node/v8/serialization";
import { validateString } from "transom:internal/node/errors/validators";

const REMEDY = "it belongs to V8, and the engine here is SpiderMonkey; look into the server's metrics";

export const cachedDataVersionTag = () => 0;

export function getHeapStatistics() {
  const { rss, heapTotal, heapUsed } = memoryUsage();
  return {
    total_heap_size: heapTotal, total_heap_size_executable: 0, total_physical_size: rss, total_available_size: 0,
    used_heap_size: heapUsed, heap_size_limit: 0, malloced_memory: 0, peak_malloced_memory: 0, does_zap_garbage: 0,
    number_of_native_contexts: 1, number_of_detached_contexts: 0, total_global_handles_size: 0, used_global_handles_size: 0,
    external_memory: 0,
  };
}
export const getHeapSpaceStatistics = () => [];
export const getHeapCodeStatistics = () => ({
  code_and_metadata_size: 0, bytecode_and_metadata_size: 0, external_script_source_size: 0, cpu_profiler_metadata_size: 0,
});

export function setFlagsFromString(flags) {
  validateString(flags, "flags");
}
/** Whether each character is below U+0100. */
export function isStringOneByteRepresentation(content) {
  validateString(content, "content");
  return /^[\x00-\xff]*$/.test(content);
}
export const setHeapSnapshotNearHeapLimit = () => {};
export const takeCoverage = () => {};
export const stopCoverage = () => {};
export const getHeapSnapshot = refuse("v8", "getHeapSnapshot()", REMEDY);
export const writeHeapSnapshot = refuse("v8", "writeHeapSnapshot()", REMEDY);
export const getCppHeapStatistics = refuse("v8", "getCppHeapStatistics()", REMEDY);
export const queryObjects = refuse("v8", "queryObjects()", REMEDY);
export const GCProfiler = refuse("v8", "GCProfiler", REMEDY);
export const promiseHooks = {
  createHook: () => () => {}, onInit: () => () => {}, onBefore: () => () => {}, onAfter: () => () => {}, onSettled: () => () => {},
};
export const startupSnapshot = {
  addDeserializeCallback: refuse("v8.startupSnapshot", "addDeserializeCallback()", REMEDY),
  addSerializeCallback: refuse("v8.startupSnapshot", "addSerializeCallback()", REMEDY),
  setDeserializeMainFunction: refuse("v8.startupSnapshot", "setDeserializeMainFunction()", REMEDY),
  isBuildingSnapshot: () => false,
};

export { DefaultDeserializer, DefaultSerializer, Deserializer, deserialize, Serializer, serialize };
export default {
  cachedDataVersionTag, getHeapSnapshot, getHeapStatistics, getHeapSpaceStatistics, getHeapCodeStatistics, getCppHeapStatistics,
  setFlagsFromString, Serializer, Deserializer, DefaultSerializer, DefaultDeserializer, deserialize, takeCoverage, stopCoverage,
  serialize, writeHeapSnapshot, promiseHooks, queryObjects, startupSnapshot, setHeapSnapshotNearHeapLimit, GCProfiler,
  isStringOneByteRepresentation,
};
