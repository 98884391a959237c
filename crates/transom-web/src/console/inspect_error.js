// @ts-check
// Rendering of exceptions: heading, stack, cause and further properties.
//
// SpiderMonkey's stacks are frames only (`name@file:line:column`); they are shown as `    at name (file:line:column)`
// below a heading. A stack that begins with the heading already is shown as it is.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeJoin, ErrorIsError, ErrorPrototypeGetStack, ObjectGetPrototypeOf, ReflectApply, ReflectGetOwnPropertyDescriptor, StringPrototypeIncludes,
  StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith,
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

function heading(error, name) {
  const own = read(error, "name");
  const message = read(error, "message");
  const title = typeof own === "string" && own !== "" ? own : (name ?? "Error");
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

function frames(stack) {
  // The embedder knows where bundled code comes from.
  const located = ops.stack_located === undefined ? stack : ops.stack_located(stack);
  const lines = StringPrototypeSplit(located, "\n");
  const shown = [];
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] === "" || StringPrototypeIncludes(lines[i], "transom:internal/")) continue;
    shown[shown.length] = frame(lines[i]);
  }
  return shown;
}

/** `error` with heading and stack, ready for a terminal; without its properties. */
export function errorText(error, name) {
  const title = heading(error, name);
  const own = ReflectGetOwnPropertyDescriptor(error, "stack")?.value;
  const stack = own ?? (ErrorIsError(error) ? ErrorPrototypeGetStack(error) : undefined);
  if (typeof stack !== "string" || stack === "") return title;
  if (StringPrototypeStartsWith(stack, title)) return stack;
  const lines = frames(stack);
  return lines.length === 0 ? title : `${title}\n${ArrayPrototypeJoin(lines, "\n")}`;
}

const shownAlready = (key) =>
  key === "stack" || key === "message" || key === "fileName" || key === "lineNumber" || key === "columnNumber";

/** `cause` and `errors` are not enumerable, but worth showing. */
function addHidden(inspection, error, key, parts) {
  const descriptor = ReflectGetOwnPropertyDescriptor(error, key);
  if (descriptor === undefined) return;
  parts[parts.length] = `[${key}]: ${inspection.nested(() => inspection.property(descriptor))}`;
}

/** Renders an exception within an inspection: see inspect.js. */
export function inspectError(inspection, error, name) {
  const text = errorText(error, name);
  if (inspection.tooDeep) return `[${heading(error, name)}]`;
  const parts = inspection.properties(error, (key) => shownAlready(key) || key === "cause" || key === "errors");
  addHidden(inspection, error, "cause", parts);
  addHidden(inspection, error, "errors", parts);
  const indented = ArrayPrototypeJoin(StringPrototypeSplit(text, "\n"), `\n${inspection.indent}`);
  const whole = StringPrototypeIncludes(text, "\n") || inspection.depth === 1 ? indented : `[${indented}]`;
  return parts.length === 0 ? whole : `${whole} ${inspection.braces("", parts)}`;
}
