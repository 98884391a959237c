// @ts-check
// node:perf_hooks.
// Reference: https://nodejs.org/docs/latest-v22.x/api/perf_hooks.html

import { codes } from "transom:internal/node/errors";
import { validateFunction, validateObject } from "transom:internal/node/errors/validators";
import { createHistogram, monitorEventLoopDelay } from "transom:internal/node/perf_hooks/histogram";
import { refuse } from "transom:internal/node/unsupported/refuse";
import { ops } from "transom:internal/ops";
import { PerformanceEntry, PerformanceMark, PerformanceMeasure } from "transom:internal/performance/entries";
import { Performance, performance } from "transom:internal/performance/performance";
import { primordials } from "transom:internal/primordials";

const { ObjectDefineProperty, ObjectFreeze, ReflectApply, ReflectConstruct } = primordials;

// The global classes, which a program may have before this module is loaded.
const missing = (name) => refuse("perf_hooks", name, "measure with performance.mark and performance.measure");
export const PerformanceObserver = globalThis.PerformanceObserver ?? missing("PerformanceObserver");
export const PerformanceObserverEntryList = globalThis.PerformanceObserverEntryList ?? missing("PerformanceObserverEntryList");
/** No entries of this kind are ever made. */
export const PerformanceResourceTiming = globalThis.PerformanceResourceTiming ?? class PerformanceResourceTiming {
  constructor() {
    throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
  }
};

export const constants = ObjectFreeze({
  NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8, NODE_PERFORMANCE_GC_WEAKCB: 16,
  NODE_PERFORMANCE_GC_FLAGS_NO: 0, NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2, NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8, NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32, NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
});

/** A function that records how long each call takes. */
function timerify(fn, options = {}) {
  validateFunction(fn, "fn");
  validateObject(options, "options");
  const { histogram } = options;
  function timerified(...args) {
    const start = ops.performance_now();
    const done = () => histogram?.record?.(Math.max(1, Math.ceil((ops.performance_now() - start) * 1e6)));
    const result = new.target ? ReflectConstruct(fn, args, fn) : ReflectApply(fn, this, args);
    if (typeof result?.finally === "function") return result.finally(done);
    done();
    return result;
  }
  ObjectDefineProperty(timerified, "length", { __proto__: null, value: fn.length, configurable: true });
  ObjectDefineProperty(timerified, "name", { __proto__: null, value: `timerified ${fn.name}`, configurable: true });
  return timerified;
}

/** The event loop belongs to all requests of a worker: its idle time is not measured. */
function eventLoopUtilization() {
  const active = ops.performance_now();
  return { idle: 0, active, utilization: 1 };
}

const additions = {
  timerify,
  eventLoopUtilization,
  nodeTiming: {
    name: "node", entryType: "node", startTime: 0, nodeStart: 0, v8Start: 0, environment: 0, bootstrapComplete: 0, loopStart: 0,
    loopExit: -1, idleTime: 0,
    get duration() {
      return ops.performance_now();
    },
  },
};
for (const name in additions) {
  if (name in performance) continue;
  ObjectDefineProperty(performance, name, {
    __proto__: null, value: additions[name], writable: true, enumerable: false, configurable: true,
  });
}

export {
  createHistogram, monitorEventLoopDelay, Performance, performance, PerformanceEntry, PerformanceMark, PerformanceMeasure,
};
export default {
  Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList,
  PerformanceResourceTiming, monitorEventLoopDelay, createHistogram, performance, constants,
};
