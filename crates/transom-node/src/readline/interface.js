// @ts-check
// Interface of node:readline: the lines of a stream, and questions. Without the editing of lines at a terminal.
// Reference: https://nodejs.org/docs/latest-v22.x/api/readline.html

import { EventEmitter } from "transom:internal/node/events/emitter";
import { on } from "transom:internal/node/events/waiting";
import { AbortError, codes } from "transom:internal/node/errors";
import { validateAbortSignal, validateString } from "transom:internal/node/errors/validators";
import { nextTick } from "transom:internal/node/process/next_tick";
import { Buffer } from "transom:internal/node/buffer";
import { StringDecoder } from "node:string_decoder";
import { primordials } from "transom:internal/primordials";

const { NumberIsFinite, ObjectDefineProperty, Promise, SymbolAsyncIterator, SymbolDispose, SymbolFor } = primordials;
const { ERR_INVALID_ARG_VALUE, ERR_USE_AFTER_CLOSE } = codes;

/** What ends a line. */
const LINE_END = /\r\n|\n|\r(?!$)|\u2028|\u2029/;

export class Interface extends EventEmitter {
  #decoder = new StringDecoder("utf8");
  #rest = "";
  #question = null;
  #prompt;
  #onData = (chunk) => this.#write(this.#decoder.write(typeof chunk === "string" ? Buffer.from(chunk) : chunk));
  #onEnd = () => {
    this.#write(this.#decoder.end());
    if (this.#rest.length > 0) this.#line(this.#rest.replace(/\r$/, ""));
    this.#rest = "";
    this.close();
  };

  constructor(input, output, completer, terminal) {
    super();
    let options = { input, output, completer, terminal };
    if (input && input.input) options = input;
    if (options.input === undefined || options.input === null) throw new ERR_INVALID_ARG_VALUE("input", options.input);
    if (options.historySize !== undefined && (typeof options.historySize !== "number" || !(options.historySize >= 0) || !NumberIsFinite(options.historySize))) {
      throw new ERR_INVALID_ARG_VALUE.RangeError("historySize", options.historySize);
    }
    if (options.prompt !== undefined) validateString(options.prompt, "prompt");
    this.input = options.input;
    this.output = options.output;
    this.terminal = false;
    this.line = "";
    this.cursor = 0;
    this.history = options.history ?? [];
    this.historySize = options.historySize ?? 30;
    this.crlfDelay = Math.max(100, options.crlfDelay ?? 100);
    this.closed = false;
    this.paused = false;
    this.completer = options.completer;
    this.#prompt = options.prompt ?? "> ";
    const { signal } = options;
    if (signal !== undefined && signal !== null) {
      validateAbortSignal(signal, "options.signal");
      if (signal.aborted) nextTick(() => this.close());
      else signal.addEventListener("abort", () => this.close(), { once: true });
    }
    const source = this.input;
    source.on("error", (error) => this.emit("error", error));
    source.on("data", this.#onData);
    source.on("end", this.#onEnd);
    source.resume();
  }

  #write(text) {
    this.#rest += text;
    for (;;) {
      const found = LINE_END.exec(this.#rest);
      if (found === null) return;
      const line = this.#rest.slice(0, found.index);
      this.#rest = this.#rest.slice(found.index + found[0].length);
      this.#line(line);
    }
  }

  #line(line) {
    const answer = this.#question;
    this.#question = null;
    if (answer !== null) answer(line);
    else this.emit("line", line);
  }

  getPrompt() {
    return this.#prompt;
  }

  setPrompt(prompt) {
    this.#prompt = prompt;
  }

  prompt() {
    if (this.paused) this.resume();
    this.output?.write(this.#prompt);
  }

  /** Asks, and calls `callback` with the next line. */
  question(query, options, callback) {
    callback = typeof options === "function" ? options : callback;
    if (options?.signal) {
      validateAbortSignal(options.signal, "options.signal");
      if (options.signal.aborted) return;
      options.signal.addEventListener("abort", () => {
        this.#question = null;
      }, { once: true });
    }
    if (this.closed) throw new ERR_USE_AFTER_CLOSE("readline");
    if (this.#question !== null) {
      this.prompt();
      return;
    }
    this.output?.write(query);
    this.#question = callback;
    this.resume();
  }

  close() {
    if (this.closed) return;
    this.pause();
    this.closed = true;
    this.input.removeListener("data", this.#onData);
    this.input.removeListener("end", this.#onEnd);
    this.emit("close");
  }

  pause() {
    if (this.paused) return this;
    this.input.pause();
    this.paused = true;
    this.emit("pause");
    return this;
  }

  resume() {
    if (!this.paused) return this;
    this.input.resume();
    this.paused = false;
    this.emit("resume");
    return this;
  }

  write(data) {
    if (this.closed) throw new ERR_USE_AFTER_CLOSE("readline");
    if (this.paused) this.resume();
    if (data !== undefined && data !== null) this.#write(`${data}`);
  }

  getCursorPos() {
    return { rows: 0, cols: this.#prompt.length };
  }

  get columns() {
    return this.output?.columns ?? Infinity;
  }

  [SymbolAsyncIterator]() {
    const lines = on(this, "line", { close: ["close"], highWaterMark: 1024 });
    return (async function* (readline) {
      try {
        for await (const { 0: line } of lines) yield line;
      } finally {
        readline.close();
      }
    })(this);
  }
}
ObjectDefineProperty(Interface.prototype, SymbolDispose ?? SymbolFor("nodejs.dispose"), {
  __proto__: null,
  value() {
    this.close();
  },
  writable: true, configurable: true,
});

/** With questions that give promises. */
export class PromisesInterface extends Interface {
  question(query, options = {}) {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal) {
        validateAbortSignal(signal, "options.signal");
        if (signal.aborted) {
          reject(new AbortError(undefined, { cause: signal.reason }));
          return;
        }
        signal.addEventListener("abort", () => reject(new AbortError(undefined, { cause: signal.reason })), { once: true });
      }
      super.question(query, options, resolve);
    });
  }
}
ObjectDefineProperty(PromisesInterface, "name", { __proto__: null, value: "Interface", configurable: true });
