// @ts-check
// What an imported package looks like to `astro.config.*`, and how the evaluated config becomes JSON.
//
// Packages are never run. `record("pkg")` is a module object of which every export accepts every call,
// construction and property access, and remembers them. In the JSON a call reads
// `{ "$call": { "package", "name", "args" } }` and a mere reference `{ "$ref": { "package", "name" } }`, where the
// name is the path from the module: `default`, `presets.node`, `default().use`.
//
// The host may set `globalThis.__transomConfig = { command, mode, loadEnv(mode, dir, prefixes) }` before.

/** @typedef {{ package: string, name: string, args?: unknown[] }} Recording */

/** @type {WeakMap<object, Recording>} */
const recordings = new WeakMap();

/** Objects deeper than this, or more of them than this, are no configuration. */
const MAX_DEPTH = 100;
const MAX_NODES = 200_000;

export const host = () => /** @type {any} */ (globalThis).__transomConfig ?? {};

/** @param {Recording} recording @param {unknown[]} [args] */
function nameOf(recording, args = recording.args) {
  return args === undefined ? recording.name : `${recording.name}()`;
}

/** @param {Recording} recording */
function recorder(recording) {
  // A bound function can be called and constructed, and has no property that a proxy could not hide.
  const target = function () {}.bind(undefined);
  // @ts-ignore: both are configurable.
  delete target.length, delete target.name;
  const children = new Map();
  const text = `[${recording.package} ${nameOf(recording)}]`;
  const answer = (/** @type {unknown[]} */ args) =>
    recorder({ package: recording.package, name: nameOf(recording), args });
  const proxy = new Proxy(target, {
    apply: (_target, _this, args) => answer(args),
    construct: (_target, args) => /** @type {object} */ (answer(args)),
    get(own, key) {
      if (Object.hasOwn(own, key)) return Reflect.get(own, key);
      switch (key) {
        case Symbol.toPrimitive:
        case "toString":
        case "valueOf":
          return () => text;
        case Symbol.iterator:
          return function* () {};
        case Symbol.asyncIterator:
          return async function* () {};
        case "prototype":
          return Object.prototype; // `class extends` wants one.
        case "then": // Not a promise: `await` must end.
        case "toJSON":
        case "__esModule":
          return undefined;
      }
      if (typeof key === "symbol") return undefined;
      if (!children.has(key)) {
        children.set(key, recorder({ package: recording.package, name: `${nameOf(recording)}.${key}` }));
      }
      return children.get(key);
    },
  });
  recordings.set(proxy, recording);
  return proxy;
}

/**
 * The exports object of a package, for CommonJS interop: named imports of unknown names must work, so they are
 * answered by the prototype, which interop hands on.
 *
 * @param {string} packageName
 * @param {Record<string, unknown>} [known] exports with a meaning of their own
 */
export function record(packageName, known = {}) {
  const exports = new Map();
  const named = new Proxy(Object.create(null), {
    get(_target, key) {
      if (typeof key === "symbol" || key === "then" || key === "__esModule") return undefined;
      if (!exports.has(key)) exports.set(key, recorder({ package: packageName, name: key }));
      return exports.get(key);
    },
  });
  const whole = recorder({ package: packageName, name: "default" });
  const module = new Proxy(whole, {
    get: (target, key) => {
      if (typeof key === "string" && Object.hasOwn(known, key)) return known[key];
      if (typeof key === "symbol" || Object.hasOwn(Object.prototype, key)) return Reflect.get(target, key);
      return key === "default" ? whole : named[key];
    },
    getPrototypeOf: () => named,
    ownKeys: () => Object.keys(known),
    getOwnPropertyDescriptor: (_target, key) =>
      typeof key === "string" && Object.hasOwn(known, key)
        ? { value: known[key], enumerable: true, configurable: true, writable: true }
        : undefined,
  });
  recordings.set(module, { package: packageName, name: "default" });
  return module;
}

/**
 * Evaluates what a config file exports (object, function, promise) and writes it as JSON.
 *
 * @param {unknown} exported
 * @returns {Promise<string>}
 */
export async function toJson(exported) {
  let config = await exported;
  if (typeof config === "function" && !recordings.has(config)) {
    const { command = "build", mode = "production" } = host();
    config = await config({ command, mode });
  }
  return JSON.stringify(plain(config, [], { nodes: 0 })) ?? "null";
}

/**
 * @param {any} value
 * @param {object[]} parents objects that contain the value
 * @param {{ nodes: number }} budget
 * @returns {unknown}
 */
function plain(value, parents, budget) {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return value;
    case "number":
      return Number.isFinite(value) ? value : { $number: String(value) };
    case "bigint":
      return { $bigint: String(value) };
    case "symbol":
      return { $symbol: value.description ?? "" };
  }
  if (value === null) return null;
  const recording = recordings.get(value);
  if (typeof value === "function" && !recording) return { $function: String(value.name) };
  if (parents.includes(value)) return { $cycle: true };
  if (parents.length > MAX_DEPTH || ++budget.nodes > MAX_NODES) return { $omitted: true };
  const inside = [...parents, value];
  const next = (/** @type {unknown} */ inner) => plain(inner, inside, budget);
  if (recording) {
    const { package: from, name, args } = recording;
    const call = { package: from, name };
    return args === undefined ? { $ref: call } : { $call: { ...call, args: args.map((arg) => next(arg) ?? null) } };
  }
  if (Array.isArray(value)) return value.map((item) => next(item) ?? null);
  if (value instanceof RegExp) return { $regexp: String(value) };
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Map) return { $map: [...value].map((entry) => next(entry)) };
  if (value instanceof Set) return { $set: [...value].map((item) => next(item) ?? null) };
  if (value instanceof Promise) return { $promise: true };
  if (typeof URL === "function" && value instanceof URL) return value.href;
  /** @type {Record<string, unknown>} */
  const object = {};
  for (const key of Object.keys(value)) {
    try {
      const inner = next(value[key]);
      if (inner !== undefined) Object.defineProperty(object, key, { value: inner, enumerable: true });
    } catch {
      // A getter that throws has no value to tell.
    }
  }
  return object;
}
