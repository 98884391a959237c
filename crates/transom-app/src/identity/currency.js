// @ts-check
// Amounts of money as text. The formatters are the engine's own, ECMA-402 section 15.
// Spec: wix-http-endpoints.md section 6, last paragraph.

import { primordials } from "transom:internal/primordials";

const { JSONStringify, Map, MapPrototypeClear, MapPrototypeGet, MapPrototypeGetSize, MapPrototypeSet } = primordials;
const { NumberFormat } = globalThis.Intl;

/** Formatters are kept, because making one takes longer than using it; a program has few. */
const MOST_KEPT = 500;

const kept = new Map();

function formatter(locale, currency, options) {
  const all = { ...options, style: "currency", currency };
  const key = JSONStringify([locale, all]);
  let found = MapPrototypeGet(kept, key);
  if (found === undefined) {
    found = new NumberFormat(locale, all);
    if (MapPrototypeGetSize(kept) >= MOST_KEPT) MapPrototypeClear(kept);
    MapPrototypeSet(kept, key, found);
  }
  return found;
}

/** `$1,234.50`. A value that is a string keeps all of its digits. */
export function formatCurrencyWithLocale(locale, { value, currency }, options = {}) {
  return formatter(locale, currency, options).format(value);
}

/** The same in parts, each with its kind. */
export function formatCurrencyToPartsWithLocale(locale, { value, currency }, options = {}) {
  return formatter(locale, currency, options).formatToParts(value);
}
