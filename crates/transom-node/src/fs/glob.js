// @ts-check
// glob: the files that patterns name.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html#fsglobpattern-options-callback

import { matchesGlob, resolve } from "node:path";
import { validateStringArray } from "transom:internal/node/errors/validators";
import { stepsLater, stepsNow } from "transom:internal/node/fs/call";
import { ownPlans } from "transom:internal/node/fs/plans";
import { direntsOf } from "transom:internal/node/fs/stats";

/** The folder that a pattern begins with, before anything in it that is not literal. */
function literalFolder(pattern) {
  const parts = pattern.split("/");
  const at = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part));
  return parts.slice(0, at < 0 ? parts.length - 1 : at).join("/");
}

/** The names below `cwd` that one of `patterns` fits; folders that cannot be read have none. */
function* search(pattern, options = {}) {
  const patterns = Array.isArray(pattern) ? pattern : [pattern];
  validateStringArray(patterns, "patterns");
  const { cwd = process.cwd(), exclude, withFileTypes = false } = options ?? {};
  const isExcluded = (name, entry) =>
    Array.isArray(exclude) ? exclude.some((one) => matchesGlob(name, one)) : exclude?.(withFileTypes ? entry : name) ?? false;
  const seen = new Set();
  const found = [];
  for (const one of patterns) {
    const waiting = [literalFolder(one)];
    while (waiting.length > 0) {
      const below = waiting.shift();
      let flat;
      try {
        flat = yield ownPlans.readFolder(resolve(cwd, below));
      } catch {
        continue;
      }
      for (const entry of direntsOf(flat, resolve(cwd, below), undefined)) {
        const name = below === "" ? entry.name : `${below.replace(/\/$/, "")}/${entry.name}`;
        if (isExcluded(name, entry)) continue;
        if (entry.isDirectory()) waiting.push(name);
        if (!matchesGlob(name, one) || seen.has(name)) continue;
        seen.add(name);
        found.push(withFileTypes ? entry : name);
      }
    }
  }
  return found;
}

export const globSync = (pattern, options) => stepsNow(search(pattern, options));

export async function* globLater(pattern, options) {
  yield* await stepsLater(search(pattern, options));
}
