// @ts-check
// Paths of Windows: for programs that handle such paths; the server itself has none.
// Reference: https://nodejs.org/docs/latest-v22.x/api/path.html#pathwin32

import { validateString } from "transom:internal/node/errors/validators";
import { checkSuffix, formatWith, matchesGlobWith, normalizeParts } from "transom:internal/node/path/parts";
import { extension } from "transom:internal/node/path/posix_path";
import { environment } from "transom:internal/node/process/environment";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeCharCodeAt, StringPrototypeSlice, StringPrototypeToLowerCase,
} = primordials;

const code = StringPrototypeCharCodeAt;
const isSeparator = (unit) => unit === 47 || unit === 92;
const isLetter = (unit) => (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122);
const COLON = 58;

/** The end of a run of separators, or of a name, that begins at `from`. */
function skip(path, from, separators) {
  let i = from;
  while (i < path.length && isSeparator(code(path, i)) === separators) i++;
  return i;
}

/**
 * The root of a path: where it ends, the device (`C:` or `\\server\share`), whether the path is absolute.
 * `isUnc`: with a device of two names.
 */
function rootOf(path) {
  const { length } = path;
  if (length === 0) return { end: 0, device: "", isAbsolute: false, isUnc: false };
  if (isSeparator(code(path, 0))) {
    if (length > 1 && isSeparator(code(path, 1))) {
      const serverEnd = skip(path, 2, false);
      if (serverEnd < length && serverEnd > 2) {
        const shareStart = skip(path, serverEnd, true);
        const shareEnd = skip(path, shareStart, false);
        if (shareEnd > shareStart) {
          const server = StringPrototypeSlice(path, 2, serverEnd);
          if (server === "?" || server === ".") return { end: 4, device: `\\\\${server}`, isAbsolute: true, isUnc: false };
          return {
            end: shareEnd, device: `\\\\${server}\\${StringPrototypeSlice(path, shareStart, shareEnd)}`, isAbsolute: true, isUnc: true,
          };
        }
      }
    }
    return { end: 1, device: "", isAbsolute: true, isUnc: false };
  }
  if (length > 1 && isLetter(code(path, 0)) && code(path, 1) === COLON) {
    const isAbsolute = length > 2 && isSeparator(code(path, 2));
    return { end: isAbsolute ? 3 : 2, device: StringPrototypeSlice(path, 0, 2), isAbsolute, isUnc: false };
  }
  return { end: 0, device: "", isAbsolute: false, isUnc: false };
}

const lower = StringPrototypeToLowerCase;
const backslashes = (text) => RegExpPrototypeSymbolReplace(/[\\/]+/g, text, "\\");

/** The folder that a drive was last in; only the current one is known. */
function folderOf(device) {
  const known = device === "" ? undefined : environment[`=${device}`];
  const folder = known ?? ops.working_folder();
  if (device !== "" && lower(StringPrototypeSlice(folder, 0, 2)) !== lower(device) && code(folder, 2) === 92) return `${device}\\`;
  return folder;
}

/** Where the last name of a path begins and ends, behind its root. */
function lastName(path, rootEnd) {
  let end = path.length;
  while (end > rootEnd && isSeparator(code(path, end - 1))) end--;
  let start = end;
  while (start > rootEnd && !isSeparator(code(path, start - 1))) start--;
  return { start, end };
}

