// @ts-check
// A certificate as `getPeerCertificate` shows it.
// Reference: https://nodejs.org/docs/latest-v22.x/api/tls.html#certificate-object

import { Buffer } from "node:buffer";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { JSONParse, ObjectAssign } = primordials;

/** The members of a certificate in DER. */
export const describe = (der) => JSONParse(ops.x509_describe(der));

/** https://nodejs.org/docs/latest-v22.x/api/tls.html#certificate-object */
export function legacyObject(der) {
  const { subjectText: _s, issuerText: _i, spki, ...found } = describe(der);
  const object = ObjectAssign({ __proto__: null }, found);
  object.subject = ObjectAssign({ __proto__: null }, found.subject);
  object.issuer = ObjectAssign({ __proto__: null }, found.issuer);
  if (found.infoAccess) object.infoAccess = ObjectAssign({ __proto__: null }, found.infoAccess);
  if (found.pubkey !== undefined) object.pubkey = Buffer.from(found.pubkey, "hex");
  else if (found.modulus !== undefined) object.pubkey = Buffer.from(spki, "hex");
  object.raw = Buffer.from(der);
  return object;
}

/** The certificates of a chain, each with its issuer in `issuerCertificate`; the last one is its own. */
export function chainObject(ders) {
  const objects = [];
  for (let i = 0; i < ders.length; i++) objects[i] = legacyObject(ders[i]);
  for (let i = 0; i < objects.length; i++) {
    const isRoot = i === objects.length - 1;
    const { 0: subject, 1: issuer } = [describe(ders[i]).subjectText, describe(ders[i]).issuerText];
    if (!isRoot) objects[i].issuerCertificate = objects[i + 1];
    else if (subject === issuer) objects[i].issuerCertificate = objects[i];
  }
  return objects[0];
}
