// @ts-check
// node:readline/promises.
// Reference: https://nodejs.org/docs/latest-v22.x/api/readline.html#promises-api

import { PromisesInterface as Interface } from "transom:internal/node/readline/interface";
import { CLEAR_DOWN, clearLineText, cursorToText, moveCursorText } from "transom:internal/node/readline/terminal";
import { codes } from "transom:internal/node/errors";

/** Movements of a cursor, collected and sent together. */
export class Readline {
  #stream;
  #autoCommit;
  #text = "";

  constructor(stream, options = undefined) {
    if (typeof stream?.write !== "function") throw new codes.ERR_INVALID_ARG_TYPE("stream", "Writable", stream);
    this.#stream = stream;
    this.#autoCommit = !!options?.autoCommit;
  }

  #add(text) {
    if (this.#autoCommit) this.#stream.write(text);
    else this.#text += text;
    return this;
  }

  cursorTo(x, y = undefined) {
    return this.#add(cursorToText(x, y));
  }

  moveCursor(dx, dy) {
    return this.#add(moveCursorText(dx, dy));
  }

  clearLine(direction) {
    return this.#add(clearLineText(direction));
  }

  clearScreenDown() {
    return this.#add(CLEAR_DOWN);
  }

  commit() {
    const text = this.#text;
    this.#text = "";
    return new Promise((resolve) => this.#stream.write(text, () => resolve(undefined)));
  }

  rollback() {
    this.#text = "";
    return this;
  }
}

export const createInterface = (input, output, completer, terminal) => new Interface(input, output, completer, terminal);
export { Interface };
export default { Interface, Readline, createInterface };
