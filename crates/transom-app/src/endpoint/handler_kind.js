// @ts-check
// How a handler may be called: what its source text proves about its use of `this` and of the context.
//
// Most handlers are arrow functions that take nothing, or take the context apart in their parameter list. Those can
// never hold the context itself, so they get the cheap form of it (context.js), or none. The patterns accept only
// what they prove; everything else, and every function without source text, is called in the general way.

import { primordials } from "transom:internal/primordials";

const { FunctionPrototypeToString, RegExpPrototypeExec } = primordials;

/** Uses `this` or `arguments`, or might. */
export const GENERAL = 0;
/** An arrow function that may keep its parameter. */
export const ARROW = 1;
/** An arrow function that reads members of its parameter and forgets it. */
export const DESTRUCTURING = 2;
/** An arrow function without parameters. */
export const NO_PARAMETER = 3;

// An arrow function has neither `this` nor `arguments` of its own; a direct `eval` in it sees the outer ones.
const NO_PARAMETER_TEXT = /^(?:async\s*)?\(\s*\)\s*=>/;
// Only names, renames and commas: no defaults, which are code, and no rest, which is an object of own keys.
const DESTRUCTURING_TEXT = /^(?:async\s*)?\(\s*\{[\w$\s,:]*\}\s*\)\s*=>/;
const ARROW_TEXT = /^(?:async\s*)?(?:\([\w$\s,]*\)|(?!async\b)[\w$]+)\s*=>/;

/** @param {Function} handler */
export function kindOf(handler) {
  const text = FunctionPrototypeToString(handler);
  if (RegExpPrototypeExec(NO_PARAMETER_TEXT, text) !== null) return NO_PARAMETER;
  if (RegExpPrototypeExec(DESTRUCTURING_TEXT, text) !== null) return DESTRUCTURING;
  return RegExpPrototypeExec(ARROW_TEXT, text) === null ? GENERAL : ARROW;
}
