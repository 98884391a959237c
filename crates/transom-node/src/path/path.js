// @ts-check
// node:path: that of POSIX systems, with both as properties.
// Reference: https://nodejs.org/docs/latest-v22.x/api/path.html

import { posix } from "transom:internal/node/path/posix_path";
import { win32 } from "transom:internal/node/path/win32_path";

posix.win32 = win32.win32 = win32;
posix.posix = win32.posix = posix;

export const {
  _makeLong, basename, delimiter, dirname, extname, format, isAbsolute, join, matchesGlob, normalize, parse, relative, resolve,
  sep, toNamespacedPath,
} = posix;
export { posix, win32 };
export default posix;
