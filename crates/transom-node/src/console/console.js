// @ts-check
// node:console: the global console, and Console, which writes to streams.
// Reference: https://nodejs.org/docs/latest-v22.x/api/console.html

import { console as globalConsole } from "transom:internal/console/console";
import { format } from "transom:internal/console/format";
import { inspect } from "transom:internal/console/inspect";
import { errorText } from "transom:internal/console/inspect_error";
import { table } from "transom:internal/console/table";
import { codes } from "transom:internal/node/errors";
import { validateArray, validateInteger, validateObject, validateOneOf } from "transom:internal/node/errors/validators";
import { emitWarning } from "transom:internal/node/process/warning";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeJoin, Error, Map, NumberPrototypeToFixed, ObjectAssign, ObjectDefineProperty, ReflectApply, ReflectOwnKeys,
  StringPrototypeIncludes, StringPrototypeRepeat, StringPrototypeSlice, StringPrototypeSplit,
} = primordials;
const { ERR_CONSOLE_WRITABLE_STREAM, ERR_INVALID_ARG_VALUE } = codes;

function duration(milliseconds) {
  if (milliseconds >= 1000) return `${NumberPrototypeToFixed(milliseconds / 1000, 3)}s`;
  return `${NumberPrototypeToFixed(milliseconds, 3)}ms`;
}

/** What a console does, apart from where it writes. */
const methods = {
  log(...args) {
    this._write(this._stdout, format(args, this._options(this._stdout)));
  },

  warn(...args) {
    this._write(this._stderr, format(args, this._options(this._stderr)));
  },

  error(...args) {
    this._write(this._stderr, format(args, this._options(this._stderr)));
  },

  dir(object, options) {
    this._write(this._stdout, inspect(object, { customInspect: false, ...this._options(this._stdout), ...options }));
  },

  time(label = "default") {
    label = `${label}`;
    if (this._timers.has(label)) emitWarning(`Label '${label}' already exists for console.time()`);
    else this._timers.set(label, ops.performance_now());
  },

  timeEnd(label = "default") {
    label = `${label}`;
    if (this._elapsed(label, "timeEnd", [])) this._timers.delete(label);
  },

  timeLog(label = "default", ...data) {
    this._elapsed(`${label}`, "timeLog", data);
  },

  trace(...args) {
    const here = new Error();
    here.name = "Trace";
    here.message = format(args, this._options(this._stderr));
    this.error(errorText(here));
  },

  assert(expression, ...args) {
    if (expression) return;
    if (typeof args[0] === "string") args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift("Assertion failed");
    ReflectApply(this.warn, this, args);
  },

  clear() {},

  count(label = "default") {
    label = `${label}`;
    const count = (this._counts.get(label) ?? 0) + 1;
    this._counts.set(label, count);
    this.log(`${label}: ${count}`);
  },

  countReset(label = "default") {
    label = `${label}`;
    if (this._counts.has(label)) this._counts.delete(label);
    else emitWarning(`Count for '${label}' does not exist`);
  },

  group(...data) {
    if (data.length > 0) ReflectApply(this.log, this, data);
    this._indentation += StringPrototypeRepeat(" ", this._groupWidth);
  },

  groupEnd() {
    this._indentation = StringPrototypeSlice(this._indentation, 0, -this._groupWidth || undefined);
  },

  table(tabularData, properties) {
    if (tabularData === null || typeof tabularData !== "object") {
      this.log(tabularData);
      return;
    }
    if (properties !== undefined) validateArray(properties, "properties");
    this.log(table(tabularData, properties) ?? tabularData);
  },

  profile() {},
  profileEnd() {},
  timeStamp() {},
  context: () => new Console(),
};
methods.debug = methods.log;
methods.info = methods.log;
methods.dirxml = methods.log;
methods.groupCollapsed = methods.group;

