// @ts-check
// `i18n.getTranslationFunction()`: texts by their keys, in the language of the request.
// The form of the resources and of the texts is that of i18next's JSON, version 4, as far as it goes without plug-ins:
// `{ en: { translation: { greeting: { hello: "Hello {{name}}" } } } }`.

import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, ArrayPrototypeShift, Error, RegExpPrototypeSymbolReplace, String, StringPrototypeIndexOf,
  StringPrototypeSlice, StringPrototypeSplit, StringPrototypeTrim,
} = primordials;
const { PluralRules } = globalThis.Intl;

const PLACE = /\{\{[^{}]+\}\}/g;
const SPECIAL = /[&<>"'/]/g;
const ESCAPED = { __proto__: null, "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "/": "&#x2F;" };

/** A value by its path: the whole name first, for keys with dots in them. */
function find(object, path) {
  if (object === null || typeof object !== "object") return undefined;
  if (object[path] !== undefined) return object[path];
  const parts = StringPrototypeSplit(path, ".");
  let value = object;
  while (parts.length > 0 && value !== null && typeof value === "object") value = value[ArrayPrototypeShift(parts)];
  return parts.length > 0 ? undefined : value;
}

const escape = (text) => RegExpPrototypeSymbolReplace(SPECIAL, text, (character) => ESCAPED[character]);

function fillIn(text, options, escapes) {
  return RegExpPrototypeSymbolReplace(PLACE, text, (place) => {
    const isRaw = place[2] === "-";
    const value = find(options, StringPrototypeTrim(StringPrototypeSlice(place, isRaw ? 3 : 2, -2)));
    if (value === undefined || value === null) return "";
    return isRaw || !escapes ? String(value) : escape(String(value));
  });
}

/** The text of a key in one language, in the form for the count where there is one. */
function lookUp(resources, language, namespace, key, options) {
  const texts = resources[language]?.[namespace];
  if (typeof options.count === "number") {
    const rule = options.count === 0 ? find(texts, `${key}_zero`) : undefined;
    const plural = rule ?? find(texts, `${key}_${new PluralRules(language).select(options.count)}`);
    if (plural !== undefined) return plural;
  }
  if (typeof options.context === "string") {
    const special = find(texts, `${key}_${options.context}`);
    if (special !== undefined) return special;
  }
  return find(texts, key);
}

/** A function of a key and values to fill in. A key without a text stands for itself, or its `defaultValue`. */
export function translation(host) {
  const resources = host.translations?.();
  if (!resources) throw new Error("Host translation resources are not available.");
  const { language } = host.essentials;
  return function t(keys, given = undefined, more = {}) {
    const options = typeof given === "string" ? { ...more, defaultValue: given } : (given ?? {});
    const escapes = options.interpolation?.escapeValue !== false;
    // Without any values the places stay as they are.
    const fill = (text) => (given === undefined ? text : fillIn(text, options, escapes));
    const list = ArrayIsArray(keys) ? keys : [keys];
    let last = "";
    for (let i = 0; i < list.length; i++) {
      const colon = StringPrototypeIndexOf(list[i], ":");
      const namespace = colon < 0 ? (options.ns ?? "translation") : StringPrototypeSlice(list[i], 0, colon);
      const key = (last = colon < 0 ? list[i] : StringPrototypeSlice(list[i], colon + 1));
      const wanted = options.lng ?? language;
      const general = StringPrototypeSplit(wanted, "-")[0]; // `pt` for `pt-BR`
      const found = lookUp(resources, wanted, namespace, key, options) ?? lookUp(resources, general, namespace, key, options);
      if (typeof found === "string") return fill(found);
      if (found !== undefined && options.returnObjects === true) return found;
    }
    return typeof options.defaultValue === "string" ? fill(options.defaultValue) : last;
  };
}
