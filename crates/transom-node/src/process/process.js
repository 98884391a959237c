// @ts-check
// The object `process`: a global, and the default export of node:process.
// Reference: https://nodejs.org/docs/latest-v22.x/api/process.html

import { lazy } from "transom:internal/lazy";
import { EventEmitter } from "transom:internal/node/events/emitter";
import { codes } from "transom:internal/node/errors";
import { validateInteger } from "transom:internal/node/errors/validators";
import { environment } from "transom:internal/node/process/environment";
import { createFinalization, refuseExit } from "transom:internal/node/process/ending";
import { connect } from "transom:internal/node/process/events";
import { architecture, groups, identity, NODE_VERSION, umaskOf } from "transom:internal/node/process/facts";
import { nextTick } from "transom:internal/node/process/next_tick";
import { refused } from "transom:internal/node/process/refused";
import { cpuUsage, hrtime, memoryUsage, resourceUsage, threadCpuUsage } from "transom:internal/node/process/usage";
import { emitWarning, setDeprecationFlags, setWarningListener } from "transom:internal/node/process/warning";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  Number, NumberIsInteger, ObjectAssign, ObjectCreate, ObjectDefineProperties, ObjectDefineProperty, ObjectFreeze,
  ReflectApply, RegExpPrototypeExec, Set, SymbolToStringTag,
} = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_NOT_SUPPORTED } = codes;
const streams = lazy("transom:internal/node/process/standard_streams");
const modules = lazy("node:module");

function process_() {}
ObjectDefineProperty(process_, "name", { __proto__: null, value: "process", configurable: true });
process_.prototype = ObjectCreate(EventEmitter.prototype, {
  constructor: { value: process_, writable: true, enumerable: false, configurable: true },
});

const process = ObjectCreate(process_.prototype);
EventEmitter.call(process);
ObjectDefineProperty(process, SymbolToStringTag, { __proto__: null, value: "process", configurable: true });

// Listening begins when the program listens.
for (const method of ["on", "addListener", "once", "prependListener", "prependOnceListener"]) {
  const original = EventEmitter.prototype[method];
  ObjectDefineProperty(process, method, {
    __proto__: null,
    value(event, listener) {
      connect(process, event);
      return ReflectApply(original, process, [event, listener]);
    },
    writable: true, enumerable: false, configurable: true,
  });
}

const { 0: pid, 1: ppid } = ops.process_numbers();
const execPath = ops.process_path();
let title = "transom";
let exitCode;

function checkExitCode(value) {
  if (value === undefined || value === null) return value;
  if (typeof value === "string" && value !== "" && NumberIsInteger(Number(value))) return Number(value);
  validateInteger(value, "code");
  return value;
}

