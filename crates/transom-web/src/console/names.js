// @ts-check
// What kind of object a value is, in the words of inspection: the class, the tag, functions and classes.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  FunctionPrototypeSymbolHasInstance, FunctionPrototypeToString, ObjectGetPrototypeOf, ObjectPrototypeHasOwnProperty,
  ObjectPrototypePropertyIsEnumerable, ReflectGetOwnPropertyDescriptor, RegExpPrototypeExec, RegExpPrototypeSymbolReplace,
  String, StringPrototypeEndsWith, StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypeSlice,
  StringPrototypeStartsWith, SymbolToStringTag,
} = primordials;

function isInstance(object, constructor) {
  try {
    return FunctionPrototypeSymbolHasInstance(constructor, object) || object instanceof constructor;
  } catch {
    return false;
  }
}

/** The function that is the `constructor` of a link of the chain, if it made `object`. */
function constructorAt(link, object) {
  const value = ReflectGetOwnPropertyDescriptor(link, "constructor")?.value;
  return typeof value === "function" && value.name !== "" && isInstance(object, value) ? value : undefined;
}

/** The name of the class of `object`; null when it has no prototype. `inspect` shows unusual prototypes. */
export function constructorName(object, context, depth, inspect) {
  for (let link = object; link !== null; link = ObjectGetPrototypeOf(link)) {
    const found = constructorAt(link, object);
    if (found !== undefined) return String(found.name);
  }
  const prototype = ObjectGetPrototypeOf(object);
  if (prototype === null) return null;
  const engineName = ops.object_class(object);
  if (depth > context.depth && context.depth !== null) return `${engineName} <Complex prototype>`;
  const parent = constructorName(prototype, context, depth + 1, inspect);
  if (parent !== null) return `${engineName} <${parent}>`;
  return `${engineName} <${inspect(prototype, { ...context.userOptions, customInspect: false, depth: -1 })}>`;
}

/** `Symbol.toStringTag`, unless it is a property that is shown anyway. */
export function tagOf(object, showHidden) {
  const tag = object[SymbolToStringTag];
  if (typeof tag !== "string" || tag === "") return "";
  const isShown = showHidden
    ? ObjectPrototypeHasOwnProperty(object, SymbolToStringTag)
    : ObjectPrototypePropertyIsEnumerable(object, SymbolToStringTag);
  return isShown ? "" : tag;
}

/** What stands before the brace. */
export function prefixOf(constructor, tag, fallback, size = "") {
  if (constructor === null) {
    return tag !== "" && fallback !== tag ? `[${fallback}${size}: null prototype] [${tag}] ` : `[${fallback}${size}: null prototype] `;
  }
  return tag !== "" && constructor !== tag ? `${constructor}${size} [${tag}] ` : `${constructor}${size} `;
}

const comments = /(\/\/.*?\n)|(\/\*(.|\n)*?\*\/)/g;
const classHead = /^(\s+[^(]*?)\s*{/;

function isClass(source) {
  if (!StringPrototypeStartsWith(source, "class") || !StringPrototypeEndsWith(source, "}")) return false;
  const rest = StringPrototypeSlice(source, 5, -1);
  const brace = StringPrototypeIndexOf(rest, "{");
  if (brace === -1) return false;
  return !StringPrototypeIncludes(StringPrototypeSlice(rest, 0, brace), "(") ||
    RegExpPrototypeExec(classHead, RegExpPrototypeSymbolReplace(comments, rest, "")) !== null;
}

function classText(value, constructor, tag) {
  const name = (ObjectPrototypeHasOwnProperty(value, "name") && value.name) || "(anonymous)";
  let text = `class ${name}`;
  if (constructor !== "Function" && constructor !== null) text += ` [${constructor}]`;
  if (tag !== "" && constructor !== tag) text += ` [${tag}]`;
  if (constructor === null) return `[${text} extends [null prototype]]`;
  const parent = ObjectGetPrototypeOf(value)?.name;
  return `[${parent ? `${text} extends ${parent}` : text}]`;
}

/** Whether the function was declared `async`, or as a generator: only its source tells, whatever its prototype is. */
export function functionKind(value) {
  const source = FunctionPrototypeToString(value);
  const isAsync = RegExpPrototypeExec(/^async\b(?!\s*(?:=|\(\s*\)\s*\{))/, source) !== null;
  return { isAsync, isGenerator: RegExpPrototypeExec(/^(?:async\s*)?(?:function\s*)?\*/, source) !== null };
}

export function functionText(value, constructor, tag) {
  const source = FunctionPrototypeToString(value);
  if (isClass(source)) return classText(value, constructor, tag);
  const { isAsync, isGenerator } = functionKind(value);
  const type = `${isAsync ? "Async" : ""}${isGenerator ? "Generator" : ""}Function`;
  let text = `[${type}`;
  if (constructor === null) text += " (null prototype)";
  text += value.name === "" ? " (anonymous)]" : `: ${typeof value.name === "string" ? value.name : String(value.name)}]`;
  if (constructor !== type && constructor !== null) text += ` ${constructor}`;
  if (tag !== "" && constructor !== tag) text += ` [${tag}]`;
  return text;
}
