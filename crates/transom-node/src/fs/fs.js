// @ts-check
// node:fs: the callback and the synchronous forms, streams and watchers.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html

import { Buffer } from "node:buffer";
import promises from "node:fs/promises";
import { lazy } from "transom:internal/lazy";
import { codes } from "transom:internal/node/errors";
import { validateFunction } from "transom:internal/node/errors/validators";
import { optionsOf } from "transom:internal/node/fs/arguments";
import { later, named, now, stepsLater, stepsNow, tell, withCallback } from "transom:internal/node/fs/call";
import { constants } from "transom:internal/node/fs/constants";
import { cp as cpSteps } from "transom:internal/node/fs/cp";
import { Dir, opendirLater, opendirSync } from "transom:internal/node/fs/dir";
import { globLater, globSync } from "transom:internal/node/fs/glob";
import { readVector, writeVector } from "transom:internal/node/fs/file_handle";
import { descriptorPlans, ownPlans, pathPlans, readArguments, readPlan, writeArguments, writePlan } from "transom:internal/node/fs/plans";
import { Dirent, Stats } from "transom:internal/node/fs/stats";
import * as steps from "transom:internal/node/fs/steps";
import { ReadStream, WriteStream } from "transom:internal/node/fs/streams";
import { reportException } from "transom:internal/report_error/report_error";

const { ERR_METHOD_NOT_IMPLEMENTED } = codes;
const watchers = lazy("transom:internal/node/fs/watchers");
/** Names of the results beside the error, for `util.promisify`. */
const kCustomPromisifyArgs = Symbol.for("nodejs.util.promisify.customArgs");
const kCustomPromisify = Symbol.for("nodejs.util.promisify.custom");

/** @type {Record<string, any>} */
const fs = { constants, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, Dirent, Stats, Dir };

const { open: openPlan, realpath: realpathPlan, truncate: truncatePlan } = ownPlans;
const plans = { ...pathPlans, ...descriptorPlans, open: openPlan, realpath: realpathPlan, truncate: truncatePlan };
for (const [name, plan] of Object.entries(plans)) {
  fs[name] = withCallback((...args) => later(plan(...args)), name, plan.length + 1);
  fs[`${name}Sync`] = named((...args) => now(plan(...args)), `${name}Sync`, plan.length);
}

const composed = {
  appendFile: steps.appendFile, cp: cpSteps, readFile: steps.readFile, readdir: steps.readdir, rm: steps.rm,
  rmdir: steps.rmdir, writeFile: steps.writeFile,
};
for (const [name, start] of Object.entries(composed)) {
  const begin = (...args) => {
    const work = stepsLater(start(...args));
    const signal = args.at(-1)?.signal;
    return signal && name !== "cp" ? steps.abortable(signal, work) : work;
  };
  fs[name] = withCallback(begin, name, start.length + 1);
  fs[`${name}Sync`] = named((...args) => stepsNow(start(...args)), `${name}Sync`, start.length);
}

// What is opened without a callback is nobody's, but closing without one is common.
fs.close = named((fd, callback = (error) => error && reportException(error)) => {
  validateFunction(callback, "cb");
  tell(later(descriptorPlans.close(fd)), callback);
}, "close", 1);
fs.realpath.native = fs.realpath;
fs.realpathSync.native = fs.realpathSync;

/** Tells a callback two results. */
function tellBoth(promise, second, callback) {
  promise.then((first) => callback(null, first, second), (error) => callback(error)).catch(reportException);
}

