// @ts-check
// node:path/win32.
// Reference: https://nodejs.org/docs/latest-v22.x/api/path.html#pathwin32

import path, { posix, win32 } from "node:path";

const own = path.win32;
export const {
  _makeLong, basename, delimiter, dirname, extname, format, isAbsolute, join, matchesGlob, normalize, parse, relative, resolve,
  sep, toNamespacedPath,
} = own;
export { posix, win32 };
export default own;
