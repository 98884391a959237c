// @ts-check
// Blob. Its content is in segments.js.
// Spec: https://w3c.github.io/FileAPI/#blob-section

import { Content } from "transom:internal/blob/segments";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { wrapReadable } from "transom:internal/streams/readable";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ObjectFreeze, PromisePrototypeThen, PromiseReject, RegExpPrototypeExec, RegExpPrototypeSymbolReplace,
  StringPrototypeToLowerCase, TypedArrayPrototypeGetBuffer, TypeError,
} = primordials;

let isBlob;
let contentOf;
let typeOf;

const convertOptions = webidl.dictionary("BlobPropertyBag", [
  { key: "endings", convert: webidl.enumeration("EndingType", ["transparent", "native"]), default: "transparent" },
  { key: "type", convert: webidl.DOMString, default: "" },
]);

const lineEnding = /\r\n?/g;
const outsidePrintableAscii = /[^\u0020-\u007e]/;

/** What Blob and File constructors share: https://w3c.github.io/FileAPI/#constructorBlob */
export function contentFromParts(parts, endings) {
  const contents = [];
  for (let i = 0; i < parts.length; i++) {
    let part = parts[i];
    if (isBlob(part)) {
      contents[i] = contentOf(part);
      continue;
    }
    if (typeof part === "string") {
      if (endings === "native") part = RegExpPrototypeSymbolReplace(lineEnding, part, "\n");
      part = ops.utf8_encode(part);
    }
    contents[i] = Content.ofBytes(part);
  }
  return contents.length === 1 ? contents[0] : Content.joined(contents);
}

/** https://w3c.github.io/FileAPI/#typedefdef-blobpart. Bytes are copied here, before later parts run author code. */
function convertPart(value, context) {
  if (isBlob(value)) return value;
  if (webidl.isBufferSource(value)) {
    webidl.BufferSource(value, context, { allowShared: true, allowResizable: true });
    return webidl.copyBufferSource(value);
  }
  return webidl.DOMString(value, context);
}

export const convertParts = webidl.sequence(convertPart);

/** https://w3c.github.io/FileAPI/#dom-blobpropertybag-type */
export function normalizeType(type) {
  if (type === "" || RegExpPrototypeExec(outsidePrintableAscii, type) !== null) return "";
  return StringPrototypeToLowerCase(type);
}

function illegal() {
  return PromiseReject(new TypeError("Illegal invocation"));
}

/** https://w3c.github.io/FileAPI/#dfn-Blob */
export class Blob {
  #content;
  #type;

  /** https://w3c.github.io/FileAPI/#constructorBlob */
  constructor(blobParts = undefined, options = undefined) {
    if (blobParts === webidl.internalKey) {
      this.#content = options.content;
      this.#type = options.type;
      return;
    }
    const parts = blobParts === undefined ? [] : convertParts(blobParts, "Blob constructor: argument 1");
    const { endings, type } = convertOptions(options, "Blob constructor: argument 2");
    this.#content = contentFromParts(parts, endings);
    this.#type = normalizeType(type);
  }

  /** https://w3c.github.io/FileAPI/#dfn-size */
  get size() {
    return this.#content.size;
  }

  /** https://w3c.github.io/FileAPI/#dfn-type */
  get type() {
    return this.#type;
  }

  /** https://w3c.github.io/FileAPI/#dfn-slice */
  slice(start = undefined, end = undefined, contentType = undefined) {
    const content = this.#content;
    const { size } = content;
    const clamp = { clamp: true };
    const from = start === undefined ? 0 : relative(webidl.longLong(start, "Blob.slice: argument 1", clamp), size);
    const to = end === undefined ? size : relative(webidl.longLong(end, "Blob.slice: argument 2", clamp), size);
    const type = contentType === undefined ? "" : webidl.DOMString(contentType, "Blob.slice: argument 3");
    return wrapContent(content.slice(from, to > from ? to : from), normalizeType(type));
  }

  /** https://w3c.github.io/FileAPI/#stream-method-algo */
  stream() {
    return wrapReadable(this.#content.readable());
  }

  /** https://w3c.github.io/FileAPI/#text-method-algo */
  text() {
    if (!isBlob(this)) return illegal();
    return PromisePrototypeThen(this.#content.readAll(), (bytes) => ops.utf8_decode(bytes, false, false));
  }

  /** https://w3c.github.io/FileAPI/#arraybuffer-method-algo */
  arrayBuffer() {
    if (!isBlob(this)) return illegal();
    return PromisePrototypeThen(this.#content.readAll(), TypedArrayPrototypeGetBuffer);
  }

  /** https://w3c.github.io/FileAPI/#bytes-method-algo */
  bytes() {
    if (!isBlob(this)) return illegal();
    return this.#content.readAll();
  }

  static {
    isBlob = (value) => typeof value === "object" && value !== null && #content in value;
    contentOf = (blob) => blob.#content;
    typeOf = (blob) => blob.#type;
  }
}

function relative(position, size) {
  if (position < 0) return position + size > 0 ? position + size : 0;
  return position < size ? position : size;
}

function wrapContent(content, type) {
  return new Blob(webidl.internalKey, { content, type });
}

export const blobInternals = ObjectFreeze({
  isBlob: (value) => isBlob(value),
  size: (blob) => contentOf(blob).size,
  type: (blob) => typeOf(blob),
  /** The content of a Blob or File; immutable, see segments.js. */
  contentOf: (blob) => contentOf(blob),
  /** A promise for all bytes, in a fresh array. */
  bytes: (blob) => contentOf(blob).readAll(),
  /** All bytes, or null when some are in a file. May share memory with the blob: not to be changed. */
  bytesNow: (blob) => (contentOf(blob).inMemory ? contentOf(blob).sharedBytes() : null),
  /** What is behind a new stream of bytes over the blob: a ReadableState. */
  readable: (blob) => contentOf(blob).readable(),
  /** The same as a ReadableStream. */
  stream: (blob) => wrapReadable(contentOf(blob).readable()),
  /** A Blob over `bytes`, which belong to it from now on. `type` is used as it is. */
  createFromBytes: (bytes, type = "") => wrapContent(Content.ofBytes(bytes), type),
  /** A Blob over content that exists already. */
  wrap: wrapContent,
});

webidl.configureInterface("Blob", Blob);
