// @ts-check
// `context.cache` without a cache provider: setting is harmless and warns once, invalidating fails.
// Spec: astro-endpoints.md section 3.1.

import { createError } from "transom:internal/app/errors";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze } = primordials;

const NO_OPTIONS = ObjectFreeze({ tags: [] });
let warned = false;

export class DisabledCache {
  enabled = false;
  #log;

  /** @param {(level: string, label: string | null, message: string) => void} log */
  constructor(log) {
    this.#log = log;
  }

  set() {
    if (warned) return;
    warned = true;
    this.#log(
      "warn",
      "cache",
      "`cache.set()` was called but caching is not enabled. Configure a cache provider in your Astro config under `cache` to enable caching.",
    );
  }

  get tags() {
    return [];
  }

  get options() {
    return NO_OPTIONS;
  }

  async invalidate() {
    throw createError("CacheNotEnabled");
  }
}
