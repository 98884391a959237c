// @ts-check
// What the different kinds of objects show besides their properties: items, entries, bytes, results.

import { inspectError } from "transom:internal/console/inspect_error";
import { functionText, prefixOf } from "transom:internal/console/names";
import { hexByte, numberText, primitiveText } from "transom:internal/console/primitives";
import { more } from "transom:internal/console/text";
import { isDOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ArrayPrototypeFilter, ArrayPrototypeJoin, ArrayPrototypePush, BigIntPrototypeValueOf, BooleanPrototypeValueOf,
  DatePrototypeGetTime, DatePrototypeToISOString, DatePrototypeToString, ErrorIsError, ErrorPrototype, MapPrototypeForEach,
  MapPrototypeGetSize, MathMax, MathMin, NumberPrototypeValueOf, ObjectKeys, ObjectPrototypeHasOwnProperty, ObjectPrototypeIsPrototypeOf,
  ReflectGetOwnPropertyDescriptor, RegExpPrototypeExec, RegExpPrototypeToString, SetPrototypeForEach, SetPrototypeGetSize,
  String, StringPrototypeToLowerCase, StringPrototypeValueOf, SymbolPrototypeValueOf, TypedArrayPrototypeGetLength,
} = primordials;

const decimal = /^(?:0|[1-9][0-9]*)$/;
const isNoIndex = (key) => typeof key === "symbol" || RegExpPrototypeExec(decimal, key) === null;

/**
 * How `value` is shown. `whole` is the text if that is all; otherwise `base` comes before the braces, `entries(depth)`
 * gives what comes before the properties `keys`.
 * @returns {{ base: string, braces: string[], entries?: (depth: number) => string[], keys: any[], isList: boolean, whole?: string }}
 */
export function describe(context, value, facts) {
  const engineClass = ops.object_class(value);
  const found = describers[engineClass];
  if (found !== undefined) {
    const described = found(context, value, facts, engineClass);
    if (described !== undefined) return described;
  }
  if (typeof value === "function") return describeFunction(context, value, facts);
  if (ErrorIsError(value) || ObjectPrototypeIsPrototypeOf(ErrorPrototype, value) || isDOMException(value)) return describeError(context, value, facts);
  if (webidl.isArrayBufferView(value) && webidl.viewElementType(value) !== undefined) return describeTyped(context, value, facts);
  return describePlain(context, value, facts);
}

const structure = (open, close, keys, isList, entries = undefined, base = "") => ({
  base, braces: [open, close], entries, keys, isList, whole: undefined,
});
const complete = (whole) => ({ base: "", braces: [], entries: undefined, keys: [], isList: false, whole });

/** Text that stands for the object, with its properties in braces behind it. */
function withText(context, text, style, keys, facts) {
  const isTooDeep = facts.depth > context.depth && context.depth !== null;
  if (keys.length === 0 || isTooDeep) return complete(context.stylize(text, style));
  return structure("{", "}", keys, false, undefined, text);
}

function describePlain(context, value, { constructor, tag, keysOf }) {
  const keys = keysOf(value, context.showHidden);
  if (constructor === "Object" && tag === "") return structure("{", "}", keys, false);
  return structure(`${prefixOf(constructor, tag, "Object")}{`, "}", keys, false);
}

function describeFunction(context, value, facts) {
  const { constructor, tag, keysOf } = facts;
  const keys = keysOf(value, context.showHidden);
  const text = functionText(value, constructor, tag);
  if (keys.length === 0) return complete(context.stylize(text, "special"));
  return structure("{", "}", keys, false, undefined, text);
}

function describeError(context, value, { constructor, tag, keysOf }) {
  const keys = keysOf(value, context.showHidden);
  const text = inspectError(context, value, constructor, tag, keys);
  return keys.length === 0 ? complete(text) : structure("{", "}", keys, false, undefined, text);
}

function shownItems(context, length) {
  return MathMin(MathMax(0, context.maxArrayLength), length);
}

/** Items of an array with holes. */
function sparseItems(context, array, depth, output, limit, from) {
  const keys = ObjectKeys(array);
  let index = from;
  for (let i = from; i < keys.length && output.length < limit; i++) {
    const key = keys[i];
    if (`${index}` !== key) {
      if (RegExpPrototypeExec(decimal, key) === null) break;
      ArrayPrototypePush(output, hole(context, +key - index));
      index = +key;
      if (output.length === limit) break;
    }
    ArrayPrototypePush(output, context.formatProperty(context, array, depth, key, true));
    index++;
  }
  const rest = array.length - index;
  if (output.length !== limit) {
    if (rest > 0) ArrayPrototypePush(output, hole(context, rest));
  } else if (rest > 0) {
    ArrayPrototypePush(output, more(rest));
  }
  return output;
}

const hole = (context, count) => context.stylize(`<${count} empty item${count > 1 ? "s" : ""}>`, "undefined");

