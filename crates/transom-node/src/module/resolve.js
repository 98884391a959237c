// @ts-check
// Finds modules whose names are known only at run time, as Node finds them: files and packages beside the one that asks.
// Reference: https://nodejs.org/docs/latest-v22.x/api/modules.html#all-together
//
// Only what was bundled can be run, and JSON files can be read; the permissions say what is seen.

import { lazy } from "transom:internal/lazy";
import { posix } from "transom:internal/node/path/posix_path";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, ArrayPrototypeIncludes, Error, JSONParse, Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeHas, MapPrototypeSet,
  ObjectKeys, StringPrototypeEndsWith, StringPrototypeIndexOf, StringPrototypeReplaceAll, StringPrototypeSlice,
  StringPrototypeSplit, StringPrototypeStartsWith, SymbolFor,
} = primordials;
const files = lazy("node:fs");
const urls = lazy("node:url");

/**
 * Where each chunk of the bundle leaves the address of the project, the functions of its CommonJS files, and in which chunks
 * others are (`bundled_modules.rs` of the bundler).
 */
const BUNDLED = SymbolFor("transom.bundled");
const EXTENSIONS = ["", ".js", ".json", ".node", ".cjs", ".mjs", ".ts", ".mts", ".cts"];
const OF_REQUIRE = ["require", "module-sync", "node", "production", "default"];
const OF_IMPORT = ["import", "module-sync", "module", "node", "production", "default"];

/** By path. */
const bundled = new Map();
let seen = 0;
/** Path: the value of a JSON file that was read. */
const values = new Map();

/** What gives the exports of the bundled file at `path`, if it is one. */
function bundledAt(path) {
  const lists = globalThis[BUNDLED];
  for (; lists !== undefined && seen < lists.length; seen++) {
    const { 0: url, 1: functions, 2: elsewhere } = lists[seen];
    const root = urls().fileURLToPath(url);
    for (const file of ObjectKeys(functions)) MapPrototypeSet(bundled, posix.resolve(root, file), functions[file]);
    for (const file of ObjectKeys(elsewhere)) {
      const place = posix.resolve(root, file);
      if (!MapPrototypeHas(bundled, place)) MapPrototypeSet(bundled, place, () => loadChunk(elsewhere[file], place));
    }
  }
  return MapPrototypeGet(bundled, path);
}

/** Runs the chunk with this name, which then says how the file at `path` is run. */
function loadChunk(chunk, path) {
  MapPrototypeDelete(bundled, path);
  ops.module_load(`transom:app/${chunk}`);
  return bundledAt(path)();
}

/** One search: remembers what the permissions hid. */
class Search {
  constructor(conditions) {
    this.conditions = conditions;
    this.denied = undefined;
  }

  kind(path) {
    try {
      const found = files().statSync(path, { throwIfNoEntry: false });
      return found === undefined ? undefined : found.isDirectory() ? "folder" : "file";
    } catch (error) {
      if (error.code === "ERR_ACCESS_DENIED") this.denied ??= error;
      return undefined;
    }
  }

  isFile(path) {
    return bundledAt(path) !== undefined || this.kind(path) === "file";
  }

  description(folder) {
    const path = posix.join(folder, "package.json");
    if (this.kind(path) !== "file") return undefined;
    try {
      return JSONParse(files().readFileSync(path, "utf8"));
    } catch {
      return undefined;
    }
  }

  file(path) {
    for (const extension of EXTENSIONS) if (this.isFile(path + extension)) return path + extension;
    return undefined;
  }

  folder(path) {
    const main = this.description(path)?.main;
    if (typeof main === "string" && main !== "") {
      const found = this.file(posix.join(path, main)) ?? this.file(posix.join(path, main, "index"));
      if (found !== undefined) return found;
    }
    return this.file(posix.join(path, "index"));
  }

  path(path) {
    const found = StringPrototypeEndsWith(path, "/") ? undefined : this.file(path);
    return found ?? this.folder(path);
  }

  /** What `exports` or `imports` of a package in `folder` lead to. */
  mapped(folder, map, key) {
    let target = map[key];
    let star;
    if (target === undefined) {
      let longest = -1;
      for (const pattern of ObjectKeys(map)) {
        const at = StringPrototypeIndexOf(pattern, "*");
        if (at <= longest) continue;
        const before = StringPrototypeSlice(pattern, 0, at);
        const after = StringPrototypeSlice(pattern, at + 1);
        if (key.length < pattern.length || !StringPrototypeStartsWith(key, before) || !StringPrototypeEndsWith(key, after)) continue;
        longest = at;
        target = map[pattern];
        star = StringPrototypeSlice(key, at, key.length - after.length);
      }
    }
    return this.target(folder, target, star);
  }

