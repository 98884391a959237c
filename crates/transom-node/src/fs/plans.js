// @ts-check
// What the functions of node:fs do with their arguments: one plan for the three forms of each.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html

import { codes } from "transom:internal/node/errors";
import { validateInteger, validateOneOf, validateUint32 } from "transom:internal/node/errors/validators";
import { bytesOf, checkEncoding, descriptorOf, flagsOf, modeOf, optionsOf, pathOf, positionOf, secondsOf, textAs } from "transom:internal/node/fs/arguments";
import { Plan } from "transom:internal/node/fs/call";
import { statFsOf, statsOf } from "transom:internal/node/fs/stats";

const { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = codes;

const FILE_MODE = 0o666;

function idOf(value, name) {
  validateInteger(value, name, -1, 4294967295);
  return value === -1 ? 4294967295 : value;
}

function chown(path, uid, gid, follow, syscall) {
  path = pathOf(path);
  return new Plan("fs_chown", [path, idOf(uid, "uid"), idOf(gid, "gid"), follow], syscall, { path });
}

function stat(path, options, follow) {
  path = pathOf(path);
  const { bigint = false } = options ?? {};
  return new Plan("fs_stat", [path, follow], follow ? "stat" : "lstat", { path, map: (found) => statsOf(found, bigint) });
}

function utimes(path, atime, mtime, follow) {
  path = pathOf(path);
  return new Plan("fs_utimes", [path, secondsOf(atime, "atime"), secondsOf(mtime, "mtime"), follow], follow ? "utime" : "lutime", { path });
}

function twoPaths(op, syscall, path, dest, ...more) {
  return new Plan(op, [path, dest, ...more], syscall, { path, dest });
}

/** What `read` takes: `(buffer, offset, length, position)`, `(buffer, options)` or `(options)`. */
export function readArguments(buffer, offset, length, position) {
  if (!ArrayBuffer.isView(buffer)) {
    const options = buffer ?? {};
    buffer = options.buffer ?? new Uint8Array(16384);
    ({ offset, length, position } = options);
  } else if (offset !== null && typeof offset === "object") {
    ({ offset, length, position } = offset);
  }
  bytesOf(buffer, undefined, "buffer");
  offset ??= 0;
  validateInteger(offset, "offset", 0);
  length ??= buffer.byteLength - offset;
  validateInteger(length, "length", 0);
  if (buffer.byteLength === 0 && length > 0) {
    throw new ERR_INVALID_ARG_VALUE("buffer", buffer, "is empty and cannot be written");
  }
  if (offset + length > buffer.byteLength) throw new ERR_OUT_OF_RANGE("length", `<= ${buffer.byteLength - offset}`, length);
  return { buffer, offset, length, position: positionOf(position) };
}

/** What `write` takes: `(buffer, offset, length, position)`, `(buffer, options)` or `(string, position, encoding)`. */
export function writeArguments(data, offset, length, position) {
  if (typeof data === "string") {
    checkEncoding(length);
    return { bytes: bytesOf(data, length ?? "utf8"), position: positionOf(offset) };
  }
  const bytes = bytesOf(data, undefined, "buffer");
  if (offset !== null && typeof offset === "object") ({ offset, length, position } = offset);
  offset ??= 0;
  validateInteger(offset, "offset", 0);
  length ??= bytes.byteLength - offset;
  validateInteger(length, "length", 0);
  if (offset > bytes.byteLength) throw new ERR_OUT_OF_RANGE("offset", `<= ${bytes.byteLength}`, offset);
  if (length > bytes.byteLength - offset) throw new ERR_OUT_OF_RANGE("length", `<= ${bytes.byteLength - offset}`, length);
  return { bytes: bytes.subarray(offset, offset + length), position: positionOf(position) };
}

/** By name: what becomes a function, its sibling with `Sync`, and one of the promises API. */
export const pathPlans = {
  access(path, mode = 0) {
    path = pathOf(path);
    validateInteger(mode, "mode", 0, 7);
    return new Plan("fs_access", [path, mode], "access", { path });
  },
  chmod(path, mode) {
    path = pathOf(path);
    return new Plan("fs_chmod", [path, modeOf(mode)], "chmod", { path });
  },
  chown: (path, uid, gid) => chown(path, uid, gid, true, "chown"),
  copyFile(src, dest, mode = 0) {
    const { 0: from, 1: to } = [pathOf(src, "src"), pathOf(dest, "dest")];
    validateInteger(mode, "mode", 0, 7);
    return twoPaths("fs_copy_file", "copyfile", from, to, mode);
  },
  lchown: (path, uid, gid) => chown(path, uid, gid, false, "lchown"),
  link: (existingPath, newPath) => twoPaths("fs_link", "link", pathOf(existingPath, "existingPath"), pathOf(newPath, "newPath")),
  lstat: (path, options) => stat(path, options, false),
  lutimes: (path, atime, mtime) => utimes(path, atime, mtime, false),
  mkdir(path, options) {
    let mode = 0o777;
    let recursive = false;
    if (typeof options === "number" || typeof options === "string") mode = modeOf(options, 0o777);
    else if (options) {
      recursive = options.recursive ?? false;
      if (typeof recursive !== "boolean") throw new codes.ERR_INVALID_ARG_TYPE("options.recursive", "boolean", recursive);
      mode = modeOf(options.mode, 0o777, "options.mode");
    }
    path = pathOf(path);
    return new Plan("fs_mkdir", [path, recursive, mode], "mkdir", { path });
  },
  mkdtemp(prefix, options) {
    const { encoding } = optionsOf(options, {});
    const path = pathOf(prefix, "prefix");
    return new Plan("fs_mkdtemp", [path], "mkdtemp", { path: `${path}XXXXXX`, map: (made) => textAs(made, encoding) });
  },
  readlink(path, options) {
    const { encoding } = optionsOf(options, {});
    path = pathOf(path);
    return new Plan("fs_readlink", [path], "readlink", { path, map: (target) => textAs(target, encoding) });
  },
  rename: (oldPath, newPath) => twoPaths("fs_rename", "rename", pathOf(oldPath, "oldPath"), pathOf(newPath, "newPath")),
  stat: (path, options) => stat(path, options, true),
  statfs(path, options) {
    path = pathOf(path);
    const { bigint = false } = options ?? {};
    return new Plan("fs_statfs", [path], "statfs", { path, map: (found) => statFsOf(found, bigint) });
  },
  symlink(target, path, type = undefined) {
    validateOneOf(type ?? undefined, "type", ["dir", "file", "junction", undefined]);
    return twoPaths("fs_symlink", "symlink", pathOf(target, "target"), pathOf(path));
  },
  unlink(path) {
    path = pathOf(path);
    return new Plan("fs_unlink", [path], "unlink", { path });
  },
  utimes: (path, atime, mtime) => utimes(path, atime, mtime, true),
};

/** Also of all three forms, but with a form of their own in the promises API. */
export const ownPlans = {
  open(path, flags = "r", mode = undefined) {
    path = pathOf(path);
    return new Plan("fs_open", [path, flagsOf(flags), modeOf(mode, FILE_MODE)], "open", { path });
  },
  readFolder(path) {
    path = pathOf(path);
    return new Plan("fs_read_folder", [path], "scandir", { path });
  },
  realpath(path, options) {
    const { encoding } = optionsOf(options, {});
    path = pathOf(path);
    return new Plan("fs_realpath", [path], "realpath", { path, map: (real) => textAs(real, encoding) });
  },
  remove(path, recursive) {
    return new Plan("fs_remove", [path, recursive], "rm", { path });
  },
  rmdir(path) {
    path = pathOf(path);
    return new Plan("fs_rmdir", [path], "rmdir", { path });
  },
  truncate(path, length = 0) {
    validateInteger(length, "len");
    path = pathOf(path);
    return new Plan("fs_truncate", [path, Math.max(0, length)], "open", { path });
  },
};

/** Of open files: a callback and a `Sync` form; the methods of FileHandle use them too. */
export const descriptorPlans = {
  close: (fd) => new Plan("fs_close", [descriptorOf(fd)], "close"),
  fchmod: (fd, mode) => new Plan("fs_fchmod", [descriptorOf(fd), modeOf(mode)], "fchmod"),
  fchown: (fd, uid, gid) => new Plan("fs_fchown", [descriptorOf(fd), idOf(uid, "uid"), idOf(gid, "gid")], "fchown"),
  fdatasync: (fd) => new Plan("fs_fsync", [descriptorOf(fd), true], "fdatasync"),
  fstat: (fd, options) => new Plan("fs_fstat", [descriptorOf(fd)], "fstat", { map: (found) => statsOf(found, options?.bigint ?? false) }),
  fsync: (fd) => new Plan("fs_fsync", [descriptorOf(fd), false], "fsync"),
  ftruncate(fd, length = 0) {
    descriptorOf(fd);
    validateInteger(length, "len");
    return new Plan("fs_ftruncate", [fd, Math.max(0, length)], "ftruncate");
  },
  futimes: (fd, atime, mtime) => new Plan("fs_futimes", [descriptorOf(fd), secondsOf(atime, "atime"), secondsOf(mtime, "mtime")], "futime"),
};

/** Reads into `buffer`; the result is the number of bytes. */
export function readPlan(fd, { buffer, offset, length, position }) {
  descriptorOf(fd);
  validateUint32(length, "length");
  return new Plan("fs_read", [fd, length, position], "read", {
    map(bytes) {
      new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).set(bytes, offset);
      return bytes.byteLength;
    },
  });
}

/** Writes what the system takes at once; the result is the number of bytes. */
export function writePlan(fd, { bytes, position }) {
  descriptorOf(fd);
  return new Plan("fs_write", [fd, bytes, position], "write");
}
