// @ts-check
// node:wasi: WebAssembly modules get no system interface.
// Reference: https://nodejs.org/docs/latest-v22.x/api/wasi.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";

const all = refuseAll("wasi", [
  "WASI",
], "pass the imports that the module needs to WebAssembly.instantiate");
export const { WASI } = all;
export default { ...all };
