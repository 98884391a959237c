// @ts-check
// fs.watch, fs.watchFile and the watch of the promises API.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html#fswatchfilename-options-listener

import { EventEmitter } from "node:events";
import { AbortError } from "transom:internal/node/errors";
import { validateAbortSignal, validateFunction, validateUint32 } from "transom:internal/node/errors/validators";
import { optionsOf, pathOf, textAs } from "transom:internal/node/fs/arguments";
import { failure, later } from "transom:internal/node/fs/call";
import { pathPlans } from "transom:internal/node/fs/plans";
import { noStats } from "transom:internal/node/fs/stats";
import { ops } from "transom:internal/ops";

function start(path, recursive) {
  try {
    return ops.fs_watch_start(path, recursive);
  } catch (error) {
    throw Object.assign(failure(error, "watch", path, undefined), { filename: path });
  }
}

/** https://nodejs.org/docs/latest-v22.x/api/fs.html#class-fsfswatcher */
export class FSWatcher extends EventEmitter {
  #number;

  constructor(path, { recursive = false, encoding, signal } = {}) {
    super();
    this.#number = start(path, recursive);
    if (signal) {
      if (signal.aborted) queueMicrotask(() => this.close());
      else signal.addEventListener("abort", () => this.close(), { once: true });
    }
    this.#follow(path, encoding);
  }

  async #follow(path, encoding) {
    const number = this.#number;
    try {
      for (;;) {
        const event = await ops.fs_watch_next(number);
        if (event === null || this.#number === null) return;
        this.emit("change", event[0], textAs(event[1], encoding));
      }
    } catch (error) {
      this.emit("error", Object.assign(failure(error, "watch", path, undefined), { filename: path }));
    }
  }

  close() {
    if (this.#number === null) return;
    ops.fs_watch_close(this.#number);
    this.#number = null;
    queueMicrotask(() => this.emit("close"));
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }
}

export function watch(filename, options, listener) {
  if (typeof options === "function") listener = options;
  const given = optionsOf(options, { persistent: true, recursive: false, encoding: "utf8" });
  const watcher = new FSWatcher(pathOf(filename, "filename"), given);
  if (listener !== undefined) watcher.on("change", listener);
  return watcher;
}

/** The events as an async iterator. */
export async function* watchLater(filename, options = {}) {
  const { encoding = "utf8", recursive = false, signal } = options;
  validateAbortSignal(signal, "options.signal");
  const path = pathOf(filename, "filename");
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const number = start(path, recursive);
  const onAbort = () => ops.fs_watch_close(number);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      const event = await ops.fs_watch_next(number);
      if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
      if (event === null) return;
      yield { eventType: event[0], filename: textAs(event[1], encoding) };
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    ops.fs_watch_close(number);
  }
}

/** By path. */
const statWatchers = new Map();

/** https://nodejs.org/docs/latest-v22.x/api/fs.html#class-fsstatwatcher */
export class StatWatcher extends EventEmitter {
  #path;
  #bigint;
  #timer;
  #previous = null;
  #stopped = false;

  constructor(path, { bigint = false, interval = 5007 }) {
    super();
    this.#path = path;
    this.#bigint = bigint;
    this.#look().then(() => {
      if (!this.#stopped) this.#timer = setInterval(() => this.#look(), interval);
    });
  }

  async #look() {
    let current;
    try {
      current = await later(pathPlans.stat(this.#path, { bigint: this.#bigint }));
    } catch {
      current = noStats(this.#bigint);
    }
    if (this.#stopped) return;
    const previous = this.#previous;
    this.#previous = current;
    // At first only a file that is not there is told of.
    if (previous === null) {
      if (Number(current.ino) === 0) this.emit("change", current, current);
      return;
    }
    const names = ["mtimeMs", "ctimeMs", "size", "mode", "ino", "nlink", "uid", "gid"];
    if (names.some((name) => current[name] !== previous[name])) this.emit("change", current, previous);
  }

  stop() {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.emit("stop");
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }
}

export function watchFile(filename, options, listener) {
  if (typeof options === "function") {
    listener = options;
    options = {};
  }
  validateFunction(listener, "listener");
  const path = pathOf(filename, "filename");
  if (options?.interval !== undefined) validateUint32(options.interval, "interval");
  let watcher = statWatchers.get(path);
  if (watcher === undefined) {
    watcher = new StatWatcher(path, options ?? {});
    statWatchers.set(path, watcher);
  }
  watcher.on("change", listener);
  return watcher;
}

export function unwatchFile(filename, listener) {
  const path = pathOf(filename, "filename");
  const watcher = statWatchers.get(path);
  if (watcher === undefined) return;
  if (listener === undefined) watcher.removeAllListeners("change");
  else watcher.removeListener("change", listener);
  if (watcher.listenerCount("change") === 0) {
    watcher.stop();
    statWatchers.delete(path);
  }
}
