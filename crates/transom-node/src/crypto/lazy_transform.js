// @ts-check
// What hashes and ciphers are: streams that become ones when somebody uses them as such. Most never are.

import { Transform } from "node:stream";

export function LazyTransform(options) {
  this._options = options;
}
Object.setPrototypeOf(LazyTransform.prototype, Transform.prototype);
Object.setPrototypeOf(LazyTransform, Transform);

for (const name of ["_readableState", "_writableState"]) {
  Object.defineProperty(LazyTransform.prototype, name, {
    get() {
      Reflect.apply(Transform, this, [this._options]);
      return this[name];
    },
    set(value) {
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true });
    },
    enumerable: true, configurable: true,
  });
}
