// @ts-check
// Encryption with RSA keys.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#cryptopublicencryptkey-buffer

import { bytesOf, inEncoding, webHash } from "transom:internal/node/crypto/bytes";
import { constants } from "transom:internal/node/crypto/constants";
import { privateData, publicData } from "transom:internal/node/crypto/keys";
import { codes } from "transom:internal/node/errors";
import { ops } from "transom:internal/ops";

const { ERR_CRYPTO_INVALID_DIGEST, ERR_NOT_SUPPORTED } = codes;
const { RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING } = constants;

const failed = () => Object.assign(new Error("error:02000079:rsa routines::oaep decoding error"), { code: "ERR_OSSL_RSA_OAEP_DECODING_ERROR" });

function run(options, buffer, data, pkcs1, oaep) {
  const bytes = bytesOf(buffer, options?.encoding, "buffer");
  const key = data(options);
  const padding = options?.padding ?? RSA_PKCS1_OAEP_PADDING;
  try {
    if (padding === RSA_PKCS1_PADDING) return inEncoding(pkcs1(key.bytes, bytes));
  } catch {
    throw Object.assign(new Error("error:0200009F:rsa routines::pkcs decoding error"), { code: "ERR_OSSL_RSA_PKCS_DECODING_ERROR" });
  }
  if (padding !== RSA_PKCS1_OAEP_PADDING) throw new ERR_NOT_SUPPORTED("RSA without padding", "use RSA_PKCS1_OAEP_PADDING");
  const hash = webHash(options?.oaepHash ?? "sha1");
  if (hash === undefined) throw new ERR_CRYPTO_INVALID_DIGEST(options.oaepHash);
  const label = options?.oaepLabel === undefined ? new Uint8Array(0) : bytesOf(options.oaepLabel, undefined, "key.oaepLabel");
  try {
    return inEncoding(oaep(hash, label, key.bytes, bytes));
  } catch {
    throw failed();
  }
}

export const publicEncrypt = (key, buffer) => run(key, buffer, publicData, ops.crypto_rsa_pkcs1_encrypt, ops.crypto_rsa_encrypt_sync);
export const privateDecrypt = (key, buffer) => run(key, buffer, privateData, ops.crypto_rsa_pkcs1_decrypt, ops.crypto_rsa_decrypt_sync);

const REMEDY = "sign with crypto.sign() and check with crypto.verify()";
export function privateEncrypt() {
  throw new ERR_NOT_SUPPORTED("crypto.privateEncrypt()", REMEDY);
}
export function publicDecrypt() {
  throw new ERR_NOT_SUPPORTED("crypto.publicDecrypt()", REMEDY);
}
