// @ts-check
// RSA keys; RSASSA-PKCS1-v1_5, RSA-PSS and RSA-OAEP. Native half: rsa.rs.
// Spec: https://w3c.github.io/webcrypto/#rsassa-pkcs1, #rsa-pss, #rsa-oaep

import { cryptoKeyInternals } from "transom:internal/crypto/crypto_key";
import { checkJwk, checkJwkAlgorithm, finishJwk, jwkBytes, jwkText } from "transom:internal/crypto/jwk";
import { allUsages, checkUsagesOf, requireType, usagesAmong } from "transom:internal/crypto/key_pairs";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze, Uint8Array } = primordials;
const {
  material, algorithm: algorithmOf, usages: usagesOf, extractable: isExtractable, type: typeOf,
} = cryptoKeyInternals;

/** The numbers of a JSON Web Key, public ones first: the order of `crypto_rsa_from_numbers`. */
const NUMBERS = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];

const hashOf = (key) => algorithmOf(key).hash.name;

function create(type, described, algorithm, extractable, usages) {
  const { 0: modulusLength, 1: publicExponent, 2: der } = described;
  const shown = {
    name: algorithm.name, modulusLength, publicExponent, hash: ObjectFreeze({ name: algorithm.hash.name }),
  };
  return cryptoKeyInternals.create(type, extractable, shown, usages, der);
}

/**
 * The operations on keys, the same for every scheme. `jwkNames` tells the name in JSON Web Keys of each hash, `use`
 * what such a key is for; `publicUsages` and `privateUsages` divide the usages.
 */
function keyOperations(jwkNames, use, publicUsages, privateUsages) {
  return {
    usages: allUsages(publicUsages, privateUsages),
    formats: ["spki", "pkcs8", "jwk"],

    /** https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-import-key */
    importKey(format, data, algorithm, extractable, usages) {
      if (format === "spki") {
        checkUsagesOf(usages, publicUsages);
        return create("public", ops.crypto_rsa_from_spki(data), algorithm, extractable, usages);
      }
      if (format === "pkcs8") {
        checkUsagesOf(usages, privateUsages);
        return create("private", ops.crypto_rsa_from_pkcs8(data), algorithm, extractable, usages);
      }
      const type = data.d === undefined ? "public" : "private";
      checkUsagesOf(usages, type === "public" ? publicUsages : privateUsages);
      checkJwk(data, "RSA", use, extractable, usages);
      checkJwkAlgorithm(data, jwkNames[algorithm.hash.name]);
      if (data.oth !== undefined) throw new DOMException("Keys of more than two primes are not supported", "NotSupportedError");
      const numbers = [];
      for (let i = 0; i < (type === "public" ? 2 : NUMBERS.length); i++) numbers[i] = jwkBytes(data, NUMBERS[i]);
      return create(type, ops.crypto_rsa_from_numbers(numbers), algorithm, extractable, usages);
    },

    /** https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-generate-key */
    async generateKey(algorithm, extractable, usages) {
      const der = await ops.crypto_rsa_generate(algorithm.modulusLength, algorithm.publicExponent);
      const numbers = ops.crypto_rsa_private_numbers(der);
      const described = (key) => [algorithm.modulusLength, algorithm.publicExponent, key];
      const publicKey = ops.crypto_rsa_from_numbers([numbers[0], numbers[1]])[2];
      return {
        publicKey: create("public", described(publicKey), algorithm, true, usagesAmong(usages, publicUsages)),
        privateKey: create("private", described(der), algorithm, extractable, usagesAmong(usages, privateUsages)),
      };
    },

    /** https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-export-key */
    exportKey(format, key) {
      const isPublic = typeOf(key) === "public";
      if (format !== "jwk") {
        if ((format === "spki") !== isPublic) throw new DOMException(`The key has no format \`${format}\``, "InvalidAccessError");
        return material(key);
      }
      const jwk = { kty: "RSA", alg: jwkNames[hashOf(key)] };
      const numbers = isPublic ? ops.crypto_rsa_public_numbers(material(key)) : ops.crypto_rsa_private_numbers(material(key));
      for (let i = 0; i < numbers.length; i++) jwk[NUMBERS[i]] = jwkText(numbers[i]);
      return finishJwk(jwk, usagesOf(key), isExtractable(key));
    },
  };
}

/** `saltLength` tells the length of the salt, or gives null for RSASSA-PKCS1-v1_5. */
function signatures(saltLength) {
  return {
    /** https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-sign */
    sign(algorithm, key, data) {
      requireType(key, "private");
      return ops.crypto_rsa_sign(saltLength(algorithm), hashOf(key), material(key), data);
    },
    /** https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-verify */
    verify(algorithm, key, signature, data) {
      requireType(key, "public");
      return ops.crypto_rsa_verify(saltLength(algorithm), hashOf(key), material(key), signature, data);
    },
  };
}

const names = (prefix, sha1) => ({
  __proto__: null, "SHA-1": sha1, "SHA-256": `${prefix}256`, "SHA-384": `${prefix}384`, "SHA-512": `${prefix}512`,
});

export const rsassa = {
  ...keyOperations(names("RS", "RS1"), "sig", ["verify"], ["sign"]), ...signatures(() => null),
};

export const rsaPss = {
  ...keyOperations(names("PS", "PS1"), "sig", ["verify"], ["sign"]), ...signatures((algorithm) => algorithm.saltLength),
};

export const rsaOaep = {
  ...keyOperations(names("RSA-OAEP-", "RSA-OAEP"), "enc", ["encrypt", "wrapKey"], ["decrypt", "unwrapKey"]),
  /** https://w3c.github.io/webcrypto/#rsa-oaep-operations-encrypt */
  encrypt(algorithm, key, data) {
    requireType(key, "public");
    return ops.crypto_rsa_encrypt(hashOf(key), algorithm.label ?? new Uint8Array(0), material(key), data);
  },
  /** https://w3c.github.io/webcrypto/#rsa-oaep-operations-decrypt */
  decrypt(algorithm, key, data) {
    requireType(key, "private");
    return ops.crypto_rsa_decrypt(hashOf(key), algorithm.label ?? new Uint8Array(0), material(key), data);
  },
};
