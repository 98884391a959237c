// @ts-check
// Whether a certificate is for the host that was meant (RFC 6125).
// Reference: https://nodejs.org/docs/latest-v22.x/api/tls.html#tlscheckserveridentityhostname-cert

import { isIP } from "transom:internal/node/net/addresses";
import { codes } from "transom:internal/node/errors";

const { ERR_TLS_CERT_ALTNAME_INVALID } = codes;

const labels = (name) => name.replace(/\.$/, "").toLowerCase().split(".");

/** Whether a name of a certificate, perhaps with a wildcard in its first label, is for these labels. */
function fits(hostLabels, pattern, allowWildcard) {
  if (!pattern) return false;
  const patternLabels = labels(pattern);
  if (hostLabels.length !== patternLabels.length || patternLabels.includes("")) return false;
  // eslint-disable-next-line no-control-regex
  if (patternLabels.some((label) => /[^\u0021-\u007F]/u.test(label))) return false;
  for (let i = hostLabels.length - 1; i > 0; i--) if (hostLabels[i] !== patternLabels[i]) return false;
  const { 0: first } = patternLabels;
  const { 0: hostFirst } = hostLabels;
  const parts = first.split("*", 3);
  if (parts.length === 1 || first.includes("xn--")) return hostFirst === first;
  if (!allowWildcard || parts.length > 2 || patternLabels.length <= 2) return false;
  const { 0: prefix, 1: suffix } = parts;
  return prefix.length + suffix.length <= hostFirst.length && hostFirst.startsWith(prefix) && hostFirst.endsWith(suffix);
}

/** The parts of `DNS:a, IP Address:::1`; a part may be a JSON string that has a comma in it. */
function split(text) {
  const parts = [];
  for (const match of text.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,])+/g)) parts.push(match[0].trim());
  return parts;
}

const canonicalIp = (address) => {
  try {
    return isIP(address) === 6 ? new URL(`http://[${address}]/`).hostname : address;
  } catch {
    return address;
  }
};

function identityError(reason, host, cert) {
  return Object.assign(new ERR_TLS_CERT_ALTNAME_INVALID(reason), { reason, host, cert });
}

/** Undefined, or the error that says why not. */
export function checkServerIdentity(hostname, cert) {
  const { subject, subjectaltname } = cert;
  const dnsNames = [];
  const ips = [];
  hostname = `${hostname}`;
  for (const name of subjectaltname ? split(subjectaltname) : []) {
    if (name.startsWith("DNS:")) dnsNames.push(name.slice(4));
    else if (name.startsWith("IP Address:")) ips.push(canonicalIp(name.slice(11)));
  }
  hostname = hostname.replace(/\.$/, "");
  let reason = "Unknown reason";
  if (isIP(hostname) !== 0) {
    if (ips.includes(canonicalIp(hostname))) return undefined;
    reason = `IP: ${hostname} is not in the cert's list: ${ips.join(", ")}`;
  } else if (dnsNames.length > 0 || subject?.CN) {
    const hostLabels = labels(hostname);
    if (dnsNames.length > 0) {
      if (dnsNames.some((name) => fits(hostLabels, name, true))) return undefined;
      reason = `Host: ${hostname}. is not in the cert's altnames: ${subjectaltname}`;
    } else {
      const names = Array.isArray(subject.CN) ? subject.CN : [subject.CN];
      if (names.some((name) => fits(hostLabels, name, true))) return undefined;
      reason = `Host: ${hostname}. is not cert's CN: ${subject.CN}`;
    }
  } else {
    reason = "Cert does not contain a DNS name";
  }
  return identityError(reason, hostname, cert);
}
