// @ts-check
// Functions and classes of Node that a server of endpoints has not: they exist, and throw when they are used.

import { codes } from "transom:internal/node/errors";
import { primordials } from "transom:internal/primordials";

const { ObjectDefineProperty } = primordials;
const { ERR_NOT_SUPPORTED } = codes;

/** A function, or class, that throws an error which says what to do instead. */
export function refuse(module, name, remedy) {
  function refused() {
    throw new ERR_NOT_SUPPORTED(`${module}.${name}`, remedy);
  }
  ObjectDefineProperty(refused, "name", { __proto__: null, value: name, configurable: true });
  return refused;
}

/** The same for several names, as an object. */
export function refuseAll(module, names, remedy) {
  const all = {};
  for (let i = 0; i < names.length; i++) all[names[i]] = refuse(module, names[i], remedy);
  return all;
}
