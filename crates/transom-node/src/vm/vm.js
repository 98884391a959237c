// @ts-check
// node:vm: scripts in this realm, and in realms of their own.
// Reference: https://nodejs.org/docs/latest-v22.x/api/vm.html
//
// A context is the global object of a new realm whose prototype looks into the sandbox: names of the sandbox are read
// and written there. What a script declares is copied to the sandbox when it has run, and back before the next one.

import { codes } from "transom:internal/node/errors";
import { validateBoolean, validateInt32, validateObject, validateString, validateUint32 } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, ArrayPrototypeJoin, ObjectDefineProperty, ObjectFreeze, ObjectSetPrototypeOf, Proxy, ReflectDefineProperty,
  ReflectDeleteProperty, ReflectGet, ReflectGetOwnPropertyDescriptor, ReflectGetPrototypeOf, ReflectHas, ReflectOwnKeys, ReflectSet, Set,
  Symbol, WeakMap, WeakMapPrototypeGet, WeakMapPrototypeHas, WeakMapPrototypeSet,
} = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_NOT_SUPPORTED } = codes;

/** Sandbox: its context. */
const contexts = new WeakMap();

class Context {
  constructor(sandbox) {
    this.sandbox = sandbox;
    this.global = ops.realm_new();
    /** Names that every new realm has. */
    this.standard = new Set(ReflectOwnKeys(this.global));
    this.copied = new Set();
    const inherited = ReflectGetPrototypeOf(this.global);
    ObjectSetPrototypeOf(this.global, new Proxy(inherited, {
      __proto__: null,
      has: (_target, key) => ReflectHas(sandbox, key) || ReflectHas(inherited, key),
      get: (_target, key) => (ReflectHas(sandbox, key) ? ReflectGet(sandbox, key) : ReflectGet(inherited, key)),
      set(_target, key, value, receiver) {
        if (ReflectHas(sandbox, key)) return ReflectSet(sandbox, key, value);
        return ReflectDefineProperty(receiver, key, { value, writable: true, enumerable: true, configurable: true });
      },
      getOwnPropertyDescriptor: (target, key) => ReflectGetOwnPropertyDescriptor(target, key),
    }));
  }

  /** What the program changed in the sandbox since the last script. */
  copyIn() {
    const { global, sandbox, standard } = this;
    for (const key of this.copied) {
      if (!ReflectHas(sandbox, key)) ReflectDeleteProperty(global, key);
    }
    for (const key of ReflectOwnKeys(sandbox)) {
      // Elsewhere the prototype finds it.
      if (!standard.has(key) && ReflectGetOwnPropertyDescriptor(global, key) === undefined) continue;
      ReflectDefineProperty(global, key, { value: sandbox[key], writable: true });
      this.copied.add(key);
    }
  }

  /** What the script declared. */
  copyOut() {
    const { global, sandbox, standard } = this;
    for (const key of ReflectOwnKeys(global)) {
      if (standard.has(key) && !this.copied.has(key)) continue;
      const descriptor = ReflectGetOwnPropertyDescriptor(global, key);
      if (descriptor === undefined) continue;
      this.copied.add(key);
      if (!("value" in descriptor)) ReflectDefineProperty(sandbox, key, { ...descriptor, configurable: true });
      else if (sandbox[key] !== descriptor.value || !ReflectHas(sandbox, key)) sandbox[key] = descriptor.value;
    }
    for (const key of this.copied) {
      if (standard.has(key) || ReflectGetOwnPropertyDescriptor(global, key) !== undefined) continue;
      ReflectDeleteProperty(sandbox, key);
      this.copied.delete(key);
    }
  }

  run(source, file, line, timeout) {
    this.copyIn();
    try {
      return ops.script_run(this.global, source, file, line, timeout);
    } finally {
      this.copyOut();
    }
  }
}

export const constants = ObjectFreeze({
  __proto__: null,
  USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol("vm_dynamic_import_main_context_default"),
  DONT_CONTEXTIFY: Symbol("vm_context_no_contextify"),
});

function contextOf(object) {
  validateContext(object);
  return WeakMapPrototypeGet(contexts, object);
}

function validateContext(object) {
  if (!isContext(object)) throw new ERR_INVALID_ARG_TYPE("contextifiedObject", "vm.Context", object);
}

export function isContext(object) {
  validateObject(object, "object", { allowArray: true });
  return WeakMapPrototypeHas(contexts, object);
}

