// @ts-check
// Keys as they are written down: SPKI, PKCS #8, PKCS #1, SEC 1, JSON Web Keys; encrypted or not.
//
// A key is known to the native half in the form of Web Cryptography's operations: RSA as SPKI or PKCS #8, a point or a
// number with its point for curves, a seed with its public key for Ed25519 and X25519.

import { Buffer } from "node:buffer";
import { children, fromPem, INTEGER, NULL, OCTET_STRING, BIT_STRING, oids, OID, read, SEQUENCE, toPem, unsigned, write, writeInteger, writeOid } from "transom:internal/node/crypto/der";
import { codes } from "transom:internal/node/errors";
import { ops } from "transom:internal/ops";

const { ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS, ERR_CRYPTO_INVALID_JWK, ERR_CRYPTO_JWK_UNSUPPORTED_CURVE, ERR_CRYPTO_UNKNOWN_CIPHER, ERR_MISSING_OPTION } = codes;

const CURVES = { [oids.p256]: "P-256", [oids.p384]: "P-384", [oids.p521]: "P-521" };
/** OpenSSL's names of the curves. */
export const CURVE_NAMES = { "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1" };
const CURVE_OIDS = { "P-256": oids.p256, "P-384": oids.p384, "P-521": oids.p521 };
export const WIDTHS = { "P-256": 32, "P-384": 48, "P-521": 66 };
const OKP = { ed25519: "Ed25519", x25519: "X25519" };

export function curveOf(name) {
  const key = `${name}`;
  const found = { prime256v1: "P-256", secp256r1: "P-256", "P-256": "P-256", secp384r1: "P-384", "P-384": "P-384", secp521r1: "P-521", "P-521": "P-521" }[key];
  if (found === undefined) throw new codes.ERR_CRYPTO_INVALID_CURVE();
  return found;
}

const hex = (element) => Buffer.from(element.content).toString("hex");

function undecodable(reason = "DECODER routines::unsupported") {
  return Object.assign(new Error(`error:1E08010C:${reason}`), { code: "ERR_OSSL_UNSUPPORTED", library: "DECODER routines", reason: "unsupported" });
}

/** What SPKI and PKCS #8 say of the algorithm. */
function algorithmOf(sequence) {
  const { 0: oid, 1: parameters } = children(sequence);
  const id = hex(oid);
  if (id === oids.rsa || id === oids.rsaPss) return { type: id === oids.rsa ? "rsa" : "rsa-pss" };
  if (id === oids.ed25519) return { type: "ed25519" };
  if (id === oids.x25519) return { type: "x25519" };
  if (id === oids.ec && parameters?.tag === OID && CURVES[hex(parameters)]) return { type: "ec", curve: CURVES[hex(parameters)] };
  throw undecodable();
}

/** RSA keys are kept under the plain algorithm, whatever they are meant for. */
const rsaAlgorithm = () => write(SEQUENCE, writeOid(oids.rsa), write(NULL));

export function publicFromSpki(der) {
  const { 0: algorithm, 1: bits } = children(der);
  const key = algorithmOf(algorithm.whole);
  if (key.type.startsWith("rsa")) {
    const plain = write(SEQUENCE, rsaAlgorithm(), bits.whole);
    return { kind: "public", ...key, bytes: ops.crypto_rsa_from_spki(plain)[2] };
  }
  if (key.type === "ec") return { kind: "public", ...key, bytes: ops.crypto_ec_from_spki(key.curve, der) };
  return { kind: "public", ...key, bytes: ops.crypto_okp_from_spki(OKP[key.type], der) };
}

export function privateFromPkcs8(der) {
  const { 1: algorithm, 2: secret } = children(der);
  const key = algorithmOf(algorithm.whole);
  if (key.type.startsWith("rsa")) {
    const plain = write(SEQUENCE, write(INTEGER, Buffer.from([0])), rsaAlgorithm(), secret.whole);
    return { kind: "private", ...key, bytes: ops.crypto_rsa_from_pkcs8(plain)[2] };
  }
  if (key.type === "ec") return privateFromSec1(secret.content, key.curve);
  return { kind: "private", ...key, bytes: ops.crypto_okp_private(OKP[key.type], read(secret.content).content) };
}

