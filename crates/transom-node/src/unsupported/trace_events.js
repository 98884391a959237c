// @ts-check
// node:trace_events: the engine writes no trace.
// Reference: https://nodejs.org/docs/latest-v22.x/api/trace_events.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";

const all = refuseAll("trace_events", [
  "createTracing",
], "the engine writes no trace; use performance.mark, node:diagnostics_channel or the server's metrics");
export const { createTracing } = all;

/** No category is ever enabled. */
export const getEnabledCategories = () => undefined;
export default { ...all, getEnabledCategories };
