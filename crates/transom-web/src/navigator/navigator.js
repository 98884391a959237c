// @ts-check
// navigator: what a program runs on.
// Spec: https://html.spec.whatwg.org/multipage/system-state.html#the-navigator-object, ECMA-429

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ObjectFreeze } = primordials;
// Before a program can replace it.
const { resolvedOptions } = Intl.DateTimeFormat.prototype;
const { DateTimeFormat } = Intl;

/** https://html.spec.whatwg.org/multipage/system-state.html#navigator */
export class Navigator {
  #info = ops.navigator_info();
  #languages = null;

  constructor(key = undefined) {
    webidl.requireInternal(key);
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-useragent */
  get userAgent() {
    return this.#info[0];
  }

  /** https://html.spec.whatwg.org/multipage/workers.html#dom-navigator-hardwareconcurrency */
  get hardwareConcurrency() {
    return this.#info[1];
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-language */
  get language() {
    return this.languages[0];
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-languages */
  get languages() {
    this.#info; // Brand check.
    this.#languages ??= ObjectFreeze([primordials.ReflectApply(resolvedOptions, new DateTimeFormat(), []).locale]);
    return this.#languages;
  }
}

webidl.configureInterface("Navigator", Navigator);

/** The value of `globalThis.navigator`. */
export const navigator = new Navigator(webidl.internalKey);
