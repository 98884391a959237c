// @ts-check
// File.
// Spec: https://w3c.github.io/FileAPI/#file-section

import { Blob, blobInternals, contentFromParts, convertParts, normalizeType } from "transom:internal/blob/blob";
import { Content } from "transom:internal/blob/segments";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { DateNow, ObjectFreeze } = primordials;

const convertOptions = webidl.dictionary(
  "FilePropertyBag",
  [{ key: "lastModified", convert: webidl.longLong }],
  webidl.dictionary("BlobPropertyBag", [
    { key: "endings", convert: webidl.enumeration("EndingType", ["transparent", "native"]), default: "transparent" },
    { key: "type", convert: webidl.DOMString, default: "" },
  ]),
);

let fields;
let isFile;

/** https://w3c.github.io/FileAPI/#dfn-file */
export class File extends Blob {
  #name;
  #lastModified;

  /** https://w3c.github.io/FileAPI/#file-constructor */
  constructor(fileBits, fileName, options = undefined) {
    if (fileBits === webidl.internalKey) {
      super(fileBits, fileName);
      this.#name = fileName.name;
      this.#lastModified = fileName.lastModified;
      return;
    }
    webidl.requireArguments("File constructor", arguments.length, 2);
    const parts = convertParts(fileBits, "File constructor: argument 1");
    const name = webidl.USVString(fileName, "File constructor: argument 2");
    const { endings, lastModified, type } = convertOptions(options, "File constructor: argument 3");
    super(webidl.internalKey, { content: contentFromParts(parts, endings), type: normalizeType(type) });
    this.#name = name;
    this.#lastModified = lastModified ?? DateNow();
  }

  /** https://w3c.github.io/FileAPI/#dfn-name */
  get name() {
    return this.#name;
  }

  /** https://w3c.github.io/FileAPI/#dfn-lastModified */
  get lastModified() {
    return this.#lastModified;
  }

  static {
    isFile = (value) => typeof value === "object" && value !== null && #name in value;
    fields = (file) => ({ name: file.#name, lastModified: file.#lastModified });
  }
}

/** A File over content that exists already: see segments.js. */
function wrap(content, name, { type = "", lastModified = undefined }) {
  return new File(webidl.internalKey, { content, name, type, lastModified: lastModified ?? DateNow() });
}

export const fileInternals = ObjectFreeze({
  isFile,
  name: (file) => fields(file).name,
  lastModified: (file) => fields(file).lastModified,
  wrap,
  /** A File over `bytes`, which belong to it from now on. */
  fromBytes: (bytes, name, options) => wrap(Content.ofBytes(bytes), name, options),
  /** A File over a file source: see segments.js. */
  fromSource: (source, name, options) => wrap(Content.ofSource(source), name, options),
  /** The file source of a File that is the whole of one, else null. */
  source(file) {
    const { segments, size } = blobInternals.contentOf(file);
    if (segments.length !== 1 || segments[0].inMemory) return null;
    return segments[0].source.size === size ? segments[0].source : null;
  },
});

webidl.configureInterface("File", File);
