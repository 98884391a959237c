// @ts-check
// Rendering of values for people: console output and uncaught exceptions. Never calls getters or user code, except
// that a Proxy cannot be told from its target.
//
// Output follows what people know from Node: strings are quoted inside structures, long structures break into lines.

import { colored, width } from "transom:internal/console/colors";
import { inspectError } from "transom:internal/console/inspect_error";
import { renderSpecial } from "transom:internal/console/renderers";
import { isIndex, keyText, more, noKeys, quote } from "transom:internal/console/text";
import { isDOMException } from "transom:internal/dom_exception/dom_exception";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ArrayIsArray, ArrayPrototypeJoin, BigIntPrototypeToString, ErrorIsError, FunctionPrototype,
  FunctionPrototypeToString, ObjectGetPrototypeOf, ObjectPrototype, ObjectPrototypeToString, ReflectGetOwnPropertyDescriptor, ReflectOwnKeys,
  String, StringPrototypeIncludes, StringPrototypeSlice, StringPrototypeStartsWith, SymbolPrototypeToString,
  SymbolToStringTag, TypedArrayPrototypeGetLength, unlink,
} = primordials;

// Above these, items are counted instead of shown.
const MAX_ITEMS = 100;
// Structures longer than this break into lines.
const LINE = 72;
// Lists of more items than this, all of them short, put several in a line.
const SHORT_LIST = 6;
const SHORT_ITEM = 24;

/** One rendering: its options and where it is. */
export class Inspection {
  constructor(depth, hasColors = false) {
    this.maxDepth = depth;
    this.hasColors = hasColors;
    this.depth = 0;
    this.indent = "";
    /** Objects that are being rendered, for cycles. */
    this.stack = [];
    /** Objects to which a cycle leads back; they are numbered by their places. */
    this.references = [];
  }

  /** `text` in the colour of its kind: see colors.js. */
  style(text, kind) {
    return this.hasColors ? colored(text, kind) : text;
  }

  /** Renders any value as it looks inside a structure. */
  value(value) {
    switch (typeof value) {
      case "string":
        return this.style(quote(value), "string");
      case "number":
        return this.style(value === 0 && 1 / value < 0 ? "-0" : `${value}`, "number");
      case "bigint":
        return this.style(`${BigIntPrototypeToString(value)}n`, "bigint");
      case "symbol":
        return this.style(SymbolPrototypeToString(value), "symbol");
      case "object":
        return value === null ? this.style("null", "null") : this.object(value);
      case "function":
        return this.object(value);
      default:
        return this.style(String(value), typeof value === "boolean" ? "boolean" : "undefined");
    }
  }

  object(object) {
    for (let i = 0; i < this.stack.length; i++) if (this.stack[i] === object) return this.circular(object);
    this.stack[this.stack.length] = object;
    this.depth++;
    try {
      const text = this.structure(object);
      const number = this.numberOf(object);
      return number === 0 ? text : `${this.style(`<ref *${number}>`, "special")} ${text}`;
    } finally {
      this.depth--;
      this.stack.length--;
    }
  }

  /** The number of an object to which a cycle leads back; 0 for others. */
  numberOf(object) {
    for (let i = 0; i < this.references.length; i++) if (this.references[i] === object) return i + 1;
    return 0;
  }

  circular(object) {
    if (this.numberOf(object) === 0) this.references[this.references.length] = object;
    return this.style(`[Circular *${this.numberOf(object)}]`, "special");
  }

  get tooDeep() {
    return this.depth - 1 > this.maxDepth;
  }

  structure(object) {
    const name = className(object);
    if (typeof object === "function") {
      return this.withProperties(this.style(functionText(object), "special"), object, noKeys);
    }
    if (isDOMException(object) || ErrorIsError(object)) return inspectError(this, object, name);
    if (ArrayIsArray(object)) return this.array(object, name);
    if (webidl.isArrayBufferView(object) && webidl.viewElementType(object) !== undefined) {
      return this.typedArray(object, name);
    }
    const prototype = ObjectGetPrototypeOf(object);
    if (prototype !== ObjectPrototype && prototype !== null) {
      const special = renderSpecial(object, this, name);
      if (special !== undefined) return special;
    }
    if (this.tooDeep) return this.style(`[${name ?? "Object: null prototype"}]`, "special");
    if (prototype === ObjectPrototype && ObjectPrototypeToString(object) === "[object Arguments]") {
      return this.brackets("[Arguments] ", this.listItems(object, []));
    }
    const prefix = name === "Object" ? "" : name === null ? "[Object: null prototype] " : `${name} `;
    return this.braces(prefix, this.properties(object, noKeys));
  }

  array(array, name) {
    if (this.tooDeep) return this.style(`[${name}]`, "special");
    const items = this.listItems(array, []);
    this.properties(array, isIndex, items);
    return this.brackets(name === "Array" ? "" : `${name}(${array.length}) `, items);
  }

  /** The items of an array, or of something that is built like one. */
  listItems(array, items) {
    let index = 0;
    while (index < array.length && items.length < MAX_ITEMS) {
      const descriptor = ReflectGetOwnPropertyDescriptor(array, `${index}`);
      if (descriptor !== undefined) {
        items[items.length] = this.nested(() => this.property(descriptor));
        index++;
        continue;
      }
      let holes = 0;
      while (index < array.length && ReflectGetOwnPropertyDescriptor(array, `${index}`) === undefined) {
        holes++;
        index++;
        if (holes > MAX_ITEMS * MAX_ITEMS) {
          holes += array.length - index;
          index = array.length;
        }
      }
      items[items.length] = `<${holes} empty item${holes === 1 ? "" : "s"}>`;
    }
    if (index < array.length) items[items.length] = more(array.length - index);
    return items;
  }