function items(context, array, depth) {
  const limit = shownItems(context, array.length);
  const output = [];
  for (let i = 0; i < limit; i++) {
    if (!ObjectPrototypeHasOwnProperty(array, i)) return sparseItems(context, array, depth, output, limit, i);
    ArrayPrototypePush(output, context.formatProperty(context, array, depth, `${i}`, true));
  }
  if (array.length > limit) ArrayPrototypePush(output, more(array.length - limit));
  return output;
}

function describeArray(context, value, { constructor, tag, keysOf }) {
  const prefix = constructor !== "Array" || tag !== "" ? prefixOf(constructor, tag, "Array", `(${value.length})`) : "";
  const keys = ArrayPrototypeFilter(keysOf(value, context.showHidden), isNoIndex);
  if (value.length === 0 && keys.length === 0) return complete(`${prefix}[]`);
  return structure(`${prefix}[`, "]", keys, true, (depth) => items(context, value, depth));
}

function describeArguments(context, value, { keysOf }) {
  return structure("[Arguments] {", "}", keysOf(value, context.showHidden), false);
}

function describeTyped(context, value, { constructor, tag, keysOf }) {
  const length = TypedArrayPrototypeGetLength(value);
  const fallback = constructor === null ? webidl.viewElementType(value) : "";
  const prefix = prefixOf(constructor, tag, fallback, `(${length})`);
  const keys = ArrayPrototypeFilter(keysOf(value, context.showHidden), isNoIndex);
  if (length === 0 && keys.length === 0 && !context.showHidden) return complete(`${prefix}[]`);
  return structure(`${prefix}[`, "]", keys, true, (depth) => {
    const limit = shownItems(context, length);
    const output = [];
    for (let i = 0; i < limit; i++) ArrayPrototypePush(output, primitiveText(context, value[i]));
    if (length > limit) ArrayPrototypePush(output, more(length - limit));
    if (context.showHidden) {
      context.indentationLvl += 2;
      const names = ["BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset", "buffer"];
      for (let i = 0; i < names.length; i++) {
        ArrayPrototypePush(output, `[${names[i]}]: ${context.formatValue(context, value[names[i]], depth, true)}`);
      }
      context.indentationLvl -= 2;
    }
    return output;
  });
}

/** Entries of a collection, of which at most `maxArrayLength` are shown. */
function entriesOf(context, size, forEach) {
  const output = [];
  const limit = shownItems(context, size);
  context.indentationLvl += 2;
  let count = 0;
  forEach((text) => {
    if (count++ < limit) ArrayPrototypePush(output, text());
  });
  if (size > limit) ArrayPrototypePush(output, more(size - limit));
  context.indentationLvl -= 2;
  return output;
}

function describeMap(context, value, { constructor, tag, keysOf }) {
  const size = MapPrototypeGetSize(value);
  const prefix = prefixOf(constructor, tag, "Map", `(${size})`);
  const keys = keysOf(value, context.showHidden);
  if (size === 0 && keys.length === 0) return complete(`${prefix}{}`);
  return structure(`${prefix}{`, "}", keys, false, (depth) => entriesOf(context, size, (add) => {
    MapPrototypeForEach(value, (item, key) => add(() =>
      `${context.formatValue(context, key, depth)} => ${context.formatValue(context, item, depth)}`));
  }));
}

function describeSet(context, value, { constructor, tag, keysOf }) {
  const size = SetPrototypeGetSize(value);
  const prefix = prefixOf(constructor, tag, "Set", `(${size})`);
  const keys = keysOf(value, context.showHidden);
  if (size === 0 && keys.length === 0) return complete(`${prefix}{}`);
  return structure(`${prefix}{`, "}", keys, false, (depth) => entriesOf(context, size, (add) => {
    SetPrototypeForEach(value, (item) => add(() => context.formatValue(context, item, depth)));
  }));
}

function describePromise(context, value, { constructor, tag, keysOf }) {
  const settled = ops.promise_inspect(value);
  if (settled === null) return undefined;
  const { 0: state, 1: result } = settled;
  return structure(`${prefixOf(constructor, tag, "Promise")}{`, "}", keysOf(value, context.showHidden), false, (depth) => {
    if (state === "pending") return [context.stylize("<pending>", "special")];
    context.indentationLvl += 2;
    const text = context.formatValue(context, result, depth);
    context.indentationLvl -= 2;
    return [state === "rejected" ? `${context.stylize("<rejected>", "special")} ${text}` : text];
  });
}

function describeWeak(context, value, { constructor, tag, keysOf }, engineClass) {
  const keys = keysOf(value, context.showHidden);
  return structure(`${prefixOf(constructor, tag, engineClass)}{`, "}", keys, false, () => [
    context.stylize("<items unknown>", "special"),
  ]);
}

function describeDate(context, value, facts) {
  const { constructor, tag, keysOf } = facts;
  const time = DatePrototypeGetTime(value);
  let text = time !== time ? DatePrototypeToString(value) : DatePrototypeToISOString(value);
  const prefix = prefixOf(constructor, tag, "Date");
  if (prefix !== "Date ") text = `${prefix}${text}`;
  return withText(context, text, "date", keysOf(value, context.showHidden), facts);
}

