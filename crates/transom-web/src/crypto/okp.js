// @ts-check
// Ed25519 and X25519. Native half: okp.rs, which says how keys are laid out.
// Spec: https://w3c.github.io/webcrypto/#ed25519, #x25519

import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { checkJwk, dataError, finishJwk, jwkBytes, jwkText } from "transom:internal/crypto/jwk";
import { allUsages, checkUsagesOf, deriveSharedBits, requireType, usagesAmong } from "transom:internal/crypto/key_pairs";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { TypedArrayPrototypeGetLength, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array } = primordials;
const { material, usages: usagesOf, extractable: isExtractable, type: typeOf } = cryptoKeyInternals;

const BYTES = 32;

function checkLength(bytes) {
  if (TypedArrayPrototypeGetLength(bytes) !== BYTES) throw dataError("A key has 32 bytes");
  return bytes;
}

function isSame(a, b) {
  for (let i = 0; i < BYTES; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A DER header, with the last byte of the algorithm's identifier (RFC 8410, section 3), and what follows it. */
function encoded(header, identifier, at, bytes) {
  const result = new Uint8Array(header.length + BYTES);
  TypedArrayPrototypeSet(result, header);
  result[at] = identifier;
  TypedArrayPrototypeSet(result, bytes, header.length);
  return result;
}

const SPKI = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0, 0x03, 0x21, 0x00];
const PKCS8 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0, 0x04, 0x22, 0x04, 0x20];

/** The operations on keys; `identifier` is the last byte of the algorithm's object identifier. */
function keyOperations(name, identifier, use, publicUsages, privateUsages) {
  const create = (type, extractable, usages, bytes) =>
    cryptoKeyInternals.create(type, extractable, { name }, usages, bytes);
  const publicPart = (key) => (typeOf(key) === "public" ? material(key) : TypedArrayPrototypeSubarray(material(key), BYTES));

  function importJwk(jwk, extractable, usages) {
    checkJwk(jwk, "OKP", use, extractable, usages);
    if (jwk.crv !== name) throw dataError(`The JSON Web Key is on \`${jwk.crv}\`, not on \`${name}\``);
    // RFC 8037, section 3.1, and the generic name of RFC 9864.
    if (name === "Ed25519" && jwk.alg !== undefined && jwk.alg !== "Ed25519" && jwk.alg !== "EdDSA") {
      throw dataError(`The JSON Web Key is for \`${jwk.alg}\`, not for Ed25519`);
    }
    const point = checkLength(jwkBytes(jwk, "x"));
    if (jwk.d === undefined) return create("public", extractable, usages, point);
    const bytes = ops.crypto_okp_private(name, checkLength(jwkBytes(jwk, "d")));
    if (!isSame(TypedArrayPrototypeSubarray(bytes, BYTES), point)) {
      throw dataError("The public part is not that of the private part");
    }
    return create("private", extractable, usages, bytes);
  }

  return {
    usages: allUsages(publicUsages, privateUsages),
    formats: ["raw", "spki", "pkcs8", "jwk"],

    /** https://w3c.github.io/webcrypto/#ed25519-operations-import-key */
    importKey(format, data, algorithm, extractable, usages) {
      const isPrivate = format === "pkcs8" || (format === "jwk" && data.d !== undefined);
      checkUsagesOf(usages, isPrivate ? privateUsages : publicUsages);
      switch (format) {
        case "jwk":
          return importJwk(data, extractable, usages);
        case "pkcs8":
          return create("private", extractable, usages, ops.crypto_okp_from_pkcs8(name, data));
        case "spki":
          return create("public", extractable, usages, ops.crypto_okp_from_spki(name, data));
        default:
          return create("public", extractable, usages, checkLength(data));
      }
    },

    /** https://w3c.github.io/webcrypto/#ed25519-operations-generate-key */
    generateKey(algorithm, extractable, usages) {
      const bytes = ops.crypto_okp_private(name, ops.crypto_random(BYTES));
      const point = TypedArrayPrototypeSubarray(bytes, BYTES);
      return {
        publicKey: create("public", true, usagesAmong(usages, publicUsages), point),
        privateKey: create("private", extractable, usagesAmong(usages, privateUsages), bytes),
      };
    },

    /** https://w3c.github.io/webcrypto/#ed25519-operations-export-key */
    exportKey(format, key) {
      const isPublic = typeOf(key) === "public";
      if (format === "jwk") {
        const jwk = name === "Ed25519" ? { kty: "OKP", crv: name, alg: name } : { kty: "OKP", crv: name };
        jwk.x = jwkText(publicPart(key));
        if (!isPublic) jwk.d = jwkText(TypedArrayPrototypeSubarray(material(key), 0, BYTES));
        return finishJwk(jwk, usagesOf(key), isExtractable(key));
      }
      if ((format === "pkcs8") === isPublic) throw new DOMException(`The key has no format \`${format}\``, "InvalidAccessError");
      if (format === "raw") return publicPart(key);
      if (format === "spki") return encoded(SPKI, identifier, 8, publicPart(key));
      return encoded(PKCS8, identifier, 11, TypedArrayPrototypeSubarray(material(key), 0, BYTES));
    },
  };
}

export const ed25519 = {
  ...keyOperations("Ed25519", 0x70, "sig", ["verify"], ["sign"]),
  /** https://w3c.github.io/webcrypto/#ed25519-operations-sign */
  sign(algorithm, key, data) {
    requireType(key, "private");
    return ops.crypto_ed25519_sign(material(key), data);
  },
  /** https://w3c.github.io/webcrypto/#ed25519-operations-verify */
  verify(algorithm, key, signature, data) {
    requireType(key, "public");
    return ops.crypto_ed25519_verify(material(key), signature, data);
  },
};

const agree = (key, publicKey) => ops.crypto_x25519(material(key), material(publicKey));

export const x25519 = {
  ...keyOperations("X25519", 0x6e, "enc", [], ["deriveKey", "deriveBits"]),
  /** https://w3c.github.io/webcrypto/#x25519-operations-derive-bits */
  deriveBits: (algorithm, key, length) => deriveSharedBits(agree, algorithm, key, length),
};