ObjectAssign(process, refused, {
  version: `v${NODE_VERSION}`,
  versions: ObjectFreeze({
    node: NODE_VERSION, v8: "12.4.254.21-node.56", uv: "1.51.0", modules: "127", napi: "10", openssl: "3.0.17", unicode: "16.0", zlib: "1.3.1",
    transom: RegExpPrototypeExec(/\/(.*)$/, ops.navigator_info()[0])?.[1] ?? "",
  }),
  arch: architecture(),
  platform: "linux",
  release: { name: "node", lts: "Jod" },
  argv: [execPath, execPath],
  argv0: "transom",
  execArgv: [],
  execPath,
  pid,
  ppid,
  env: environment,
  features: {
    inspector: false, debug: false, uv: true, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: false, tls: true,
    openssl_is_boringssl: true, cached_builtins: true, require_module: true, typescript: "transform",
  },
  config: ObjectFreeze({ target_defaults: ObjectFreeze({}), variables: ObjectFreeze({ napi_build_version: "10" }) }),
  allowedNodeEnvironmentFlags: new Set(),
  moduleLoadList: [],
  domain: null,
  _exiting: false,
  _events: process._events,
  _eventsCount: 0,
  _maxListeners: undefined,
  _preload_modules: [],

  nextTick,
  emitWarning,
  hrtime,
  memoryUsage,
  cpuUsage,
  threadCpuUsage,
  resourceUsage,
  cwd: () => ops.working_folder(),
  uptime: () => ops.performance_now() / 1000,
  umask(mask) {
    if (mask === undefined) return umaskOf();
    throw new ERR_NOT_SUPPORTED("process.umask(mask)", "the mask belongs to the whole server; give files their mode when they are made");
  },
  exit(code = undefined) {
    checkExitCode(code);
    refuseExit(process);
  },
  getuid: () => identity().uid,
  geteuid: () => identity().euid,
  getgid: () => identity().gid,
  getegid: () => identity().egid,
  getgroups: () => groups(),
  constrainedMemory: () => 0,
  availableMemory: () => Number(RegExpPrototypeExec(/MemAvailable:\s*(\d+)/, ops.os_text("meminfo"))?.[1] ?? 0) * 1024,
  getActiveResourcesInfo: () => [],
  _getActiveHandles: () => [],
  _getActiveRequests: () => [],
  hasUncaughtExceptionCaptureCallback: () => false,
  setSourceMapsEnabled(enabled) {
    if (typeof enabled !== "boolean") throw new ERR_INVALID_ARG_TYPE("enabled", "boolean", enabled);
  },
  getBuiltinModule: (id) => modules().getBuiltinModule(id),
  assert(value, message) {
    if (!value) throw new codes.ERR_ASSERTION(message || "assertion error");
  },
  ref: (object) => void object?.ref?.(),
  unref: (object) => void object?.unref?.(),
  _rawDebug: (...args) => console.error(...args),
  _tickCallback() {},
  _fatalException: () => false,
  finalization: createFinalization(process),
  report: {
    writeReport() {
      throw new ERR_NOT_SUPPORTED("process.report.writeReport()", "look into the server's log and metrics");
    },
    /** What packages look for there to tell systems apart; the rest is in the server's log and metrics. */
    getReport() {
      const header = {
        reportVersion: 3, event: "JavaScript API", trigger: "GetReport", filename: null, processId: pid, cwd: ops.working_folder(),
        commandLine: [execPath], nodejsVersion: process.version, wordSize: 64, arch: process.arch, platform: process.platform,
        componentVersions: process.versions, release: process.release,
      };
      return {
        header, javascriptStack: {}, javascriptHeap: {}, nativeStack: [], resourceUsage: {}, libuv: [], workers: [],
        environmentVariables: {}, userLimits: {}, sharedObjects: [],
      };
    },
    directory: "", filename: "", compact: false, excludeNetwork: false, signal: "SIGUSR2", reportOnFatalError: false,
    reportOnSignal: false, reportOnUncaughtException: false, excludeEnv: false,
  },
});

const made = { __proto__: null };
const stream = (name, make) => ({
  __proto__: null, get: () => (made[name] ??= make()), enumerable: true, configurable: true,
});

ObjectDefineProperties(process, {
  stdin: stream("stdin", () => streams().standardInput()),
  stdout: stream("stdout", () => streams().standardOutput(1)),
  stderr: stream("stderr", () => streams().standardOutput(2)),
  title: {
    get: () => title,
    set(value) {
      title = `${value}`;
    },
    enumerable: true, configurable: true,
  },
  exitCode: {
    get: () => exitCode,
    set(value) {
      exitCode = checkExitCode(value);
    },
    enumerable: true, configurable: false,
  },
  debugPort: { value: 9229, writable: true, enumerable: true, configurable: true },
  sourceMapsEnabled: { get: () => true, enumerable: true, configurable: true },
});

setWarningListener((warning) => process.emit("warning", warning));
setDeprecationFlags(() => ({
  noDeprecation: !!process.noDeprecation, throwDeprecation: !!process.throwDeprecation, traceDeprecation: !!process.traceDeprecation,
}));

export { process };
