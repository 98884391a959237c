// @ts-check
// node:querystring.
// Reference: https://nodejs.org/docs/latest-v22.x/api/querystring.html

import { Buffer } from "transom:internal/node/buffer";
import { codes } from "transom:internal/node/errors";
import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, ArrayPrototypePush, NumberIsFinite, NumberPrototypeToString, ObjectKeys, StringPrototypeCharCodeAt, StringPrototypeIndexOf,
  StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeToUpperCase,
} = primordials;
const { ERR_INVALID_URI } = codes;

/** Characters that stand for themselves: letters, digits and `! ' ( ) * - . _ ~`. */
const isPlain = (code) =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 33 ||
  (code >= 39 && code <= 42) || code === 45 || code === 46 || code === 95 || code === 126;

const percent = (byte) => `%${byte < 16 ? "0" : ""}${StringPrototypeToUpperCase(NumberPrototypeToString(byte, 16))}`;

/** Percent-encodes what is not plain. */
function encodeText(text) {
  let result = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    let code = StringPrototypeCharCodeAt(text, i);
    if (isPlain(code)) continue;
    if (from < i) result += StringPrototypeSlice(text, from, i);
    if (code < 0x80) {
      result += percent(code);
    } else if (code < 0x800) {
      result += percent(0xc0 | (code >> 6)) + percent(0x80 | (code & 63));
    } else if (code < 0xd800 || code >= 0xe000) {
      result += percent(0xe0 | (code >> 12)) + percent(0x80 | ((code >> 6) & 63)) + percent(0x80 | (code & 63));
    } else {
      i++;
      if (i >= text.length) throw new ERR_INVALID_URI();
      code = 0x10000 + (((code & 0x3ff) << 10) | (StringPrototypeCharCodeAt(text, i) & 0x3ff));
      result += percent(0xf0 | (code >> 18)) + percent(0x80 | ((code >> 12) & 63)) + percent(0x80 | ((code >> 6) & 63)) +
        percent(0x80 | (code & 63));
    }
    from = i + 1;
  }
  return result + StringPrototypeSlice(text, from);
}

const hexValue = (code) => {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  return code >= 97 && code <= 102 ? code - 87 : -1;
};

/** The bytes of a percent-encoded text; what is no valid escape stays. */
export function unescapeBuffer(text, decodeSpaces) {
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code === 43 && decodeSpaces) {
      bytes[length++] = 32;
      continue;
    }
    if (code === 37 && i + 2 < text.length) {
      const high = hexValue(StringPrototypeCharCodeAt(text, i + 1));
      const low = hexValue(StringPrototypeCharCodeAt(text, i + 2));
      if (high >= 0 && low >= 0) {
        bytes[length++] = high * 16 + low;
        i += 2;
        continue;
      }
    }
    bytes[length++] = code;
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

function qsUnescape(text, decodeSpaces) {
  try {
    return decodeURIComponent(text);
  } catch {
    return querystring.unescapeBuffer(text, decodeSpaces).toString();
  }
}

function qsEscape(value) {
  if (typeof value !== "string") value = typeof value === "object" ? String(value) : `${value}`;
  return encodeText(value);
}

function textOf(value) {
  if (typeof value === "string") return value;
  if (typeof value === "number" && NumberIsFinite(value)) return `${value}`;
  if (typeof value === "bigint") return `${value}`;
  return typeof value === "boolean" ? `${value}` : "";
}

export function stringify(object, separator = undefined, equals = undefined, options = undefined) {
  const between = separator || "&";
  const is = equals || "=";
  if (object === null || typeof object !== "object") return "";
  let encode = querystring.escape;
  if (typeof options?.encodeURIComponent === "function") encode = options.encodeURIComponent;
  // Only a program's own function sees what is not text.
  const isOwn = encode === qsEscape;
  const convert = (value) => (isOwn ? encodeText(textOf(value)) : encode(textOf(value)));
  let result = "";
  const keys = ObjectKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const name = convert(keys[i]) + is;
    const value = object[keys[i]];
    if (ArrayIsArray(value)) {
      for (let j = 0; j < value.length; j++) result += (result === "" ? "" : between) + name + convert(value[j]);
    } else {
      result += (result === "" ? "" : between) + name + convert(value);
    }
  }
  return result;
}

export function parse(text, separator = undefined, equals = undefined, options = undefined) {
  const result = { __proto__: null };
  if (typeof text !== "string" || text.length === 0) return result;
  const between = separator ? `${separator}` : "&";
  const is = equals ? `${equals}` : "=";
  let most = 1000;
  if (typeof options?.maxKeys === "number") most = options.maxKeys > 0 ? options.maxKeys : -1;
  let decode = querystring.unescape;
  if (typeof options?.decodeURIComponent === "function") decode = options.decodeURIComponent;
  const isOwn = decode === qsUnescape;
  const convert = (part) => {
    const spaced = StringPrototypeReplaceAll(part, "+", isOwn ? " " : "%20");
    if (isOwn && StringPrototypeIndexOf(spaced, "%") === -1) return spaced;
    try {
      return decode(spaced);
    } catch {
      return qsUnescape(spaced, true);
    }
  };
  let start = 0;
  while (start <= text.length && most !== 0) {
    let end = StringPrototypeIndexOf(text, between, start);
    if (end === -1) end = text.length;
    const pair = StringPrototypeSlice(text, start, end);
    start = end + between.length;
    if (pair === "") {
      most--;
      continue;
    }
    const at = StringPrototypeIndexOf(pair, is);
    const key = convert(at === -1 ? pair : StringPrototypeSlice(pair, 0, at));
    const value = at === -1 ? "" : convert(StringPrototypeSlice(pair, at + is.length));
    const known = result[key];
    if (known === undefined) result[key] = value;
    else if (ArrayIsArray(known)) ArrayPrototypePush(known, value);
    else result[key] = [known, value];
    most--;
  }
  return result;
}

const querystring = {
  unescapeBuffer, unescape: qsUnescape, escape: qsEscape, stringify, encode: stringify, parse, decode: parse,
};
export { parse as decode, stringify as encode, qsEscape as escape, qsUnescape as unescape };
export default querystring;
