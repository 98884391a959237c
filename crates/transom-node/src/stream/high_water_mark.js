// @ts-check
// How much a stream buffers before it asks to wait.

import { codes } from "transom:internal/node/errors";
import { validateInteger } from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const { MathFloor, NumberIsInteger } = primordials;
const { ERR_INVALID_ARG_VALUE } = codes;

let bytes = 64 * 1024;
let objects = 16;

export const getDefaultHighWaterMark = (objectMode) => (objectMode ? objects : bytes);

export function setDefaultHighWaterMark(objectMode, value) {
  validateInteger(value, "value", 0);
  if (objectMode) objects = value;
  else bytes = value;
}

/** What the options say, or the default. `duplexKey` is the option for this side of a duplex stream. */
export function highWaterMarkOf(state, options, duplexKey, isDuplex) {
  let given = options.highWaterMark ?? null;
  if (given === null && isDuplex) given = options[duplexKey] ?? null;
  if (given === null) return getDefaultHighWaterMark(state.objectMode);
  if (!NumberIsInteger(given) || given < 0) {
    throw new ERR_INVALID_ARG_VALUE(isDuplex ? `options.${duplexKey}` : "options.highWaterMark", given);
  }
  return MathFloor(given);
}
