// @ts-check
// node:zlib.
// Reference: https://nodejs.org/docs/latest-v22.x/api/zlib.html

import { Buffer } from "node:buffer";
import { codes as errors } from "transom:internal/node/errors";
import { validateFunction, validateUint32 } from "transom:internal/node/errors/validators";
import { tell } from "transom:internal/node/fs/call";
import { codes, constants } from "transom:internal/node/zlib/constants";
import { inputOf, runLater, runSync, settingsOf, ZlibBase } from "transom:internal/node/zlib/streams";
import { ops } from "transom:internal/ops";

function streamClass(name, mode) {
  const { [name]: Class } = {
    [name]: function (options) {
      if (!(this instanceof Class)) return new Class(options);
      Reflect.apply(ZlibBase, this, [mode, options]);
    },
  };
  Object.setPrototypeOf(Class.prototype, ZlibBase.prototype);
  Object.setPrototypeOf(Class, ZlibBase);
  return Class;
}

export const Deflate = streamClass("Deflate", "deflate");
export const Inflate = streamClass("Inflate", "inflate");
export const Gzip = streamClass("Gzip", "gzip");
export const Gunzip = streamClass("Gunzip", "gunzip");
export const DeflateRaw = streamClass("DeflateRaw", "deflateRaw");
export const InflateRaw = streamClass("InflateRaw", "inflateRaw");
export const Unzip = streamClass("Unzip", "unzip");
export const BrotliCompress = streamClass("BrotliCompress", "brotliCompress");
export const BrotliDecompress = streamClass("BrotliDecompress", "brotliDecompress");
export const ZstdCompress = streamClass("ZstdCompress", "zstdCompress");
export const ZstdDecompress = streamClass("ZstdDecompress", "zstdDecompress");

/** The form with a callback, which may stand in the place of the options. */
function later(mode) {
  const { [mode]: form } = {
    [mode](buffer, options, callback) {
      if (typeof options === "function") {
        callback = options;
        options = {};
      }
      validateFunction(callback, "callback");
      inputOf(buffer);
      settingsOf(mode, options);
      tell(runLater(mode, buffer, options), callback);
    },
  };
  return form;
}

const sync = (mode) => ({ [`${mode}Sync`]: (buffer, options) => runSync(mode, buffer, options) })[`${mode}Sync`];

export const deflate = later("deflate");
export const deflateSync = sync("deflate");
export const inflate = later("inflate");
export const inflateSync = sync("inflate");
export const gzip = later("gzip");
export const gzipSync = sync("gzip");
export const gunzip = later("gunzip");
export const gunzipSync = sync("gunzip");
export const deflateRaw = later("deflateRaw");
export const deflateRawSync = sync("deflateRaw");
export const inflateRaw = later("inflateRaw");
export const inflateRawSync = sync("inflateRaw");
export const unzip = later("unzip");
export const unzipSync = sync("unzip");
export const brotliCompress = later("brotliCompress");
export const brotliCompressSync = sync("brotliCompress");
export const brotliDecompress = later("brotliDecompress");
export const brotliDecompressSync = sync("brotliDecompress");
export const zstdCompress = later("zstdCompress");
export const zstdCompressSync = sync("zstdCompress");
export const zstdDecompress = later("zstdDecompress");
export const zstdDecompressSync = sync("zstdDecompress");

export const createDeflate = (options) => new Deflate(options);
export const createInflate = (options) => new Inflate(options);
export const createGzip = (options) => new Gzip(options);
export const createGunzip = (options) => new Gunzip(options);
export const createDeflateRaw = (options) => new DeflateRaw(options);
export const createInflateRaw = (options) => new InflateRaw(options);
export const createUnzip = (options) => new Unzip(options);
export const createBrotliCompress = (options) => new BrotliCompress(options);
export const createBrotliDecompress = (options) => new BrotliDecompress(options);
export const createZstdCompress = (options) => new ZstdCompress(options);
export const createZstdDecompress = (options) => new ZstdDecompress(options);

export function crc32(data, value = 0) {
  if (typeof data !== "string" && !ArrayBuffer.isView(data)) throw new errors.ERR_INVALID_ARG_TYPE("data", ["Buffer", "TypedArray", "DataView", "string"], data);
  validateUint32(value, "value");
  return ops.zlib_crc32(typeof data === "string" ? Buffer.from(data) : data, value);
}

export { codes, constants };
const zlib = {
  Deflate, Inflate, Gzip, Gunzip, DeflateRaw, InflateRaw, Unzip, BrotliCompress, BrotliDecompress, crc32, deflate, deflateSync, gzip,
  gzipSync, deflateRaw, deflateRawSync, unzip, unzipSync, inflate, inflateSync, gunzip, gunzipSync, inflateRaw, inflateRawSync,
  brotliCompress, brotliCompressSync, brotliDecompress, brotliDecompressSync, createDeflate, createInflate, createDeflateRaw,
  createInflateRaw, createGzip, createGunzip, createUnzip, createBrotliCompress, createBrotliDecompress, constants, codes,
  ZstdCompress, ZstdDecompress, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync, createZstdCompress,
  createZstdDecompress,
};
// The constants of deflate are also members, as they were before there was `constants`.
for (const name of Object.keys(constants)) {
  if (name.startsWith("BROTLI") || name.startsWith("ZSTD")) continue;
  Object.defineProperty(zlib, name, { value: constants[name], enumerable: false, configurable: false, writable: false });
}
export default zlib;
