// @ts-check
// Values of a session as text. The form is that of the npm package `devalue`: a JSON array in which every value has
// its place and is referred to by index, so that cycles, shared objects and types beyond JSON survive.
// Spec: astro-endpoints.md section 3.5.

import { primordials } from "transom:internal/primordials";
import { URL, urlInternals } from "transom:internal/url/url";

const {
  Array, ArrayIsArray, ArrayPrototypeJoin, BigInt, BigIntPrototypeToString, Date, DatePrototypeGetTime,
  DatePrototypeToISOString, JSONParse, JSONStringify, Map, MapPrototypeForEach, MapPrototypeGet, MapPrototypeSet,
  NumberIsNaN, ObjectDefineProperty, ObjectGetOwnPropertySymbols, ObjectGetPrototypeOf, ObjectIs, ObjectKeys,
  ObjectPrototype, ObjectPrototypeHasOwnProperty, RegExp, RegExpPrototypeGetFlags, RegExpPrototypeGetSource, Set,
  SetPrototypeAdd, SetPrototypeForEach, TypeError, unlink,
} = primordials;

// Values without a place.
const UNDEFINED = -1;
const HOLE = -2;
const NAN = -3;
const INFINITY = -4;
const NEGATIVE_INFINITY = -5;
const NEGATIVE_ZERO = -6;

/** Whether `value` has the internal slots that `read` wants. */
function has(read, value) {
  try {
    read(value);
    return true;
  } catch {
    return false;
  }
}

const isDate = (value) => has(DatePrototypeGetTime, value);
const isMap = (value) => has(primordials.MapPrototypeGetSize, value);
const isSet = (value) => has(primordials.SetPrototypeGetSize, value);
const isRegExp = (value) => value !== primordials.RegExpPrototype && has(RegExpPrototypeGetSource, value);

class Writer {
  constructor() {
    this.places = new Map();
    /** @type {string[]} */
    this.texts = [];
  }

  /** The place of `value`, or its code when it has none. */
  place(value) {
    if (value === undefined) return UNDEFINED;
    if (typeof value === "number") {
      if (NumberIsNaN(value)) return NAN;
      if (value === Infinity) return INFINITY;
      if (value === -Infinity) return NEGATIVE_INFINITY;
      if (ObjectIs(value, -0)) return NEGATIVE_ZERO;
    }
    const known = MapPrototypeGet(this.places, value);
    if (known !== undefined) return known;
    const index = this.texts.length;
    MapPrototypeSet(this.places, value, index);
    this.texts[index] = ""; // Taken before anything inside refers back.
    this.texts[index] = this.text(value);
    return index;
  }

  text(value) {
    switch (typeof value) {
      case "string":
      case "number":
      case "boolean":
        return JSONStringify(value);
      case "bigint":
        return `["BigInt","${BigIntPrototypeToString(value)}"]`;
      case "object":
        return value === null ? "null" : this.objectText(value);
      default:
        throw new TypeError(`Cannot stringify a ${typeof value}`);
    }
  }

  objectText(value) {
    if (ArrayIsArray(value)) return this.arrayText(value);
    if (urlInternals.is(value)) return `["URL",${this.place(urlInternals.href(value))}]`;
    if (isDate(value)) {
      return NumberIsNaN(DatePrototypeGetTime(value)) ? '["Date",""]' : `["Date","${DatePrototypeToISOString(value)}"]`;
    }
    if (isMap(value)) {
      const parts = ['"Map"'];
      MapPrototypeForEach(value, (item, key) => {
        parts[parts.length] = `${this.place(key)}`;
        parts[parts.length] = `${this.place(item)}`;
      });
      return `[${ArrayPrototypeJoin(parts, ",")}]`;
    }
    if (isSet(value)) {
      const parts = ['"Set"'];
      SetPrototypeForEach(value, (item) => {
        parts[parts.length] = `${this.place(item)}`;
      });
      return `[${ArrayPrototypeJoin(parts, ",")}]`;
    }
    if (isRegExp(value)) {
      return `["RegExp",${JSONStringify(RegExpPrototypeGetSource(value))},"${RegExpPrototypeGetFlags(value)}"]`;
    }
    return this.recordText(value);
  }

  arrayText(array) {
    const parts = [];
    for (let i = 0; i < array.length; i++) {
      parts[i] = ObjectPrototypeHasOwnProperty(array, i) ? `${this.place(array[i])}` : `${HOLE}`;
    }
    return `[${ArrayPrototypeJoin(parts, ",")}]`;
  }