export function createContext(contextObject = {}, options = {}) {
  if (contextObject === constants.DONT_CONTEXTIFY) {
    const bare = new Context({});
    WeakMapPrototypeSet(contexts, bare.global, bare);
    return bare.global;
  }
  if (isContext(contextObject)) return contextObject;
  validateObject(options, "options");
  if (options.name !== undefined) validateString(options.name, "options.name");
  if (options.origin !== undefined) validateString(options.origin, "options.origin");
  WeakMapPrototypeSet(contexts, contextObject, new Context(contextObject));
  return contextObject;
}

/** Checks the options of a run; gives its time in milliseconds, if it has one beside the server's own limit. */
function checkRun(options) {
  if (options === undefined || options === null) return undefined;
  validateObject(options, "options");
  if (options.timeout !== undefined) validateUint32(options.timeout, "options.timeout", true);
  if (options.displayErrors !== undefined) validateBoolean(options.displayErrors, "options.displayErrors");
  if (options.breakOnSigint !== undefined) validateBoolean(options.breakOnSigint, "options.breakOnSigint");
  return options.timeout;
}

export class Script {
  #source;
  #file;
  #line;

  constructor(code, options = undefined) {
    code = `${code}`;
    if (typeof options === "string") options = { filename: options };
    else if (options !== undefined) validateObject(options, "options");
    const { filename = "evalmachine.<anonymous>", lineOffset = 0, columnOffset = 0, produceCachedData } = options ?? {};
    validateString(filename, "options.filename");
    validateInt32(lineOffset, "options.lineOffset");
    validateInt32(columnOffset, "options.columnOffset");
    if (produceCachedData !== undefined) validateBoolean(produceCachedData, "options.produceCachedData");
    this.#source = code;
    this.#file = filename;
    this.#line = lineOffset + 1;
    ops.script_check(code, filename, this.#line);
    const map = primordials.RegExpPrototypeExec(/\/\/[#@] sourceMappingURL=(\S+)\s*$/, code);
    this.sourceMapURL = map === null ? undefined : map[1];
    this.cachedDataRejected = options?.cachedData === undefined ? undefined : true;
  }

  runInThisContext(options = undefined) {
    return ops.script_run(globalThis, this.#source, this.#file, this.#line, checkRun(options));
  }

  runInContext(contextifiedObject, options = undefined) {
    const context = contextOf(contextifiedObject);
    return context.run(this.#source, this.#file, this.#line, checkRun(options));
  }

  runInNewContext(contextObject = undefined, options = undefined) {
    return this.runInContext(createContext(contextObject), options);
  }

  createCachedData() {
    throw new ERR_NOT_SUPPORTED("vm.Script.createCachedData()", "compiled code is kept by the server itself");
  }
}

const asOptions = (options) => (typeof options === "string" ? { filename: options } : options);
export const createScript = (code, options) => new Script(code, options);

export function runInContext(code, contextifiedObject, options = undefined) {
  validateContext(contextifiedObject);
  const given = asOptions(options);
  return new Script(code, given).runInContext(contextifiedObject, given);
}

export function runInNewContext(code, contextObject = undefined, options = undefined) {
  const given = asOptions(options);
  return runInContext(code, createContext(contextObject), given);
}

export function runInThisContext(code, options = undefined) {
  const given = asOptions(options);
  return new Script(code, given).runInThisContext(given);
}

/** A function with this body. */
export function compileFunction(code, params = undefined, options = {}) {
  validateString(code, "code");
  validateObject(options, "options");
  if (params !== undefined) {
    if (!ArrayIsArray(params)) throw new ERR_INVALID_ARG_TYPE("params", "Array", params);
    for (let i = 0; i < params.length; i++) validateString(params[i], `params[${i}]`);
  }
  const { filename = "", parsingContext, contextExtensions } = options;
  validateString(filename, "options.filename");
  if (contextExtensions !== undefined && contextExtensions.length > 0) {
    throw new ERR_NOT_SUPPORTED("the option `contextExtensions` of vm.compileFunction", "pass the values as parameters");
  }
  const source = `(function (${ArrayPrototypeJoin(params ?? [], ",")}) {${code}\n})`;
  const made = parsingContext === undefined
    ? ops.script_run(globalThis, source, filename, 1) : contextOf(parsingContext).run(source, filename, 1);
  ObjectDefineProperty(made, "name", { __proto__: null, value: "", configurable: true });
  return made;
}

export function measureMemory() {
  throw new ERR_NOT_SUPPORTED("vm.measureMemory()", "use process.memoryUsage() or the server's metrics");
}

export default {
  Script, createContext, createScript, runInContext, runInNewContext, runInThisContext, isContext, compileFunction, measureMemory,
  constants,
};
