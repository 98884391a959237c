// @ts-check
// node:fs/promises.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html#promises-api

import { lazy } from "transom:internal/lazy";
import { codes } from "transom:internal/node/errors";
import { constants } from "transom:internal/node/fs/constants";
import { isPieces, modeOf, pathOf } from "transom:internal/node/fs/arguments";
import { later, named, stepsLater } from "transom:internal/node/fs/call";
import { cp as cpSteps } from "transom:internal/node/fs/cp";
import { opendirLater } from "transom:internal/node/fs/dir";
import { FileHandle, writeTo } from "transom:internal/node/fs/file_handle";
import { descriptorPlans, ownPlans, pathPlans } from "transom:internal/node/fs/plans";
import * as steps from "transom:internal/node/fs/steps";

const globs = lazy("transom:internal/node/fs/glob");
const watchers = lazy("transom:internal/node/fs/watchers");

/** @type {Record<string, any>} */
const promises = { constants };
for (const [name, plan] of Object.entries(pathPlans)) {
  promises[name] = named(async (...args) => later(plan(...args)), name, plan.length);
}

const isHandle = (value) => value instanceof FileHandle;

Object.assign(promises, {
  async open(path, flags, mode) {
    return new FileHandle(await later(ownPlans.open(path, flags, mode)));
  },
  async readFile(path, options) {
    if (isHandle(path)) return path.readFile(options);
    return steps.abortable(options?.signal, stepsLater(steps.readFile(path, options)));
  },
  /** Data that comes in pieces is written as it comes, never held whole. */
  async writeFile(path, data, options) {
    return write(path, data, options, "w");
  },
  async appendFile(path, data, options) {
    return write(path, data, options, "a");
  },
  async readdir(path, options) {
    return stepsLater(steps.readdir(path, options));
  },
  async rm(path, options) {
    return stepsLater(steps.rm(path, options));
  },
  async rmdir(path, options) {
    return stepsLater(steps.rmdir(path, options));
  },
  async cp(src, dest, options) {
    return stepsLater(cpSteps(src, dest, options));
  },
  async opendir(path, options) {
    return opendirLater(path, options);
  },
  async realpath(path, options) {
    return later(ownPlans.realpath(path, options));
  },
  async truncate(path, length) {
    return later(ownPlans.truncate(path, length));
  },
  async lchmod() {
    throw new codes.ERR_METHOD_NOT_IMPLEMENTED("lchmod()");
  },
  glob(pattern, options) {
    return globs().globLater(pattern, options);
  },
  watch(path, options) {
    return watchers().watchLater(path, options);
  },
});

async function write(path, data, options, flag) {
  const given = steps.writeFileOptions(options, flag);
  if (isHandle(path)) return writeTo(path.fd, data, given);
  if (!isPieces(data)) return steps.abortable(given.signal, stepsLater(steps.writeFile(path, data, options, flag)));
  const fd = await later(ownPlans.open(pathOf(path), given.flag, modeOf(given.mode, 0o666)));
  try {
    await writeTo(fd, data, given);
  } finally {
    await later(descriptorPlans.close(fd));
  }
}

export default promises;
export const {
  access, appendFile, chmod, chown, copyFile, cp, glob, lchmod, lchown, link, lstat, lutimes, mkdir, mkdtemp, open, opendir,
  readFile, readdir, readlink, realpath, rename, rm, rmdir, stat, statfs, symlink, truncate, unlink, utimes, watch,
  writeFile,
} = promises;
export { constants };