/** How a console works inside. */
const inner = {
  _write(stream, text) {
    if (this._indentation !== "") {
      if (StringPrototypeIncludes(text, "\n")) text = ArrayPrototypeJoin(StringPrototypeSplit(text, "\n"), `\n${this._indentation}`);
      text = this._indentation + text;
    }
    text += "\n";
    if (!this._ignoreErrors) {
      stream.write(text);
      return;
    }
    const ignore = () => {};
    stream.once("error", ignore);
    try {
      stream.write(text, ignore);
    } catch {
      // As asked for.
    } finally {
      stream.removeListener("error", ignore);
    }
  },

  _options(stream) {
    const { _inspectOptions: given, _colorMode: mode } = this;
    const colors = mode === "auto" ? !!stream.isTTY && (typeof stream.getColorDepth !== "function" || stream.getColorDepth() > 2) : mode;
    return given === undefined ? { colors } : { colors, ...given };
  },

  _elapsed(label, name, data) {
    const start = this._timers.get(label);
    if (start === undefined) {
      emitWarning(`No such label '${label}' for console.${name}()`);
      return false;
    }
    this.log("%s: %s", label, duration(ops.performance_now() - start), ...data);
    return true;
  },
};

export function Console(options, stderr = undefined, ignoreErrors = true) {
  if (!new.target) return new Console(options, stderr, ignoreErrors);
  if (!options || typeof options.write === "function") options = { stdout: options, stderr, ignoreErrors };
  const { stdout, stderr: errors = stdout, ignoreErrors: ignores = true, colorMode = "auto", inspectOptions, groupIndentation } = options;
  if (!stdout || typeof stdout.write !== "function") throw new ERR_CONSOLE_WRITABLE_STREAM("stdout");
  if (!errors || typeof errors.write !== "function") throw new ERR_CONSOLE_WRITABLE_STREAM("stderr");
  if (typeof colorMode !== "boolean" && colorMode !== "auto") validateOneOf(colorMode, "colorMode", ["auto", true, false]);
  if (groupIndentation !== undefined) validateInteger(groupIndentation, "groupIndentation", 0, 1000);
  if (inspectOptions !== undefined) {
    validateObject(inspectOptions, "options.inspectOptions");
    if (inspectOptions.colors !== undefined && options.colorMode !== undefined) {
      throw new ERR_INVALID_ARG_VALUE("options.inspectOptions.color", inspectOptions, 'cannot be used in combination with "colorMode"');
    }
  }
  const state = {
    _stdout: stdout, _stderr: errors, _ignoreErrors: ignores, _colorMode: colorMode, _inspectOptions: inspectOptions,
    _groupWidth: groupIndentation ?? 2, _indentation: "", _timers: new Map(), _counts: new Map(), ...inner,
  };
  for (const key of ReflectOwnKeys(state)) {
    ObjectDefineProperty(this, key, { __proto__: null, value: state[key], writable: true, enumerable: false, configurable: true });
  }
  // Bound, because consoles are taken apart: `const { log } = console`.
  for (const name in methods) {
    const method = this[name] ?? methods[name];
    const bound = (...args) => ReflectApply(method, this, args);
    ObjectDefineProperty(bound, "name", { __proto__: null, value: name, configurable: true });
    this[name] = bound;
  }
}
ObjectAssign(Console.prototype, methods);
for (const name in methods) {
  ObjectDefineProperty(Console.prototype, name, { __proto__: null, value: methods[name], writable: true, enumerable: false, configurable: true });
}

/** The global console has these too, in Node. */
const additions = { Console, context: methods.context, profile: methods.profile, profileEnd: methods.profileEnd, timeStamp: methods.timeStamp, createTask };
export function createTask(name) {
  if (typeof name !== "string" || name === "") throw new codes.ERR_INVALID_ARG_VALUE("name", name, "must be a non-empty string");
  return { run: (callback, ...args) => callback(...args) };
}
for (const name in additions) {
  if (name in globalConsole) continue;
  ObjectDefineProperty(globalConsole, name, { __proto__: null, value: additions[name], writable: true, enumerable: false, configurable: true });
}

const {
  assert, clear, context, count, countReset, debug, dir, dirxml, error, group, groupCollapsed, groupEnd, info, log, profile,
  profileEnd, table: tableOf, time, timeEnd, timeLog, timeStamp, trace, warn,
} = globalConsole;
export {
  assert, clear, context, count, countReset, debug, dir, dirxml, error, group, groupCollapsed, groupEnd, info, log, profile,
  profileEnd, tableOf as table, time, timeEnd, timeLog, timeStamp, trace, warn,
};
export default globalConsole;
