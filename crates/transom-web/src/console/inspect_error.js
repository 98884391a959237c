// @ts-check
// Rendering of exceptions: heading, stack, cause and further properties.
//
// SpiderMonkey's stacks are frames only (`name@file:line:column`); they are shown as `    at name (file:line:column)`
// below a heading. A stack that begins with the heading already is shown as it is.

import { prefixOf } from "transom:internal/console/names";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeIndexOf, ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeSplice,
  ErrorIsError, ErrorPrototypeGetStack, ObjectGetPrototypeOf, ReflectApply, ReflectGetOwnPropertyDescriptor, StringPrototypeEndsWith, StringPrototypeIncludes,
  StringPrototypeLastIndexOf, StringPrototypeRepeat, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith,
  StringPrototypeTrimStart,
} = primordials;

/** A property anywhere on the chain. Getters of the platform (DOMException, `stack`) are called. */
function read(object, key) {
  try {
    for (let link = object; link !== null; link = ObjectGetPrototypeOf(link)) {
      const descriptor = ReflectGetOwnPropertyDescriptor(link, key);
      if (descriptor === undefined) continue;
      return descriptor.get === undefined ? descriptor.value : ReflectApply(descriptor.get, object, []);
    }
  } catch {
    // An unusual error object; it is shown without this part.
  }
  return undefined;
}

/** Node's own errors say their code beside their name. */
function codeOf(error) {
  const toString = ReflectGetOwnPropertyDescriptor(error, "toString");
  const code = ReflectGetOwnPropertyDescriptor(error, "code")?.value;
  return toString?.enumerable === false && typeof code === "string" ? ` [${code}]` : "";
}

/** Name and message; `className` says more than the name that it has from `Error`. */
function heading(error, className) {
  const own = read(error, "name");
  const message = read(error, "message");
  let title = typeof own === "string" && own !== "" ? own : "Error";
  if (className !== undefined && className !== title && StringPrototypeEndsWith(title, "Error")) {
    title = StringPrototypeIncludes(className, title) ? className : `${className} [${title}]`;
  }
  title += codeOf(error);
  return typeof message === "string" && message !== "" ? `${title}: ${message}` : title;
}

/** One line of a stack in the usual form. */
function frame(line) {
  const at = StringPrototypeLastIndexOf(line, "@");
  if (at < 0) return `    ${StringPrototypeTrimStart(line)}`;
  const name = StringPrototypeSlice(line, 0, at);
  const place = StringPrototypeSlice(line, at + 1);
  return name === "" ? `    at ${place}` : `    at ${name} (${place})`;
}

function isBuiltinFrame(line) {
  return StringPrototypeIncludes(line, "transom:internal/") || StringPrototypeIncludes(line, "@node:") ||
    StringPrototypeIncludes(line, "(node:");
}

function frames(stack) {
  // The embedder knows where bundled code comes from.
  const located = ops.stack_located === undefined ? stack : ops.stack_located(stack);
  const lines = StringPrototypeSplit(located, "\n");
  const shown = [];
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] !== "" && !isBuiltinFrame(lines[i])) shown[shown.length] = frame(lines[i]);
  }
  return shown;
}

/** `error` with heading and stack, ready for a terminal; without its properties. */
export function errorText(error, className = undefined) {
  const title = heading(error, className);
  // The engine's own, whatever a program has made of the property.
  const own = ReflectGetOwnPropertyDescriptor(error, "stack")?.value;
  const stack = own ?? (ErrorIsError(error) ? ErrorPrototypeGetStack(error) : read(error, "stack"));
  if (typeof stack !== "string" || stack === "") return title;
  const name = read(error, "name");
  const message = read(error, "message");
  const plain = message ? `${name}: ${message}` : `${name}`;
  if (StringPrototypeStartsWith(stack, title)) return stack;
  // A stack with a heading, as V8 makes them, which packages imitate.
  if (StringPrototypeStartsWith(stack, plain)) return title + StringPrototypeSlice(stack, plain.length);
  const lines = frames(stack);
  return lines.length === 0 ? title : `${title}\n${ArrayPrototypeJoin(lines, "\n")}`;
}

const LOCATION = ["fileName", "lineNumber", "columnNumber"];

function removeKey(keys, key) {
  const index = ArrayPrototypeIndexOf(keys, key);
  if (index !== -1) ArrayPrototypeSplice(keys, index, 1);
}

/** What the heading says already is no property worth showing; `cause` and `errors` always are. */
function chooseKeys(context, error, keys, text) {
  if (!context.showHidden) {
    const names = ["name", "message", "stack"];
    for (let i = 0; i < names.length; i++) {
      const value = read(error, names[i]);
      if (typeof value !== "string" || names[i] === "stack" || StringPrototypeIncludes(text, value)) removeKey(keys, names[i]);
    }
    for (let i = 0; i < LOCATION.length; i++) removeKey(keys, LOCATION[i]);
  }
  const hasCause = ReflectGetOwnPropertyDescriptor(error, "cause") !== undefined;
  if (hasCause && !ArrayPrototypeIncludes(keys, "cause")) ArrayPrototypePush(keys, "cause");
  if (ArrayIsArray(read(error, "errors")) && !ArrayPrototypeIncludes(keys, "errors")) ArrayPrototypePush(keys, "errors");
}

/** Heading and stack of an exception within an inspection; leaves those of `keys` that are still to be shown. */
export function inspectError(context, error, constructor, tag, keys) {
  const className = constructor === null ? undefined : StringPrototypeSlice(prefixOf(constructor, tag, "Error"), 0, -1);
  let text = errorText(error, className);
  chooseKeys(context, error, keys, text);
  if (!StringPrototypeIncludes(text, "\n    at")) text = `[${text}]`;
  if (context.indentationLvl === 0) return text;
  const indentation = StringPrototypeRepeat(" ", context.indentationLvl);
  return ArrayPrototypeJoin(StringPrototypeSplit(text, "\n"), `\n${indentation}`);
}
