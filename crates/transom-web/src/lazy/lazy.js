// @ts-check
// Built-in modules that few programs need: loaded at their first use, so that a realm is ready sooner and smaller.

import { ops } from "transom:internal/ops";

/**
 * A function that returns the namespace of a built-in module, and evaluates the module at its first call. For modules
 * whose evaluation depends on nothing that a program can have changed by then.
 * @param {string} specifier
 * @returns {() => any}
 */
export function lazy(specifier) {
  let namespace;
  return () => (namespace ??= ops.module_load(specifier));
}
