// @ts-check
// Distinguished Encoding Rules (X.690), as far as keys need them, and the frame of PEM (RFC 7468).

import { Buffer } from "node:buffer";

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const NULL = 0x05;
export const OID = 0x06;
export const SEQUENCE = 0x30;

/** Object identifiers in hexadecimal. */
export const oids = {
  aes128Cbc: "608648016503040102", aes192Cbc: "608648016503040116", aes256Cbc: "60864801650304012a",
  ec: "2a8648ce3d0201", ed25519: "2b6570", hmacSha1: "2a864886f70d0207", hmacSha256: "2a864886f70d0209", hmacSha384: "2a864886f70d020a",
  hmacSha512: "2a864886f70d020b", p256: "2a8648ce3d030107", p384: "2b81040022", p521: "2b81040023", pbes2: "2a864886f70d01050d",
  pbkdf2: "2a864886f70d01050c", rsa: "2a864886f70d010101", rsaPss: "2a864886f70d01010a", x25519: "2b656e",
};

/** One element: its tag, its content, the elements in it, and what follows it. */
export function read(bytes) {
  const tag = bytes[0];
  let length = bytes[1];
  let at = 2;
  if (length === undefined) throw new Error("unexpected end of data");
  if (length & 0x80) {
    const count = length & 0x7f;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[at++];
  }
  if (!(at + length <= bytes.length)) throw new Error("unexpected end of data");
  return { tag, content: bytes.subarray(at, at + length), whole: bytes.subarray(0, at + length), rest: bytes.subarray(at + length) };
}

/** The elements in a sequence. */
export function children(bytes, tag = SEQUENCE) {
  const found = read(bytes);
  if (found.tag !== tag) throw new Error(`expected an element ${tag}, found ${found.tag}`);
  const list = [];
  for (let rest = found.content; rest.length > 0;) {
    const child = read(rest);
    list.push(child);
    ({ rest } = child);
  }
  return list;
}

export function write(tag, ...contents) {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const digits = Buffer.from(length.toString(16).padStart(length.toString(16).length + (length.toString(16).length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, content]);
}

export const writeOid = (hex) => write(OID, Buffer.from(hex, "hex"));

/** A number without sign. */
export function writeInteger(bytes) {
  let at = 0;
  while (at < bytes.length - 1 && bytes[at] === 0) at++;
  const number = Buffer.from(bytes.subarray(at));
  return write(INTEGER, number[0] & 0x80 ? Buffer.concat([Buffer.from([0]), number]) : number);
}

/** The bytes of a number without the zero of its sign. */
export const unsigned = (bytes) => (bytes.length > 1 && bytes[0] === 0 ? bytes.subarray(1) : bytes);

export function toPem(label, der) {
  const text = Buffer.from(der).toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
}

/** Label, headers and bytes of the first block that `wanted` accepts, or null. */
export function fromPem(text, wanted = (_label) => true) {
  for (const match of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----\r?\n?([\s\S]*?)-----END \1-----/g)) {
    const { 1: label, 2: body } = match;
    if (!wanted(label)) continue;
    const { 0: first, 1: rest } = body.includes("Proc-Type") ? body.split(/\r?\n\r?\n/) : ["", body];
    return { label, headers: first, der: Buffer.from(rest.replace(/\s+/g, ""), "base64") };
  }
  return null;
}
