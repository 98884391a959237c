// @ts-check
// The language's own builtins, captured before any user code runs.
//
// User code may replace `Array.prototype.push` or `Promise.prototype.then`; the platform's own code must not
// notice. Every module of this layer therefore takes builtins from here:
//
//   Foo.prototype.bar(x)     -> FooPrototypeBar(foo, x)
//   get Foo.prototype.bar    -> FooPrototypeGetBar(foo)
//   Foo.bar(x)               -> FooBar(x)
//   Foo.prototype[Symbol.x]  -> FooPrototypeSymbolX(foo)
//
// Invariant: this module is evaluated before the first user script of a realm and imports nothing.
// Not a sandbox: it keeps our code correct, the realm and the worker isolate.

const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, setPrototypeOf } = Reflect;
const { bind, call } = Function.prototype;

/**
 * Turns a method into a function that takes its receiver as first argument.
 * @type {(method: Function) => (self: any, ...args: any[]) => any}
 */
const uncurryThis = bind.bind(call);

/**
 * The same for methods that the engine implements in JavaScript itself: a bound `call` of those costs four times as
 * much (measured in SpiderMonkey 153: 180 ns against 40 for `String.prototype.slice`).
 */
const uncurrySelfHosted = (method) => (self, ...args) => apply(method, self, args);

/** @type {Record<string, any>} */
const captured = { __proto__: null, uncurryThis };

/** @param {string | symbol} key */
function pascal(key) {
  if (typeof key === "symbol") {
    const name = key.description ?? "";
    const at = name.indexOf("Symbol.");
    return at === 0 ? "Symbol" + name[7].toUpperCase() + name.slice(8) : null;
  }
  return key[0].toUpperCase() + key.slice(1);
}

/** Copies the members of `source` under names that start with `prefix`. */
function capture(prefix, source, convert) {
  for (const key of ownKeys(source)) {
    const name = pascal(/** @type {any} */ (key));
    if (name === null) continue;
    const { value, get } = getOwnPropertyDescriptor(source, key) ?? {};
    if (get !== undefined) {
      captured[`${prefix}Get${name}`] = uncurryThis(get);
    } else {
      captured[`${prefix}${name}`] = typeof value === "function" ? convert(value) : value;
    }
  }
}

const asIs = (value) => value;

// Namespaces: their functions ignore `this`.
for (const name of ["Reflect", "JSON", "Math"]) {
  capture(name, globalThis[name], asIs);
}

// Classes. Static functions of `Promise` and typed arrays need their receiver; the others ignore it.
for (const name of [
  "Array", "ArrayBuffer", "BigInt", "Boolean", "DataView", "Date", "Error", "FinalizationRegistry", "Function",
  "Map", "Number", "Object", "Promise", "RegExp", "Set", "String", "Symbol", "Uint8Array", "WeakMap", "WeakRef",
  "WeakSet",
]) {
  const original = globalThis[name];
  captured[name] = original;
  capture(name, original, name === "Promise" || name === "Array" ? (fn) => bind.call(fn, original) : asIs);
  const isSelfHosted = name === "String" || name === "RegExp";
  capture(`${name}Prototype`, original.prototype, isSelfHosted ? uncurrySelfHosted : uncurryThis);
  captured[`${name}Prototype`] = original.prototype;
}

// Classes that are only constructed or compared.
for (const name of [
  "AggregateError", "BigInt64Array", "BigUint64Array", "EvalError", "Float16Array", "Float32Array", "Float64Array",
  "Int16Array", "Int32Array", "Int8Array", "Proxy", "RangeError", "ReferenceError", "SharedArrayBuffer",
  "SyntaxError", "TypeError", "URIError", "Uint16Array", "Uint32Array", "Uint8ClampedArray",
]) {
  captured[name] = globalThis[name];
  if (globalThis[name]?.prototype) captured[`${name}Prototype`] = globalThis[name].prototype;
}

if (typeof SharedArrayBuffer === "function") {
  capture("SharedArrayBufferPrototype", SharedArrayBuffer.prototype, uncurryThis);
}

captured.TypedArray = getPrototypeOf(Uint8Array);
captured.TypedArrayPrototype = captured.TypedArray.prototype;
capture("TypedArrayPrototype", captured.TypedArrayPrototype, uncurryThis);

captured.ArrayIteratorPrototype = getPrototypeOf([][Symbol.iterator]());
captured.IteratorPrototype = getPrototypeOf(captured.ArrayIteratorPrototype);
capture("ArrayIteratorPrototype", captured.ArrayIteratorPrototype, uncurryThis);
capture("MapIteratorPrototype", getPrototypeOf(new Map().entries()), uncurryThis);
capture("SetIteratorPrototype", getPrototypeOf(new Set().values()), uncurryThis);
captured.MapIteratorPrototype = getPrototypeOf(new Map().entries());
captured.SetIteratorPrototype = getPrototypeOf(new Set().values());
captured.GeneratorPrototype = getPrototypeOf(getPrototypeOf((function* () {})()));
captured.AsyncGeneratorPrototype = getPrototypeOf(getPrototypeOf((async function* () {})()));
captured.AsyncIteratorPrototype = getPrototypeOf(captured.AsyncGeneratorPrototype);

// The unmodified methods, for "is this object still iterated the standard way" checks.
captured.ArrayValues = Array.prototype.values;
captured.ArrayIteratorNext = captured.ArrayIteratorPrototype.next;

