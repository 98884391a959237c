// @ts-check
// X509Certificate.
// Reference: https://nodejs.org/docs/latest-v22.x/api/crypto.html#class-x509certificate

import { Buffer } from "node:buffer";
import { bytesOf } from "transom:internal/node/crypto/bytes";
import { toPem } from "transom:internal/node/crypto/der";
import { publicFromSpki } from "transom:internal/node/crypto/key_formats";
import { createPublicKey, wrap } from "transom:internal/node/crypto/keys";
import { codes } from "transom:internal/node/errors";
import { validateString } from "transom:internal/node/errors/validators";
import { describe, legacyObject } from "transom:internal/node/tls/certificate";
import { checkServerIdentity } from "transom:internal/node/tls/identity";
import { ops } from "transom:internal/ops";

const { ERR_INVALID_ARG_TYPE } = codes;

export class X509Certificate {
  #der;
  #found;
  #publicKey;

  constructor(buffer) {
    const bytes = bytesOf(buffer, "utf8", "buffer");
    const ders = ops.x509_from_pem(bytes);
    if (ders.length === 0) throw Object.assign(new Error("error:0480006C:PEM routines::no start line"), { code: "ERR_OSSL_PEM_NO_START_LINE" });
    this.#der = Buffer.from(ders[0]);
    this.#found = describe(this.#der);
  }

  get raw() {
    return Buffer.from(this.#der);
  }
  get subject() {
    return this.#found.subjectText || undefined;
  }
  get issuer() {
    return this.#found.issuerText || undefined;
  }
  get subjectAltName() {
    return this.#found.subjectaltname;
  }
  get infoAccess() {
    const access = this.#found.infoAccess;
    return access && Object.entries(access).flatMap(({ 0: name, 1: places }) => places.map((place) => `${name.replace(" - ", " - ")}:${place}`)).join("\n");
  }
  get issuerCertificate() {
    return undefined;
  }
  get validFrom() {
    return this.#found.valid_from;
  }
  get validTo() {
    return this.#found.valid_to;
  }
  get validFromDate() {
    return new Date(this.#found.valid_from);
  }
  get validToDate() {
    return new Date(this.#found.valid_to);
  }
  get fingerprint() {
    return this.#found.fingerprint;
  }
  get fingerprint256() {
    return this.#found.fingerprint256;
  }
  get fingerprint512() {
    return this.#found.fingerprint512;
  }
  get keyUsage() {
    return this.#found.ext_key_usage;
  }
  get serialNumber() {
    return this.#found.serialNumber;
  }
  get ca() {
    return this.#found.ca;
  }
  get publicKey() {
    this.#publicKey ??= wrap(publicFromSpki(Buffer.from(this.#found.spki, "hex")));
    return this.#publicKey;
  }

  toString() {
    return toPem("CERTIFICATE", this.#der);
  }
  toJSON() {
    return this.toString();
  }
  toLegacyObject() {
    return legacyObject(this.#der);
  }

  checkHost(name) {
    validateString(name, "name");
    return checkServerIdentity(name, this.#found) === undefined ? name : undefined;
  }
  checkEmail(email) {
    validateString(email, "email");
    const names = `${this.#found.subjectaltname ?? ""}`.split(", ");
    return names.includes(`email:${email}`) || this.#found.subject.emailAddress === email ? email : undefined;
  }
  checkIP(ip) {
    validateString(ip, "ip");
    return checkServerIdentity(ip, this.#found) === undefined ? ip : undefined;
  }
  checkIssued(other) {
    if (!(other instanceof X509Certificate)) throw new ERR_INVALID_ARG_TYPE("otherCert", "X509Certificate", other);
    return this.issuer === other.subject;
  }
  checkPrivateKey(key) {
    return createPublicKey(key).equals(this.publicKey);
  }
  /** Whether the key made the signature: the key of a certificate is found by its issuer. */
  verify(key) {
    if (key.type !== "public") throw new ERR_INVALID_ARG_TYPE("publicKey", "public KeyObject", key);
    return ops.x509_is_signed_by_key(this.#der, key.export({ format: "der", type: "spki" }));
  }
}
