// @ts-check
// node:crypto.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html

import { crypto as webcrypto } from "transom:internal/crypto/crypto";
import { Cipheriv, createCipheriv, createDecipheriv, Decipheriv, getCipherInfo, getCiphers } from "transom:internal/node/crypto/cipher";
import { constants } from "transom:internal/node/crypto/constants";
import { createDiffieHellman, createECDH, DiffieHellman, diffieHellman, ECDH, getCurves, getDiffieHellman } from "transom:internal/node/crypto/exchange";
import { createHash, createHmac, getHashes, Hash, hash, Hmac } from "transom:internal/node/crypto/hash";
import { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync } from "transom:internal/node/crypto/kdf";
import { generateKey, generateKeyPair, generateKeyPairSync, generateKeySync } from "transom:internal/node/crypto/key_pairs";
import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from "transom:internal/node/crypto/keys";
import { randomBytes, randomFill, randomFillSync, randomInt, randomUUID, timingSafeEqual } from "transom:internal/node/crypto/random";
import { privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt } from "transom:internal/node/crypto/rsa";
import { createSign, createVerify, Sign, sign, Verify, verify } from "transom:internal/node/crypto/sign";
import { X509Certificate } from "transom:internal/node/crypto/x509";
import { codes } from "transom:internal/node/errors";

const { ERR_NOT_SUPPORTED } = codes;

export const { subtle } = webcrypto;
export const getRandomValues = (array) => webcrypto.getRandomValues(array);
export const getFips = () => 0;
export function setFips(enabled) {
  if (enabled) throw new ERR_NOT_SUPPORTED("crypto.setFips()", "there is no such mode");
}
export const secureHeapUsed = () => ({ total: 0, used: 0, utilization: 0, min: 0 });
export function setEngine() {
  throw new ERR_NOT_SUPPORTED("crypto.setEngine()", "OpenSSL's engines do not exist here");
}
const primes = (what) => () => {
  throw new ERR_NOT_SUPPORTED(`crypto.${what}()`, "generate keys with crypto.generateKeyPair()");
};
/** SPKAC, which only the element <keygen> made. */
export function Certificate() {
  throw new ERR_NOT_SUPPORTED("crypto.Certificate", "read certificates with crypto.X509Certificate");
}
export const generatePrime = primes("generatePrime");
export const generatePrimeSync = primes("generatePrimeSync");
export const checkPrime = primes("checkPrime");
export const checkPrimeSync = primes("checkPrimeSync");

export {
  Cipheriv, constants, createCipheriv, createDecipheriv, createDiffieHellman, createECDH, createHash, createHmac, createPrivateKey,
  createPublicKey, createSecretKey, createSign, createVerify, Decipheriv, diffieHellman, ECDH, generateKey, generateKeyPair,
  generateKeyPairSync, generateKeySync, getCipherInfo, getCiphers, getCurves, getDiffieHellman, getHashes, Hash, hash, hkdf, hkdfSync, Hmac,
  KeyObject, pbkdf2, pbkdf2Sync, privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt, randomBytes, randomFill, randomFillSync,
  randomInt, randomUUID, scrypt, scryptSync, Sign, sign, timingSafeEqual, Verify, verify, webcrypto, X509Certificate,
};
export { Cipheriv as Cipher, createDiffieHellman as createDiffieHellmanGroup, Decipheriv as Decipher, DiffieHellman, DiffieHellman as DiffieHellmanGroup };
export const pseudoRandomBytes = randomBytes;
export const prng = randomBytes;
export const rng = randomBytes;

const crypto = {
  checkPrime, checkPrimeSync, createCipheriv, createDecipheriv, createDiffieHellman, createDiffieHellmanGroup: createDiffieHellman,
  createECDH, createHash, createHmac, createPrivateKey, createPublicKey, createSecretKey, createSign, createVerify, diffieHellman,
  generatePrime, generatePrimeSync, getCiphers, getCipherInfo, getCurves, getDiffieHellman, getHashes, hkdf, hkdfSync, pbkdf2, pbkdf2Sync,
  generateKeyPair, generateKeyPairSync, generateKey, generateKeySync, privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt,
  pseudoRandomBytes, prng, rng, randomBytes, randomFill, randomFillSync, randomInt, randomUUID, scrypt, scryptSync, sign, setEngine,
  timingSafeEqual, getFips, setFips, verify, hash, Cipheriv, Decipheriv, ECDH, Hash, Hmac, KeyObject, Sign, Verify, X509Certificate,
  secureHeapUsed, constants, webcrypto, subtle, getRandomValues,
  Certificate, Cipher: Cipheriv, Decipher: Decipheriv, DiffieHellman, DiffieHellmanGroup: DiffieHellman,
};
export default crypto;
