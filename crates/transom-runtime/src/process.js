// @ts-check
// The global `process`, as far as endpoints use it: the environment, and facts about the program.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { queueMicrotask } from "transom:internal/scheduling/microtask";

const { Proxy, ReflectApply, String } = primordials;

/** The environment of the process, as a live object of strings. */
function environment() {
  const flat = ops.environment();
  const env = {};
  for (let i = 0; i < flat.length; i += 2) env[flat[i]] = flat[i + 1];
  return new Proxy(env, {
    set(target, name, value) {
      if (typeof name === "symbol") return false;
      target[name] = String(value);
      return true;
    },
  });
}

export const process = {
  env: environment(),
  argv: ["transom"],
  platform: "linux",
  version: "v22.12.0",
  versions: { node: "22.12.0" },
  release: { name: "transom" },
  cwd: () => ops.working_folder(),
  nextTick(callback, ...args) {
    queueMicrotask(() => ReflectApply(callback, undefined, args));
  },
};
