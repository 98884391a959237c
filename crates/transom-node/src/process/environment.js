// @ts-check
// process.env: the environment of the server, as a live object of strings.
// Reference: https://nodejs.org/docs/latest-v22.x/api/process.html#processenv

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ObjectDefineProperty, ObjectHasOwn, Proxy, String, TypeError } = primordials;

const flat = ops.environment();
const variables = {};
for (let i = 0; i < flat.length; i += 2) {
  ObjectDefineProperty(variables, flat[i], { __proto__: null, value: flat[i + 1], writable: true, enumerable: true, configurable: true });
}

function refuseSymbol(name, value) {
  if (typeof name === "symbol" || typeof value === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
}

export const environment = new Proxy(variables, {
  get(target, name) {
    // A variable that the project's rules hide is something else than one that is not there.
    if (typeof name === "string" && !ObjectHasOwn(target, name)) ops.environment_check(name);
    return target[name];
  },
  set(target, name, value) {
    refuseSymbol(name, value);
    ObjectDefineProperty(target, name, { __proto__: null, value: String(value), writable: true, enumerable: true, configurable: true });
    return true;
  },
  defineProperty(target, name, descriptor) {
    refuseSymbol(name, descriptor.value);
    if (descriptor.get !== undefined || descriptor.set !== undefined || !("value" in descriptor)) {
      throw new TypeError("'process.env' does not accept an accessor(getter/setter) descriptor");
    }
    if (descriptor.configurable === false || descriptor.writable === false || descriptor.enumerable === false) {
      throw new TypeError("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
    }
    ObjectDefineProperty(target, name, { __proto__: null, value: String(descriptor.value), writable: true, enumerable: true, configurable: true });
    return true;
  },
});