  recordText(record) {
    const prototype = ObjectGetPrototypeOf(record);
    const isPlain = prototype === null || prototype === ObjectPrototype || ObjectGetPrototypeOf(prototype) === null;
    if (!isPlain) throw new TypeError("Cannot stringify arbitrary non-POJOs");
    if (ObjectGetOwnPropertySymbols(record).length > 0) throw new TypeError("Cannot stringify POJOs with symbolic keys");
    const keys = ObjectKeys(record);
    const parts = [];
    for (let i = 0; i < keys.length; i++) {
      const place = this.place(record[keys[i]]);
      parts[i] = `${JSONStringify(keys[i])}${prototype === null ? "," : ":"}${place}`;
    }
    if (prototype !== null) return `{${ArrayPrototypeJoin(parts, ",")}}`;
    return parts.length === 0 ? '["null"]' : `["null",${ArrayPrototypeJoin(parts, ",")}]`;
  }
}
unlink(Writer);

/**
 * @param {unknown} value
 * @returns {string}
 * @throws {TypeError} for functions, symbols and objects of classes that are not known here
 */
export function sessionText(value) {
  const writer = new Writer();
  const place = writer.place(value);
  return place < 0 ? `${place}` : `[${ArrayPrototypeJoin(writer.texts, ",")}]`;
}

class Reader {
  constructor(texts) {
    this.texts = texts;
    this.values = new Map();
  }

  value(place) {
    switch (place) {
      case UNDEFINED:
        return undefined;
      case NAN:
        return NaN;
      case INFINITY:
        return Infinity;
      case NEGATIVE_INFINITY:
        return -Infinity;
      case NEGATIVE_ZERO:
        return -0;
    }
    if (!(place >= 0 && place < this.texts.length)) throw new TypeError("Invalid session data");
    const text = this.texts[place];
    if (text === null || typeof text !== "object") return text;
    const known = MapPrototypeGet(this.values, place);
    if (known !== undefined) return known;
    if (!ArrayIsArray(text)) return this.record(place, {}, text);
    return typeof text[0] === "string" ? this.tagged(place, text) : this.array(place, text);
  }

  keep(place, value) {
    MapPrototypeSet(this.values, place, value);
    return value;
  }

  array(place, text) {
    const array = this.keep(place, new Array(text.length));
    for (let i = 0; i < text.length; i++) if (text[i] !== HOLE) array[i] = this.value(text[i]);
    return array;
  }

  record(place, record, text) {
    this.keep(place, record);
    const keys = ObjectKeys(text);
    for (let i = 0; i < keys.length; i++) setOwn(record, keys[i], this.value(text[keys[i]]));
    return record;
  }

  tagged(place, text) {
    switch (text[0]) {
      case "BigInt":
        return BigInt(text[1]);
      case "Date":
        return this.keep(place, new Date(text[1]));
      case "URL":
        return this.keep(place, new URL(this.value(text[1])));
      case "RegExp":
        return this.keep(place, new RegExp(text[1], text[2]));
      case "Map": {
        const map = this.keep(place, new Map());
        for (let i = 1; i < text.length; i += 2) MapPrototypeSet(map, this.value(text[i]), this.value(text[i + 1]));
        return map;
      }
      case "Set": {
        const set = this.keep(place, new Set());
        for (let i = 1; i < text.length; i++) SetPrototypeAdd(set, this.value(text[i]));
        return set;
      }
      case "null": {
        const record = this.keep(place, { __proto__: null });
        for (let i = 1; i < text.length; i += 2) setOwn(record, text[i], this.value(text[i + 1]));
        return record;
      }
      default:
        throw new TypeError(`Invalid session data: unknown type ${text[0]}`);
    }
  }
}
unlink(Reader);

function setOwn(record, key, value) {
  ObjectDefineProperty(record, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

/**
 * @param {string} text
 * @returns {unknown}
 * @throws {Error} for text that `sessionText` did not write
 */
export function sessionValue(text) {
  const parsed = JSONParse(text);
  if (typeof parsed === "number") return new Reader([]).value(parsed);
  if (!ArrayIsArray(parsed) || parsed.length === 0) throw new TypeError("Invalid session data");
  return new Reader(parsed).value(0);
}