export const win32 = {
  resolve(...args) {
    let device = "";
    let tail = "";
    let isAbsolute = false;
    for (let i = args.length - 1; i >= -1; i--) {
      let path;
      if (i >= 0) {
        path = args[i];
        validateString(path, `paths[${i}]`);
        if (path.length === 0) continue;
      } else {
        path = folderOf(device);
      }
      const root = rootOf(path);
      if (root.device.length > 0) {
        if (device.length > 0) {
          if (lower(root.device) !== lower(device)) continue; // Of another device.
        } else {
          device = root.device;
        }
      }
      if (isAbsolute) {
        if (device.length > 0) break;
      } else {
        tail = `${StringPrototypeSlice(path, root.end)}\\${tail}`;
        isAbsolute = root.isAbsolute;
        if (isAbsolute && device.length > 0) break;
      }
    }
    tail = normalizeParts(tail, !isAbsolute, "\\", isSeparator);
    return isAbsolute ? `${device}\\${tail}` : `${device}${tail}` || ".";
  },

  normalize(path) {
    validateString(path, "path");
    if (path.length === 0) return ".";
    const { end, device, isAbsolute, isUnc } = rootOf(path);
    if (path.length === 1) return isSeparator(code(path, 0)) ? "\\" : path;
    if (isUnc && end === path.length) return `${device}\\`;
    let tail = end < path.length ? normalizeParts(StringPrototypeSlice(path, end), !isAbsolute, "\\", isSeparator) : "";
    if (tail.length === 0 && !isAbsolute) tail = ".";
    if (tail.length > 0 && isSeparator(code(path, path.length - 1))) tail += "\\";
    if (!isAbsolute && device === "" && (RegExpPrototypeExec(/:(?:[\\/]|$)/, path) !== null || RegExpPrototypeExec(/^[A-Za-z]:/, tail) !== null)) {
      // What looks like a drive must not become one.
      return `.\\${tail}`;
    }
    return `${device}${isAbsolute ? "\\" : ""}${tail}`;
  },

  isAbsolute(path) {
    validateString(path, "path");
    return rootOf(path).isAbsolute;
  },

  join(...args) {
    let joined;
    let first;
    for (let i = 0; i < args.length; i++) {
      validateString(args[i], "path");
      if (args[i].length === 0) continue;
      if (joined === undefined) joined = first = args[i];
      else joined += `\\${args[i]}`;
    }
    if (joined === undefined) return ".";
    // Only a first part that is itself the beginning of a UNC path makes one.
    let replaces = true;
    let slashes = 0;
    if (isSeparator(code(first, 0))) {
      slashes = 1;
      if (first.length > 1 && isSeparator(code(first, 1))) {
        slashes = 2;
        if (first.length > 2) {
          if (isSeparator(code(first, 2))) slashes = 3;
          else replaces = false;
        }
      }
    }
    if (replaces) {
      while (slashes < joined.length && isSeparator(code(joined, slashes))) slashes++;
      if (slashes >= 2) joined = `\\${StringPrototypeSlice(joined, slashes)}`;
    }
    return win32.normalize(joined);
  },

  relative(from, to) {
    validateString(from, "from");
    validateString(to, "to");
    if (from === to) return "";
    const fromFull = win32.resolve(from);
    const toFull = win32.resolve(to);
    if (fromFull === toFull || lower(fromFull) === lower(toFull)) return "";
    const split = (path) => backslashes(path).split("\\").filter((part) => part !== "");
    const fromParts = split(fromFull);
    const toParts = split(toFull);
    let same = 0;
    while (same < fromParts.length && same < toParts.length && lower(fromParts[same]) === lower(toParts[same])) same++;
    if (same === 0) return toFull;
    // Within `\\server\share` there is no way up.
    if (code(fromFull, 0) === 92 && code(fromFull, 1) === 92 && same < 2) return toFull;
    return [...fromParts.slice(same).map(() => ".."), ...toParts.slice(same)].join("\\");
  },

  toNamespacedPath(path) {
    if (typeof path !== "string" || path.length === 0) return path;
    const resolved = win32.resolve(path);
    if (resolved.length <= 2) return path;
    if (code(resolved, 0) === 92 && code(resolved, 1) === 92) {
      const third = code(resolved, 2);
      if (third !== 63 && third !== 46) return `\\\\?\\UNC\\${StringPrototypeSlice(resolved, 2)}`;
    } else if (isLetter(code(resolved, 0)) && code(resolved, 1) === COLON && code(resolved, 2) === 92) {
      return `\\\\?\\${resolved}`;
    }
    return resolved;
  },

  dirname(path) {
    validateString(path, "path");
    if (path.length === 0) return ".";
    const { end: rootEnd, isUnc } = rootOf(path);
    if (isUnc && rootEnd === path.length) return path;
    const stop = isUnc && isSeparator(code(path, rootEnd)) ? rootEnd + 1 : rootEnd;
    const { start } = lastName(path, stop);
    if (start <= stop) return stop === 0 ? "." : StringPrototypeSlice(path, 0, stop);
    return StringPrototypeSlice(path, 0, start - 1 < stop ? stop : start - 1);
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, "suffix");
    validateString(path, "path");
    const hasDrive = path.length >= 2 && isLetter(code(path, 0)) && code(path, 1) === COLON;
    const { start, end } = lastName(path, hasDrive ? 2 : 0);
    return start === end ? "" : checkSuffix(path, start, end, suffix, isSeparator);
  },

  extname(path) {
    validateString(path, "path");
    const hasDrive = path.length >= 2 && isLetter(code(path, 0)) && code(path, 1) === COLON;
    const { start, end } = lastName(path, hasDrive ? 2 : 0);
    return extension(path, start, end);
  },

  format(pathObject) {
    return formatWith("\\", pathObject);
  },

  parse(path) {
    validateString(path, "path");
    const result = { root: "", dir: "", base: "", ext: "", name: "" };
    if (path.length === 0) return result;
    const root = rootOf(path);
    let rootEnd = root.end;
    if (root.isUnc && rootEnd < path.length) rootEnd++;
    result.root = StringPrototypeSlice(path, 0, rootEnd);
    const { start, end } = lastName(path, rootEnd);
    if (end > start) {
      result.base = StringPrototypeSlice(path, start, end);
      result.ext = extension(path, start, end);
      result.name = StringPrototypeSlice(result.base, 0, result.base.length - result.ext.length);
    }
    result.dir = start > rootEnd ? StringPrototypeSlice(path, 0, start - 1) : result.root;
    return result;
  },

  matchesGlob(path, pattern) {
    validateString(path, "path");
    validateString(pattern, "pattern");
    return matchesGlobWith(path, pattern, "\\");
  },

  sep: "\\",
  delimiter: ";",
  win32: null,
  posix: null,
};
win32._makeLong = win32.toNamespacedPath;
