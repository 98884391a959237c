// @ts-check
// Current and preferred locale.
// Spec: astro-endpoints.md section 3.6.
//
// A locale of the configuration is a code, or an object `{ path, codes }` whose first code stands for the path.

import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeSort, NumberIsNaN, NumberParseFloat, ObjectKeys, StringPrototypeEndsWith, StringPrototypeReplaceAll,
  StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith, StringPrototypeToLowerCase,
  StringPrototypeTrim,
} = primordials;

const normalize = (code) => StringPrototypeToLowerCase(StringPrototypeReplaceAll(code, "_", "-"));

function allCodes(locales) {
  const codes = [];
  for (let i = 0; i < locales.length; i++) {
    const locale = locales[i];
    if (typeof locale === "string") {
      codes[codes.length] = locale;
    } else {
      for (let k = 0; k < locale.codes.length; k++) codes[codes.length] = locale.codes[k];
    }
  }
  return codes;
}

/** The entries of an `Accept-Language` header as `{ code, quality }`; quality is undefined when not given or unusable. */
function parseAccept(header) {
  if (header === "*") return [{ code: "*", quality: undefined }];
  const entries = [];
  const parts = StringPrototypeSplit(header, ",");
  for (let i = 0; i < parts.length; i++) {
    const entry = StringPrototypeSplit(StringPrototypeTrim(parts[i]), ";");
    const text = entry.length < 2 ? "" : StringPrototypeTrim(entry[1]);
    let quality;
    if (StringPrototypeStartsWith(text, "q=")) {
      const number = NumberParseFloat(StringPrototypeSlice(text, 2));
      if (!NumberIsNaN(number) && number <= 1) quality = number;
    }
    entries[entries.length] = { code: StringPrototypeTrim(entry[0]), quality };
  }
  return entries;
}

const weight = ({ code, quality }) => quality ?? (code === "*" ? 0 : 1);

/** What the client accepts and the project has, best first. */
function supported(header, locales) {
  const known = { __proto__: null };
  const codes = allCodes(locales);
  for (let i = 0; i < codes.length; i++) known[normalize(codes[i])] = true;
  const kept = [];
  const entries = parseAccept(header);
  for (let i = 0; i < entries.length; i++) {
    if (entries[i].code === "*" || known[normalize(entries[i].code)] === true) kept[kept.length] = entries[i];
  }
  return ArrayPrototypeSort(kept, (a, b) => weight(b) - weight(a));
}

/**
 * @param {string | null} header `Accept-Language`
 * @returns {string | undefined}
 */
export function preferredLocale(header, locales) {
  if (header === null || header === "") return undefined;
  const best = supported(header, locales)[0];
  if (best === undefined || best.code === "*") return undefined;
  const codes = allCodes(locales);
  for (let i = 0; i < codes.length; i++) if (normalize(codes[i]) === normalize(best.code)) return codes[i];
  return undefined;
}

/**
 * @param {string | null} header `Accept-Language`
 * @returns {string[]}
 */
export function preferredLocaleList(header, locales) {
  if (header === null || header === "") return [];
  const accepted = supported(header, locales);
  if (accepted.length === 1 && accepted[0].code === "*") return allCodes(locales);
  const list = [];
  for (let i = 0; i < accepted.length; i++) appendMatches(list, accepted[i].code, locales);
  return list;
}

function appendMatches(list, code, locales) {
  for (let i = 0; i < locales.length; i++) {
    const locale = locales[i];
    if (typeof locale === "string") {
      if (normalize(locale) === normalize(code)) list[list.length] = locale;
    } else {
      for (let k = 0; k < locale.codes.length; k++) if (normalize(locale.codes[k]) === normalize(code)) list[list.length] = locale.codes[k];
    }
  }
}

/** Plain locales match exactly, codes of an object locale in any case. */
function localeOfSegment(segment, locales) {
  for (let i = 0; i < locales.length; i++) {
    const locale = locales[i];
    if (typeof locale === "string") {
      if (locale === segment) return locale;
    } else {
      if (locale.path === segment) return locale.codes[0];
      for (let k = 0; k < locale.codes.length; k++) {
        if (normalize(locale.codes[k]) === normalize(segment)) return locale.codes[k];
      }
    }
  }
  return undefined;
}

/** A path of an object locale comes before any code; of several equal codes the last counts, as in the reference. */
function localeOfValue(value, locales) {
  let found;
  for (let i = 0; i < locales.length; i++) {
    if (typeof locales[i] !== "string" && locales[i].path === value) return locales[i].codes[0];
  }
  const codes = allCodes(locales);
  for (let i = 0; i < codes.length; i++) if (normalize(codes[i]) === normalize(value)) found = codes[i];
  return found;
}

function localeOfParams(params, locales) {
  const names = ObjectKeys(params);
  for (let i = 0; i < names.length; i++) {
    const value = params[names[i]];
    if (value === undefined || value === "") continue;
    const found = localeOfValue(value, locales);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * @param {string} path static route path, or the path of the request for a dynamic route
 * @param {Record<string, string | undefined> | null} params of a dynamic route, else null
 * @param {{ locales: any[], defaultLocale: string }} i18n
 * @returns {string | undefined}
 */
export function currentLocale(path, params, i18n) {
  const { locales, defaultLocale } = i18n;
  const fromParams = params === null ? undefined : localeOfParams(params, locales);
  if (fromParams !== undefined) return fromParams;
  const segments = StringPrototypeSplit(path, "/");
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i];
    const bare = StringPrototypeEndsWith(segment, ".html") ? StringPrototypeSlice(segment, 0, -5) : segment;
    const found = localeOfSegment(bare, locales);
    if (found !== undefined) return found;
  }
  for (let i = 0; i < locales.length; i++) {
    const locale = locales[i];
    if (typeof locale === "string" ? locale === defaultLocale : locale.path === defaultLocale) {
      return typeof locale === "string" ? locale : locale.codes[0];
    }
  }
  return defaultLocale;
}
