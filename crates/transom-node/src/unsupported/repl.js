// @ts-check
// node:repl: a server has no prompt.
// Reference: https://nodejs.org/docs/latest-v22.x/api/repl.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";
import { inspect } from "transom:internal/console/inspect";

const all = refuseAll("repl", [
  "REPLServer", "Recoverable", "start",
], "a server has no prompt; run code in an endpoint under `transom dev`");
export const { REPLServer, Recoverable, start } = all;

export const REPL_MODE_SLOPPY = Symbol("repl-sloppy");
export const REPL_MODE_STRICT = Symbol("repl-strict");
export const writer = (value) => inspect(value);

export function isValidSyntax(code) {
  try {
    return Function(code) !== undefined;
  } catch {
    return false;
  }
}
export default { ...all, REPL_MODE_SLOPPY, REPL_MODE_STRICT, writer, isValidSyntax };