/** `curve` is known from around it when it is in PKCS #8. */
function privateFromSec1(der, curve) {
  const parts = children(der);
  const named = parts.find((part) => part.tag === 0xa0);
  curve ??= CURVES[hex(read(named?.content ?? Buffer.alloc(0)))];
  if (curve === undefined) throw undecodable();
  return ecPrivate(curve, parts[1].content);
}

/** The key of a number, whose point is computed. */
export function ecPrivate(curve, number) {
  const wide = Buffer.alloc(WIDTHS[curve]);
  Buffer.from(number).copy(wide, wide.length - number.length);
  const sec1 = write(SEQUENCE, write(INTEGER, Buffer.from([1])), write(OCTET_STRING, wide));
  const algorithm = write(SEQUENCE, writeOid(oids.ec), writeOid(CURVE_OIDS[curve]));
  const pkcs8 = write(SEQUENCE, write(INTEGER, Buffer.from([0])), algorithm, write(OCTET_STRING, sec1));
  return { kind: "private", type: "ec", curve, bytes: ops.crypto_ec_from_pkcs8(curve, pkcs8) };
}

const publicFromPkcs1 = (der) => publicFromSpki(write(SEQUENCE, rsaAlgorithm(), write(BIT_STRING, Buffer.from([0]), der)));
const privateFromPkcs1 = (der) => privateFromPkcs8(write(SEQUENCE, write(INTEGER, Buffer.from([0])), rsaAlgorithm(), write(OCTET_STRING, der)));

/** Reads a private key; `type` is `pkcs1`, `pkcs8`, `sec1` or, when the text tells, undefined. */
export function readPrivate(data, { format = "pem", type, passphrase } = {}) {
  let der = data;
  if (format === "pem") {
    const found = fromPem(Buffer.from(data).toString("latin1"), (label) => label.endsWith("PRIVATE KEY"));
    if (found === null) throw undecodable();
    ({ der } = found);
    type = { "RSA PRIVATE KEY": "pkcs1", "EC PRIVATE KEY": "sec1", "ENCRYPTED PRIVATE KEY": "encrypted" }[found.label] ?? "pkcs8";
    if (found.headers.includes("ENCRYPTED")) throw new codes.ERR_NOT_SUPPORTED("a key encrypted in the old form of PEM", "convert it: openssl pkcs8 -topk8 -in key.pem");
  }
  if (format === "der" && type === "pkcs8" && passphrase !== undefined && passphrase !== null) type = "encrypted";
  try {
    if (type === "encrypted") der = decrypted(der, passphrase);
    if (type === "pkcs1") return privateFromPkcs1(der);
    return type === "sec1" ? privateFromSec1(der, undefined) : privateFromPkcs8(der);
  } catch (error) {
    throw error.code === undefined || error.name === "DataError" ? undecodable() : error;
  }
}

/** Reads a public key, also out of a certificate; null when it is a private one. */
export function readPublic(data, { format = "pem", type } = {}) {
  let der = data;
  if (format === "pem") {
    const found = fromPem(Buffer.from(data).toString("latin1"), (label) => label.endsWith("PUBLIC KEY") || label.endsWith("CERTIFICATE"));
    if (found === null) return null;
    ({ der } = found);
    if (found.label.endsWith("CERTIFICATE")) der = Buffer.from(JSON.parse(ops.x509_describe(der)).spki, "hex");
    type = found.label === "RSA PUBLIC KEY" ? "pkcs1" : "spki";
  }
  try {
    return type === "pkcs1" ? publicFromPkcs1(der) : publicFromSpki(der);
  } catch (error) {
    throw error.code === undefined || error.name === "DataError" ? undecodable() : error;
  }
}

/** The public part of a private key. */
export function publicOf({ type, curve, bytes }) {
  if (type.startsWith("rsa")) {
    const { 0: n, 1: e } = ops.crypto_rsa_private_numbers(bytes);
    return { kind: "public", type, bytes: ops.crypto_rsa_from_numbers([n, e])[2] };
  }
  return { kind: "public", type, curve, bytes: bytes.slice(type === "ec" ? WIDTHS[curve] : 32) };
}

function spkiOf({ type, curve, bytes }) {
  if (type.startsWith("rsa")) return bytes;
  if (type === "ec") return ops.crypto_ec_to_spki(curve, bytes);
  return write(SEQUENCE, write(SEQUENCE, writeOid(oids[type])), write(BIT_STRING, Buffer.from([0]), bytes));
}

