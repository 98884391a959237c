// @ts-check
// SecureContext: certificates, keys and versions of TLS connections.
// Reference: https://nodejs.org/docs/latest-v22.x/api/tls.html#tlscreatesecurecontextoptions

import { Buffer } from "node:buffer";
import { codes } from "transom:internal/node/errors";
import { ops } from "transom:internal/ops";

const { ERR_INVALID_ARG_TYPE, ERR_NOT_SUPPORTED, ERR_TLS_INVALID_PROTOCOL_VERSION } = codes;

const VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
export const DEFAULT_MIN_VERSION = "TLSv1.2";
export const DEFAULT_MAX_VERSION = "TLSv1.3";

function bytesOf(value, name) {
  if (typeof value === "string") return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "TypedArray", "DataView"], value);
}

const listOf = (value, name) => (Array.isArray(value) ? value : [value]).map((one) => bytesOf(one?.pem ?? one, name));

function version(value, fallback, which) {
  if (value === undefined || value === null) return fallback;
  if (!VERSIONS.includes(value)) throw new ERR_TLS_INVALID_PROTOCOL_VERSION(value, which);
  return value;
}

/** `TLSv1_2_method` and the like: exactly one version. */
function fromMethod(method) {
  const match = /^TLSv1(?:_(\d))?_(?:client_)?method$/.exec(method ?? "");
  return match ? `TLSv1${match[1] ? `.${match[1]}` : ""}` : undefined;
}

export class SecureContext {
  constructor(options = {}) {
    if (options.pfx) throw new ERR_NOT_SUPPORTED("the TLS option `pfx`", "give certificate and key as PEM in `cert` and `key`: openssl pkcs12 -in file.pfx -nodes");
    if (options.passphrase && options.key) throw new ERR_NOT_SUPPORTED("an encrypted key of a TLS connection", "decrypt it first, for example with crypto.createPrivateKey({ key, passphrase }).export()");
    this.ca = options.ca ? listOf(options.ca, "options.ca") : null;
    this.cert = options.cert ? Buffer.concat(listOf(options.cert, "options.cert")) : null;
    this.key = options.key ? listOf(options.key, "options.key")[0] : null;
    const only = fromMethod(options.secureProtocol);
    this.minVersion = only ?? version(options.minVersion, DEFAULT_MIN_VERSION, "minimum");
    this.maxVersion = only ?? version(options.maxVersion, DEFAULT_MAX_VERSION, "maximum");
    ops.tls_check(this.cert, this.key);
    this.context = this;
  }
}

export const createSecureContext = (options) => new SecureContext(options ?? {});
