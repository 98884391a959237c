// @ts-check
// node:buffer.
// Reference: https://nodejs.org/docs/latest-v22.x/api/buffer.html

import { atob, btoa } from "transom:internal/base64/base64";
import { Blob } from "transom:internal/blob/blob";
import { File } from "transom:internal/blob/file";
import { Buffer, inspectLimit, kMaxLength, kStringMaxLength } from "transom:internal/node/buffer";
import { canonical, decode, encode } from "transom:internal/node/buffer/encodings";
import { codes } from "transom:internal/node/errors";
import { deprecate } from "transom:internal/node/util/deprecate";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { resolveObjectURL as resolve } from "transom:internal/url/object_urls";

const {
  ArrayBuffer, ArrayBufferIsView, Error, ObjectDefineProperties, ObjectFreeze, RegExpPrototypeSymbolReplace, StringPrototypeToLowerCase,
  Uint8Array,
} = primordials;
const { ERR_INVALID_ARG_TYPE } = codes;

export const constants = ObjectFreeze({ MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength });
export const INSPECT_MAX_BYTES = inspectLimit.get();

export const SlowBuffer = deprecate(function SlowBuffer(length) {
  return Buffer.allocUnsafeSlow(length);
}, "SlowBuffer() is deprecated. Please use Buffer.allocUnsafeSlow()", "DEP0030");

function checkInput(input) {
  if (!ArrayBufferIsView(input) && !(input instanceof ArrayBuffer)) {
    throw new ERR_INVALID_ARG_TYPE("input", ["ArrayBuffer", "Buffer", "TypedArray"], input);
  }
  const memory = ArrayBufferIsView(input) ? input.buffer : input;
  if (memory.detached) throw new codes.ERR_INVALID_STATE("Cannot validate on a detached buffer");
  return input;
}

export const isUtf8 = (input) => ops.buffer_is_utf8(checkInput(input));
export const isAscii = (input) => ops.buffer_is_ascii(checkInput(input));

const TRANSCODABLE = ["utf8", "utf16le", "latin1", "ascii"];
const wellKnown = (encoding) => {
  const name = canonical(encoding);
  for (let i = 0; i < TRANSCODABLE.length; i++) if (TRANSCODABLE[i] === name) return name;
  return undefined;
};

/** The same text in another encoding; characters that it lacks become question marks. */
export function transcode(source, fromEnc, toEnc) {
  if (!(source instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE("source", ["Buffer", "Uint8Array"], source);
  if (source.length === 0) return Buffer.alloc(0);
  const from = wellKnown(StringPrototypeToLowerCase(`${fromEnc}`));
  const to = wellKnown(StringPrototypeToLowerCase(`${toEnc}`));
  if (from === undefined || to === undefined) {
    const error = /** @type {any} */ (new Error("Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]"));
    error.code = "U_ILLEGAL_ARGUMENT_ERROR";
    error.errno = 1;
    throw error;
  }
  let text = decode(source, from, 0, source.length);
  if (to === "latin1") text = RegExpPrototypeSymbolReplace(/[^\x00-\xff]/gu, text, "?");
  else if (to === "ascii") text = RegExpPrototypeSymbolReplace(/[^\x00-\x7f]/gu, text, "?");
  return Buffer.from(encode(text, to));
}

/** The Blob behind a `blob:` URL. */
export function resolveObjectURL(id) {
  return resolve(`${id}`) ?? undefined;
}

export { Blob, Buffer, File, atob, btoa, kMaxLength, kStringMaxLength };
const buffer = {
  Buffer, SlowBuffer, transcode, isUtf8, isAscii, kMaxLength, kStringMaxLength, btoa, atob, constants, Blob, File, resolveObjectURL,
};
ObjectDefineProperties(buffer, {
  INSPECT_MAX_BYTES: { __proto__: null, ...inspectLimit, enumerable: true, configurable: true },
});
export default buffer;
