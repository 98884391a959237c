// @ts-check
// Rendering of values for people: `util.inspect`, console output, uncaught exceptions. The output is Node's.
// Reference: https://nodejs.org/docs/latest-v22.x/api/util.html#utilinspectobject-options
//
// Getters are not called unless that is asked for. `[Symbol.for("nodejs.util.inspect.custom")]` of an object has the
// say over how it is shown.

import { describe } from "transom:internal/console/contents";
import { combine } from "transom:internal/console/layout";
import { constructorName, prefixOf, tagOf } from "transom:internal/console/names";
import { primitiveText } from "transom:internal/console/primitives";
import { colors, keyText, styles, stylizeNoColor, stylizeWithColor } from "transom:internal/console/text";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { isPlatformObject } from "transom:internal/webidl/webidl";

const {
  ArrayPrototypeIncludes, ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeSlice, ArrayPrototypeSort, Error, ErrorIsError,
  Map, MapPrototypeGet, MapPrototypeGetSize, MapPrototypeSet, ObjectAssign, ObjectGetOwnPropertyNames,
  ObjectGetOwnPropertySymbols, ObjectGetPrototypeOf, ObjectKeys, ObjectPrototypeHasOwnProperty,
  ObjectPrototypePropertyIsEnumerable, ReflectApply, ReflectGetOwnPropertyDescriptor, StringPrototypeRepeat,
  StringPrototypeReplaceAll, StringPrototypeSlice, SymbolFor,
} = primordials;

/** Text longer than this stops the descent. */
const MAX_TEXT = 2 ** 27;

export const custom = SymbolFor("nodejs.util.inspect.custom");

const defaults = {
  showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100,
  maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false, numericSeparator: false,
};

/** One rendering: its options, and where it is. */
function newContext(options) {
  const context = {
    __proto__: null,
    budget: {}, indentationLvl: 0, seen: [], currentDepth: 0, stylize: stylizeNoColor, circular: undefined,
    userOptions: options, ...defaults, formatValue, formatProperty,
  };
  if (options !== undefined && options !== null) {
    const keys = ObjectKeys(options);
    for (let i = 0; i < keys.length; i++) {
      if (ObjectPrototypeHasOwnProperty(defaults, keys[i]) || keys[i] === "stylize") context[keys[i]] = options[keys[i]];
    }
    if (options.seen !== undefined) context.seen = options.seen;
  }
  if (context.colors && context.stylize === stylizeNoColor) context.stylize = stylizeWithColor;
  if (context.maxArrayLength === null) context.maxArrayLength = Infinity;
  if (context.maxStringLength === null) context.maxStringLength = Infinity;
  return context;
}

/**
 * Renders `value`. `options` is an object, or in the old form `showHidden`, followed by `depth` and `colors`.
 * @param {any} value @param {any} [options]
 */
export function inspect(value, options = undefined) {
  let given = options;
  if (arguments.length > 2) {
    given = { showHidden: typeof options === "boolean" ? options : options?.showHidden };
    if (arguments[2] !== undefined) given.depth = arguments[2];
    if (arguments.length > 3 && arguments[3] !== undefined) given.colors = arguments[3];
  } else if (typeof options === "boolean") {
    given = { showHidden: options };
  }
  return formatValue(newContext(given), value, 0);
}
inspect.custom = custom;
inspect.colors = colors;
inspect.styles = styles;

primordials.ObjectDefineProperty(inspect, "defaultOptions", {
  __proto__: null,
  get: () => defaults,
  set(options) {
    if (options === null || typeof options !== "object") {
      const error = /** @type {any} */ (new primordials.TypeError(
        `The "options" argument must be of type object. Received ${options === null ? "null" : `type ${typeof options} (${inspect(options)})`}`,
      ));
      error.code = "ERR_INVALID_ARG_TYPE";
      throw error;
    }
    ObjectAssign(defaults, options);
  },
  enumerable: true, configurable: true,
});

/** What a custom inspection gets: the options, and a way to colour. */
function optionsFor(context) {
  const given = { stylize: context.stylize };
  const names = ObjectKeys(defaults);
  for (let i = 0; i < names.length; i++) given[names[i]] = context[names[i]];
  if (context.userOptions !== null && typeof context.userOptions === "object") ObjectAssign(given, context.userOptions, { stylize: context.stylize });
  return given;
}

