// @ts-check
// util.styleText: text with the escape sequences of terminals.

import { inspect } from "transom:internal/console/inspect";
import { lazy } from "transom:internal/lazy";
import { codes } from "transom:internal/node/errors";
import { validateBoolean, validateOneOf, validateString } from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const { ArrayIsArray, ObjectKeys } = primordials;
const { ERR_INVALID_ARG_TYPE } = codes;
const processes = lazy("transom:internal/node/process");
const kinds = lazy("transom:internal/node/stream/kinds");

/** Whether a stream shows colours; the environment has the last word. */
function showsColors(stream) {
  const { env } = processes().process;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return !!stream?.isTTY && env.NO_COLOR === undefined && env.NODE_DISABLE_COLORS === undefined && env.TERM !== "dumb";
}

export function styleText(format, text, options = undefined) {
  const validateStream = options?.validateStream ?? true;
  const stream = options?.stream ?? (validateStream ? processes().process.stdout : undefined);
  validateString(text, "text");
  if (options !== undefined) validateBoolean(validateStream, "options.validateStream");
  let skips = false;
  if (validateStream) {
    const { isNodeStream, isReadableStream, isWritableStream } = kinds();
    if (!isReadableStream(stream) && !isWritableStream(stream) && !isNodeStream(stream)) {
      throw new ERR_INVALID_ARG_TYPE("stream", ["ReadableStream", "WritableStream", "Stream"], stream);
    }
    skips = !showsColors(stream);
  }
  let before = "";
  let after = "";
  const formats = ArrayIsArray(format) ? format : [format];
  for (let i = 0; i < formats.length; i++) {
    const name = formats[i];
    if (name === "none") continue;
    const color = inspect.colors[name];
    if (color === undefined) validateOneOf(name, "format", ObjectKeys(inspect.colors));
    before += `\u001b[${color[0]}m`;
    after = `\u001b[${color[1]}m${after}`;
  }
  return skips ? text : `${before}${text}${after}`;
}
