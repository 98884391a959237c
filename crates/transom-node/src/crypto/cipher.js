// @ts-check
// Ciphers and deciphers.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#class-cipher

import { Buffer } from "node:buffer";
import { StringDecoder } from "node:string_decoder";
import { bytesOf } from "transom:internal/node/crypto/bytes";
import { keyBytes } from "transom:internal/node/crypto/keys";
import { LazyTransform } from "transom:internal/node/crypto/lazy_transform";
import { codes } from "transom:internal/node/errors";
import { validateString } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";

const { ERR_CRYPTO_INVALID_AUTH_TAG, ERR_CRYPTO_INVALID_IV, ERR_CRYPTO_INVALID_KEYLEN, ERR_CRYPTO_INVALID_STATE, ERR_CRYPTO_UNKNOWN_CIPHER, ERR_INVALID_ARG_TYPE } = codes;
const abandoned = new FinalizationRegistry((handle) => ops.node_cipher_close(handle));

const kHandle = Symbol("handle");
const kMode = Symbol("mode");
const kTag = Symbol("tag");
const kTagLength = Symbol("tagLength");
const kDecoder = Symbol("decoder");
const kEncrypts = Symbol("encrypts");
const kStarted = Symbol("started");

const isSealed = (mode) => mode === "gcm" || mode === "stream";

function prepare(cipher, encrypts, name, key, iv, options) {
  validateString(name, "cipher");
  const info = ops.node_cipher_info(name);
  const secret = keyBytes(key, options?.encoding);
  if (iv !== null && typeof iv !== "string" && !ArrayBuffer.isView(iv) && !(iv instanceof ArrayBuffer)) {
    throw new ERR_INVALID_ARG_TYPE("iv", ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"], iv);
  }
  if (info === null) throw new ERR_CRYPTO_UNKNOWN_CIPHER();
  const { 1: keyLength, 2: ivLength, 3: mode } = info;
  if (secret.byteLength !== keyLength) throw new ERR_CRYPTO_INVALID_KEYLEN();
  const nonce = iv === null ? null : bytesOf(iv, "utf8", "iv");
  if (ivLength === 0 ? nonce !== null && nonce.byteLength > 0 : nonce === null || (mode === "gcm" ? nonce.byteLength === 0 : nonce.byteLength !== ivLength)) {
    throw new ERR_CRYPTO_INVALID_IV();
  }
  const tagLength = options?.authTagLength;
  if (tagLength !== undefined && isSealed(mode) && !(Number.isInteger(tagLength) && tagLength >= 1 && tagLength <= 16)) {
    throw new ERR_CRYPTO_INVALID_AUTH_TAG(`Invalid authentication tag length: ${tagLength}`);
  }
  Reflect.apply(LazyTransform, cipher, [options]);
  cipher[kHandle] = ops.node_cipher_open(name, encrypts, secret, nonce);
  cipher[kMode] = mode;
  cipher[kEncrypts] = encrypts;
  cipher[kTagLength] = tagLength;
  cipher[kTag] = null;
  cipher[kDecoder] = null;
  cipher[kStarted] = false;
  abandoned.register(cipher, cipher[kHandle], cipher);
}

/** Text in an encoding may end in the middle of a character: the rest waits for the next piece. */
function decoded(cipher, bytes, encoding, isLast) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (encoding === undefined || encoding === null || encoding === "buffer") return buffer;
  cipher[kDecoder] ??= new StringDecoder(encoding);
  return isLast ? cipher[kDecoder].end(buffer) : cipher[kDecoder].write(buffer);
}