/** Renders any value as it looks inside a structure. */
function formatValue(context, value, depth, isTyped = false) {
  if (typeof value !== "object" && typeof value !== "function") return primitiveText(context, value);
  if (value === null) return context.stylize("null", "null");
  const original = value;
  const proxy = ops.proxy_parts(value);
  if (proxy !== null) {
    if (proxy[0] === null) return context.stylize("<Revoked Proxy>", "special");
    if (context.showProxy) return formatProxy(context, proxy, depth);
    while (value !== null && ops.object_class(value) === "Proxy") value = ops.proxy_parts(value)[0];
    if (value === null) return context.stylize("<Revoked Proxy>", "special");
  }
  if (context.customInspect) {
    const method = value[custom];
    if (
      typeof method === "function" && method !== inspect &&
      ReflectGetOwnPropertyDescriptor(value, "constructor")?.value?.prototype !== value
    ) {
      const left = context.depth === null ? null : context.depth - depth;
      const shown = ReflectApply(method, original, [left, optionsFor(context), inspect]);
      if (shown !== original) {
        if (typeof shown !== "object") return `${shown}`;
        return StringPrototypeReplaceAll(
          formatValue(context, shown, depth), "\n", `\n${StringPrototypeRepeat(" ", context.indentationLvl)}`,
        );
      }
    }
  }
  if (ArrayPrototypeIncludes(context.seen, value)) {
    context.circular ??= new Map();
    let index = MapPrototypeGet(context.circular, value);
    if (index === undefined) {
      index = MapPrototypeGetSize(context.circular) + 1;
      MapPrototypeSet(context.circular, value, index);
    }
    return context.stylize(`[Circular *${index}]`, "special");
  }
  return formatObject(context, value, depth, isTyped);
}

function formatProxy(context, proxy, depth) {
  if (depth > context.depth && context.depth !== null) return context.stylize("Proxy [Array]", "special");
  depth += 1;
  context.indentationLvl += 2;
  const parts = [formatValue(context, proxy[0], depth), formatValue(context, proxy[1], depth)];
  context.indentationLvl -= 2;
  return combine(context, parts, "", ["Proxy [", "]"], true, depth, undefined);
}

/** The keys that are shown: enumerable ones, or all. */
function keysOf(object, showHidden) {
  const symbols = ObjectGetOwnPropertySymbols(object);
  if (showHidden) {
    const keys = ObjectGetOwnPropertyNames(object);
    for (let i = 0; i < symbols.length; i++) ArrayPrototypePush(keys, symbols[i]);
    return keys;
  }
  let keys;
  try {
    keys = ObjectKeys(object);
  } catch {
    keys = ObjectGetOwnPropertyNames(object); // A module's namespace before it is evaluated.
  }
  for (let i = 0; i < symbols.length; i++) {
    if (ObjectPrototypePropertyIsEnumerable(object, symbols[i])) ArrayPrototypePush(keys, symbols[i]);
  }
  return keys;
}

/** Content of the platform's own interfaces, whose state is private: see `addInspection`. */
const platformMembers = [];

/**
 * Lets an interface of the platform show its content: `members(object)` returns `[key, value, …]`, or undefined when
 * the object is of another interface.
 */
export function addInspection(members) {
  ArrayPrototypePush(platformMembers, members);
}

function membersOf(object) {
  if (!isPlatformObject(object)) return undefined;
  for (let i = 0; i < platformMembers.length; i++) {
    const members = platformMembers[i](object);
    if (members !== undefined) return members;
  }
  return undefined;
}

