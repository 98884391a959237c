// @ts-check
// Text and bytes, in and out of the functions of node:crypto.

import { Buffer } from "node:buffer";
import { canonical, encode } from "transom:internal/node/buffer/encodings";
import { codes } from "transom:internal/node/errors";

const { ERR_INVALID_ARG_TYPE } = codes;

/** Bytes of a string, a view or a buffer. */
export function bytesOf(data, encoding = undefined, name = "data") {
  if (typeof data === "string") return encode(data, canonical(encoding) ?? "utf8");
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer && name !== "data") return new Uint8Array(data);
  throw new ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "TypedArray", "DataView"], data);
}

/** A result in an encoding, or as a Buffer. */
export function inEncoding(bytes, encoding) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding === undefined || encoding === null || encoding === "buffer" ? buffer : buffer.toString(encoding);
}

/** The name that Web Cryptography has for a hash of OpenSSL; undefined for one that it has not. */
export function webHash(name) {
  const short = `${name}`.toLowerCase().replace(/^rsa-/, "").replaceAll("-", "");
  return { __proto__: null, sha1: "SHA-1", sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" }[short];
}
