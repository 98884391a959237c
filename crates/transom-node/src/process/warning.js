// @ts-check
// process.emitWarning, without the process: packages are warned before anybody looks at that.
// Reference: https://nodejs.org/docs/latest-v22.x/api/process.html#processemitwarningwarning-options

import { nextTick } from "transom:internal/node/process/next_tick";
import { codes } from "transom:internal/node/errors";
import { validateString } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ArrayIsArray, Error, ErrorIsError } = primordials;
const { ERR_INVALID_ARG_TYPE } = codes;

/** What is told of a warning; the process adds itself when it is loaded. Returns whether it has listeners. */
let listeners = (_warning) => {};

/** Set by the process: `tell(warning)` emits the event. */
export function setWarningListener(tell) {
  listeners = tell;
}

let deprecations = () => ({ throwDeprecation: false, noDeprecation: false, traceDeprecation: false });

/** Set by the process: its flags about deprecations. */
export function setDeprecationFlags(read) {
  deprecations = read;
}

function write(warning) {
  const code = warning.code ? `[${warning.code}] ` : "";
  const detail = typeof warning.detail === "string" ? `\n${warning.detail}` : "";
  ops.console_write("warn", `${code}${warning}${detail}`);
}

function deliver(warning) {
  const isDeprecation = warning.name === "DeprecationWarning";
  if (!(isDeprecation && deprecations().noDeprecation)) write(warning);
  listeners(warning);
}

/** @param {any} warning @param {any} [type] @param {any} [code] */
export function emitWarning(warning, type = undefined, code = undefined) {
  let detail;
  if (type !== null && typeof type === "object" && !ArrayIsArray(type)) {
    ({ code, detail, type } = type);
    if (typeof detail !== "string") detail = undefined;
    type ||= "Warning";
  } else if (typeof type === "function") {
    code = undefined;
    type = "Warning";
  }
  if (type !== undefined) validateString(type, "type");
  if (typeof code === "function") code = undefined;
  else if (code !== undefined) validateString(code, "code");
  if (typeof warning === "string") {
    const error = /** @type {any} */ (new Error(warning));
    error.name = `${type || "Warning"}`;
    if (code !== undefined) error.code = code;
    if (detail !== undefined) error.detail = detail;
    warning = error;
  } else if (!ErrorIsError(warning)) {
    throw new ERR_INVALID_ARG_TYPE("warning", ["Error", "string"], warning);
  }
  if (warning.name === "DeprecationWarning") {
    const { noDeprecation, throwDeprecation } = deprecations();
    if (noDeprecation) return;
    if (throwDeprecation) {
      nextTick(() => {
        throw warning;
      });
      return;
    }
  }
  nextTick(deliver, warning);
}
