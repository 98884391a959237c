// @ts-check
// Pair iterables: `Headers`, `FormData`, `URLSearchParams`.
// Spec: https://webidl.spec.whatwg.org/#js-iterable
//
// The one asynchronous iterable is `ReadableStream`; it has its own iterator in streams/async_iterator.js.

import { primordials } from "transom:internal/primordials";

const {
  IteratorPrototype, ObjectDefineProperty, ObjectSetPrototypeOf, ReflectApply, ReflectDeleteProperty, SymbolIterator,
  SymbolToStringTag, TypeError,
} = primordials;

function defineHidden(target, key, value) {
  ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

function defineOperation(target, key, value) {
  ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

function defineTag(target, value) {
  ObjectDefineProperty(target, SymbolToStringTag, {
    __proto__: null, value, writable: false, enumerable: false, configurable: true,
  });
}

/**
 * Adds `entries`, `keys`, `values`, `forEach` and `@@iterator` to the prototype of `constructor`.
 *
 * `pairs` reads the live list: `count(instance)`, `key(instance, index)`, `value(instance, index)`. `count` is
 * called first for every step and must throw a TypeError when `instance` is not of the class.
 */
export function definePairIterable(constructor, name, pairs) {
  /** https://webidl.spec.whatwg.org/#es-default-iterator-object */
  class PairIterator {
    #target;
    #kind;
    #index = 0;

    constructor(target, kind) {
      this.#target = target;
      this.#kind = kind;
    }

    next() {
      if (typeof this !== "object" || this === null || !(#target in this)) {
        throw new TypeError(`next() called on an object that is not a ${name} Iterator`);
      }
      const target = this.#target;
      const index = this.#index;
      if (index >= pairs.count(target)) return { value: undefined, done: true };
      this.#index = index + 1;
      if (this.#kind === "key") return { value: pairs.key(target, index), done: false };
      if (this.#kind === "value") return { value: pairs.value(target, index), done: false };
      return { value: [pairs.key(target, index), pairs.value(target, index)], done: false };
    }
  }

  // %IteratorPrototype% is the parent, and the class behind it must not show.
  const { prototype } = PairIterator;
  ObjectSetPrototypeOf(prototype, IteratorPrototype);
  ReflectDeleteProperty(prototype, "constructor");
  defineOperation(prototype, "next", prototype.next);
  defineTag(prototype, `${name} Iterator`);
  const open = (target, kind) => {
    pairs.count(target); // Brand check.
    return new PairIterator(target, kind);
  };

  const operations = {
    entries() {
      return open(this, "entry");
    },
    keys() {
      return open(this, "key");
    },
    values() {
      return open(this, "value");
    },
    forEach(callback, thisArg = undefined) {
      pairs.count(this);
      if (arguments.length < 1) throw new TypeError(`${name}.forEach: 1 argument required, but only 0 present`);
      if (typeof callback !== "function") throw new TypeError(`${name}.forEach: argument 1 is not a function`);
      for (let i = 0; i < pairs.count(this); i++) {
        ReflectApply(callback, thisArg, [pairs.value(this, i), pairs.key(this, i), this]);
      }
    },
  };
  defineOperation(constructor.prototype, "entries", operations.entries);
  defineOperation(constructor.prototype, "keys", operations.keys);
  defineOperation(constructor.prototype, "values", operations.values);
  defineOperation(constructor.prototype, "forEach", operations.forEach);
  defineHidden(constructor.prototype, SymbolIterator, operations.entries);
}
