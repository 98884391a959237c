// @ts-check
// navigator: what a program runs on.
// Spec: https://html.spec.whatwg.org/multipage/system-state.html#the-navigator-object, ECMA-429
//
// The members that workers have. Those that browsers have for compatibility alone have the values which the
// specification demands of them.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ObjectFreeze } = primordials;

/** A server has no user: the language is that of the engine's own messages. */
const LANGUAGE = "en-US";

// What `ops.navigator_info` returns.
const USER_AGENT = 0;
const PROCESSORS = 1;
const PLATFORM = 2;

/** https://html.spec.whatwg.org/multipage/system-state.html#navigator */
export class Navigator {
  #info = ops.navigator_info();
  #languages = ObjectFreeze([LANGUAGE]);

  constructor(key = undefined) {
    webidl.requireInternal(key);
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-appcodename */
  get appCodeName() {
    this.#info; // Brand check.
    return "Mozilla";
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-appname */
  get appName() {
    this.#info; // Brand check.
    return "Netscape";
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-appversion */
  get appVersion() {
    this.#info; // Brand check.
    return "4.0";
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-platform */
  get platform() {
    return this.#info[PLATFORM];
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-product */
  get product() {
    this.#info; // Brand check.
    return "Gecko";
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-useragent */
  get userAgent() {
    return this.#info[USER_AGENT];
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-language */
  get language() {
    this.#info; // Brand check.
    return LANGUAGE;
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-languages */
  get languages() {
    return this.#languages;
  }

  /** https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-online. Nobody has said otherwise. */
  get onLine() {
    this.#info; // Brand check.
    return true;
  }

  /** https://html.spec.whatwg.org/multipage/workers.html#dom-navigator-hardwareconcurrency */
  get hardwareConcurrency() {
    return this.#info[PROCESSORS];
  }
}

webidl.configureInterface("Navigator", Navigator);

/** The value of `globalThis.navigator`. */
export const navigator = new Navigator(webidl.internalKey);
