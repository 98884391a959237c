// @ts-check
// What the settings say of the project's own origins; filled when the application starts, read when a token is sent.

export const own = {
  __proto__: null,
  /** @type {string[]} Origins, or `*` for all. */
  origins: [],
  /** @type {string | null} The project's address, from the config. */
  site: null,
};
