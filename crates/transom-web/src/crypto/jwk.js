// @ts-check
// JSON Web Keys: reading the dictionary, the checks that all algorithms share, base64url.
// Spec: https://w3c.github.io/webcrypto/#JsonWebKey-dictionary, RFC 7517

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { Uint8ArrayFromBase64, Uint8ArrayPrototypeToBase64 } = primordials;

const BASE64URL = { __proto__: null, alphabet: "base64url", omitPadding: true };

const text = (key) => ({ key, convert: webidl.DOMString });
/** https://w3c.github.io/webcrypto/#dfn-JsonWebKey */
export const convertJwk = webidl.dictionary("JsonWebKey", [
  text("kty"), text("use"), { key: "key_ops", convert: webidl.sequence(webidl.DOMString) }, text("alg"),
  { key: "ext", convert: webidl.boolean }, text("crv"), text("x"), text("y"), text("d"), text("n"), text("e"),
  text("p"), text("q"), text("dp"), text("dq"), text("qi"),
  { key: "oth", convert: webidl.sequence(webidl.dictionary("RsaOtherPrimesInfo", [text("r"), text("d"), text("t")])) },
  text("k"),
]);

/** The DataError of a key that is not what it should be. */
export function dataError(message) {
  return new DOMException(message, "DataError");
}

/** What every algorithm checks of a JSON Web Key. `use` is what the member of that name may say. */
export function checkJwk(jwk, kty, use, extractable, usages) {
  if (jwk.kty !== kty) throw dataError(`The JSON Web Key is not of type \`${kty}\``);
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) {
    throw dataError(`The JSON Web Key is for \`${jwk.use}\`, not for \`${use}\``);
  }
  if (jwk.key_ops !== undefined) checkOperations(jwk.key_ops, usages);
  if (jwk.ext === false && extractable) throw dataError("The JSON Web Key is not extractable");
}

/** RFC 7517, section 4.3: no operation twice, and every usage among them. */
function checkOperations(operations, usages) {
  const seen = { __proto__: null };
  for (let i = 0; i < operations.length; i++) {
    if (seen[operations[i]] === true) throw dataError(`The JSON Web Key has \`${operations[i]}\` twice in \`key_ops\``);
    seen[operations[i]] = true;
  }
  for (let i = 0; i < usages.length; i++) {
    if (seen[usages[i]] !== true) throw dataError(`The JSON Web Key may not be used to ${usages[i]}`);
  }
}

/** Throws unless the `alg` of a JSON Web Key is absent or this one. */
export function checkJwkAlgorithm(jwk, expected) {
  if (jwk.alg !== undefined && jwk.alg !== expected) {
    throw dataError(`The JSON Web Key is for \`${jwk.alg}\`, not for ${expected}`);
  }
}

/** The bytes of a member. */
export function jwkBytes(jwk, member) {
  if (jwk[member] === undefined) throw dataError(`The JSON Web Key has no \`${member}\``);
  try {
    return Uint8ArrayFromBase64(jwk[member], BASE64URL);
  } catch {
    throw dataError(`Member \`${member}\` of the JSON Web Key is not base64url`);
  }
}

/** The value of a member. */
export function jwkText(bytes) {
  return Uint8ArrayPrototypeToBase64(bytes, BASE64URL);
}

/** Adds the members that every exported key ends with. */
export function finishJwk(jwk, usages, extractable) {
  const operations = [];
  for (let i = 0; i < usages.length; i++) operations[i] = usages[i];
  jwk.key_ops = operations;
  jwk.ext = extractable;
  return jwk;
}
