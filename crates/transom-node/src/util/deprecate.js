// @ts-check
// util.deprecate and util.debuglog: functions that say something about a program to its author.

import { lazy } from "transom:internal/lazy";
import { validateString } from "transom:internal/node/errors/validators";
import { emitWarning } from "transom:internal/node/process/warning";
import { format } from "transom:internal/console/format";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ObjectDefineProperty, ObjectSetPrototypeOf, ReflectApply, ReflectConstruct, RegExpPrototypeExec, RegExp,
  RegExpPrototypeSymbolReplace, Set, SetPrototypeAdd, SetPrototypeHas, StringPrototypeToUpperCase,
} = primordials;
const processes = lazy("transom:internal/node/process");

const warned = new Set();

/** `original`, which warns once when it is called. */
export function deprecate(original, message, code = undefined) {
  if (code !== undefined) validateString(code, "code");
  let isWarned = false;
  function deprecated(...args) {
    if (!isWarned) {
      isWarned = true;
      if (code === undefined) {
        emitWarning(message, "DeprecationWarning");
      } else if (!SetPrototypeHas(warned, code)) {
        SetPrototypeAdd(warned, code);
        emitWarning(message, "DeprecationWarning", code);
      }
    }
    return new.target ? ReflectConstruct(original, args, new.target) : ReflectApply(original, this, args);
  }
  // Its `prototype` too, so that `instanceof` goes on working.
  ObjectSetPrototypeOf(deprecated, original);
  if (original.prototype) deprecated.prototype = original.prototype;
  ObjectDefineProperty(deprecated, "length", { __proto__: null, value: original.length, configurable: true });
  return deprecated;
}

/** The sections that `NODE_DEBUG` names, with `*` for anything. */
let sections;
function isEnabled(section) {
  const names = processes().process.env.NODE_DEBUG;
  if (!names) return false;
  if (sections === undefined) {
    const pattern = RegExpPrototypeSymbolReplace(/,/g, RegExpPrototypeSymbolReplace(/\*/g, RegExpPrototypeSymbolReplace(/[|\\{}()[\]^$+?.]/g, names, "\\$&"), ".*"), "$|^");
    sections = new RegExp(`^${pattern}$`, "i");
  }
  return RegExpPrototypeExec(sections, section) !== null;
}

/** A function that logs only when `NODE_DEBUG` has this section. */
export function debuglog(section, callback = undefined) {
  const name = StringPrototypeToUpperCase(section);
  let enabled;
  let log = (...args) => {
    enabled ??= isEnabled(name);
    if (enabled) {
      log = (...rest) => ops.console_write("debug", `${name} ${processes().process.pid}: ${format(rest)}`);
    } else {
      log = () => {};
    }
    if (typeof callback === "function") callback(log);
    log(...args);
  };
  const logger = (...args) => log(...args);
  ObjectDefineProperty(logger, "enabled", {
    __proto__: null,
    get: () => (enabled ??= isEnabled(name)),
    enumerable: true, configurable: true,
  });
  return logger;
}
