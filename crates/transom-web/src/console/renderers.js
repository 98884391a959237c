// @ts-check
// Rendering of the objects that have a content of their own besides properties: collections, dates, buffers, and the
// platform's own interfaces.

import { blobInternals } from "transom:internal/blob/blob";
import { fileInternals } from "transom:internal/blob/file";
import { isIndex, keyText, more, noKeys, quote } from "transom:internal/console/text";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const {
  BigIntPrototypeValueOf, BooleanPrototypeValueOf, DatePrototypeGetTime, DatePrototypeToISOString, MapPrototypeForEach,
  MapPrototypeGetSize, NumberPrototypeValueOf, RegExpPrototype, RegExpPrototypeGetFlags,
  RegExpPrototypeGetSource, SetPrototypeForEach, SetPrototypeGetSize, StringPrototypeIndexOf, StringPrototypeSlice,
  StringPrototypeValueOf, SymbolPrototypeValueOf, TypedArrayPrototypeGetLength, WeakMapPrototypeHas, WeakRefPrototypeDeref,
  WeakSetPrototypeHas,
} = primordials;

// Above this, items are counted instead of shown.
const MAX_ITEMS = 100;
// Above this, bytes of a buffer are counted.
const MAX_BYTES = 50;
const HEX = "0123456789abcdef";

function promise(object, inspection, name) {
  const settled = ops.promise_inspect(object);
  if (settled === null) return undefined;
  const { 0: state, 1: result } = settled;
  if (inspection.tooDeep) return `[${name}]`;
  if (state === "pending") return `${name} { <pending> }`;
  const text = inspection.nested(() => inspection.value(result));
  return inspection.braces(`${name} `, [state === "rejected" ? `<rejected> ${text}` : text]);
}

function map(object, inspection, name) {
  const size = MapPrototypeGetSize(object);
  if (inspection.tooDeep) return `[${name}]`;
  const parts = [];
  MapPrototypeForEach(object, (value, key) => {
    if (parts.length >= MAX_ITEMS) return;
    parts[parts.length] = inspection.nested(() => `${inspection.value(key)} => ${inspection.value(value)}`);
  });
  if (size > MAX_ITEMS) parts[parts.length] = more(size - MAX_ITEMS);
  return inspection.braces(`${sized(name, size)} `, inspection.properties(object, noKeys, parts));
}

function set(object, inspection, name) {
  const size = SetPrototypeGetSize(object);
  if (inspection.tooDeep) return `[${name}]`;
  const parts = [];
  SetPrototypeForEach(object, (value) => {
    if (parts.length < MAX_ITEMS) parts[parts.length] = inspection.nested(() => inspection.value(value));
  });
  if (size > MAX_ITEMS) parts[parts.length] = more(size - MAX_ITEMS);
  return inspection.braces(`${sized(name, size)} `, inspection.properties(object, noKeys, parts));
}

/** The size stands behind the name of the class, before its tag. */
function sized(name, size) {
  const tag = StringPrototypeIndexOf(name, " [");
  if (tag < 0) return `${name}(${size})`;
  return `${StringPrototypeSlice(name, 0, tag)}(${size})${StringPrototypeSlice(name, tag)}`;
}

function date(object, inspection) {
  const time = DatePrototypeGetTime(object);
  const text = time !== time ? "Invalid Date" : DatePrototypeToISOString(object);
  return inspection.withProperties(inspection.style(text, "date"), object, noKeys);
}

function regExp(object, inspection) {
  if (object === RegExpPrototype) return undefined;
  const text = `/${RegExpPrototypeGetSource(object)}/${RegExpPrototypeGetFlags(object)}`;
  return inspection.withProperties(inspection.style(text, "regexp"), object, noKeys);
}

/** A renderer of the wrapper objects of a primitive type. */
function wrapper(type, valueOf) {
  return (object, inspection) => {
    const text = `[${type}: ${inspection.value(valueOf(object))}]`;
    return inspection.withProperties(text, object, noKeys);
  };
}

function string(object, inspection) {
  const text = StringPrototypeValueOf(object);
  return inspection.withProperties(`[String: ${quote(text)}]`, object, isIndex);
}

function weakRef(object, inspection, name) {
  const target = WeakRefPrototypeDeref(object);
  if (inspection.tooDeep) return `[${name}]`;
  return inspection.braces(`${name} `, [inspection.nested(() => inspection.value(target))]);
}

function buffer(object, inspection, name) {
  const shared = webidl.isSharedArrayBuffer(object);
  if (!shared && !webidl.isArrayBuffer(object)) return undefined;
  if (!shared && webidl.isDetached(object)) return `${name} { (detached), byteLength: 0 }`;
  const bytes = webidl.bytesOf(object);
  const length = TypedArrayPrototypeGetLength(bytes);
  let text = "";
  for (let i = 0; i < length && i < MAX_BYTES; i++) text += (i === 0 ? "" : " ") + HEX[bytes[i] >> 4] + HEX[bytes[i] & 15];
  if (length > MAX_BYTES) text += ` ... ${length - MAX_BYTES} more byte${length === MAX_BYTES + 1 ? "" : "s"}`;
  return inspection.braces(`${name} `, [`[Uint8Contents]: <${text}>`, `byteLength: ${inspection.value(length)}`]);
}

/** The items of weak collections cannot be listed. */
function weakCollection(object, inspection, name) {
  try {
    WeakMapPrototypeHas(object, object);
  } catch {
    WeakSetPrototypeHas(object, object);
  }
  return `${name} { ${inspection.style("<items unknown>", "special")} }`;
}

function dataView(object, _inspection, name) {
  if (!webidl.isArrayBufferView(object)) return undefined;
  return `${name} { byteLength: ${webidl.viewByteLength(object)}, byteOffset: ${webidl.viewByteOffset(object)} }`;
}

// Each throws, or returns undefined, when the object is of another class.
const renderers = [
  promise, map, set, date, regExp, string, weakRef, weakCollection, buffer, dataView, wrapper("Number", NumberPrototypeValueOf),
  wrapper("Boolean", BooleanPrototypeValueOf), wrapper("BigInt", BigIntPrototypeValueOf),
  wrapper("Symbol", SymbolPrototypeValueOf),
];

/** The rendering of an object with content of its own, or undefined for an ordinary one. */
export function renderSpecial(object, inspection, name) {
  for (let i = 0; i < renderers.length; i++) {
    try {
      const text = renderers[i](object, inspection, name);
      if (text !== undefined) return text;
    } catch {
      // Of another class.
    }
  }
  return undefined;
}

/**
 * Lets an interface of the platform show its content: `members(object)` returns `[key, value, …]`, or undefined when
 * the object is of another interface.
 */
export function addInspection(members) {
  renderers[renderers.length] = (object, inspection, name) => {
    const list = members(object);
    if (list === undefined) return undefined;
    if (inspection.tooDeep) return `[${name}]`;
    const parts = [];
    for (let i = 0; i < list.length; i += 2) {
      parts[parts.length] = `${keyText(list[i])}: ${inspection.nested(() => inspection.value(list[i + 1]))}`;
    }
    return inspection.braces(`${name} `, parts);
  };
}

addInspection((object) => {
  if (!blobInternals.isBlob(object)) return undefined;
  const members = ["size", blobInternals.size(object), "type", blobInternals.type(object)];
  if (!fileInternals.isFile(object)) return members;
  members[4] = "name";
  members[5] = fileInternals.name(object);
  members[6] = "lastModified";
  members[7] = fileInternals.lastModified(object);
  return members;
});
