// @ts-check
// cp: copies a file or a folder with all that is in it.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html#fscpsrc-dest-options-callback

import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { codes } from "transom:internal/node/errors";
import { systemError } from "transom:internal/node/errors/system";
import { validateBoolean, validateFunction, validateObject } from "transom:internal/node/errors/validators";
import { pathOf } from "transom:internal/node/fs/arguments";
import { constants } from "transom:internal/node/fs/constants";
import { ownPlans, pathPlans } from "transom:internal/node/fs/plans";
import * as steps from "transom:internal/node/fs/steps";

const { ERR_FS_CP_DIR_TO_NON_DIR, ERR_FS_CP_EEXIST, ERR_FS_CP_EINVAL, ERR_FS_CP_NON_DIR_TO_DIR, ERR_FS_EISDIR, ERR_INVALID_ARG_VALUE } = codes;

function optionsOf(options) {
  if (options === undefined || options === null) options = {};
  validateObject(options, "options");
  const given = {
    dereference: false, errorOnExist: false, filter: undefined, force: true, mode: 0, preserveTimestamps: false,
    recursive: false, verbatimSymlinks: false, ...options,
  };
  for (const name of ["dereference", "errorOnExist", "force", "preserveTimestamps", "recursive", "verbatimSymlinks"]) {
    validateBoolean(given[name], `options.${name}`);
  }
  if (given.dereference && given.verbatimSymlinks) {
    throw new codes.ERR_INVALID_ARG_VALUE("options.verbatimSymlinks", true, "is incompatible with options.dereference");
  }
  if (given.filter !== undefined) validateFunction(given.filter, "options.filter");
  return given;
}

/** Of what is there, or null. */
function* statOrNull(path, follow) {
  try {
    return yield (follow ? pathPlans.stat : pathPlans.lstat)(path, undefined);
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

/** Yields plans, and the promises of a filter that is asynchronous. */
export function* cp(src, dest, options) {
  const given = optionsOf(options);
  const from = pathOf(src, "src");
  const to = pathOf(dest, "dest");
  const stats = yield (given.dereference ? pathPlans.stat : pathPlans.lstat)(from, undefined);
  const target = yield* statOrNull(to, given.dereference);
  if (target !== null) {
    if (stats.ino === target.ino && stats.dev === target.dev) throw new ERR_FS_CP_EINVAL("cp returned EINVAL (src and dest cannot be the same) " + to);
    if (stats.isDirectory() && !target.isDirectory()) throw new ERR_FS_CP_DIR_TO_NON_DIR(`cp returned EISDIR (cannot overwrite non-directory ${to} with directory ${from}) ${to}`);
    if (!stats.isDirectory() && target.isDirectory()) throw new ERR_FS_CP_NON_DIR_TO_DIR(`cp returned ENOTDIR (cannot overwrite directory ${to} with non-directory ${from}) ${to}`);
  }
  if (stats.isDirectory() && `${resolve(to)}${sep}`.startsWith(`${resolve(from)}${sep}`)) {
    throw new ERR_FS_CP_EINVAL(`cp returned EINVAL (cannot copy ${from} to a subdirectory of self ${to}) ${to}`);
  }
  if (given.filter !== undefined && !(yield* passes(given.filter, from, to))) return;
  if (!(yield* steps.exists(dirname(to)))) yield pathPlans.mkdir(dirname(to), { recursive: true });
  yield* copy(from, to, stats, target, given);
}

function* passes(filter, from, to) {
  const answer = filter(from, to);
  return typeof answer?.then === "function" ? yield answer : answer;
}

function* copy(from, to, stats, target, given) {
  if (stats.isDirectory()) {
    if (!given.recursive) throw new ERR_FS_EISDIR(`Recursive option not enabled, cannot copy a directory: cp returned EISDIR (${from} is a directory (not copied)) ${from}`);
    return yield* copyFolder(from, to, stats, target, given);
  }
  if (stats.isSymbolicLink()) return yield* copyLink(from, to, target, given);
  if (!stats.isFile()) throw new ERR_INVALID_ARG_VALUE("src", from, "is neither a file, a folder nor a link");
  if (target !== null) {
    if (!given.force) {
      if (given.errorOnExist) throw new ERR_FS_CP_EEXIST(`cp returned EEXIST (${to} already exists) ${to}`);
      return;
    }
    yield pathPlans.unlink(to);
  }
  yield pathPlans.copyFile(from, to, given.mode & ~constants.COPYFILE_EXCL);
  if (given.preserveTimestamps) yield pathPlans.utimes(to, stats.atime, stats.mtime);
}

function* copyFolder(from, to, stats, target, given) {
  if (target === null) yield pathPlans.mkdir(to, undefined);
  const flat = yield ownPlans.readFolder(from);
  for (let i = 0; i < flat.length; i += 2) {
    const { 0: source, 1: place } = [join(from, flat[i]), join(to, flat[i])];
    if (given.filter !== undefined && !(yield* passes(given.filter, source, place))) continue;
    const inner = yield (given.dereference ? pathPlans.stat : pathPlans.lstat)(source, undefined);
    const there = yield* statOrNull(place, given.dereference);
    yield* copy(source, place, inner, there, given);
  }
  if (target === null) yield pathPlans.chmod(to, stats.mode & 0o7777);
}

function* copyLink(from, to, target, given) {
  let leadsTo = yield pathPlans.readlink(from, undefined);
  if (!given.verbatimSymlinks && !isAbsolute(leadsTo)) leadsTo = resolve(dirname(from), leadsTo);
  if (target !== null) {
    if (!target.isSymbolicLink()) throw systemError({ code: "EEXIST", syscall: "symlink", path: leadsTo, dest: to });
    yield pathPlans.unlink(to);
  }
  yield pathPlans.symlink(leadsTo, to);
}
