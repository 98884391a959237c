// @ts-check
// node:test/reporters: tests run outside of the server.
// Reference: https://nodejs.org/docs/latest-v22.x/api/test.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";

const all = refuseAll("test/reporters", [
  "dot", "junit", "lcov", "spec", "tap",
], "run tests with Node's own runner");
export const { dot, junit, lcov, spec, tap } = all;
export default { ...all };