captured.ReflectApply = apply;
captured.ReflectConstruct = construct;
captured.ReflectDefineProperty = defineProperty;
captured.indirectEval = globalThis.eval;
captured.parseInt = globalThis.parseInt;

/**
 * Takes the prototype of an internal class off the chain, so that setting a field of an instance cannot reach a
 * setter that a script put on Object.prototype.
 */
captured.unlink = (constructor) => {
  setPrototypeOf(constructor.prototype, null);
};

// The hottest methods: an ordinary call is compiled in line, a captured one is not (5 ns against 40 to 200). It is as
// good while the prototype has the method still. Each is written out, so that each has inline caches of its own.
{
  const stringPrototype = String.prototype;
  const { charCodeAt, endsWith, includes, indexOf, slice, startsWith, toLowerCase } = stringPrototype;
  const regExpPrototype = RegExp.prototype;
  const { exec } = regExpPrototype;
  captured.StringPrototypeCharCodeAt = (text, at) =>
    stringPrototype.charCodeAt === charCodeAt ? text.charCodeAt(at) : apply(charCodeAt, text, [at]);
  captured.StringPrototypeEndsWith = (text, part) =>
    stringPrototype.endsWith === endsWith ? text.endsWith(part) : apply(endsWith, text, [part]);
  captured.StringPrototypeIncludes = (text, part) =>
    stringPrototype.includes === includes ? text.includes(part) : apply(includes, text, [part]);
  captured.StringPrototypeIndexOf = (text, part, from = 0) =>
    stringPrototype.indexOf === indexOf ? text.indexOf(part, from) : apply(indexOf, text, [part, from]);
  captured.StringPrototypeSlice = (text, start, end = undefined) =>
    stringPrototype.slice === slice ? text.slice(start, end) : apply(slice, text, [start, end]);
  captured.StringPrototypeStartsWith = (text, part, from = 0) =>
    stringPrototype.startsWith === startsWith ? text.startsWith(part, from) : apply(startsWith, text, [part, from]);
  captured.StringPrototypeToLowerCase = (text) =>
    stringPrototype.toLowerCase === toLowerCase ? text.toLowerCase() : apply(toLowerCase, text, []);
  captured.RegExpPrototypeExec = (expression, text) =>
    regExpPrototype.exec === exec ? expression.exec(text) : apply(exec, expression, [text]);
}

// The native `@@replace` asks the expression for `exec` and `flags`, which a script can replace.
{
  const replace = captured.RegExpPrototypeSymbolReplace;
  const { RegExpPrototypeExec: exec, RegExpPrototypeGetGlobal: isGlobal, StringPrototypeSlice: slice } = captured;
  const { StringPrototypeIncludes: includes } = captured;
  /**
   * `replacement` is a text, or a function of the match alone. Groups cannot be asked for.
   * @param {RegExp} expression
   * @param {string} text
   * @param {string | ((match: string) => string)} replacement
   */
  captured.RegExpPrototypeSymbolReplace = (expression, text, replacement) => {
    if (typeof replacement === "string" && includes(replacement, "$")) return replace(expression, text, replacement);
    expression.lastIndex = 0;
    let result = "";
    let at = 0;
    for (;;) {
      const match = exec(expression, text);
      if (match === null) break;
      const found = match[0];
      result += slice(text, at, match.index) + (typeof replacement === "string" ? replacement : replacement(found));
      at = match.index + found.length;
      if (!isGlobal(expression)) break;
      if (found === "") expression.lastIndex++;
    }
    return at === 0 && result === "" ? text : result + slice(text, at);
  };
}

// The native getter of `flags` asks for each flag by its name.
{
  const {
    RegExpPrototypeGetDotAll: dotAll, RegExpPrototypeGetGlobal: global, RegExpPrototypeGetHasIndices: hasIndices,
    RegExpPrototypeGetIgnoreCase: ignoreCase, RegExpPrototypeGetMultiline: multiline, RegExpPrototypeGetSticky: sticky,
    RegExpPrototypeGetUnicode: unicode, RegExpPrototypeGetUnicodeSets: unicodeSets,
  } = captured;
  captured.RegExpPrototypeGetFlags = (expression) =>
    (hasIndices(expression) ? "d" : "") + (global(expression) ? "g" : "") + (ignoreCase(expression) ? "i" : "") +
    (multiline(expression) ? "m" : "") + (dotAll(expression) ? "s" : "") + (unicode(expression) ? "u" : "") +
    (unicodeSets(expression) ? "v" : "") + (sticky(expression) ? "y" : "");
}

/**
 * Descriptors inherit from Object.prototype, where a script may have put a `get` or a `value`.
 * @param {object} object
 * @param {string | symbol} key
 */
captured.ReflectGetOwnPropertyDescriptor = (object, key) => {
  const descriptor = getOwnPropertyDescriptor(object, key);
  if (descriptor !== undefined) setPrototypeOf(descriptor, null);
  return descriptor;
};
captured.ObjectGetOwnPropertyDescriptor = captured.ReflectGetOwnPropertyDescriptor;

/** A promise already resolved with undefined: reacting to it queues one microtask. */
captured.resolvedPromise = Promise.resolve(undefined);

/** The captured builtins. Destructure what a module needs at its top. */
export const primordials = /** @type {Record<string, any>} */ (Object.freeze(captured));
