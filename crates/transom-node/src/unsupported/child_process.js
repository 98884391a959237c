// @ts-check
// node:child_process: endpoints start no programs.
// Reference: https://nodejs.org/docs/latest-v22.x/api/child_process.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";

const all = refuseAll("child_process", [
  "ChildProcess", "_forkChild", "exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync",
], "endpoints cannot start programs; call a service with fetch, or do the work in JavaScript or WebAssembly");
export const { ChildProcess, _forkChild, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = all;
export default { ...all };
