// @ts-check
// The store of `blob:` URLs.
// Spec: https://w3c.github.io/FileAPI/#url-model
//
// An entry lives until it is revoked or its realm ends. There is no document, so the origin is opaque.

import { blobInternals } from "transom:internal/blob/blob";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { Map, MapPrototypeDelete, MapPrototypeGet, MapPrototypeSet, StringPrototypeIndexOf, StringPrototypeSlice, TypeError } =
  primordials;

const store = new Map();

/** https://w3c.github.io/FileAPI/#dfn-createObjectURL */
export function createObjectURL(object) {
  if (!blobInternals.isBlob(object)) throw new TypeError("URL.createObjectURL: argument 1 is not of type Blob");
  const url = `blob:null/${ops.crypto_random_uuid()}`;
  MapPrototypeSet(store, url, object);
  return url;
}

/** https://w3c.github.io/FileAPI/#dfn-revokeObjectURL */
export function revokeObjectURL(url) {
  MapPrototypeDelete(store, url);
}

/** The Blob that a `blob:` URL stands for, or null. A fragment does not matter. */
export function resolveObjectURL(url) {
  const hash = StringPrototypeIndexOf(url, "#");
  return MapPrototypeGet(store, hash < 0 ? url : StringPrototypeSlice(url, 0, hash)) ?? null;
}
