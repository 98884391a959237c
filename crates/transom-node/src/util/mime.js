// @ts-check
// util.MIMEType and util.MIMEParams.
// Reference: https://nodejs.org/docs/latest-v22.x/api/util.html#class-utilmimetype

import { codes } from "transom:internal/node/errors";
import { primordials } from "transom:internal/primordials";

const {
  Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeHas, MapPrototypeSet, ObjectDefineProperties, RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeToLowerCase, SymbolIterator,
} = primordials;
const { ERR_INVALID_MIME_SYNTAX } = codes;

const NO_TOKEN = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
const NO_QUOTED = /[^\t\u0020-~\u0080-\u00FF]/;
const END_WHITE = /[\r\n\t ]*$/;

const indexOfPattern = (pattern, text) => RegExpPrototypeExec(pattern, text)?.index ?? -1;

/** The part up to a mark, and where the next begins. */
function until(text, from, mark) {
  const at = StringPrototypeIndexOf(text, mark, from);
  return at === -1 ? { part: StringPrototypeSlice(text, from), next: text.length, found: false }
    : { part: StringPrototypeSlice(text, from, at), next: at + 1, found: true };
}

const trimEnd = (text) => RegExpPrototypeSymbolReplace(END_WHITE, text, "");
const trimStart = (text) => RegExpPrototypeSymbolReplace(/^[\r\n\t ]+/, text, "");

function parseTypes(text) {
  const trimmed = trimStart(text);
  let position = text.length - trimmed.length;
  const slash = until(text, position, "/");
  const invalidType = indexOfPattern(NO_TOKEN, slash.part);
  if (slash.part === "" || invalidType !== -1 || !slash.found) throw new ERR_INVALID_MIME_SYNTAX("type", text, invalidType);
  position = slash.next;
  const semicolon = until(text, position, ";");
  const subtype = trimEnd(semicolon.part);
  const invalidSubtype = indexOfPattern(NO_TOKEN, subtype);
  if (subtype === "" || invalidSubtype !== -1) throw new ERR_INVALID_MIME_SYNTAX("subtype", text, invalidSubtype);
  return {
    type: StringPrototypeToLowerCase(slash.part), subtype: StringPrototypeToLowerCase(subtype),
    rest: semicolon.found ? StringPrototypeSlice(text, semicolon.next) : "",
  };
}

function quoted(value) {
  if (value.length === 0) return '""';
  if (RegExpPrototypeExec(NO_TOKEN, value) === null) return value;
  return `"${RegExpPrototypeSymbolReplace(/["\\]/g, value, "\\$&")}"`;
}

export class MIMEParams {
  #data = new Map();

  delete(name) {
    MapPrototypeDelete(this.#data, name);
  }

  get(name) {
    return MapPrototypeHas(this.#data, name) ? MapPrototypeGet(this.#data, name) : null;
  }

  has(name) {
    return MapPrototypeHas(this.#data, name);
  }

  set(name, value) {
    name = `${name}`;
    value = `${value}`;
    const invalidName = indexOfPattern(NO_TOKEN, name);
    if (name.length === 0 || invalidName !== -1) throw new ERR_INVALID_MIME_SYNTAX("parameter name", name, invalidName);
    const invalidValue = indexOfPattern(NO_QUOTED, value);
    if (invalidValue !== -1) throw new ERR_INVALID_MIME_SYNTAX("parameter value", value, invalidValue);
    MapPrototypeSet(this.#data, name, value);
  }

  *entries() {
    yield* this.#data.entries();
  }

  *keys() {
    yield* this.#data.keys();
  }

  *values() {
    yield* this.#data.values();
  }

  toString() {
    let text = "";
    for (const { 0: name, 1: value } of this.#data) text += `${text === "" ? "" : ";"}${name}=${quoted(value)}`;
    return text;
  }

  /** Adds what stands behind the first semicolon of a type; the first of several values counts. */
  static parse(params, text) {
    let position = 0;
    while (position < text.length) {
      position += text.length - position - trimStart(StringPrototypeSlice(text, position)).length;
      const nameEnd = RegExpPrototypeExec(/[;=]/, StringPrototypeSlice(text, position));
      const name = StringPrototypeToLowerCase(StringPrototypeSlice(text, position, nameEnd === null ? undefined : position + nameEnd.index));
      position += name.length;
      if (nameEnd === null) return;
      position++;
      if (nameEnd[0] === ";") continue;
      let value;
      if (text[position] === '"') {
        position++;
        value = "";
        while (position < text.length && text[position] !== '"') {
          if (text[position] === "\\" && position + 1 < text.length) position++;
          value += text[position++];
        }
        position = until(text, position, ";").next;
      } else {
        const semicolon = until(text, position, ";");
        value = trimEnd(semicolon.part);
        position = semicolon.next;
        if (value === "") continue;
      }
      if (name !== "" && indexOfPattern(NO_TOKEN, name) === -1 && indexOfPattern(NO_QUOTED, value) === -1 && !params.has(name)) {
        params.set(name, value);
      }
    }
  }
}
const { parse } = MIMEParams;
delete (/** @type {any} */ (MIMEParams)).parse;
const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(MIMEParams.prototype, {
  [SymbolIterator]: { __proto__: null, configurable: true, value: MIMEParams.prototype.entries, writable: true },
  delete: enumerable, get: enumerable, has: enumerable, set: enumerable, entries: enumerable, keys: enumerable,
  values: enumerable, toString: enumerable,
});
ObjectDefineProperties(MIMEParams.prototype, {
  toJSON: { __proto__: null, configurable: true, value: MIMEParams.prototype.toString, writable: true, enumerable: true },
});

export class MIMEType {
  #type;
  #subtype;
  #parameters = new MIMEParams();

  constructor(text) {
    const parsed = parseTypes(`${text}`);
    this.#type = parsed.type;
    this.#subtype = parsed.subtype;
    parse(this.#parameters, parsed.rest);
  }

  get type() {
    return this.#type;
  }

  set type(value) {
    value = `${value}`;
    const invalid = indexOfPattern(NO_TOKEN, value);
    if (value.length === 0 || invalid !== -1) throw new ERR_INVALID_MIME_SYNTAX("type", value, invalid);
    this.#type = StringPrototypeToLowerCase(value);
  }

  get subtype() {
    return this.#subtype;
  }

  set subtype(value) {
    value = `${value}`;
    const invalid = indexOfPattern(NO_TOKEN, value);
    if (value.length === 0 || invalid !== -1) throw new ERR_INVALID_MIME_SYNTAX("subtype", value, invalid);
    this.#subtype = StringPrototypeToLowerCase(value);
  }

  get essence() {
    return `${this.#type}/${this.#subtype}`;
  }

  get params() {
    return this.#parameters;
  }

  toString() {
    const parameters = this.#parameters.toString();
    return parameters === "" ? this.essence : `${this.essence};${parameters}`;
  }
}
ObjectDefineProperties(MIMEType.prototype, {
  type: enumerable, subtype: enumerable, essence: enumerable, params: enumerable, toString: enumerable,
  toJSON: { __proto__: null, configurable: true, value: MIMEType.prototype.toString, writable: true, enumerable: true },
});
