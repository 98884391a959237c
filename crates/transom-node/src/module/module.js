// @ts-check
// node:module. Packages are bundled before the server starts: what is left to do at run time is to find Node's modules, and
// those of the bundle whose names are known only then.
// Reference: https://nodejs.org/docs/latest-v22.x/api/module.html

import { lazy } from "transom:internal/lazy";
import { codes } from "transom:internal/node/errors";
import { validateString } from "transom:internal/node/errors/validators";
import { BUILTINS, PREFIXED } from "transom:internal/node/module/names";
import { loadRequired, resolveImported, resolveRequired } from "transom:internal/node/module/resolve";
import { refuse } from "transom:internal/node/unsupported/refuse";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeIncludes, Error, ObjectAssign, ObjectDefineProperty, ObjectFreeze, StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = codes;

const urls = lazy("node:url");
const REMEDY = "packages are bundled when the project is built; import what is needed";

export const builtinModules = ObjectFreeze([...BUILTINS, ...PREFIXED]);

export function isBuiltin(moduleName) {
  if (typeof moduleName !== "string") return false;
  if (ArrayPrototypeIncludes(PREFIXED, moduleName)) return true;
  const name = StringPrototypeStartsWith(moduleName, "node:") ? StringPrototypeSlice(moduleName, 5) : moduleName;
  return ArrayPrototypeIncludes(BUILTINS, name);
}

const specifierOf = (id) => (StringPrototypeStartsWith(id, "node:") ? id : `node:${id}`);

/** What `require` gives for one of Node's modules; undefined for anything else. */
export function getBuiltinModule(id) {
  validateString(id, "id");
  return isBuiltin(id) ? ops.module_load(specifierOf(id)).default : undefined;
}

/** A `require` for what was not put in its place when the project was built. */
export function createRequire(filename) {
  const isPath = typeof filename === "string" && StringPrototypeStartsWith(filename, "/");
  const isAddress = filename instanceof URL ? filename.protocol === "file:" : typeof filename === "string" && StringPrototypeStartsWith(filename, "file:");
  if (!isPath && !isAddress) {
    throw new ERR_INVALID_ARG_VALUE("filename", filename, "must be a file URL object, file URL string, or absolute path string");
  }
  const from = isPath ? filename : urls().fileURLToPath(filename);
  function require(id) {
    validateString(id, "id");
    if (id === "") throw new ERR_INVALID_ARG_VALUE("id", id, "must be a non-empty string");
    if (isBuiltin(id)) return getBuiltinModule(id);
    return loadRequired(resolveRequired(id, from), id, from);
  }
  require.resolve = (id, options = undefined) => {
    validateString(id, "request");
    if (isBuiltin(id)) return id;
    if (options?.paths === undefined) return resolveRequired(id, from);
    let failure;
    for (const path of options.paths) {
      try {
        return resolveRequired(id, `${path}/`);
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure ?? Object.assign(new Error(`Cannot find module '${id}'`), { code: "MODULE_NOT_FOUND", requireStack: [from] });
  };
  require.resolve.paths = (id) => (isBuiltin(id) ? null : []);
  require.cache = { __proto__: null };
  require.extensions = { __proto__: null };
  require.main = undefined;
  return require;
}

export function Module(id = "", _parent = undefined) {
  this.id = id;
  this.path = "";
  this.exports = {};
  this.filename = null;
  this.loaded = false;
  this.children = [];
  this.paths = [];
}
Module.prototype.require = function (id) {
  if (typeof id !== "string") throw new ERR_INVALID_ARG_TYPE("id", "string", id);
  return createRequire("/")(id);
};
Module.prototype._compile = refuse("module.Module", "_compile()", REMEDY);
Module.prototype.load = refuse("module.Module", "load()", REMEDY);

export class SourceMap {
  #payload;

  constructor(payload) {
    if (typeof payload !== "object" || payload === null) throw new ERR_INVALID_ARG_TYPE("payload", "Object", payload);
    this.#payload = payload;
  }

  get payload() {
    return this.#payload;
  }

  findEntry() {
    return {};
  }

  findOrigin() {
    return {};
  }
}

export const constants = ObjectFreeze({
  __proto__: null,
  compileCacheStatus: ObjectFreeze({ __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 }),
});
export const globalPaths = [];
export const _cache = { __proto__: null };
export const _pathCache = { __proto__: null };
export const _extensions = {
  __proto__: null,
  ".js": refuse("module", "_extensions", REMEDY),
  ".json": refuse("module", "_extensions", REMEDY),
  ".node": refuse("module", "_extensions", "native add-ons cannot be loaded"),
};
export const _debug = () => {};
export const _initPaths = () => {};
export const _preloadModules = () => {};
export const _findPath = refuse("module", "_findPath()", REMEDY);
export const _load = (request) => createRequire("/")(request);
export const _nodeModulePaths = () => [];
export const _resolveFilename = (request) => createRequire("/").resolve(request);
export const _resolveLookupPaths = (request) => (isBuiltin(request) ? null : []);
export const runMain = refuse("module", "runMain()", REMEDY);
export const register = refuse("module", "register()", REMEDY);
export const registerHooks = refuse("module", "registerHooks()", REMEDY);
export const stripTypeScriptTypes = refuse("module", "stripTypeScriptTypes()", "TypeScript is compiled when the project is built");
/** The exports of Node's modules are what they are. */
export const syncBuiltinESMExports = () => {};
export const findSourceMap = () => undefined;
export const findPackageJSON = () => undefined;
export const getSourceMapsSupport = () => ({ __proto__: null, enabled: true, nodeModules: true, generatedCode: false });
export const setSourceMapsSupport = () => {};
export const enableCompileCache = () => ({ status: constants.compileCacheStatus.DISABLED });
export const flushCompileCache = () => {};
export const getCompileCacheDir = () => undefined;

ObjectAssign(Module, {
  builtinModules, isBuiltin, createRequire, Module, SourceMap, constants, globalPaths, _cache, _pathCache, _extensions, _debug,
  _initPaths, _preloadModules, _findPath, _load, _nodeModulePaths, _resolveFilename, _resolveLookupPaths, runMain, register,
  registerHooks, stripTypeScriptTypes, syncBuiltinESMExports, findSourceMap, findPackageJSON, getSourceMapsSupport,
  setSourceMapsSupport, enableCompileCache, flushCompileCache, getCompileCacheDir,
});
/** What `import.meta.resolve` is in a bundled module (`module_place.rs` of the bundler). */
ObjectDefineProperty(Module, "_resolveImport", {
  __proto__: null,
  value: (specifier, parent) => resolveImported(specifier, parent, isBuiltin),
});
export default Module;
