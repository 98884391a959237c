// @ts-check
// The built-in `astro/config`: what a config file needs of it, without Astro. Everything else that is imported
// from it is recorded.
const { record } = require("transom:config-recorder");
const { mergeConfig } = require("transom:config-merge");

/** @param {string} type */
const field = (type) => (/** @type {object} */ options) => ({ ...options, type });

module.exports = record("astro/config", {
  defineConfig: (/** @type {unknown} */ config) => config,
  getViteConfig: (/** @type {unknown} */ config) => config,
  mergeConfig,
  envField: { string: field("string"), number: field("number"), boolean: field("boolean"), enum: field("enum") },
});
