// @ts-check
// The built-in `vite`, as far as config files use it: `loadEnv` asks the host, the rest is harmless or recorded.
const { record, host } = require("transom:config-recorder");
const { mergeConfig } = require("transom:config-merge");

/**
 * https://vite.dev/guide/api-javascript.html#loadenv
 *
 * @param {string} mode
 * @param {string} dir
 * @param {string | string[]} prefixes
 */
function loadEnv(mode, dir, prefixes = "VITE_") {
  const load = host().loadEnv;
  return load ? load(String(mode), String(dir), [prefixes].flat()) : {};
}

module.exports = record("vite", {
  loadEnv,
  mergeConfig,
  defineConfig: (/** @type {unknown} */ config) => config,
});
