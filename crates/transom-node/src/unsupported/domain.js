// @ts-check
// node:domain: Node itself advises against domains.
// Reference: https://nodejs.org/docs/latest-v22.x/api/domain.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";

const all = refuseAll("domain", [
  "Domain", "create", "createDomain",
], "use try and catch, or AsyncLocalStorage of node:async_hooks");
export const { Domain, create, createDomain } = all;

export const _stack = [];
export const active = null;
export default { ...all, _stack, active };