Object.assign(fs, {
  exists(path, callback) {
    validateFunction(callback, "cb");
    stepsLater(existing(path)).then((found) => callback(found)).catch(reportException);
  },
  existsSync: (path) => stepsNow(existing(path)),
  read(fd, ...args) {
    const callback = args.pop();
    validateFunction(callback, "cb");
    const given = readArguments(...args);
    tellBoth(given.length === 0 ? Promise.resolve(0) : later(readPlan(fd, given)), given.buffer, callback);
  },
  readSync(fd, ...args) {
    const given = readArguments(...args);
    return given.length === 0 ? 0 : now(readPlan(fd, given));
  },
  write(fd, data, ...args) {
    const callback = args.pop();
    validateFunction(callback, "cb");
    tellBoth(later(writePlan(fd, writeArguments(data, ...args))), data, callback);
  },
  writeSync: (fd, data, ...args) => now(writePlan(fd, writeArguments(data, ...args))),
  readv(fd, buffers, position, callback) {
    if (typeof position === "function") callback = position;
    validateFunction(callback, "cb");
    tellBoth(readVector(fd, buffers, typeof position === "function" ? null : position), buffers, callback);
  },
  readvSync(fd, buffers, position = null) {
    let total = 0;
    for (const buffer of buffers) {
      const length = now(readPlan(fd, { buffer, offset: 0, length: buffer.byteLength, position: position === null ? null : position + total }));
      total += length;
      if (length < buffer.byteLength) break;
    }
    return total;
  },
  writev(fd, buffers, position, callback) {
    if (typeof position === "function") callback = position;
    validateFunction(callback, "cb");
    tellBoth(writeVector(fd, buffers, typeof position === "function" ? null : position), buffers, callback);
  },
  writevSync(fd, buffers, position = null) {
    const bytes = Buffer.concat(buffers.map((buffer) => Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength)));
    for (let done = 0; done < bytes.length;) {
      done += now(writePlan(fd, { bytes: bytes.subarray(done), position: position === null ? null : position + done }));
    }
    return bytes.length;
  },
  opendir: withCallback(opendirLater, "opendir", 3),
  opendirSync,
  lchmod: withCallback(async () => {
    throw new ERR_METHOD_NOT_IMPLEMENTED("lchmod()");
  }, "lchmod", 3),
  lchmodSync() {
    throw new ERR_METHOD_NOT_IMPLEMENTED("lchmodSync()");
  },
  glob(pattern, options, callback) {
    if (typeof options === "function") callback = options;
    validateFunction(callback, "callback");
    const found = async () => Array.fromAsync(globLater(pattern, typeof options === "function" ? undefined : options));
    tell(found(), callback);
  },
  globSync,
  async openAsBlob(path, options = {}) {
    const bytes = await promises.readFile(path);
    return new Blob([bytes], { type: options.type ?? "" });
  },
  createReadStream(path, options) {
    return new ReadStream(path, optionsOf(options, {}));
  },
  createWriteStream(path, options) {
    return new WriteStream(path, optionsOf(options, {}));
  },
  watch: (...args) => watchers().watch(...args),
  watchFile: (...args) => watchers().watchFile(...args),
  unwatchFile: (...args) => watchers().unwatchFile(...args),
  _toUnixTimestamp: (time) => (time instanceof Date ? time.getTime() / 1000 : +time),
});

function* existing(path) {
  try {
    return yield* steps.exists(path);
  } catch {
    return false; // What is no path is not there.
  }
}

Object.defineProperty(fs.exists, kCustomPromisify, { value: (path) => new Promise((settle) => fs.exists(path, settle)) });
for (const [name, results] of [["read", ["bytesRead", "buffer"]], ["write", ["bytesWritten", "buffer"]], ["readv", ["bytesRead", "buffers"]], ["writev", ["bytesWritten", "buffers"]]]) {
  Object.defineProperty(fs[/** @type {string} */ (name)], kCustomPromisifyArgs, { value: results });
}

Object.assign(fs, { ReadStream, WriteStream, FileReadStream: ReadStream, FileWriteStream: WriteStream, promises });

export default fs;
export const {
  access, accessSync, appendFile, appendFileSync, chmod, chmodSync, chown, chownSync, close, closeSync, copyFile, copyFileSync, cp,
  cpSync, createReadStream, createWriteStream, exists, existsSync, fchmod, fchmodSync, fchown, fchownSync, fdatasync,
  fdatasyncSync, fstat, fstatSync, fsync, fsyncSync, ftruncate, ftruncateSync, futimes, futimesSync, glob, lchmod, lchmodSync, lchown,
  lchownSync, link, linkSync, lstat, lstatSync, lutimes, lutimesSync, mkdir, mkdirSync, mkdtemp, mkdtempSync,
  open, openAsBlob, openSync, opendir, read, readFile, readFileSync, readSync, readdir, readdirSync, readlink, readlinkSync, readv, readvSync,
  realpath, realpathSync, rename, renameSync, rm, rmSync, rmdir, rmdirSync, stat, statSync, statfs, statfsSync, symlink, symlinkSync,
  truncate, truncateSync, unlink, unlinkSync, unwatchFile, utimes, utimesSync, watch, watchFile, write, writeFile, writeFileSync, writeSync,
  writev, writevSync, _toUnixTimestamp, F_OK, R_OK, W_OK, X_OK, FileReadStream, FileWriteStream,
} = fs;
export { constants, Dir, Dirent, globSync, opendirSync, promises, ReadStream, Stats, WriteStream };
