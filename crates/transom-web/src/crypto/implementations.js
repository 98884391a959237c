// @ts-check
// Which object does the work of which algorithm.
//
// Each has `usages` and `formats` that its keys may have, and of the operations of the specification those that the
// algorithm has: `importKey generateKey exportKey getKeyLength sign verify encrypt decrypt wrapKey unwrapKey
// deriveBits`. They throw or return the result, or a promise of it; bytes are Uint8Arrays.

import { aesCbc, aesCtr, aesGcm, aesKw } from "transom:internal/crypto/aes";
import { ecdh, ecdsa } from "transom:internal/crypto/ec";
import { hmac } from "transom:internal/crypto/hmac";
import { hkdf, pbkdf2 } from "transom:internal/crypto/kdf";
import { ed25519, x25519 } from "transom:internal/crypto/okp";
import { rsaOaep, rsaPss, rsassa } from "transom:internal/crypto/rsa";

/** By canonical name. */
export const implementations = {
  __proto__: null,
  "AES-CBC": aesCbc,
  "AES-CTR": aesCtr,
  "AES-GCM": aesGcm,
  "AES-KW": aesKw,
  ECDH: ecdh,
  ECDSA: ecdsa,
  Ed25519: ed25519,
  HKDF: hkdf,
  HMAC: hmac,
  PBKDF2: pbkdf2,
  "RSA-OAEP": rsaOaep,
  "RSA-PSS": rsaPss,
  "RSASSA-PKCS1-v1_5": rsassa,
  X25519: x25519,
};
