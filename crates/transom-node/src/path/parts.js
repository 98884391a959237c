// @ts-check
// What paths of both systems have in common.

import { validateObject } from "transom:internal/node/errors/validators";
import { globToRegExp } from "transom:internal/node/path/glob";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeJoin, ArrayPrototypePop, ArrayPrototypePush, RegExpPrototypeExec, StringPrototypeCharCodeAt, StringPrototypeEndsWith,
  StringPrototypeReplaceAll, StringPrototypeSlice,
} = primordials;

/** Takes `.` and `..` out; those at the front stay if `isRelative`. */
export function normalizeParts(path, isRelative, separator, isSeparator) {
  const parts = [];
  let start = 0;
  for (let i = 0; i <= path.length; i++) {
    if (i < path.length && !isSeparator(StringPrototypeCharCodeAt(path, i))) continue;
    const part = StringPrototypeSlice(path, start, i);
    start = i + 1;
    if (part === "" || part === ".") continue;
    if (part !== "..") ArrayPrototypePush(parts, part);
    else if (parts.length > 0 && parts[parts.length - 1] !== "..") ArrayPrototypePop(parts);
    else if (isRelative) ArrayPrototypePush(parts, "..");
  }
  return ArrayPrototypeJoin(parts, separator);
}

/** The name between two positions, without `suffix` unless that is all of it. */
export function checkSuffix(path, start, end, suffix, isSeparator) {
  const name = StringPrototypeSlice(path, start, end);
  if (suffix === undefined || suffix.length === 0 || suffix.length > path.length) return name;
  if (suffix === path) return "";
  // A suffix that reaches beyond the name takes nothing off.
  for (let i = 0; i < suffix.length; i++) if (isSeparator(StringPrototypeCharCodeAt(suffix, i))) return name;
  return name !== suffix && StringPrototypeEndsWith(name, suffix) ? StringPrototypeSlice(name, 0, -suffix.length) : name;
}

const withDot = (extension) => (extension ? `${extension[0] === "." ? "" : "."}${extension}` : "");

export function formatWith(separator, pathObject) {
  validateObject(pathObject, "pathObject");
  const folder = pathObject.dir || pathObject.root;
  const base = pathObject.base || `${pathObject.name || ""}${withDot(pathObject.ext)}`;
  if (!folder) return base;
  return folder === pathObject.root ? `${folder}${base}` : `${folder}${separator}${base}`;
}

export function matchesGlobWith(path, pattern, separator) {
  if (separator === "\\") {
    path = StringPrototypeReplaceAll(path, "\\", "/");
    pattern = StringPrototypeReplaceAll(pattern, "\\", "/");
  }
  return RegExpPrototypeExec(globToRegExp(pattern), path) !== null;
}
