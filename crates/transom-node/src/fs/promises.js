// @ts-check
// node:fs/promises: whole files, folders, and handles for writing piece by piece.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html#promises-api
//
// What a program passes in keeps its own protocols: iterables are iterated as the program defined them.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeMap, Date, Error, TypeError, Uint8Array } = primordials;

const S_IFMT = 0o170000;
const DEFAULT_MODE = 0o666;

function invalid(name, expected, value) {
  const error = new TypeError(`The "${name}" argument must be ${expected}. Received ${value === null ? "null" : `type ${typeof value}`}`);
  error.code = "ERR_INVALID_ARG_TYPE";
  return error;
}

/** A path given as a string, a file URL or bytes. */
function pathOf(value, name = "path") {
  if (typeof value === "string") {
    if (!value.includes("\0")) return value;
    const error = new TypeError(`The argument '${name}' must be a string without null bytes`);
    error.code = "ERR_INVALID_ARG_VALUE";
    throw error;
  }
  if (value instanceof URL) {
    if (value.protocol === "file:") return decodeURIComponent(value.pathname);
    const error = new TypeError("The URL must be of scheme file");
    error.code = "ERR_INVALID_URL_SCHEME";
    throw error;
  }
  if (ArrayBuffer.isView(value)) return ops.utf8_decode(value, false, true);
  throw invalid(name, "of type string or an instance of Buffer or URL", value);
}

function optionsOf(options) {
  return typeof options === "string" ? { encoding: options } : (options ?? {});
}