function describeRegExp(context, value, facts) {
  const { constructor, tag, keysOf } = facts;
  let text = RegExpPrototypeToString(value);
  const prefix = prefixOf(constructor, tag, "RegExp");
  if (prefix !== "RegExp ") text = `${prefix}${text}`;
  const keys = ArrayPrototypeFilter(keysOf(value, context.showHidden), (key) => context.showHidden || key !== "lastIndex");
  return withText(context, text, "regexp", keys, facts);
}

function bytesText(context, buffer) {
  if (!webidl.isSharedArrayBuffer(buffer) && webidl.isDetached(buffer)) return context.stylize("(detached)", "special");
  const bytes = webidl.bytesOf(buffer);
  const length = TypedArrayPrototypeGetLength(bytes);
  const limit = shownItems(context, length);
  const parts = [];
  for (let i = 0; i < limit; i++) parts[i] = hexByte(bytes[i]);
  const rest = length > limit ? ` ${more(length - limit, "byte")}` : "";
  return `${context.stylize("[Uint8Contents]", "special")}: <${ArrayPrototypeJoin(parts, " ")}${rest}>`;
}

function describeBuffer(context, value, { constructor, tag, isTyped, keysOf }, engineClass) {
  const prefix = prefixOf(constructor, tag, engineClass);
  const keys = keysOf(value, context.showHidden);
  const size = `[byteLength]: ${numberText(context, value.byteLength)}`;
  if (isTyped && keys.length === 0) return complete(`${prefix}{ ${size} }`);
  return structure(`${prefix}{`, "}", keys, false, () => (isTyped ? [size] : [bytesText(context, value), size]));
}

function describeView(context, value, { constructor, tag, keysOf }) {
  const keys = keysOf(value, context.showHidden);
  return structure(`${prefixOf(constructor, tag, "DataView")}{`, "}", keys, false, (depth) => {
    const { buffer, byteLength, byteOffset } = value;
    context.indentationLvl += 2;
    const shown = context.formatValue(context, buffer, depth);
    context.indentationLvl -= 2;
    return [
      `[byteLength]: ${numberText(context, byteLength)}`, `[byteOffset]: ${numberText(context, byteOffset)}`, `[buffer]: ${shown}`,
    ];
  });
}

/** The wrapper objects of a primitive type. */
function describeBoxed(type, valueOf) {
  return (context, value, facts) => {
    const { constructor, tag, keysOf } = facts;
    let primitive;
    try {
      primitive = valueOf(value);
    } catch {
      return undefined; // The prototype of a class of that name.
    }
    let keys = keysOf(value, context.showHidden);
    if (type === "String") keys = ArrayPrototypeFilter(keys, isNoIndex);
    let text = `[${type}`;
    if (type !== constructor) text += constructor === null ? " (null prototype)" : ` (${constructor})`;
    text += `: ${primitiveText({ ...context, stylize: (part) => part }, primitive)}]`;
    if (tag !== "" && tag !== constructor) text += ` [${tag}]`;
    if (keys.length > 0) return structure("{", "}", keys, false, undefined, text);
    return complete(context.stylize(text, StringPrototypeToLowerCase(type)));
  };
}

function describeModule(context, value, { tag, keysOf }) {
  const keys = keysOf(value, context.showHidden);
  const open = `[${tag === "" ? "Module" : tag}: null prototype] {`;
  return structure(open, "}", [], false, (depth) => {
    const output = [];
    for (let i = 0; i < keys.length; i++) {
      let descriptor;
      try {
        descriptor = ReflectGetOwnPropertyDescriptor(value, keys[i]);
      } catch {
        ArrayPrototypePush(output, `${String(keys[i])}: ${context.stylize("<uninitialized>", "special")}`);
        continue;
      }
      ArrayPrototypePush(output, context.formatProperty(context, value, depth, keys[i], false, descriptor));
    }
    return output;
  });
}

/** Iterators of maps and sets: what is left in them cannot be seen without taking it out. */
function describeIterator(context, value, { keysOf }, engineClass) {
  return structure(`[${engineClass}] {`, "}", keysOf(value, context.showHidden), false, () => []);
}

/** By the engine's own name of the class. */
const describers = {
  __proto__: null,
  Arguments: describeArguments,
  Array: describeArray,
  ArrayBuffer: describeBuffer,
  BigInt: describeBoxed("BigInt", BigIntPrototypeValueOf),
  Boolean: describeBoxed("Boolean", BooleanPrototypeValueOf),
  DataView: describeView,
  Date: describeDate,
  Map: describeMap,
  "Map Iterator": describeIterator,
  Module: describeModule,
  ModuleNamespace: describeModule,
  Number: describeBoxed("Number", NumberPrototypeValueOf),
  Promise: describePromise,
  RegExp: describeRegExp,
  Set: describeSet,
  "Set Iterator": describeIterator,
  SharedArrayBuffer: describeBuffer,
  String: describeBoxed("String", StringPrototypeValueOf),
  Symbol: describeBoxed("Symbol", SymbolPrototypeValueOf),
  WeakMap: describeWeak,
  WeakSet: describeWeak,
};