function pkcs8Of({ type, curve, bytes }) {
  if (type.startsWith("rsa")) return bytes;
  if (type === "ec") return ops.crypto_ec_to_pkcs8(curve, bytes);
  const seed = write(OCTET_STRING, bytes.subarray(0, 32));
  return write(SEQUENCE, write(INTEGER, Buffer.from([0])), write(SEQUENCE, writeOid(oids[type])), write(OCTET_STRING, seed));
}

/** A key in a form and format, as a Buffer or as PEM. */
export function exported(key, { format, type, cipher, passphrase }) {
  let der;
  let label;
  if (key.kind === "public") {
    if (type === "pkcs1") {
      if (!key.type.startsWith("rsa")) throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS("pkcs1", "can only be used for RSA keys");
      der = children(spkiOf(key))[1].content.subarray(1);
      label = "RSA PUBLIC KEY";
    } else {
      der = spkiOf(key);
      label = "PUBLIC KEY";
    }
  } else {
    der = pkcs8Of(key);
    label = "PRIVATE KEY";
    if (type === "pkcs1") {
      if (!key.type.startsWith("rsa")) throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS("pkcs1", "can only be used for RSA keys");
      der = children(der)[2].content;
      label = "RSA PRIVATE KEY";
    } else if (type === "sec1") {
      if (key.type !== "ec") throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS("sec1", "can only be used for EC keys");
      const width = WIDTHS[key.curve];
      der = write(
        SEQUENCE, write(INTEGER, Buffer.from([1])), write(OCTET_STRING, key.bytes.subarray(0, width)), write(0xa0, writeOid(CURVE_OIDS[key.curve])),
        write(0xa1, write(BIT_STRING, Buffer.from([0]), key.bytes.subarray(width))),
      );
      label = "EC PRIVATE KEY";
    } else if (cipher !== undefined && cipher !== null) {
      der = encrypted(der, cipher, passphrase);
      label = "ENCRYPTED PRIVATE KEY";
    }
  }
  return format === "pem" ? toPem(label, der) : Buffer.from(der);
}

const PRF = { [oids.hmacSha1]: "SHA-1", [oids.hmacSha256]: "SHA-256", [oids.hmacSha384]: "SHA-384", [oids.hmacSha512]: "SHA-512" };
const CIPHERS = { [oids.aes128Cbc]: ["aes-128-cbc", 16], [oids.aes192Cbc]: ["aes-192-cbc", 24], [oids.aes256Cbc]: ["aes-256-cbc", 32] };

/** One pass of a cipher over everything. */
function pass(name, encrypts, key, iv, data) {
  const handle = ops.node_cipher_open(name, encrypts, key, iv);
  const head = ops.node_cipher_update(handle, data);
  return Buffer.concat([head, ops.node_cipher_finish(handle, null)[0]]);
}

/** PBES2 (RFC 8018) with PBKDF2 and AES in CBC mode. */
function decrypted(der, passphrase) {
  if (passphrase === undefined || passphrase === null) {
    throw Object.assign(new TypeError("Passphrase required for encrypted key"), { code: "ERR_MISSING_PASSPHRASE" });
  }
  const { 0: scheme, 1: data } = children(der);
  const { 0: id, 1: parameters } = children(scheme.whole);
  const parts = hex(id) === oids.pbes2 ? children(parameters.whole) : [];
  const { 0: kdf, 1: cipher } = parts.map((part) => children(part.whole));
  const known = cipher && CIPHERS[hex(cipher[0])];
  if (!known || hex(kdf[0]) !== oids.pbkdf2) throw new codes.ERR_NOT_SUPPORTED("this encryption of a private key", "use AES: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem");
  const { 0: salt, 1: iterations, ...more } = children(kdf[1].whole);
  const prf = Object.values(more).find((element) => element.tag === SEQUENCE);
  const hash = prf ? PRF[hex(children(prf.whole)[0])] : "SHA-1";
  const count = Number(`0x${hex(iterations)}`);
  const secret = Buffer.isBuffer(passphrase) || ArrayBuffer.isView(passphrase) ? passphrase : Buffer.from(`${passphrase}`);
  const key = ops.crypto_pbkdf2_sync(hash, secret, salt.content, count, known[1]);
  return pass(known[0], false, key, cipher[1].content, data.content);
}

