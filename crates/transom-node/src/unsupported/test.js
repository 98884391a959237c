// @ts-check
// node:test: tests run outside of the server.
// Reference: https://nodejs.org/docs/latest-v22.x/api/test.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";

const all = refuseAll("test", [
  "after", "afterEach", "before", "beforeEach", "describe", "it", "only", "run", "skip", "suite", "test", "todo",
], "run tests with Node's own runner, against the server that `transom dev` starts");
export const { after, afterEach, before, beforeEach, describe, it, only, run, skip, suite, test, todo } = all;

export const mock = refuseAll("test.mock", [
  "fn", "getter", "method", "module", "property", "reset", "restoreAll", "setter",
], "run tests with Node's own runner");
export const snapshot = refuseAll("test.snapshot", ["setDefaultSnapshotSerializers", "setResolveSnapshotPath"], "run tests with Node's own runner");
export const assert = refuseAll("test.assert", ["register"], "run tests with Node's own runner");
export default Object.assign(test, { ...all, mock, snapshot, assert });
