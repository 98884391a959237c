// @ts-check
// AbortController.
// Spec: https://dom.spec.whatwg.org/#interface-abortcontroller

import { abortSignalInternals } from "transom:internal/abort/abort_signal";
import * as webidl from "transom:internal/webidl/webidl";

/** https://dom.spec.whatwg.org/#abortcontroller */
export class AbortController {
  #signal = abortSignalInternals.create();

  /** https://dom.spec.whatwg.org/#dom-abortcontroller-signal */
  get signal() {
    return this.#signal;
  }

  /** https://dom.spec.whatwg.org/#dom-abortcontroller-abort */
  abort(reason = undefined) {
    abortSignalInternals.abort(this.#signal, reason);
  }
}

webidl.configureInterface("AbortController", AbortController);
