// @ts-check
// navigator: what a program runs on.
// Spec: https://html.spec.whatwg.org/multipage/system-state.html#the-navigator-object, ECMA-429

import { ops } from "transom:internal/ops";
import * as webidl from "transom:internal/webidl/webidl";

/** https://html.spec.whatwg.org/multipage/system-state.html#navigator */
export class Navigator {
  #info = ops.navigator_info();

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
}

webidl.configureInterface("Navigator", Navigator);

/** The value of `globalThis.navigator`. */
export const navigator = new Navigator(webidl.internalKey);
