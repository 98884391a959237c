// @ts-check
// What is known of a file (Stats, BigIntStats), of a file system (StatFs), and of an entry of a folder (Dirent).
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html#class-fsstats

import { Buffer } from "node:buffer";
import { constants } from "transom:internal/node/fs/constants";

const { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } = constants;
const TIMES = ["atime", "mtime", "ctime", "birthtime"];

function StatsBase(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks) {
  this.dev = dev;
  this.mode = mode;
  this.nlink = nlink;
  this.uid = uid;
  this.gid = gid;
  this.rdev = rdev;
  this.blksize = blksize;
  this.ino = ino;
  this.size = size;
  this.blocks = blocks;
}

const kinds = { isDirectory: S_IFDIR, isFile: S_IFREG, isBlockDevice: S_IFBLK, isCharacterDevice: S_IFCHR, isSymbolicLink: S_IFLNK, isFIFO: S_IFIFO, isSocket: S_IFSOCK };
for (const [name, kind] of Object.entries(kinds)) {
  StatsBase.prototype[name] = function () {
    return (Number(this.mode) & S_IFMT) === kind;
  };
}

/** https://nodejs.org/docs/latest-v22.x/api/fs.html#class-fsstats */
export function Stats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs) {
  StatsBase.call(this, dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks);
  this.atimeMs = atimeMs;
  this.mtimeMs = mtimeMs;
  this.ctimeMs = ctimeMs;
  this.birthtimeMs = birthtimeMs;
}
Object.setPrototypeOf(Stats.prototype, StatsBase.prototype);
Object.setPrototypeOf(Stats, StatsBase);

/** The same in bigints, with nanoseconds. */
export function BigIntStats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeNs, mtimeNs, ctimeNs, birthtimeNs) {
  StatsBase.call(this, dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks);
  this.atimeMs = atimeNs / 1_000_000n;
  this.mtimeMs = mtimeNs / 1_000_000n;
  this.ctimeMs = ctimeNs / 1_000_000n;
  this.birthtimeMs = birthtimeNs / 1_000_000n;
  this.atimeNs = atimeNs;
  this.mtimeNs = mtimeNs;
  this.ctimeNs = ctimeNs;
  this.birthtimeNs = birthtimeNs;
}
Object.setPrototypeOf(BigIntStats.prototype, StatsBase.prototype);
Object.setPrototypeOf(BigIntStats, StatsBase);

for (const Class of [Stats, BigIntStats]) {
  for (const name of TIMES) {
    Object.defineProperty(Class.prototype, name, {
      get() {
        const value = new Date(Math.round(Number(this[`${name}Ms`])));
        Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
        return value;
      },
      set(value) {
        Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      },
      enumerable: true, configurable: true,
    });
  }
}

/** Makes Stats of what the native operation tells: ten numbers, then seconds and nanoseconds of four times. */
export function statsOf(numbers, bigint = false) {
  const head = numbers.slice(0, 10);
  if (bigint) {
    const time = (at) => BigInt(numbers[at]) * 1_000_000_000n + BigInt(numbers[at + 1]);
    // @ts-expect-error a function that is a class
    return new BigIntStats(...head.map(BigInt), time(10), time(12), time(14), time(16));
  }
  const time = (at) => numbers[at] * 1000 + numbers[at + 1] / 1e6;
  // @ts-expect-error a function that is a class
  return new Stats(...head, time(10), time(12), time(14), time(16));
}

/** What `watchFile` tells of a file that is not there. */
export const noStats = (bigint = false) => statsOf(new Array(18).fill(0), bigint);

/** https://nodejs.org/docs/latest-v22.x/api/fs.html#class-fsstatfs */
export class StatFs {
  constructor(type, bsize, blocks, bfree, bavail, files, ffree) {
    this.type = type;
    this.bsize = bsize;
    this.blocks = blocks;
    this.bfree = bfree;
    this.bavail = bavail;
    this.files = files;
    this.ffree = ffree;
  }
}

export function statFsOf(numbers, bigint = false) {
  // @ts-expect-error seven numbers
  return new StatFs(...(bigint ? numbers.map(BigInt) : numbers));
}

const kType = Symbol("type");

/** https://nodejs.org/docs/latest-v22.x/api/fs.html#class-fsdirent */
export class Dirent {
  constructor(name, type, parentPath) {
    this.name = name;
    this.parentPath = parentPath;
    this.path = parentPath;
    this[kType] = type;
  }
}

const entryKinds = {
  isBlockDevice: constants.UV_DIRENT_BLOCK,
  isCharacterDevice: constants.UV_DIRENT_CHAR,
  isDirectory: constants.UV_DIRENT_DIR,
  isFIFO: constants.UV_DIRENT_FIFO,
  isFile: constants.UV_DIRENT_FILE,
  isSocket: constants.UV_DIRENT_SOCKET,
  isSymbolicLink: constants.UV_DIRENT_LINK,
};
for (const [name, kind] of Object.entries(entryKinds)) {
  Object.defineProperty(Dirent.prototype, name, {
    value() {
      return this[kType] === kind;
    },
    writable: true, enumerable: false, configurable: true,
  });
}

/** Entries of a folder, of names and kinds in turn. */
export function direntsOf(flat, folder, encoding) {
  const entries = [];
  for (let i = 0; i < flat.length; i += 2) {
    const name = encoding === "buffer" ? Buffer.from(flat[i]) : flat[i];
    entries.push(new Dirent(name, Number(flat[i + 1]), folder));
  }
  return entries;
}
