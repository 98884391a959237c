// @ts-check
// CryptoKey.
// Spec: https://w3c.github.io/webcrypto/#cryptokey-interface
//
// The key material is a copy that no script can reach; operations of subtle.js read it through the internals. What a
// script sees of `algorithm` and `usages` are objects made for it: changing them changes nothing of the key.

import { primordials } from "transom:internal/primordials";
import { setCryptoKeys } from "transom:internal/structured_clone/serialize";
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
  #algorithmCached;
  #usagesCached;

  constructor(key = undefined, type = undefined, extractable = undefined, algorithm = undefined, usages = undefined,
    material = undefined) {
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
    this.#type; // Brand check.
    this.#algorithmCached ??= shownAlgorithm(this.#algorithm);
    return this.#algorithmCached;
  }

  /** https://w3c.github.io/webcrypto/#dom-cryptokey-usages */
  get usages() {
    this.#usagesCached ??= copied(this.#usages);
    return this.#usagesCached;
  }

  static {
    cryptoKeyInternals = ObjectFreeze({
      is: (value) => typeof value === "object" && value !== null && #material in value,
      material: (key) => key.#material,
      algorithm: (key) => key.#algorithm,
      extractable: (key) => key.#extractable,
      usages: (key) => key.#usages,
      type: (key) => key.#type,
      /** https://w3c.github.io/webcrypto/#cryptokey-interface-clone: what is behind a key never changes. */
      clone: (key) => new CryptoKey(
        webidl.internalKey, key.#type, key.#extractable, key.#algorithm, key.#usages, key.#material,
      ),
      /** `algorithm` and `usages` are fresh objects, which become frozen. */
      create: (type, extractable, algorithm, usages, material) =>
        new CryptoKey(webidl.internalKey, type, extractable, ObjectFreeze(algorithm), ObjectFreeze(usages), material),
    });
  }
}

function copied(list) {
  const copy = [];
  for (let i = 0; i < list.length; i++) copy[i] = list[i];
  return copy;
}

/** The members of a KeyAlgorithm in the order of its dictionary, as an object of its own. */
function shownAlgorithm(algorithm) {
  const shown = { ...algorithm };
  if (shown.hash !== undefined) shown.hash = { name: shown.hash.name };
  if (shown.publicExponent !== undefined) shown.publicExponent = webidl.copyBufferSource(shown.publicExponent);
  return shown;
}

webidl.configureInterface("CryptoKey", CryptoKey);
setCryptoKeys(cryptoKeyInternals);