function formatObject(context, value, depth, isTyped) {
  const constructor = constructorName(value, context, depth, inspect);
  const tag = tagOf(value, context.showHidden);
  let { base, braces, entries, keys, isList, whole } = describe(context, value, { constructor, tag, isTyped, depth, keysOf });
  if (whole !== undefined) return whole;
  const members = entries === undefined ? membersOf(value) : undefined;
  if (entries === undefined && members === undefined && keys.length === 0 && base === "") return `${braces[0]}${braces[1]}`;
  if (depth > context.depth && context.depth !== null) {
    const name = StringPrototypeSlice(prefixOf(constructor, tag, isList ? "Array" : "Object"), 0, -1);
    return context.stylize(`[${name}]`, "special");
  }
  depth += 1;
  ArrayPrototypePush(context.seen, value);
  context.currentDepth = depth;
  const output = entries === undefined ? [] : entries(depth);
  if (members !== undefined) {
    for (let i = 0; i < members.length; i += 2) {
      const descriptor = { value: members[i + 1], enumerable: true };
      ArrayPrototypePush(output, formatProperty(context, value, depth, members[i], false, descriptor));
    }
    if (output.length === 0 && keys.length === 0) {
      ArrayPrototypePop(context.seen);
      return `${braces[0]}${braces[1]}`;
    }
  }
  for (let i = 0; i < keys.length; i++) ArrayPrototypePush(output, formatProperty(context, value, depth, keys[i], false));
  if (context.circular !== undefined) {
    const index = MapPrototypeGet(context.circular, value);
    if (index !== undefined) {
      const reference = context.stylize(`<ref *${index}>`, "special");
      if (context.compact !== true) base = base === "" ? reference : `${reference} ${base}`;
      else braces[0] = `${reference} ${braces[0]}`;
    }
  }
  ArrayPrototypePop(context.seen);
  sort(context, output, isList, keys.length);
  const text = combine(context, output, base, braces, isList, depth, value);
  const total = (context.budget[context.indentationLvl] || 0) + text.length;
  context.budget[context.indentationLvl] = total;
  // An exponentially growing text would use up all memory.
  if (total > MAX_TEXT) context.depth = -1;
  return text;
}

/** With the option `sorted`: the entries of an object, or the properties of a list behind its items. */
function sort(context, output, isList, keyCount) {
  if (!context.sorted) return;
  const compare = context.sorted === true ? undefined : context.sorted;
  if (!isList) {
    ArrayPrototypeSort(output, compare);
  } else if (keyCount > 1) {
    const start = output.length - keyCount;
    const last = ArrayPrototypeSort(ArrayPrototypeSlice(output, start), compare);
    for (let i = 0; i < keyCount; i++) output[start + i] = last[i];
  }
}

function getterText(context, descriptor, original, depth) {
  const label = descriptor.set === undefined ? "Getter" : "Getter/Setter";
  const { getters, stylize } = context;
  const isCalled = getters === true || (getters === "get" && descriptor.set === undefined) ||
    (getters === "set" && descriptor.set !== undefined);
  if (!isCalled) return stylize(`[${label}]`, "special");
  try {
    const result = ReflectApply(descriptor.get, original, []);
    context.indentationLvl += 2;
    let text;
    if (result === null) text = `${stylize(`[${label}:`, "special")} ${stylize("null", "null")}${stylize("]", "special")}`;
    else if (typeof result === "object") text = `${stylize(`[${label}]`, "special")} ${formatValue(context, result, depth)}`;
    else text = `${stylize(`[${label}:`, "special")} ${primitiveText(context, result)}${stylize("]", "special")}`;
    context.indentationLvl -= 2;
    return text;
  } catch (error) {
    const reason = ErrorIsError(error) ? error.message : `${error}`;
    return `${stylize(`[${label}:`, "special")} <Inspection threw (${reason})>${stylize("]", "special")}`;
  }
}

/** `key: value`; of an item of a list only the value. */
function formatProperty(context, object, depth, key, isItem, descriptor = undefined) {
  descriptor ??= ReflectGetOwnPropertyDescriptor(object, key) ?? { value: object[key], configurable: true, enumerable: true };
  let text;
  let gap = " ";
  if (descriptor.value !== undefined) {
    const step = context.compact !== true || isItem ? 2 : 3;
    context.indentationLvl += step;
    text = formatValue(context, descriptor.value, depth);
    if (step === 3 && context.breakLength < text.length) gap = `\n${StringPrototypeRepeat(" ", context.indentationLvl)}`;
    context.indentationLvl -= step;
  } else if (descriptor.get !== undefined) {
    text = getterText(context, descriptor, object, depth);
  } else if (descriptor.set !== undefined) {
    text = context.stylize("[Setter]", "special");
  } else {
    text = context.stylize("undefined", "undefined");
  }
  return isItem ? text : `${keyText(key, descriptor.enumerable !== false, context.stylize)}:${gap}${text}`;
}

/** The string that `%s` and `String()` would give is of the object's own making, not of a class of the language. */
export function hasOwnText(value) {
  let link = value;
  while (link !== null) {
    const own = ReflectGetOwnPropertyDescriptor(link, "toString");
    if (own !== undefined) {
      const constructor = ReflectGetOwnPropertyDescriptor(link, "constructor")?.value;
      return own.value !== Error.prototype.toString && !isBuiltin(constructor);
    }
    link = ObjectGetPrototypeOf(link);
  }
  return false;
}

const isBuiltin = (constructor) => typeof constructor === "function" && primordials[constructor.name] === constructor;

