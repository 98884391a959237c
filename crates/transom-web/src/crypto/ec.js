// @ts-check
// Keys on P-256, P-384 and P-521; ECDSA and ECDH. Native half: ec.rs, which says how keys are laid out.
// Spec: https://w3c.github.io/webcrypto/#ecdsa, #ecdh

import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { checkJwk, dataError, finishJwk, jwkBytes, jwkText } from "transom:internal/crypto/jwk";
import { allUsages, checkUsagesOf, deriveSharedBits, requireType, usagesAmong } from "transom:internal/crypto/key_pairs";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { TypedArrayPrototypeGetLength, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array } = primordials;
const {
  material, algorithm: algorithmOf, usages: usagesOf, extractable: isExtractable, type: typeOf,
} = cryptoKeyInternals;

/** Bytes of a coordinate. */
const WIDTHS = { __proto__: null, "P-256": 32, "P-384": 48, "P-521": 66 };
/** RFC 7518, section 3.1: the name of ECDSA with the hash that goes with the curve. */
const JWK_ALGORITHMS = { __proto__: null, "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };

const curveOf = (key) => algorithmOf(key).namedCurve;

function create(type, algorithm, extractable, usages, bytes) {
  const shown = { name: algorithm.name, namedCurve: algorithm.namedCurve };
  return cryptoKeyInternals.create(type, extractable, shown, usages, bytes);
}

function checkCurve(namedCurve) {
  if (WIDTHS[namedCurve] === undefined) throw new DOMException(`The curve \`${namedCurve}\` is not supported`, "NotSupportedError");
}

/** A member of a JSON Web Key that has the width of the curve. */
function coordinate(jwk, member) {
  const bytes = jwkBytes(jwk, member);
  if (TypedArrayPrototypeGetLength(bytes) !== WIDTHS[jwk.crv]) {
    throw dataError(`Member \`${member}\` of the JSON Web Key is of the wrong length`);
  }
  return bytes;
}

/** The uncompressed point of a JSON Web Key. */
function pointOf(jwk) {
  const width = WIDTHS[jwk.crv];
  const x = coordinate(jwk, "x");
  const y = coordinate(jwk, "y");
  const point = new Uint8Array(1 + 2 * width);
  point[0] = 4;
  TypedArrayPrototypeSet(point, x, 1);
  TypedArrayPrototypeSet(point, y, 1 + width);
  return point;
}

function importJwk(jwk, algorithm, use, extractable, usages) {
  const { namedCurve } = algorithm;
  checkJwk(jwk, "EC", use, extractable, usages);
  if (jwk.crv !== namedCurve) throw dataError(`The JSON Web Key is on \`${jwk.crv}\`, not on \`${namedCurve}\``);
  if (algorithm.name === "ECDSA" && jwk.alg !== undefined && jwk.alg !== JWK_ALGORITHMS[namedCurve]) {
    throw dataError(`The JSON Web Key is for \`${jwk.alg}\`, not for ${JWK_ALGORITHMS[namedCurve]}`);
  }
  const point = pointOf(jwk);
  if (jwk.d === undefined) {
    return create("public", algorithm, extractable, usages, ops.crypto_ec_public(namedCurve, point));
  }
  const bytes = ops.crypto_ec_private(namedCurve, coordinate(jwk, "d"), point);
  return create("private", algorithm, extractable, usages, bytes);
}

/** The point of a key's material. */
function publicPoint(key) {
  const bytes = material(key);
  return typeOf(key) === "public" ? bytes : TypedArrayPrototypeSubarray(bytes, WIDTHS[curveOf(key)]);
}

/** The operations on keys. `use` is what the member of that name in a JSON Web Key may say. */
function keyOperations(use, publicUsages, privateUsages) {
  return {
    usages: allUsages(publicUsages, privateUsages),
    formats: ["raw", "spki", "pkcs8", "jwk"],

    /** https://w3c.github.io/webcrypto/#ecdsa-operations-import-key */
    importKey(format, data, algorithm, extractable, usages) {
      const isPrivate = format === "pkcs8" || (format === "jwk" && data.d !== undefined);
      checkUsagesOf(usages, isPrivate ? privateUsages : publicUsages);
      const { namedCurve } = algorithm;
      checkCurve(namedCurve);
      switch (format) {
        case "jwk":
          return importJwk(data, algorithm, use, extractable, usages);
        case "pkcs8":
          return create("private", algorithm, extractable, usages, ops.crypto_ec_from_pkcs8(namedCurve, data));
        case "spki":
          return create("public", algorithm, extractable, usages, ops.crypto_ec_from_spki(namedCurve, data));
        default:
          return create("public", algorithm, extractable, usages, ops.crypto_ec_public(namedCurve, data));
      }
    },

    /** https://w3c.github.io/webcrypto/#ecdsa-operations-generate-key */
    generateKey(algorithm, extractable, usages) {
      checkCurve(algorithm.namedCurve);
      const bytes = ops.crypto_ec_generate(algorithm.namedCurve);
      const point = TypedArrayPrototypeSubarray(bytes, WIDTHS[algorithm.namedCurve]);
      return {
        publicKey: create("public", algorithm, true, usagesAmong(usages, publicUsages), point),
        privateKey: create("private", algorithm, extractable, usagesAmong(usages, privateUsages), bytes),
      };
    },

    /** https://w3c.github.io/webcrypto/#ecdsa-operations-export-key */
    exportKey(format, key) {
      const isPublic = typeOf(key) === "public";
      const curve = curveOf(key);
      const point = publicPoint(key);
      if (format === "jwk") {
        const width = WIDTHS[curve];
        const jwk = { kty: "EC", crv: curve };
        jwk.x = jwkText(TypedArrayPrototypeSubarray(point, 1, 1 + width));
        jwk.y = jwkText(TypedArrayPrototypeSubarray(point, 1 + width));
        if (!isPublic) jwk.d = jwkText(TypedArrayPrototypeSubarray(material(key), 0, width));
        return finishJwk(jwk, usagesOf(key), isExtractable(key));
      }
      if ((format === "pkcs8") === isPublic) throw new DOMException(`The key has no format \`${format}\``, "InvalidAccessError");
      if (format === "raw") return point;
      return format === "spki" ? ops.crypto_ec_to_spki(curve, point) : ops.crypto_ec_to_pkcs8(curve, material(key));
    },
  };
}

export const ecdsa = {
  ...keyOperations("sig", ["verify"], ["sign"]),
  /** https://w3c.github.io/webcrypto/#ecdsa-operations-sign */
  sign(algorithm, key, data) {
    requireType(key, "private");
    return ops.crypto_ecdsa_sign(curveOf(key), algorithm.hash.name, material(key), data);
  },
  /** https://w3c.github.io/webcrypto/#ecdsa-operations-verify */
  verify(algorithm, key, signature, data) {
    requireType(key, "public");
    return ops.crypto_ecdsa_verify(curveOf(key), algorithm.hash.name, material(key), signature, data);
  },
};

export const ecdh = {
  ...keyOperations("enc", [], ["deriveKey", "deriveBits"]),
  /** https://w3c.github.io/webcrypto/#ecdh-operations-derive-bits */
  deriveBits: (algorithm, key, length) => deriveSharedBits(agree, algorithm, key, length),
};

const agree = (key, publicKey) => ops.crypto_ecdh(curveOf(key), material(key), material(publicKey));
