// @ts-check
// Hashes and HMACs: text and bytes go in, one result comes out. Also streams.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#class-hash

import { bytesOf, inEncoding } from "transom:internal/node/crypto/bytes";
import { keyBytes } from "transom:internal/node/crypto/keys";
import { LazyTransform } from "transom:internal/node/crypto/lazy_transform";
import { codes } from "transom:internal/node/errors";
import { validateString } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";

const { ERR_CRYPTO_HASH_FINALIZED, ERR_CRYPTO_INVALID_DIGEST, ERR_INVALID_ARG_TYPE } = codes;
const abandoned = new FinalizationRegistry((handle) => ops.node_hash_close(handle));
const kHandle = Symbol("handle");
const kResult = Symbol("result");
const kLength = Symbol("length");

function prepare(digest, handle, options) {
  Reflect.apply(LazyTransform, digest, [options]);
  digest[kHandle] = handle;
  abandoned.register(digest, handle, digest);
}

/** The result; there is nothing to go on with afterwards. */
function finish(digest) {
  if (digest[kHandle] === 0) throw new ERR_CRYPTO_HASH_FINALIZED();
  let bytes = ops.node_hash_digest(digest[kHandle]);
  if (digest[kLength] !== undefined) bytes = bytes.slice(0, digest[kLength]);
  abandoned.unregister(digest);
  digest[kHandle] = 0;
  return bytes;
}

const methods = {
  update(data, encoding) {
    if (this[kHandle] === 0) throw new ERR_CRYPTO_HASH_FINALIZED();
    ops.node_hash_update(this[kHandle], bytesOf(data, encoding));
    return this;
  },
  digest(encoding) {
    const bytes = this[kResult] ?? finish(this);
    this[kResult] = undefined;
    return inEncoding(bytes, encoding);
  },
  _transform(chunk, encoding, callback) {
    ops.node_hash_update(this[kHandle], bytesOf(chunk, encoding));
    callback();
  },
  _flush(callback) {
    // Who asks for it afterwards gets it once more.
    this[kResult] = finish(this);
    this.push(inEncoding(this[kResult].slice()));
    callback();
  },
};

export function Hash(algorithm, options) {
  if (!(this instanceof Hash)) return new /** @type {any} */ (Hash)(algorithm, options);
  let handle;
  if (algorithm instanceof Hash) {
    if (algorithm[kHandle] === 0) throw new ERR_CRYPTO_HASH_FINALIZED();
    handle = ops.node_hash_fork(algorithm[kHandle]);
  } else {
    validateString(algorithm, "algorithm");
    handle = ops.node_hash_open(algorithm, undefined);
    if (handle === 0) throw new Error("Digest method not supported");
  }
  prepare(this, handle, options);
  this[kLength] = options?.outputLength;
}
Object.setPrototypeOf(Hash.prototype, LazyTransform.prototype);
Object.setPrototypeOf(Hash, LazyTransform);
Object.assign(Hash.prototype, methods, {
  copy(options) {
    return new /** @type {any} */ (Hash)(this, options);
  },
});

export function Hmac(algorithm, key, options) {
  if (!(this instanceof Hmac)) return new /** @type {any} */ (Hmac)(algorithm, key, options);
  validateString(algorithm, "hmac");
  if (key === null || key === undefined) throw new ERR_INVALID_ARG_TYPE("key", ["ArrayBuffer", "Buffer", "TypedArray", "DataView", "string", "KeyObject", "CryptoKey"], key);
  const handle = ops.node_hash_open(algorithm, keyBytes(key, options?.encoding));
  if (handle === 0) throw new ERR_CRYPTO_INVALID_DIGEST(algorithm);
  prepare(this, handle, options);
}
Object.setPrototypeOf(Hmac.prototype, LazyTransform.prototype);
Object.setPrototypeOf(Hmac, LazyTransform);
Object.assign(Hmac.prototype, methods);
const { digest } = methods;
/** An HMAC whose result was taken gives an empty one, as in Node. */
Hmac.prototype.digest = function (encoding) {
  if (this[kHandle] === 0 && this[kResult] === undefined) return inEncoding(new Uint8Array(0), encoding);
  return Reflect.apply(digest, this, [encoding]);
};

export const createHash = (algorithm, options) => new /** @type {any} */ (Hash)(algorithm, options);
export const createHmac = (algorithm, key, options) => new /** @type {any} */ (Hmac)(algorithm, key, options);

/** The digest of `data` in one call. */
export const hash = (algorithm, data, encoding = "hex") => createHash(algorithm).update(data).digest(encoding);

export const getHashes = () => {
  const names = ops.node_hash_names();
  return [...names.filter((name) => /^(?:md5|ripemd160|sha)/.test(name)).map((name) => `RSA-${name.toUpperCase()}`), ...names];
};