  target(folder, target, star) {
    if (typeof target === "string") {
      const text = star === undefined ? target : StringPrototypeReplaceAll(target, "*", () => star);
      if (!StringPrototypeStartsWith(text, "./")) return this.package(text, folder);
      const path = posix.join(folder, text);
      return this.isFile(path) ? path : undefined;
    }
    if (target === null || typeof target !== "object") return undefined;
    for (const key of ObjectKeys(target)) {
      if (!ArrayIsArray(target) && !ArrayPrototypeIncludes(this.conditions, key)) continue;
      const found = this.target(folder, target[key], star);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  package(specifier, folder) {
    const parts = StringPrototypeSplit(specifier, "/");
    const count = specifier[0] === "@" ? 2 : 1;
    const name = parts.slice(0, count).join("/");
    const rest = parts.slice(count).join("/");
    for (let at = folder; ; at = posix.dirname(at)) {
      const own = this.description(at);
      if (own?.name === name && own.exports !== undefined) return this.exported(at, own.exports, rest);
      const place = posix.join(at, "node_modules", name);
      if (this.kind(place) === "folder") {
        const { exports } = this.description(place) ?? {};
        if (exports !== undefined && exports !== null) return this.exported(place, exports, rest);
        return rest === "" ? this.folder(place) : this.path(posix.join(place, rest));
      }
      if (at === "/") return undefined;
    }
  }

  exported(folder, exports, rest) {
    const keys = typeof exports === "string" || ArrayIsArray(exports) ? [] : ObjectKeys(exports);
    const map = keys.length > 0 && keys[0][0] === "." ? exports : { ".": exports };
    return this.mapped(folder, map, rest === "" ? "." : `./${rest}`);
  }

  imported(specifier, folder) {
    for (let at = folder; ; at = posix.dirname(at)) {
      const own = this.description(at);
      if (own !== undefined) return own.imports ? this.mapped(at, own.imports, specifier) : undefined;
      if (at === "/") return undefined;
    }
  }

  find(specifier, folder) {
    const first = specifier[0];
    if (first === "/") return this.path(specifier);
    if (specifier === "." || specifier === ".." || StringPrototypeStartsWith(specifier, "./") || StringPrototypeStartsWith(specifier, "../")) {
      const path = posix.resolve(folder, specifier);
      return this.path(/(?:^|\/)\.{0,2}$/.test(specifier) ? `${path}/` : path);
    }
    return first === "#" ? this.imported(specifier, folder) : this.package(specifier, folder);
  }
}

function real(path) {
  try {
    return files().realpathSync(path);
  } catch {
    return path;
  }
}

/** How an error shows the path of the file that asks. */
const shown = (from) => (from === "" ? "the project" : from);

function failure(code, message, from) {
  const error = /** @type {any} */ (new Error(message));
  error.code = code;
  error.requireStack = from === "" ? [] : [from];
  return error;
}

/** The path of the file that `require(specifier)` of the file `from` (a path; a folder, if a slash ends it) means. */
export function resolveRequired(specifier, from) {
  const search = new Search(OF_REQUIRE);
  const folder = StringPrototypeEndsWith(from, "/") ? from : posix.dirname(from);
  const found = search.find(specifier, folder);
  if (found !== undefined) return bundledAt(found) === undefined ? real(found) : found;
  if (search.denied !== undefined && (specifier[0] === "." || specifier[0] === "/")) throw search.denied;
  const install = specifier[0] === "." || specifier[0] === "/" || specifier[0] === "#" ? "" : `, and run \`npm install ${packageOf(specifier)}\` if it is not installed`;
  throw failure(
    "MODULE_NOT_FOUND",
    `Cannot find module '${specifier}', required by ${shown(from)}: require it with a literal, so that it is bundled${install}`, from,
  );
}

const packageOf = (specifier) => StringPrototypeSplit(specifier, "/").slice(0, specifier[0] === "@" ? 2 : 1).join("/");

/** The exports of the file at `path`, which `require(specifier)` of the file `from` means. */
export function loadRequired(path, specifier, from) {
  const run = bundledAt(path);
  if (run !== undefined) return run();
  if (StringPrototypeEndsWith(path, ".json")) {
    if (!MapPrototypeHas(values, path)) {
      const text = files().readFileSync(path, "utf8");
      try {
        MapPrototypeSet(values, path, JSONParse(text[0] === "\uFEFF" ? StringPrototypeSlice(text, 1) : text));
      } catch (error) {
        error.message = `${path}: ${error.message}`;
        throw error;
      }
    }
    return MapPrototypeGet(values, path);
  }
  const remedy = StringPrototypeEndsWith(path, ".node")
    ? "native add-ons cannot be loaded; use a package in pure JavaScript or WebAssembly"
    : "the project's build has no CommonJS module of that file; require or import it with a literal";
  throw failure("MODULE_NOT_FOUND", `Cannot find module '${specifier}', required by ${shown(from)}, in the build: ${remedy} (${path})`, from);
}

/** What `import.meta.resolve(specifier)` gives in the module with the address `parent`. */
export function resolveImported(specifier, parent, isBuiltin) {
  specifier = `${specifier}`;
  if (/^(?:\.{0,2}\/|\.{1,2}$)/.test(specifier)) return new URL(specifier, parent).href;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(specifier)?.[1];
  if (scheme === "node") {
    if (isBuiltin(specifier)) return specifier;
    throw failure("ERR_UNKNOWN_BUILTIN_MODULE", `No such built-in module: ${specifier}`, "");
  }
  if (scheme !== undefined) return new URL(specifier).href;
  if (isBuiltin(specifier)) return `node:${specifier}`;
  const from = urls().fileURLToPath(parent);
  const found = new Search(OF_IMPORT).find(specifier, posix.dirname(from));
  if (found !== undefined) return urls().pathToFileURL(real(found)).href;
  const what = specifier[0] === "#" ? "package import" : "package";
  const install = specifier[0] === "#" ? "list it in `imports` of package.json" : `run \`npm install ${packageOf(specifier)}\``;
  throw failure("ERR_MODULE_NOT_FOUND", `Cannot find ${what} '${specifier}' imported from ${from}; if it is needed, ${install}`, from);
}
