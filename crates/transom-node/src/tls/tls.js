// @ts-check
// node:tls: client connections.
// Reference: https://nodejs.org/docs/latest-v22.x/api/tls.html

import { Buffer } from "node:buffer";
import { codes } from "transom:internal/node/errors";
import { refuseServer, serverClass } from "transom:internal/node/net/server";
import { checkServerIdentity } from "transom:internal/node/tls/identity";
import { createSecureContext, DEFAULT_MAX_VERSION, DEFAULT_MIN_VERSION, SecureContext } from "transom:internal/node/tls/secure_context";
import { connect, TLSSocket } from "transom:internal/node/tls/tls_socket";
import { ops } from "transom:internal/ops";

const { ERR_NOT_SUPPORTED } = codes;

export const CLIENT_RENEG_LIMIT = 3;
export const CLIENT_RENEG_WINDOW = 600;
export const DEFAULT_CIPHERS = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:" +
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-CHACHA20-POLY1305";
export const DEFAULT_ECDH_CURVE = "auto";

export const getCiphers = () => ops.tls_ciphers().map((name) => name.toLowerCase()).sort();
export const Server = serverClass("tls");
export function createServer() {
  refuseServer("tls.createServer()");
}

/** Names of protocols as TLS sends them, each behind its length. */
export function convertALPNProtocols(protocols, out) {
  if (Array.isArray(protocols)) out.ALPNProtocols = Buffer.concat(protocols.map((name) => Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name)])));
  else if (ArrayBuffer.isView(protocols)) out.ALPNProtocols = Buffer.from(protocols.buffer.slice(protocols.byteOffset, protocols.byteOffset + protocols.byteLength));
}

let roots;
/** The system's certificates, in PEM. */
function rootCertificatesOf() {
  roots ??= Object.freeze(ops.tls_root_certificates().map((der) => {
    const text = Buffer.from(der).toString("base64").replace(/.{64}/g, "$&\n");
    return `-----BEGIN CERTIFICATE-----\n${text.trimEnd()}\n-----END CERTIFICATE-----`;
  }));
  return roots;
}
export function createSecurePair() {
  refuseServer("tls.createSecurePair()");
}
export function setDefaultCACertificates() {
  throw new ERR_NOT_SUPPORTED("tls.setDefaultCACertificates()", "give the option `ca`, or set SSL_CERT_FILE for the server");
}
export const getCACertificates = () => rootCertificatesOf();

export { checkServerIdentity, connect, createSecureContext, DEFAULT_MAX_VERSION, DEFAULT_MIN_VERSION, SecureContext, TLSSocket };

const tls = {
  CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW, DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE, DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION,
  getCiphers, getCACertificates, convertALPNProtocols, checkServerIdentity, createSecureContext, SecureContext, TLSSocket, Server,
  createServer, connect, createSecurePair, setDefaultCACertificates,
};
Object.defineProperty(tls, "rootCertificates", { get: rootCertificatesOf, enumerable: true, configurable: false });
export default tls;
