// @ts-check
// Dir: an open folder, whose entries come one by one.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html#class-fsdir

import { codes } from "transom:internal/node/errors";
import { validateFunction, validateUint32 } from "transom:internal/node/errors/validators";
import { optionsOf, pathOf } from "transom:internal/node/fs/arguments";
import { stepsLater, stepsNow, tell } from "transom:internal/node/fs/call";
import * as steps from "transom:internal/node/fs/steps";

const { ERR_DIR_CLOSED } = codes;

/** The entries are read when the folder is opened: a folder that changes meanwhile shows what it had then. */
export class Dir {
  #path;
  #entries;
  #next = 0;
  #closed = false;

  constructor(path, entries) {
    this.#path = path;
    this.#entries = entries;
  }

  get path() {
    return this.#path;
  }

  readSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    return this.#entries[this.#next++] ?? null;
  }

  read(callback = undefined) {
    if (callback === undefined) return this.#promise(() => this.readSync());
    validateFunction(callback, "callback");
    if (this.#closed) throw new ERR_DIR_CLOSED();
    tell(this.#promise(() => this.readSync()), callback);
  }

  closeSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    this.#closed = true;
    this.#entries = [];
  }

  close(callback = undefined) {
    if (callback === undefined) return this.#promise(() => this.closeSync());
    validateFunction(callback, "callback");
    tell(this.#promise(() => this.closeSync()), callback);
  }

  async #promise(work) {
    return work();
  }

  async *entries() {
    try {
      for (;;) {
        const entry = await this.read();
        if (entry === null) return;
        yield entry;
      }
    } finally {
      if (!this.#closed) this.closeSync();
    }
  }

  async [Symbol.asyncDispose]() {
    if (!this.#closed) this.closeSync();
  }

  [Symbol.dispose]() {
    if (!this.#closed) this.closeSync();
  }
}
Object.defineProperty(Dir.prototype, Symbol.asyncIterator, {
  value: Dir.prototype.entries, writable: true, enumerable: false, configurable: true,
});

function* opening(path, options) {
  const { encoding, bufferSize, recursive } = optionsOf(options, { encoding: "utf8" });
  if (bufferSize !== undefined) validateUint32(bufferSize, "options.bufferSize", true);
  const name = pathOf(path);
  try {
    return new Dir(path, yield* steps.readdir(name, { encoding, recursive, withFileTypes: true }));
  } catch (error) {
    if (error.syscall === "scandir") {
      error.syscall = "opendir";
      error.message = error.message.replace(", scandir", ", opendir");
    }
    throw error;
  }
}

export const opendirSync = (path, options) => stepsNow(opening(path, options));
export const opendirLater = (path, options) => stepsLater(opening(path, options));
