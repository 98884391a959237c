// @ts-check
// MIME types: parsing one, writing it, and the one that a Content-Type header with several values means.
// Spec: https://mimesniff.spec.whatwg.org/#parsing-a-mime-type, https://fetch.spec.whatwg.org/#concept-header-extract-mime-type

import { primordials } from "transom:internal/primordials";

const { RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeIndexOf, StringPrototypeSlice,
  StringPrototypeToLowerCase } = primordials;

/** What nearly every header has: one type, and at most a charset, in which nothing needs a second look. */
const PLAIN = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+(?:; ?charset=[A-Za-z0-9_-]+)?$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const QUOTED_STRING_CHARACTERS = /^[\t\x20-\x7e\x80-\xff]*$/;
const LEADING_SPACE = /^[\t\n\r ]+/;
const TRAILING_SPACE = /[\t\n\r ]+$/;
const TO_ESCAPE = /["\\]/g;

const isToken = (text) => RegExpPrototypeExec(TOKEN, text) !== null;
const trimStart = (text) => RegExpPrototypeSymbolReplace(LEADING_SPACE, text, "");
const trimEnd = (text) => RegExpPrototypeSymbolReplace(TRAILING_SPACE, text, "");

/** The index of the first character of `text`, from `at` on, that is in `stops`; its length when there is none. */
function find(text, stops, at) {
  while (at < text.length && StringPrototypeIndexOf(stops, text[at]) < 0) at++;
  return at;
}

/** https://fetch.spec.whatwg.org/#collect-an-http-quoted-string, with "extract-value". Returns value and end. */
function quotedString(text, at) {
  let value = "";
  for (at++; at < text.length; at++) {
    if (text[at] === '"') return [value, at + 1];
    if (text[at] === "\\" && at + 1 < text.length) at++;
    value += text[at];
  }
  return [value, at];
}

/** https://mimesniff.spec.whatwg.org/#parse-a-mime-type: `{ essence, parameters }`, a list of pairs, or null. */
export function parseMimeType(input) {
  const text = trimEnd(trimStart(input));
  const slash = StringPrototypeIndexOf(text, "/");
  if (slash < 0) return null;
  let at = find(text, ";", slash);
  const type = StringPrototypeSlice(text, 0, slash);
  const subtype = trimEnd(StringPrototypeSlice(text, slash + 1, at));
  if (!isToken(type) || !isToken(subtype)) return null;
  const parameters = [];
  while (at < text.length) {
    const begin = at + 1;
    at = find(text, ";=", begin);
    const name = StringPrototypeToLowerCase(trimStart(StringPrototypeSlice(text, begin, at)));
    if (at >= text.length) break;
    if (text[at] === ";") continue;
    at++;
    let value;
    if (text[at] === '"') {
      const quoted = quotedString(text, at);
      value = quoted[0];
      at = find(text, ";", quoted[1]);
    } else {
      const end = find(text, ";", at);
      value = trimEnd(StringPrototypeSlice(text, at, end));
      at = end;
      if (value === "") continue;
    }
    if (isToken(name) && RegExpPrototypeExec(QUOTED_STRING_CHARACTERS, value) !== null && valueOf(parameters, name) === null) {
      parameters[parameters.length] = [name, value];
    }
  }
  return { essence: StringPrototypeToLowerCase(`${type}/${subtype}`), parameters };
}

function valueOf(parameters, name) {
  for (let i = 0; i < parameters.length; i++) if (parameters[i][0] === name) return parameters[i][1];
  return null;
}

/** https://mimesniff.spec.whatwg.org/#serialize-a-mime-type */
function serialize({ essence, parameters }) {
  let text = essence;
  for (let i = 0; i < parameters.length; i++) {
    const { 0: name, 1: value } = parameters[i];
    text += `;${name}=`;
    text += isToken(value) ? value : `"${RegExpPrototypeSymbolReplace(TO_ESCAPE, value, (character) => `\\${character}`)}"`;
  }
  return text;
}

/** https://fetch.spec.whatwg.org/#header-value-get-decode-and-split: the values between commas outside of quotes. */
function split(header) {
  const values = [];
  let at = 0;
  let begin = 0;
  for (;;) {
    at = find(header, '",', at);
    if (header[at] === '"') {
      at = quotedString(header, at)[1];
      if (at < header.length) continue;
    }
    values[values.length] = trimEnd(trimStart(StringPrototypeSlice(header, begin, at)));
    if (at >= header.length) return values;
    begin = ++at;
  }
}

/** The MIME type, serialized, that the value of a Content-Type header means, or null when there is none. */
export function extractMimeType(header) {
  if (header === null) return null;
  if (RegExpPrototypeExec(PLAIN, header) !== null && StringPrototypeIndexOf(header, " ") < 0) return header;
  let found = null;
  let charset = null;
  let essence = null;
  const values = split(header);
  for (let i = 0; i < values.length; i++) {
    const parsed = parseMimeType(values[i]);
    if (parsed === null || parsed.essence === "*/*") continue;
    found = parsed;
    const own = valueOf(parsed.parameters, "charset");
    if (parsed.essence !== essence) {
      charset = own;
      essence = parsed.essence;
    } else if (own === null && charset !== null) {
      parsed.parameters[parsed.parameters.length] = ["charset", charset];
    }
  }
  return found === null ? null : serialize(found);
}