const methods = {
  update(data, inputEncoding, outputEncoding) {
    if (typeof data !== "string" && !ArrayBuffer.isView(data)) throw new ERR_INVALID_ARG_TYPE("data", ["string", "Buffer", "TypedArray", "DataView"], data);
    if (this[kHandle] === 0) throw new ERR_CRYPTO_INVALID_STATE("update");
    this[kStarted] = true;
    const bytes = ops.node_cipher_update(this[kHandle], bytesOf(data, inputEncoding));
    return decoded(this, bytes, outputEncoding, false);
  },
  final(outputEncoding) {
    if (this[kHandle] === 0) throw Object.assign(new Error("Unsupported state"), { code: "ERR_CRYPTO_INVALID_STATE" });
    const handle = this[kHandle];
    this[kHandle] = 0;
    abandoned.unregister(this);
    const { 0: rest, 1: tag } = ops.node_cipher_finish(handle, this[kEncrypts] ? null : this[kTag]);
    if (this[kEncrypts] && tag !== null) this[kTag] = Buffer.from(tag.buffer, 0, this[kTagLength] ?? 16);
    return decoded(this, rest, outputEncoding, true);
  },
  setAutoPadding(enable = true) {
    if (this[kHandle] === 0) throw new ERR_CRYPTO_INVALID_STATE("setAutoPadding");
    ops.node_cipher_padding(this[kHandle], Boolean(enable));
    return this;
  },
  setAAD(data, options) {
    if (!isSealed(this[kMode]) || this[kHandle] === 0 || this[kStarted]) throw new ERR_CRYPTO_INVALID_STATE("setAAD");
    ops.node_cipher_add(this[kHandle], bytesOf(data, options?.encoding, "buffer"));
    return this;
  },
  _transform(chunk, encoding, callback) {
    this.push(this.update(chunk, encoding));
    callback();
  },
  _flush(callback) {
    try {
      this.push(this.final());
    } catch (error) {
      return callback(error);
    }
    callback();
  },
};

export function Cipheriv(cipher, key, iv, options) {
  if (!(this instanceof Cipheriv)) return new /** @type {any} */ (Cipheriv)(cipher, key, iv, options);
  prepare(this, true, cipher, key, iv, options);
}
Object.setPrototypeOf(Cipheriv.prototype, LazyTransform.prototype);
Object.setPrototypeOf(Cipheriv, LazyTransform);
Object.assign(Cipheriv.prototype, methods, {
  getAuthTag() {
    if (!isSealed(this[kMode]) || this[kTag] === null) throw new ERR_CRYPTO_INVALID_STATE("getAuthTag");
    return this[kTag];
  },
});

export function Decipheriv(cipher, key, iv, options) {
  if (!(this instanceof Decipheriv)) return new /** @type {any} */ (Decipheriv)(cipher, key, iv, options);
  prepare(this, false, cipher, key, iv, options);
}
Object.setPrototypeOf(Decipheriv.prototype, LazyTransform.prototype);
Object.setPrototypeOf(Decipheriv, LazyTransform);
Object.assign(Decipheriv.prototype, methods, {
  setAuthTag(tag, encoding) {
    const bytes = bytesOf(tag, encoding, "buffer");
    if (!isSealed(this[kMode]) || this[kHandle] === 0 || this[kTag] !== null) throw new ERR_CRYPTO_INVALID_STATE("setAuthTag");
    const { byteLength: length } = bytes;
    const allowed = this[kMode] === "gcm" ? length === 4 || length === 8 || (length >= 12 && length <= 16) : length >= 1 && length <= 16;
    if (!allowed || (this[kTagLength] !== undefined && this[kTagLength] !== length)) {
      throw new ERR_CRYPTO_INVALID_AUTH_TAG(`Invalid authentication tag length: ${length}`);
    }
    this[kTag] = bytes.slice();
    return this;
  },
});

export const createCipheriv = (cipher, key, iv, options) => new /** @type {any} */ (Cipheriv)(cipher, key, iv, options);
export const createDecipheriv = (cipher, key, iv, options) => new /** @type {any} */ (Decipheriv)(cipher, key, iv, options);
export const getCiphers = () => ops.node_cipher_names();

export function getCipherInfo(name, options) {
  const info = typeof name === "string" ? ops.node_cipher_info(name) : null;
  if (info === null) return undefined;
  const { 0: known, 1: keyLength, 2: ivLength, 3: mode } = info;
  if (options?.keyLength !== undefined && options.keyLength !== keyLength) return undefined;
  if (options?.ivLength !== undefined && options.ivLength !== ivLength && mode !== "gcm") return undefined;
  const found = { mode, name: known, keyLength };
  if (mode !== "ctr" && mode !== "gcm" && mode !== "stream") Object.assign(found, { blockSize: 16 });
  if (ivLength > 0) Object.assign(found, { ivLength: options?.ivLength ?? ivLength });
  return found;
}
