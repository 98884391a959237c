// @ts-check
// The console namespace.
// Spec: https://console.spec.whatwg.org/
//
// Lines go to `ops.console_write(level, text)`, where the level is "debug", "log", "info", "warn" or "error"; what
// becomes of them is the embedder's business.

import "transom:internal/console/web_objects";
import { format } from "transom:internal/console/format";
import { inspect } from "transom:internal/console/inspect";
import { errorText } from "transom:internal/console/inspect_error";
import { table } from "transom:internal/console/table";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { reportHooks } from "transom:internal/report_error/report_error";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ArrayPrototypeJoin, Error, ErrorIsError, Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeHas, MapPrototypeSet,
  NumberPrototypeToFixed, ObjectCreate, ObjectPrototype, ObjectSetPrototypeOf, StringPrototypeSlice,
  StringPrototypeSplit,
} = primordials;

let indentation = "";
const counts = new Map();
const timers = new Map();

/** https://console.spec.whatwg.org/#printer */
function print(level, text) {
  if (indentation !== "") text = indentation + ArrayPrototypeJoin(StringPrototypeSplit(text, "\n"), `\n${indentation}`);
  ops.console_write(level, text);
}

const COLORED = { __proto__: null, colors: true };

/** How values are shown in lines of this level: in colour if they go to a terminal that has some. */
function optionsFor(level) {
  return ops.console_colored !== undefined && ops.console_colored(level) ? COLORED : undefined;
}

/** https://console.spec.whatwg.org/#logger */
function log(level, data) {
  print(level, format(data, optionsFor(level)));
}

function labelOf(label) {
  return label === undefined ? "default" : webidl.DOMString(label);
}

function elapsed(start) {
  const milliseconds = ops.performance_now() - start;
  if (milliseconds < 1000) return `${NumberPrototypeToFixed(milliseconds, 3)}ms`;
  return `${NumberPrototypeToFixed(milliseconds / 1000, 3)}s`;
}

function withPrefix(level, prefix, args) {
  const rest = format(args, optionsFor(level));
  return rest === "" ? prefix : `${prefix} ${rest}`;
}

/** https://console.spec.whatwg.org/#console-namespace */
export const console = ObjectSetPrototypeOf(
  {
    assert(condition = false, ...data) {
      if (condition) return;
      if (data.length > 0 && typeof data[0] === "string") {
        data[0] = `Assertion failed: ${data[0]}`;
        log("error", data);
      } else {
        print("error", withPrefix("error", "Assertion failed", data));
      }
    },
    clear() {
      indentation = "";
    },
    debug(...data) {
      log("debug", data);
    },
    error(...data) {
      log("error", data);
    },
    info(...data) {
      log("info", data);
    },
    log(...data) {
      log("log", data);
    },
    table(tabularData = undefined, properties = undefined) {
      const columns = properties === undefined ? undefined : convertColumns(properties, "console.table: argument 2");
      const text = table(tabularData, columns);
      if (text === undefined || text === null) log("log", arguments.length === 0 ? [] : [tabularData]);
      else print("log", text);
    },
    trace(...data) {
      const here = new Error();
      here.name = "Trace";
      here.message = format(data);
      print("log", errorText(here, "Trace"));
    },
    warn(...data) {
      log("warn", data);
    },
    dir(item = undefined, options = undefined) {
      print("log", inspect(item, { customInspect: false, ...optionsFor("log"), ...options }));
    },
    dirxml(...data) {
      log("log", data);
    },
    count(label = "default") {
      label = labelOf(label);
      const count = (MapPrototypeGet(counts, label) ?? 0) + 1;
      MapPrototypeSet(counts, label, count);
      print("info", `${label}: ${count}`);
    },
    countReset(label = "default") {
      label = labelOf(label);
      if (!MapPrototypeHas(counts, label)) print("warn", `Count for '${label}' does not exist`);
      else MapPrototypeSet(counts, label, 0);
    },
    group(...data) {
      if (data.length > 0) log("log", data);
      indentation += "  ";
    },
    groupCollapsed(...data) {
      if (data.length > 0) log("log", data);
      indentation += "  ";
    },
    groupEnd() {
      indentation = StringPrototypeSlice(indentation, 2);
    },
    time(label = "default") {
      label = labelOf(label);
      if (MapPrototypeHas(timers, label)) print("warn", `Timer '${label}' already exists`);
      else MapPrototypeSet(timers, label, ops.performance_now());
    },
    timeLog(label = "default", ...data) {
      label = labelOf(label);
      const start = MapPrototypeGet(timers, label);
      if (start === undefined) print("warn", `Timer '${label}' does not exist`);
      else print("info", withPrefix("info", `${label}: ${elapsed(start)}`, data));
    },
    timeEnd(label = "default") {
      label = labelOf(label);
      const start = MapPrototypeGet(timers, label);
      if (start === undefined) {
        print("warn", `Timer '${label}' does not exist`);
        return;
      }
      MapPrototypeDelete(timers, label);
      print("info", `${label}: ${elapsed(start)}`);
    },
  },
  // https://console.spec.whatwg.org/#console-namespace: the prototype is an empty object of its own.
  ObjectCreate(ObjectPrototype),
);

const convertColumns = webidl.sequence(webidl.DOMString);

reportHooks.setDescribe((error) => (ErrorIsError(error) ? inspect(error) : format(["%O", error])));
