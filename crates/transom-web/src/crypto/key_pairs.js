// @ts-check
// What the algorithms with key pairs share: dividing usages, and secrets that two keys agree on.
// Spec: https://w3c.github.io/webcrypto/#ecdh-operations-derive-bits

import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { TypedArrayPrototypeGetLength, TypedArrayPrototypeSubarray } = primordials;
const { algorithm: algorithmOf, type: typeOf } = cryptoKeyInternals;

function includes(list, item) {
  for (let i = 0; i < list.length; i++) if (list[i] === item) return true;
  return false;
}

/** Throws a SyntaxError unless every usage is among the allowed ones. */
export function checkUsagesOf(usages, allowed) {
  for (let i = 0; i < usages.length; i++) {
    if (!includes(allowed, usages[i])) throw new DOMException(`This key cannot be used to ${usages[i]}`, "SyntaxError");
  }
}

/** The usages of either key of a pair. */
export function allUsages(ofPublic, ofPrivate) {
  const all = [];
  for (let i = 0; i < ofPublic.length; i++) all[all.length] = ofPublic[i];
  for (let i = 0; i < ofPrivate.length; i++) all[all.length] = ofPrivate[i];
  return all;
}

/** The usages that are among the allowed ones. */
export function usagesAmong(usages, allowed) {
  const result = [];
  for (let i = 0; i < usages.length; i++) if (includes(allowed, usages[i])) result[result.length] = usages[i];
  return result;
}

/** Throws an InvalidAccessError unless the key is of this type. */
export function requireType(key, type) {
  if (typeOf(key) !== type) throw new DOMException(`The key is not a ${type} key`, "InvalidAccessError");
}

/**
 * The bits that a private key and `algorithm.public` agree on, cut to `length` bits unless that is null.
 * `agree(privateKey, publicKey)` gives all of them.
 */
export function deriveSharedBits(agree, algorithm, key, length) {
  requireType(key, "private");
  const other = algorithm.public;
  requireType(other, "public");
  const { name, namedCurve } = algorithmOf(key);
  if (algorithmOf(other).name !== name || algorithmOf(other).namedCurve !== namedCurve) {
    throw new DOMException("The two keys are not for the same algorithm and curve", "InvalidAccessError");
  }
  const secret = agree(key, other);
  if (length === null) return secret;
  if (length > TypedArrayPrototypeGetLength(secret) * 8) {
    throw new DOMException("The secret has not got so many bits", "OperationError");
  }
  // A copy, as the bits behind the last one are cleared and the rest of the buffer must not be seen.
  const bytes = webidl.copyBufferSource(TypedArrayPrototypeSubarray(secret, 0, (length + 7) >>> 3));
  if (length % 8 !== 0) bytes[bytes.length - 1] &= 0xff << (8 - (length % 8));
  return bytes;
}
