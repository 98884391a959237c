// @ts-check
// node:path/posix.
// Reference: https://nodejs.org/docs/latest-v22.x/api/path.html#pathposix

import path, { posix, win32 } from "node:path";

const own = path.posix;
export const {
  _makeLong, basename, delimiter, dirname, extname, format, isAbsolute, join, matchesGlob, normalize, parse, relative, resolve,
  sep, toNamespacedPath,
} = own;
export { posix, win32 };
export default own;
