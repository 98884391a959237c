// @ts-check
// Crypto: random values and the way to SubtleCrypto. Native half: random.rs.
// Spec: https://w3c.github.io/webcrypto/#crypto-interface

import { SubtleCrypto } from "transom:internal/crypto/subtle";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { QuotaExceededError } from "transom:internal/dom_exception/quota_exceeded_error";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { TypedArrayPrototypeSet, Uint8Array } = primordials;

/** https://w3c.github.io/webcrypto/#dfn-Crypto-method-getRandomValues, step 3. */
const MAX_RANDOM_BYTES = 65536;

/** https://w3c.github.io/webcrypto/#dfn-Crypto */
export class Crypto {
  #subtle = new SubtleCrypto(webidl.internalKey);

  constructor(key = undefined) {
    webidl.requireInternal(key);
  }

  /** https://w3c.github.io/webcrypto/#Crypto-attribute-subtle */
  get subtle() {
    return this.#subtle;
  }

  /** https://w3c.github.io/webcrypto/#Crypto-method-getRandomValues */
  getRandomValues(array) {
    this.#subtle; // Brand check.
    webidl.requireArguments("Crypto.getRandomValues", arguments.length, 1);
    webidl.ArrayBufferView(array, "Crypto.getRandomValues: argument 1");
    const type = webidl.viewElementType(array);
    if (type === undefined || type === "Float16Array" || type === "Float32Array" || type === "Float64Array") {
      throw new DOMException("Crypto.getRandomValues: argument 1 is not an integer array", "TypeMismatchError");
    }
    const length = webidl.viewByteLength(array);
    if (length > MAX_RANDOM_BYTES) {
      // The specification gives neither quota nor what was requested.
      throw new QuotaExceededError(`Crypto.getRandomValues: ${length} bytes are more than ${MAX_RANDOM_BYTES}`);
    }
    const target = new Uint8Array(webidl.viewBuffer(array), webidl.viewByteOffset(array), length);
    TypedArrayPrototypeSet(target, ops.crypto_random(length));
    return array;
  }

  /** https://w3c.github.io/webcrypto/#Crypto-method-randomUUID */
  randomUUID() {
    this.#subtle; // Brand check.
    return ops.crypto_random_uuid();
  }
}

webidl.configureInterface("Crypto", Crypto);

/** The value of `globalThis.crypto`. */
export const crypto = new Crypto(webidl.internalKey);
