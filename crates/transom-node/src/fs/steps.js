// @ts-check
// What takes more than one native operation: generators of plans, which run at once or apart from this thread.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html

import { Buffer } from "node:buffer";
import { codes, AbortError } from "transom:internal/node/errors";
import { bytesOf, checkAborted, flagsOf, modeOf, optionsOf, pathOf, rmOptions, textAs } from "transom:internal/node/fs/arguments";
import { Plan } from "transom:internal/node/fs/call";
import { constants } from "transom:internal/node/fs/constants";
import { ownPlans, pathPlans, readPlan, writePlan } from "transom:internal/node/fs/plans";
import { direntsOf } from "transom:internal/node/fs/stats";

const { ERR_FS_EISDIR, ERR_INVALID_ARG_TYPE } = codes;

const PIECE = 512 * 1024;

const decoded = (bytes, encoding) => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
};

const isDescriptor = (value) => Number.isInteger(value) && value >= 0;

/** `path` may be the number of an open file, which is read from where it stands. */
export function* readFile(path, options) {
  const { encoding, flag, signal } = optionsOf(options, { flag: "r" });
  checkAborted(signal);
  if (!isDescriptor(path)) {
    path = pathOf(path);
    const plan = new Plan("fs_read_file", [path, flagsOf(flag, "options.flag")], "open", { path });
    let bytes;
    try {
      bytes = yield plan;
    } catch (error) {
      // The opening succeeds in Node, and the reading fails.
      if (error.code === "EISDIR") {
        error.message = "EISDIR: illegal operation on a directory, read";
        error.syscall = "read";
        delete error.path;
      }
      throw error;
    }
    checkAborted(signal);
    return decoded(bytes, encoding);
  }
  const pieces = [];
  for (;;) {
    const buffer = Buffer.alloc(PIECE);
    const length = yield readPlan(path, { buffer, offset: 0, length: PIECE, position: null });
    checkAborted(signal);
    if (length === 0) return decoded(Buffer.concat(pieces), encoding);
    pieces.push(buffer.subarray(0, length));
  }
}

/** Writes all bytes to an open file. */
export function* writeAll(fd, bytes, signal = undefined) {
  while (bytes.byteLength > 0) {
    checkAborted(signal);
    const length = yield writePlan(fd, { bytes: bytes.byteLength > PIECE ? bytes.subarray(0, PIECE) : bytes, position: null });
    bytes = bytes.subarray(length);
  }
}

export function writeFileOptions(options, flag) {
  return optionsOf(options, { encoding: "utf8", mode: 0o666, flag, flush: false });
}

export function* writeFile(path, data, options, flag = "w") {
  const given = writeFileOptions(options, flag);
  if (typeof given.flush !== "boolean") throw new ERR_INVALID_ARG_TYPE("options.flush", "boolean", given.flush);
  const bytes = bytesOf(data, given.encoding);
  checkAborted(given.signal);
  if (isDescriptor(path)) return yield* writeAll(path, bytes, given.signal);
  path = pathOf(path);
  const args = [path, bytes, flagsOf(given.flag, "options.flag"), modeOf(given.mode, 0o666)];
  yield new Plan("fs_write_file", args, "open", { path });
}

export const appendFile = (path, data, options) => writeFile(path, data, options, "a");

/** Names, or entries, of a folder and with `recursive` of those in it. */
export function* readdir(path, options) {
  const { encoding, withFileTypes = false, recursive = false } = optionsOf(options, {});
  if (typeof recursive !== "boolean") throw new ERR_INVALID_ARG_TYPE("options.recursive", "boolean", recursive);
  const root = pathOf(path);
  const found = [];
  const waiting = [""];
  while (waiting.length > 0) {
    const below = waiting.shift();
    const folder = below === "" ? root : `${root.endsWith("/") ? root.slice(0, -1) : root}/${below}`;
    const flat = yield ownPlans.readFolder(folder);
    for (let i = 0; i < flat.length; i += 2) {
      const name = below === "" ? flat[i] : `${below}/${flat[i]}`;
      if (!withFileTypes) found.push(textAs(name, encoding));
      if (recursive && flat[i + 1] === "2") waiting.push(name);
    }
    if (withFileTypes) found.push(...direntsOf(flat, folder, encoding));
  }
  return found;
}

export function* rm(path, options) {
  path = pathOf(path);
  const { recursive, force } = rmOptions(options);
  let stats;
  try {
    stats = yield pathPlans.lstat(path, undefined);
  } catch (error) {
    if (force && error.code === "ENOENT") return;
    throw error;
  }
  if (stats.isDirectory() && !recursive) throw new ERR_FS_EISDIR(`rm returned EISDIR (is a directory) ${path}`);
  try {
    yield ownPlans.remove(path, recursive);
  } catch (error) {
    if (!(force && error.code === "ENOENT")) throw error;
  }
}

export function* rmdir(path, options) {
  path = pathOf(path);
  const { recursive } = rmOptions(options);
  if (recursive) return yield* rm(path, { recursive: true, force: true });
  yield ownPlans.rmdir(path);
}

export function* exists(path) {
  try {
    yield pathPlans.access(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

/** Rejects when the signal is aborted, whatever the work does. */
export async function abortable(signal, work) {
  if (signal === undefined || signal === null) return work;
  checkAborted(signal);
  let onAbort;
  const aborted = new Promise((_, reject) => {
    onAbort = () => reject(new AbortError(undefined, { cause: signal.reason }));
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
