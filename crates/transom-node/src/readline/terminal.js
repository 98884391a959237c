// @ts-check
// Escape sequences that move the cursor of a terminal.
// Reference: https://nodejs.org/docs/latest-v22.x/api/readline.html#readlinecleardownstream-callback

import { codes } from "transom:internal/node/errors";
import { validateFunction } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";

const { ERR_INVALID_ARG_VALUE, ERR_INVALID_CURSOR_POS } = codes;

function send(stream, text, callback) {
  if (callback !== undefined) validateFunction(callback, "callback");
  if (stream === null || stream === undefined || text === "") {
    if (typeof callback === "function") nextTick(callback, null);
    return true;
  }
  return stream.write(text, callback);
}

export function cursorToText(x, y) {
  if (Number.isNaN(x)) throw new ERR_INVALID_ARG_VALUE("x", x);
  if (Number.isNaN(y)) throw new ERR_INVALID_ARG_VALUE("y", y);
  if (typeof x !== "number" && typeof y === "number") throw new ERR_INVALID_CURSOR_POS();
  if (typeof x !== "number") return "";
  return typeof y !== "number" ? `\u001b[${x + 1}G` : `\u001b[${y + 1};${x + 1}H`;
}

export function moveCursorText(dx, dy) {
  let text = "";
  if (dx < 0) text += `\u001b[${-dx}D`;
  else if (dx > 0) text += `\u001b[${dx}C`;
  if (dy < 0) text += `\u001b[${-dy}A`;
  else if (dy > 0) text += `\u001b[${dy}B`;
  return text;
}

export const clearLineText = (direction) => (direction < 0 ? "\u001b[1K" : direction > 0 ? "\u001b[0K" : "\u001b[2K");
export const CLEAR_DOWN = "\u001b[0J";

export function cursorTo(stream, x, y, callback) {
  if (typeof y === "function") {
    callback = y;
    y = undefined;
  }
  return send(stream, cursorToText(x, y), callback);
}
export const moveCursor = (stream, dx, dy, callback) => send(stream, moveCursorText(dx, dy), callback);
export const clearLine = (stream, direction, callback) => send(stream, clearLineText(direction), callback);
export const clearScreenDown = (stream, callback) => send(stream, CLEAR_DOWN, callback);
