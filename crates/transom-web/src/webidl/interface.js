// @ts-check
// How interfaces appear to scripts: enumerability, `Symbol.toStringTag`, constructors that refuse, argument counts.
// Spec: https://webidl.spec.whatwg.org/#js-interfaces

import { primordials } from "transom:internal/primordials";

const {
  ObjectDefineProperty, ObjectGetPrototypeOf, ReflectGetOwnPropertyDescriptor, ReflectOwnKeys, Symbol,
  SymbolToStringTag, TypeError, WeakSet, WeakSetPrototypeAdd, WeakSetPrototypeHas,
} = primordials;

/**
 * The value that only the platform can pass to a constructor. Classes that scripts may not construct take it as
 * first argument and check it with [`requireInternal`].
 */
export const internalKey = Symbol("internal");

/** Throws unless a constructor was called by the platform itself. */
export function requireInternal(key) {
  if (key !== internalKey) illegalConstructor();
}

/** Throws what `new` on an interface without constructor throws. */
export function illegalConstructor() {
  throw new TypeError("Illegal constructor");
}

/** Throws unless at least `required` arguments were passed. `name` is `Interface.operation` or the constructor. */
export function requireArguments(name, given, required) {
  if (given < required) {
    throw new TypeError(
      `${name}: ${required} argument${required === 1 ? "" : "s"} required, but only ${given} present`,
    );
  }
}

const configured = new WeakSet();
/** The prototypes of all interfaces. */
const interfacePrototypes = new WeakSet();

/** Whether `value` inherits from one of the platform's own interfaces. */
export function isPlatformObject(value) {
  for (let link = ObjectGetPrototypeOf(value); link !== null; link = ObjectGetPrototypeOf(link)) {
    if (WeakSetPrototypeHas(interfacePrototypes, link)) return true;
  }
  return false;
}

const ofPrototypes = (key) => key === "constructor";
const ofFunctions = (key) => key === "prototype" || key === "length" || key === "name";

function makeEnumerable(target, isBuiltIn) {
  const keys = ReflectOwnKeys(target);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (typeof key === "symbol" || isBuiltIn(key)) continue;
    const descriptor = ReflectGetOwnPropertyDescriptor(target, key);
    if (!descriptor.configurable || descriptor.enumerable) continue;
    descriptor.enumerable = true;
    ObjectDefineProperty(target, key, descriptor);
  }
}

/**
 * Gives a class the shape of an interface: enumerable operations and attributes, static ones too, and the class
 * string. Idempotent. `constants` is an optional object of interface constants, put on class and prototype.
 */
export function configureInterface(name, constructor, constants = undefined) {
  if (WeakSetPrototypeHas(configured, constructor)) return;
  WeakSetPrototypeAdd(configured, constructor);
  WeakSetPrototypeAdd(interfacePrototypes, constructor.prototype);
  makeEnumerable(constructor.prototype, ofPrototypes);
  makeEnumerable(constructor, ofFunctions);
  ObjectDefineProperty(constructor.prototype, SymbolToStringTag, {
    __proto__: null, value: name, writable: false, enumerable: false, configurable: true,
  });
  if (constants !== undefined) {
    const keys = ReflectOwnKeys(constants);
    for (let i = 0; i < keys.length; i++) {
      const descriptor = {
        __proto__: null, value: constants[keys[i]], writable: false, enumerable: true, configurable: false,
      };
      ObjectDefineProperty(constructor, keys[i], descriptor);
      ObjectDefineProperty(constructor.prototype, keys[i], descriptor);
    }
  }
}

/** Configures `constructor` and installs it on `global` under `name`. */
export function defineInterface(global, name, constructor) {
  configureInterface(name, constructor);
  ObjectDefineProperty(global, name, {
    __proto__: null, value: constructor, writable: true, enumerable: false, configurable: true,
  });
}

/** Installs a global operation such as `atob`: enumerable, writable and configurable. */
export function defineFunction(global, name, value) {
  ObjectDefineProperty(global, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

/** Installs a namespace object such as `console` with its class string. */
export function defineNamespace(global, name, value) {
  ObjectDefineProperty(value, SymbolToStringTag, {
    __proto__: null, value: name, writable: false, enumerable: false, configurable: true,
  });
  ObjectDefineProperty(global, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}