  typedArray(array, name) {
    const length = TypedArrayPrototypeGetLength(array);
    const prefix = `${name ?? webidl.viewElementType(array)}(${length}) `;
    if (this.tooDeep) return this.style(`[${name}]`, "special");
    const items = [];
    for (let i = 0; i < length && i < MAX_ITEMS; i++) items[i] = this.value(array[i]);
    if (length > MAX_ITEMS) items[items.length] = more(length - MAX_ITEMS);
    this.properties(array, isIndex, items);
    return this.brackets(prefix, items);
  }

  /** Renders inside one more level of indentation. */
  nested(render) {
    const outer = this.indent;
    this.indent = `${outer}  `;
    const text = render();
    this.indent = outer;
    return text;
  }

  property(descriptor) {
    if (descriptor.get !== undefined) return this.style(descriptor.set === undefined ? "[Getter]" : "[Getter/Setter]", "special");
    if (descriptor.set !== undefined) return this.style("[Setter]", "special");
    return this.value(descriptor.value);
  }

  /** The enumerable own properties of `object` that `skip` does not want skipped, as `key: value`. */
  properties(object, skip, parts = []) {
    const keys = ReflectOwnKeys(object);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (skip(key)) continue;
      const descriptor = ReflectGetOwnPropertyDescriptor(object, key);
      if (descriptor === undefined || !descriptor.enumerable) continue;
      parts[parts.length] = `${keyText(key)}: ${this.nested(() => this.property(descriptor))}`;
    }
    return parts;
  }

  /** `text`, followed by the properties if there are some. */
  withProperties(text, object, skip) {
    if (this.tooDeep) return text;
    const parts = this.properties(object, skip);
    return parts.length === 0 ? text : `${text} ${this.braces("", parts)}`;
  }

  braces(prefix, parts) {
    return parts.length === 0 ? `${prefix}{}` : this.joined(`${prefix}{`, parts, "}");
  }

  brackets(prefix, parts) {
    if (parts.length === 0) return `${prefix}[]`;
    if (parts.length <= SHORT_LIST) return this.joined(`${prefix}[`, parts, "]");
    for (let i = 0; i < parts.length; i++) {
      if (width(parts[i]) <= SHORT_ITEM && !StringPrototypeIncludes(parts[i], "\n")) continue;
      return this.joined(`${prefix}[`, parts, "]");
    }
    return this.filled(`${prefix}[`, parts, "]");
  }

  /** As many short items in each line as fit. */
  filled(open, parts, close) {
    let text = `${open}\n${this.indent}  `;
    let column = this.indent.length + 2;
    for (let i = 0; i < parts.length; i++) {
      const item = i === parts.length - 1 ? parts[i] : `${parts[i]}, `;
      if (column + width(item) > LINE) {
        text = `${StringPrototypeSlice(text, 0, -1)}\n${this.indent}  `;
        column = this.indent.length + 2;
      }
      text += item;
      column += width(item);
    }
    return `${text}\n${this.indent}${close}`;
  }

  joined(open, parts, close) {
    let length = open.length + this.indent.length;
    let broken = false;
    for (let i = 0; i < parts.length; i++) {
      length += width(parts[i]) + 2;
      if (StringPrototypeIncludes(parts[i], "\n")) broken = true;
    }
    if (!broken && length <= LINE) return `${open} ${ArrayPrototypeJoin(parts, ", ")} ${close}`;
    const separator = `,\n${this.indent}  `;
    return `${open}\n${this.indent}  ${ArrayPrototypeJoin(parts, separator)}\n${this.indent}${close}`;
  }
}
unlink(Inspection);

/** A data property anywhere on the prototype chain. */
function dataProperty(object, key) {
  for (let link = object; link !== null; link = ObjectGetPrototypeOf(link)) {
    const descriptor = ReflectGetOwnPropertyDescriptor(link, key);
    if (descriptor !== undefined) return descriptor.value;
  }
  return undefined;
}

/** The name of the class of an object, with its tag where that says more; null without a prototype. */
export function className(object) {
  const prototype = ObjectGetPrototypeOf(object);
  if (prototype === null) return null;
  const constructor = dataProperty(prototype, "constructor");
  let name = "Object";
  if (typeof constructor === "function") {
    const own = ReflectGetOwnPropertyDescriptor(constructor, "name")?.value;
    if (typeof own === "string" && own !== "") name = own;
  }
  const tag = dataProperty(prototype, SymbolToStringTag);
  if (typeof tag === "string" && tag !== "" && tag !== name) return `${name} [${tag}]`;
  return name;
}

function functionText(callable) {
  const own = ReflectGetOwnPropertyDescriptor(callable, "name")?.value;
  const name = typeof own === "string" && own !== "" ? own : undefined;
  const source = FunctionPrototypeToString(callable);
  if (StringPrototypeStartsWith(source, "class")) {
    const parent = ObjectGetPrototypeOf(callable);
    const parentName = parent === null || parent === FunctionPrototype ? undefined : dataProperty(parent, "name");
    const heritage = typeof parentName === "string" && parentName !== "" ? ` extends ${parentName}` : "";
    return `[class ${name ?? "(anonymous)"}${heritage}]`;
  }
  const tag = dataProperty(callable, SymbolToStringTag);
  const kind = typeof tag === "string" && tag !== "" ? tag : "Function";
  return name === undefined ? `[${kind} (anonymous)]` : `[${kind}: ${name}]`;
}

/** Renders `value`; structures nested deeper than `depth` are abbreviated. */
export function inspect(value, depth = 2, hasColors = false) {
  return new Inspection(depth, hasColors).value(value);
}
