// @ts-check
// CryptoKey.
// Spec: https://w3c.github.io/webcrypto/#cryptokey-interface
//
// The key material is a copy that no script can reach; operations of subtle.js read it through the internals.
// What describes the key is frozen, so that a program cannot change what a key is good for.

import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ObjectFreeze } = primordials;

/**
 * What SubtleCrypto needs of the inside.
 * @type {Record<string, Function>}
 */
export let cryptoKeyInternals;

/** https://w3c.github.io/webcrypto/#dfn-CryptoKey */
export class CryptoKey {
  #type;
  #extractable;
  #algorithm;
  #usages;
  #material;

  constructor(key, type, extractable, algorithm, usages, material) {
    webidl.requireInternal(key);
    this.#type = type;
    this.#extractable = extractable;
    this.#algorithm = algorithm;
    this.#usages = usages;
    this.#material = material;
  }

  /** https://w3c.github.io/webcrypto/#dom-cryptokey-type */
  get type() {
    return this.#type;
  }

  /** https://w3c.github.io/webcrypto/#dom-cryptokey-extractable */
  get extractable() {
    return this.#extractable;
  }

  /** https://w3c.github.io/webcrypto/#dom-cryptokey-algorithm */
  get algorithm() {
    return this.#algorithm;
  }

  /** https://w3c.github.io/webcrypto/#dom-cryptokey-usages */
  get usages() {
    return this.#usages;
  }

  static {
    cryptoKeyInternals = ObjectFreeze({
      is: (value) => typeof value === "object" && value !== null && #material in value,
      material: (key) => key.#material,
      algorithm: (key) => key.#algorithm,
      extractable: (key) => key.#extractable,
      usages: (key) => key.#usages,
      type: (key) => key.#type,
      /** `algorithm` and `usages` are fresh objects, which become frozen. */
      create: (type, extractable, algorithm, usages, material) =>
        new CryptoKey(webidl.internalKey, type, extractable, ObjectFreeze(algorithm), ObjectFreeze(usages), material),
    });
  }
}

webidl.configureInterface("CryptoKey", CryptoKey);