/** Bytes of a string or view. */
function bytesOf(data) {
  if (typeof data === "string") return ops.utf8_encode(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw invalid("data", "of type string or an instance of Buffer, TypedArray, or DataView", data);
}

function isPieces(data) {
  if (data === null || typeof data !== "object" || ArrayBuffer.isView(data)) return false;
  return typeof data[Symbol.asyncIterator] === "function" || typeof data[Symbol.iterator] === "function";
}

function decode(bytes, encoding) {
  switch (encoding) {
    case undefined:
    case null:
    case "buffer":
      return bytes;
    case "utf8":
    case "utf-8":
      return ops.utf8_decode(bytes, false, true);
    case "latin1":
    case "binary":
    case "ascii":
      return new TextDecoder("latin1").decode(bytes);
    case "base64":
      return bytes.toBase64();
    case "hex":
      return bytes.toHex();
    default: {
      const error = new TypeError(`Unknown encoding: ${encoding}`);
      error.code = "ERR_UNKNOWN_ENCODING";
      throw error;
    }
  }
}

/** https://nodejs.org/docs/latest-v22.x/api/fs.html#class-fsstats */
export class Stats {
  constructor([mode, size, atimeMs, mtimeMs, ctimeMs, birthtimeMs, ino, nlink, uid, gid]) {
    this.mode = mode;
    this.nlink = nlink;
    this.uid = uid;
    this.gid = gid;
    this.ino = ino;
    this.size = size;
    this.atimeMs = atimeMs;
    this.mtimeMs = mtimeMs;
    this.ctimeMs = ctimeMs;
    this.birthtimeMs = birthtimeMs;
    this.atime = new Date(atimeMs);
    this.mtime = new Date(mtimeMs);
    this.ctime = new Date(ctimeMs);
    this.birthtime = new Date(birthtimeMs);
  }
  isFile() {
    return (this.mode & S_IFMT) === 0o100000;
  }
  isDirectory() {
    return (this.mode & S_IFMT) === 0o040000;
  }
  isSymbolicLink() {
    return (this.mode & S_IFMT) === 0o120000;
  }
}

/** https://nodejs.org/docs/latest-v22.x/api/fs.html#class-filehandle */
export class FileHandle {
  #number;

  constructor(number) {
    this.#number = number;
  }

  get fd() {
    return this.#number;
  }

  /** `write(buffer, offset, length, position)`, `write(buffer, options)` or `write(string, position)`. */
  async write(data, offset, length, position) {
    let bytes = bytesOf(data);
    if (typeof data === "string") {
      position = typeof offset === "number" ? offset : null;
    } else {
      if (offset !== null && typeof offset === "object") ({ offset, length, position } = offset);
      const start = offset ?? 0;
      bytes = bytes.subarray(start, start + (length ?? bytes.byteLength - start));
    }
    await ops.fs_write(this.#number, bytes, typeof position === "number" ? position : null);
    return { bytesWritten: bytes.byteLength, buffer: data };
  }

  /** Reads into `buffer`. */
  async read(buffer, offset = 0, length = buffer.byteLength - offset, position = null) {
    const bytes = await ops.fs_read(this.#number, length, typeof position === "number" ? position : null);
    bytesOf(buffer).set(bytes, offset);
    return { bytesRead: bytes.byteLength, buffer };
  }

  async writeFile(data) {
    if (!isPieces(data)) return void (await ops.fs_write(this.#number, bytesOf(data), null));
    for await (const piece of data) await ops.fs_write(this.#number, bytesOf(piece), null);
  }

  appendFile(data) {
    return this.writeFile(data);
  }

  async stat() {
    return new Stats(await ops.fs_handle_stat(this.#number));
  }

  async close() {
    ops.fs_close(this.#number);
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }
}

export async function open(path, flags = "r", mode = DEFAULT_MODE) {
  return new FileHandle(await ops.fs_open(pathOf(path), flags, mode));
}

export async function readFile(path, options) {
  const { encoding } = optionsOf(options);
  const bytes = path instanceof FileHandle ? await ops.fs_read(path.fd, (await path.stat()).size, 0) : await ops.fs_read_file(pathOf(path));
  return decode(bytes, encoding);
}

/** `data` may also be an iterable, async iterable or stream: then it is written as it comes, never held whole. */
export async function writeFile(path, data, options) {
  const { flag = "w", mode = DEFAULT_MODE, signal } = optionsOf(options);
  signal?.throwIfAborted();
  if (path instanceof FileHandle) return path.writeFile(data);
  if (!isPieces(data)) return ops.fs_write_file(pathOf(path), bytesOf(data), flag, mode);
  const file = await open(path, flag, mode);
  try {
    for await (const piece of data) {
      signal?.throwIfAborted();
      await file.write(bytesOf(piece));
    }
  } finally {
    await file.close();
  }
}

export function appendFile(path, data, options) {
  return writeFile(path, data, { flag: "a", ...optionsOf(options) });
}

export async function mkdir(path, options) {
  const recursive = typeof options === "object" && options !== null && options.recursive === true;
  const first = await ops.fs_mkdir(pathOf(path), recursive);
  return recursive ? (first ?? undefined) : undefined;
}

export async function stat(path) {
  return new Stats(await ops.fs_stat(pathOf(path), true));
}

export async function lstat(path) {
  return new Stats(await ops.fs_stat(pathOf(path), false));
}

export async function access(path) {
  await ops.fs_stat(pathOf(path), true);
}

export async function unlink(path) {
  await ops.fs_unlink(pathOf(path));
}

export async function rmdir(path) {
  await ops.fs_rmdir(pathOf(path));
}

export async function rm(path, options) {
  const { recursive = false, force = false } = options ?? {};
  try {
    await ops.fs_rm(pathOf(path), recursive);
  } catch (error) {
    if (!(force && error instanceof Error && error.code === "ENOENT")) throw error;
  }
}

export async function rename(from, to) {
  await ops.fs_rename(pathOf(from, "oldPath"), pathOf(to, "newPath"));
}

export async function copyFile(from, to) {
  await ops.fs_copy_file(pathOf(from, "src"), pathOf(to, "dest"));
}

/** Names, or objects with `name`, `isFile()` and `isDirectory()` under `withFileTypes`. */
export async function readdir(path, options) {
  const folder = pathOf(path);
  const entries = await ops.fs_read_folder(folder);
  return ArrayPrototypeMap(entries, (entry) => {
    const name = entry.slice(1);
    if (optionsOf(options).withFileTypes !== true) return name;
    const isFolder = entry[0] === "d";
    return { name, parentPath: folder, isDirectory: () => isFolder, isFile: () => !isFolder };
  });
}

export default {
  access, appendFile, copyFile, lstat, mkdir, open, readFile, readdir, rename, rm, rmdir, stat, unlink, writeFile,
};
