// @ts-check
// node:path for POSIX systems.
// Reference: https://nodejs.org/docs/latest-v22.x/api/path.html

export const sep = "/";
export const delimiter = ":";

/** Resolves `.` and `..`; leading `..` stay in relative paths. */
function normalizeParts(path, isAbsolutePath) {
  const parts = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolutePath) parts.push("..");
  }
  return parts.join("/");
}

export function isAbsolute(path) {
  return path.startsWith("/");
}

export function normalize(path) {
  if (path === "") return ".";
  const absolute = isAbsolute(path);
  let result = normalizeParts(path, absolute);
  if (result === "" && !absolute) result = ".";
  if (result !== "" && path.endsWith("/")) result += "/";
  return absolute ? `/${result}` : result;
}

export function join(...paths) {
  const joined = paths.filter((path) => path !== "").join("/");
  return joined === "" ? "." : normalize(joined);
}

export function resolve(...paths) {
  let result = "";
  for (let i = paths.length - 1; i >= 0 && !isAbsolute(result); i--) {
    if (paths[i] !== "") result = result === "" ? paths[i] : `${paths[i]}/${result}`;
  }
  if (!isAbsolute(result)) result = `${process.cwd()}/${result}`;
  return `/${normalizeParts(result, true)}`;
}

export function dirname(path) {
  const trimmed = path.replace(/\/+$/, "");
  const at = trimmed.lastIndexOf("/");
  if (at < 0) return path.startsWith("/") ? "/" : ".";
  return trimmed.slice(0, at).replace(/\/+$/, "") || "/";
}

export function basename(path, suffix = "") {
  const name = path.replace(/\/+$/, "").split("/").at(-1);
  return suffix !== "" && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

export function extname(path) {
  const name = basename(path);
  const at = name.lastIndexOf(".");
  return at <= 0 || /^\.+$/.test(name) ? "" : name.slice(at);
}

export function relative(from, to) {
  const start = resolve(from).split("/").filter(Boolean);
  const end = resolve(to).split("/").filter(Boolean);
  let same = 0;
  while (same < start.length && same < end.length && start[same] === end[same]) same++;
  return [...start.slice(same).map(() => ".."), ...end.slice(same)].join("/");
}

export function parse(path) {
  const base = basename(path);
  const ext = extname(path);
  const root = isAbsolute(path) ? "/" : "";
  const folder = dirname(path);
  return { root, dir: folder === "." && !path.startsWith(".") ? root : folder, base, ext, name: ext === "" ? base : base.slice(0, -ext.length) };
}

export function format({ dir, root = "", base, name = "", ext = "" }) {
  const file = base ?? `${name}${ext && !ext.startsWith(".") ? "." : ""}${ext}`;
  const folder = dir ?? root;
  if (!folder) return file;
  return folder === root ? `${folder}${file}` : `${folder}/${file}`;
}

export const posix = { basename, delimiter, dirname, extname, format, isAbsolute, join, normalize, parse, relative, resolve, sep };
export default posix;
