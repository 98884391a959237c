// @ts-check
// node:_tls_common: the old name of a part of node:tls, which some packages still import.

import { createSecureContext, SecureContext } from "transom:internal/node/tls/secure_context";

/** The certificate as it is: its parts are objects already. */
export const translatePeerCertificate = (certificate) => certificate ?? null;
export { createSecureContext, SecureContext };
export default { SecureContext, createSecureContext, translatePeerCertificate };
