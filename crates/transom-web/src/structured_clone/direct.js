// @ts-check
// Structured cloning in one pass, for values of which nothing is transferred.
// Spec: https://html.spec.whatwg.org/multipage/structured-data.html#structuredclone
//
// Reading a value and making its copy at once shows the same to a program as the two halves of the specification:
// nobody sees a copy before all of the value has been read, and a value that cannot be cloned leaves no trace.

import { primordials } from "transom:internal/primordials";
import { arrayOf, errorOf, shell, viewOn } from "transom:internal/structured_clone/deserialize";
import { ERROR, errorParts, MAP, OBJECT, recordOf, refuse, SET, viewExtent } from "transom:internal/structured_clone/serialize";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ArrayIsArray, Map, MapPrototypeForEach, MapPrototypeGet, MapPrototypeSet, ObjectDefineProperty, ObjectGetPrototypeOf,
  ObjectHasOwn, ObjectKeys, ObjectPrototype, SetPrototypeAdd, SetPrototypeForEach, unlink,
} = primordials;

function define(target, key, value) {
  ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

/** Sets an own property, also where the prototype chain has one of that name, such as `__proto__`. */
function setOwn(target, key, value) {
  if (key in target) define(target, key, value);
  else target[key] = value;
}

class Cloner {
  constructor() {
    /** The copies of the objects met so far. */
    this.memory = new Map();
  }

  clone(value) {
    if (typeof value !== "object" || value === null) {
      if (typeof value === "symbol") throw refuse("A symbol");
      if (typeof value === "function") throw refuse("A function");
      return value;
    }
    const known = MapPrototypeGet(this.memory, value);
    if (known !== undefined) return known;
    if (ArrayIsArray(value)) return this.array(value);
    const prototype = ObjectGetPrototypeOf(value);
    if (prototype === ObjectPrototype || prototype === null) return this.object(value);
    if (webidl.isArrayBufferView(value)) return this.view(value);
    return this.other(value);
  }

  remember(value, copy) {
    MapPrototypeSet(this.memory, value, copy);
    return copy;
  }

  array(value) {
    const { length } = value;
    const copy = this.remember(value, arrayOf(length));
    const keys = ObjectKeys(value);
    const isDense = keys.length === length && (length === 0 || keys[length - 1] === `${length - 1}`);
    if (!isDense) return this.properties(value, keys, copy);
    for (let i = 0; i < length; i++) {
      if (!ObjectHasOwn(value, i)) continue; // A getter before it may have removed it.
      const item = value[i];
      setOwn(copy, i, typeof item === "string" || typeof item === "number" ? item : this.clone(item));
    }
    return copy;
  }

  object(value) {
    return this.properties(value, ObjectKeys(value), this.remember(value, {}));
  }

  properties(value, keys, copy) {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (!ObjectHasOwn(value, key)) continue;
      const item = value[key];
      setOwn(copy, key, typeof item === "string" || typeof item === "number" ? item : this.clone(item));
    }
    return copy;
  }

  view(value) {
    const extent = viewExtent(value);
    const buffer = this.clone(webidl.viewBuffer(value));
    return this.remember(value, viewOn(buffer, extent));
  }

  /** Everything that is neither plain nor a view. */
  other(value) {
    const record = recordOf(value);
    switch (record.type) {
      case OBJECT:
        return this.object(value);
      case MAP: {
        const copy = this.remember(value, shell(record));
        // The entries are taken before any of them is read, as getters may change the map.
        const entries = [];
        MapPrototypeForEach(value, (item, key) => {
          entries[entries.length] = key;
          entries[entries.length] = item;
        });
        for (let i = 0; i < entries.length; i += 2) {
          const key = this.clone(entries[i]);
          MapPrototypeSet(copy, key, this.clone(entries[i + 1]));
        }
        return copy;
      }
      case SET: {
        const copy = this.remember(value, shell(record));
        const entries = [];
        SetPrototypeForEach(value, (item) => {
          entries[entries.length] = item;
        });
        for (let i = 0; i < entries.length; i++) SetPrototypeAdd(copy, this.clone(entries[i]));
        return copy;
      }
      case ERROR: {
        // The cause may lead back to the error, whose class only its name tells.
        const parts = errorParts(value);
        const copy = this.remember(value, errorOf(parts));
        if (parts.hasCause) {
          const cause = this.clone(parts.cause);
          ObjectDefineProperty(copy, "cause", { __proto__: null, value: cause, writable: true, enumerable: false, configurable: true });
        }
        return copy;
      }
      default:
        return this.remember(value, shell(record));
    }
  }
}
unlink(Cloner);

/** A copy of `value`, which is an object. Throws a DataCloneError when a part of it cannot be cloned. */
export function cloneDirectly(value) {
  return new Cloner().clone(value);
}
