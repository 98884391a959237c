// @ts-check
// Paths of POSIX systems.
// Reference: https://nodejs.org/docs/latest-v22.x/api/path.html

import { validateString } from "transom:internal/node/errors/validators";
import { checkSuffix, formatWith, matchesGlobWith, normalizeParts } from "transom:internal/node/path/parts";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { StringPrototypeCharCodeAt, StringPrototypeLastIndexOf, StringPrototypeSlice } = primordials;

const SLASH = 47;
const DOT = 46;
const code = StringPrototypeCharCodeAt;
const isSlash = (unit) => unit === SLASH;

/** The length of `path` without slashes at its end, but at least `least`. */
function withoutTrailing(path, least) {
  let end = path.length;
  while (end > least && code(path, end - 1) === SLASH) end--;
  return end;
}

export const posix = {
  resolve(...args) {
    let resolved = "";
    let isAbsolute = false;
    for (let i = args.length - 1; i >= 0 && !isAbsolute; i--) {
      const path = args[i];
      validateString(path, `paths[${i}]`);
      if (path.length === 0) continue;
      resolved = `${path}/${resolved}`;
      isAbsolute = code(path, 0) === SLASH;
    }
    if (!isAbsolute) {
      const folder = ops.working_folder();
      resolved = `${folder}/${resolved}`;
      isAbsolute = code(folder, 0) === SLASH;
    }
    resolved = normalizeParts(resolved, !isAbsolute, "/", isSlash);
    if (isAbsolute) return `/${resolved}`;
    return resolved.length > 0 ? resolved : ".";
  },

  normalize(path) {
    validateString(path, "path");
    if (path.length === 0) return ".";
    const isAbsolute = code(path, 0) === SLASH;
    const hasTrailing = code(path, path.length - 1) === SLASH;
    path = normalizeParts(path, !isAbsolute, "/", isSlash);
    if (path.length === 0) {
      if (isAbsolute) return "/";
      return hasTrailing ? "./" : ".";
    }
    if (hasTrailing) path += "/";
    return isAbsolute ? `/${path}` : path;
  },

  isAbsolute(path) {
    validateString(path, "path");
    return path.length > 0 && code(path, 0) === SLASH;
  },

  join(...args) {
    let joined;
    for (let i = 0; i < args.length; i++) {
      validateString(args[i], "path");
      if (args[i].length > 0) joined = joined === undefined ? args[i] : `${joined}/${args[i]}`;
    }
    return joined === undefined ? "." : posix.normalize(joined);
  },

  relative(from, to) {
    validateString(from, "from");
    validateString(to, "to");
    if (from === to) return "";
    from = posix.resolve(from);
    to = posix.resolve(to);
    if (from === to) return "";
    const fromLength = from.length - 1;
    const toLength = to.length - 1;
    const shorter = fromLength < toLength ? fromLength : toLength;
    let last = -1;
    let i = 0;
    for (; i < shorter; i++) {
      const unit = code(from, i + 1);
      if (unit !== code(to, i + 1)) break;
      if (unit === SLASH) last = i;
    }
    if (i === shorter) {
      if (toLength > shorter) {
        if (code(to, i + 1) === SLASH) return StringPrototypeSlice(to, i + 2);
        if (i === 0) return StringPrototypeSlice(to, i + 1);
      } else if (fromLength > shorter) {
        if (code(from, i + 1) === SLASH) last = i;
        else if (i === 0) last = 0;
      }
    }
    let up = "";
    for (let j = last + 2; j <= from.length; j++) {
      if (j === from.length || code(from, j) === SLASH) up += up.length === 0 ? ".." : "/..";
    }
    return `${up}${StringPrototypeSlice(to, last + 1)}`;
  },

  toNamespacedPath: (path) => path,

  dirname(path) {
    validateString(path, "path");
    if (path.length === 0) return ".";
    const hasRoot = code(path, 0) === SLASH;
    let end = -1;
    let isTrailing = true;
    for (let i = path.length - 1; i >= 1; --i) {
      if (code(path, i) !== SLASH) {
        isTrailing = false;
      } else if (!isTrailing) {
        end = i;
        break;
      }
    }
    if (end === -1) return hasRoot ? "/" : ".";
    if (hasRoot && end === 1) return "//";
    return StringPrototypeSlice(path, 0, end);
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, "suffix");
    validateString(path, "path");
    const end = withoutTrailing(path, 0);
    const start = StringPrototypeLastIndexOf(path, "/", end - 1) + 1;
    if (end === 0) return "";
    return checkSuffix(path, start, end, suffix, isSlash);
  },

  extname(path) {
    validateString(path, "path");
    const end = withoutTrailing(path, 0);
    const start = end === 0 ? 0 : StringPrototypeLastIndexOf(path, "/", end - 1) + 1;
    return extension(path, start, end);
  },

  format(pathObject) {
    return formatWith("/", pathObject);
  },

  parse(path) {
    validateString(path, "path");
    const result = { root: "", dir: "", base: "", ext: "", name: "" };
    if (path.length === 0) return result;
    const isAbsolute = code(path, 0) === SLASH;
    const rootEnd = isAbsolute ? 1 : 0;
    if (isAbsolute) result.root = "/";
    const end = withoutTrailing(path, rootEnd);
    let start = end > rootEnd ? StringPrototypeLastIndexOf(path, "/", end - 1) + 1 : rootEnd;
    if (start < rootEnd) start = rootEnd;
    if (end > start) {
      result.base = StringPrototypeSlice(path, start, end);
      result.ext = extension(path, start, end);
      result.name = StringPrototypeSlice(result.base, 0, result.base.length - result.ext.length);
    }
    if (start > rootEnd) result.dir = StringPrototypeSlice(path, 0, start - 1);
    else if (isAbsolute) result.dir = "/";
    return result;
  },

  matchesGlob(path, pattern) {
    validateString(path, "path");
    validateString(pattern, "pattern");
    return matchesGlobWith(path, pattern, "/");
  },

  sep: "/",
  delimiter: ":",
  win32: null,
  posix: null,
};

/** The extension of the name between two positions: from its last dot, if that is neither its first character nor all. */
export function extension(path, start, end) {
  let dot = -1;
  for (let i = end - 1; i > start; i--) {
    if (code(path, i) === DOT) {
      dot = i;
      break;
    }
  }
  if (dot === -1) return "";
  // ".." has no extension.
  if (dot === end - 1 && dot === start + 1 && code(path, start) === DOT) return "";
  return StringPrototypeSlice(path, dot, end);
}

posix._makeLong = posix.toNamespacedPath;
