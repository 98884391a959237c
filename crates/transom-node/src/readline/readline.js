// @ts-check
// node:readline.
// Reference: https://nodejs.org/docs/latest-v22.x/api/readline.html

import { customPromisify } from "transom:internal/node/util/promisify";
import { Interface as Base } from "transom:internal/node/readline/interface";
import { clearLine, clearScreenDown, cursorTo, moveCursor } from "transom:internal/node/readline/terminal";
import promises from "node:readline/promises";

/** A function in Node: old packages call it without `new`. */
export function Interface(input, output, completer, terminal) {
  return Reflect.construct(Base, [input, output, completer, terminal], new.target ?? Interface);
}
Interface.prototype = Object.create(Base.prototype, {
  constructor: { value: Interface, writable: true, enumerable: false, configurable: true },
});
Object.setPrototypeOf(Interface, Base);
Interface.prototype.question[customPromisify] = function (query, options) {
  return new Promise((resolve) => this.question(query, options ?? {}, resolve));
};

export const createInterface = (input, output, completer, terminal) => new Interface(input, output, completer, terminal);

/** Key presses come from a terminal, which a server has not. */
export const emitKeypressEvents = () => {};

export { clearLine, clearScreenDown, cursorTo, moveCursor, promises };
export default { Interface, clearLine, clearScreenDown, createInterface, cursorTo, emitKeypressEvents, moveCursor, promises };
