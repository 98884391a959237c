// @ts-check
// Modules of Astro that need more than endpoints. Importing one is fine, since shared code often does; using it says
// what to do instead.

import { primordials } from "transom:internal/primordials";

const { Error } = primordials;

/**
 * A function that throws when it is called.
 * @param {string} module
 * @param {string} name
 * @param {string} instead what to do
 */
export function unsupported(module, name, instead) {
  return () => {
    throw new Error(`\`${name}\` of \`${module}\` does not exist in a server of endpoints: ${instead}`);
  };
}
