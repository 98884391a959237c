// @ts-check
// `mergeConfig` of Vite and Astro: the second config is laid over the first, lists are joined.
// https://vite.dev/guide/api-javascript.html#mergeconfig

/** @param {unknown} value */
const isObject = (value) => Object.prototype.toString.call(value) === "[object Object]" && typeof value !== "function";

/**
 * @param {any} defaults
 * @param {any} overrides
 */
export function mergeConfig(defaults, overrides) {
  const merged = { ...defaults };
  for (const [key, value] of Object.entries(overrides ?? {})) {
    const existing = merged[key];
    if (value === undefined || value === null) continue;
    if (existing === undefined || existing === null) merged[key] = value;
    else if (Array.isArray(existing) || Array.isArray(value)) merged[key] = [existing, value].flat();
    else if (isObject(existing) && isObject(value)) merged[key] = mergeConfig(existing, value);
    else merged[key] = value;
  }
  return merged;
}