function encrypted(der, cipher, passphrase) {
  const entry = Object.entries(CIPHERS).find(({ 1: known }) => known[0] === `${cipher}`.toLowerCase());
  if (entry === undefined) throw new ERR_CRYPTO_UNKNOWN_CIPHER();
  if (passphrase === undefined) throw new ERR_MISSING_OPTION("options.passphrase");
  const salt = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const iv = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const iterations = 2048;
  const secret = ArrayBuffer.isView(passphrase) ? passphrase : Buffer.from(`${passphrase}`);
  const key = ops.crypto_pbkdf2_sync("SHA-256", secret, salt, iterations, entry[1][1]);
  const prf = write(SEQUENCE, writeOid(oids.hmacSha256), write(NULL));
  const kdf = write(SEQUENCE, writeOid(oids.pbkdf2), write(SEQUENCE, write(OCTET_STRING, salt), writeInteger(Buffer.from([iterations >> 8, iterations & 255])), prf));
  const scheme = write(SEQUENCE, writeOid(oids.pbes2), write(SEQUENCE, kdf, write(SEQUENCE, writeOid(entry[0]), write(OCTET_STRING, iv))));
  return write(SEQUENCE, scheme, write(OCTET_STRING, pass(entry[1][0], true, key, iv, der)));
}

const url = (bytes) => Buffer.from(bytes).toString("base64url");

/** https://www.rfc-editor.org/rfc/rfc7517 */
export function jwkOf(key) {
  const { kind, type, curve, bytes } = key;
  if (type === "rsa") {
    const numbers = kind === "public" ? ops.crypto_rsa_public_numbers(bytes) : ops.crypto_rsa_private_numbers(bytes);
    const names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
    return { kty: "RSA", ...Object.fromEntries(numbers.map((number, i) => [names[i], url(number)])) };
  }
  if (type === "ec") {
    const width = WIDTHS[curve];
    const point = kind === "public" ? bytes : bytes.subarray(width);
    const jwk = { kty: "EC", x: url(point.subarray(1, 1 + width)), y: url(point.subarray(1 + width)), crv: curve };
    return kind === "public" ? jwk : { ...jwk, d: url(bytes.subarray(0, width)) };
  }
  if (type === "rsa-pss") throw new codes.ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE();
  const crv = OKP[type];
  if (kind === "public") return { crv, x: url(bytes), kty: "OKP" };
  return { crv, d: url(bytes.subarray(0, 32)), x: url(bytes.subarray(32)), kty: "OKP" };
}

export function fromJwk(jwk, wanted) {
  const member = (name) => {
    if (typeof jwk[name] !== "string") throw new ERR_CRYPTO_INVALID_JWK();
    return Buffer.from(jwk[name], "base64url");
  };
  const isPrivate = wanted === "private";
  try {
    if (jwk.kty === "RSA") {
      const names = isPrivate ? ["n", "e", "d", "p", "q", "dp", "dq", "qi"] : ["n", "e"];
      return { kind: wanted, type: "rsa", bytes: ops.crypto_rsa_from_numbers(names.map((name) => unsigned(member(name))))[2] };
    }
    if (jwk.kty === "EC") {
      if (WIDTHS[jwk.crv] === undefined) throw new ERR_CRYPTO_JWK_UNSUPPORTED_CURVE(jwk.crv);
      if (isPrivate) return ecPrivate(jwk.crv, member("d"));
      const point = Buffer.concat([Buffer.from([4]), member("x"), member("y")]);
      return { kind: "public", type: "ec", curve: jwk.crv, bytes: ops.crypto_ec_public(jwk.crv, point) };
    }
    if (jwk.kty === "OKP" && (jwk.crv === "Ed25519" || jwk.crv === "X25519")) {
      const type = jwk.crv.toLowerCase();
      return { kind: wanted, type, bytes: isPrivate ? ops.crypto_okp_private(jwk.crv, member("d")) : new Uint8Array(member("x")) };
    }
  } catch (error) {
    throw error.code === undefined || error.name === "DataError" ? new ERR_CRYPTO_INVALID_JWK() : error;
  }
  throw new ERR_CRYPTO_INVALID_JWK();
}
