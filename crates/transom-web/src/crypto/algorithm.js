// @ts-check
// Which algorithms exist for which operation, and how their parameters are read.
// Spec: https://w3c.github.io/webcrypto/#algorithm-normalization
//
// An algorithm is a row in `algorithms`: for each operation that it supports, the parameters to read.

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { StringPrototypeToUpperCase, TypeError } = primordials;

/** Reads nothing but the name. */
const plain = () => ({});

function hmacParameters(value, context) {
  if (value.hash === undefined) throw new TypeError(`${context}: required member \`hash\` of HmacImportParams is missing`);
  const hash = normalizeAlgorithm(value.hash, "digest", context);
  const length = value.length === undefined
    ? undefined
    : webidl.unsignedLong(value.length, `${context}: member \`length\``, { enforceRange: true });
  return { hash, length };
}

const digest = { __proto__: null, digest: plain };

/** By upper-case name: the name as written, and the parameters of each operation. */
const algorithms = {
  __proto__: null,
  "SHA-1": { name: "SHA-1", operations: digest },
  "SHA-256": { name: "SHA-256", operations: digest },
  "SHA-384": { name: "SHA-384", operations: digest },
  "SHA-512": { name: "SHA-512", operations: digest },
  HMAC: {
    name: "HMAC",
    operations: {
      __proto__: null, importKey: hmacParameters, generateKey: hmacParameters, exportKey: plain, sign: plain, verify: plain,
    },
  },
};

/**
 * Returns `{ name, ...parameters }` with the canonical name, or throws a NotSupportedError.
 * https://w3c.github.io/webcrypto/#algorithm-normalization-normalize-an-algorithm
 */
export function normalizeAlgorithm(value, operation, context) {
  const object = webidl.isObject(value) ? value : { name: value };
  if (object.name === undefined) throw new TypeError(`${context}: required member \`name\` of Algorithm is missing`);
  const name = webidl.DOMString(object.name, `${context}: member \`name\``);
  const found = algorithms[StringPrototypeToUpperCase(name)];
  const read = found?.operations[operation];
  if (read === undefined) {
    throw new DOMException(`${context}: \`${name}\` is not supported for ${operation}`, "NotSupportedError");
  }
  const parameters = read(object, context);
  parameters.name = found.name;
  return parameters;
}
