// @ts-check
// V8's stack trace API, as packages use it that look where they were called from: `Error.prepareStackTrace` gets the
// frames of an error as objects, for `error.stack` and for `Error.captureStackTrace`.
// Reference: https://v8.dev/docs/stack-trace-api
//
// Without `Error.prepareStackTrace` everything is the engine's own.

import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypePush, Error, NumberParseInt, ObjectDefineProperty, ReflectApply, RegExpPrototypeExec, StringPrototypeIncludes,
  StringPrototypeSlice, StringPrototypeLastIndexOf, StringPrototypeSplit, WeakMap, WeakMapPrototypeGet, WeakMapPrototypeHas,
  WeakMapPrototypeSet,
} = primordials;

const DEFAULT_LIMIT = 10;

class CallSite {
  #name;
  #file;
  #line;
  #column;
  #isAsync;

  constructor(name, file, line, column, isAsync) {
    this.#name = name;
    this.#file = file;
    this.#line = line;
    this.#column = column;
    this.#isAsync = isAsync;
  }

  getThis() {
    return undefined;
  }

  getTypeName() {
    return null;
  }

  getFunction() {
    return undefined;
  }

  getFunctionName() {
    return this.#name === "" ? null : this.#name;
  }

  getMethodName() {
    const dot = StringPrototypeLastIndexOf(this.#name, ".");
    return dot === -1 ? null : StringPrototypeSlice(this.#name, dot + 1);
  }

  getFileName() {
    return this.#file;
  }

  getLineNumber() {
    return this.#line;
  }

  getColumnNumber() {
    return this.#column;
  }

  getEnclosingLineNumber() {
    return this.#line;
  }

  getEnclosingColumnNumber() {
    return this.#column;
  }

  getPosition() {
    return 0;
  }

  getPromiseIndex() {
    return null;
  }

  getScriptNameOrSourceURL() {
    return this.#file;
  }

  getScriptHash() {
    return "";
  }

  getEvalOrigin() {
    return undefined;
  }

  isToplevel() {
    return true;
  }

  isEval() {
    return false;
  }

  isNative() {
    return false;
  }

  isConstructor() {
    return false;
  }

  isAsync() {
    return this.#isAsync;
  }

  isPromiseAll() {
    return false;
  }

  toString() {
    const place = `${this.#file}:${this.#line}:${this.#column}`;
    return this.#name === "" ? place : `${this.#name} (${place})`;
  }
}

/** The frames of an engine's stack, without those of built-in code, below the function `above` if it is among them. */
function sitesOf(stack, above) {
  const sites = [];
  const limit = typeof Error.stackTraceLimit === "number" ? Error.stackTraceLimit : DEFAULT_LIMIT;
  const lines = StringPrototypeSplit(stack, "\n");
  let first = 0;
  const name = typeof above === "function" ? above.name : "";
  if (name !== "") {
    for (let i = 0; i < lines.length; i++) {
      if (StringPrototypeSlice(lines[i], 0, name.length + 1) === `${name}@`) {
        first = i + 1;
        break;
      }
    }
  }
  for (let i = first; i < lines.length && sites.length < limit; i++) {
    const found = RegExpPrototypeExec(/^(async\*)?(.*?)@(.*?):(\d+):(\d+)$/, lines[i]);
    if (found === null || StringPrototypeIncludes(found[3], "transom:internal/") || RegExpPrototypeExec(/^node:/, found[3]) !== null) continue;
    const site = new CallSite(found[2], found[3], NumberParseInt(found[4], 10), NumberParseInt(found[5], 10), found[1] !== undefined);
    ArrayPrototypePush(sites, site);
  }
  return sites;
}

/** What was made of the stacks that have been looked at. */
const prepared = new WeakMap();

/** `error.stack`, where the engine has `stack`. */
export function prepareStack(error, stack) {
  const prepare = Error.prepareStackTrace;
  if (typeof prepare !== "function" || typeof stack !== "string") return stack;
  if (WeakMapPrototypeHas(prepared, error)) return WeakMapPrototypeGet(prepared, error);
  // A `prepareStackTrace` that throws an error of its own must not be asked again for that.
  WeakMapPrototypeSet(prepared, error, stack);
  const result = ReflectApply(prepare, Error, [error, sitesOf(stack, undefined)]);
  WeakMapPrototypeSet(prepared, error, result);
  return result;
}

/** `Error.captureStackTrace(object, above)`, where the engine has `stack`. */
export function captureStack(object, above, stack) {
  const result = ReflectApply(Error.prepareStackTrace, Error, [object, sitesOf(stack, above)]);
  ObjectDefineProperty(object, "stack", { __proto__: null, value: result, writable: true, enumerable: false, configurable: true });
}
