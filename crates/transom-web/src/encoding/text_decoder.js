// @ts-check
// TextDecoder. Behind it: decoder.js.
// Spec: https://encoding.spec.whatwg.org/#interface-textdecoder

import { Decoder } from "transom:internal/encoding/decoder";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { RangeError, TypeError } = primordials;

const SHARED = { allowShared: true, allowResizable: true };

/** The arguments of the constructors of TextDecoder and TextDecoderStream, as a Decoder. */
export function decoderFor(label, options, name) {
  label = webidl.DOMString(label, `${name} constructor: argument 1`);
  let fatal = false;
  let ignoreBOM = false;
  if (options !== undefined && options !== null) {
    if (!webidl.isObject(options)) throw new TypeError(`${name} constructor: argument 2 is not an object`);
    fatal = webidl.boolean(options.fatal);
    ignoreBOM = webidl.boolean(options.ignoreBOM);
  }
  const encoding = label === "utf-8" ? label : ops.encoding_for_label(label);
  if (encoding === null || encoding === "replacement") {
    throw new RangeError(`${name} constructor: \`${label}\` is not a supported encoding label`);
  }
  return new Decoder(encoding, fatal, ignoreBOM);
}

/** https://encoding.spec.whatwg.org/#textdecoder */
export class TextDecoder {
  #decoder;

  /** https://encoding.spec.whatwg.org/#dom-textdecoder */
  constructor(label = "utf-8", options = undefined) {
    this.#decoder = decoderFor(label, options, "TextDecoder");
  }

  /** https://encoding.spec.whatwg.org/#dom-textdecoder-encoding */
  get encoding() {
    return this.#decoder.encoding;
  }

  /** https://encoding.spec.whatwg.org/#dom-textdecoder-fatal */
  get fatal() {
    return this.#decoder.fatal;
  }

  /** https://encoding.spec.whatwg.org/#dom-textdecoder-ignorebom */
  get ignoreBOM() {
    return this.#decoder.ignoreBOM;
  }

  /** https://encoding.spec.whatwg.org/#dom-textdecoder-decode */
  decode(input = undefined, options = undefined) {
    const decoder = this.#decoder;
    if (input !== undefined) webidl.BufferSource(input, "TextDecoder.decode: argument 1", SHARED);
    let stream = false;
    if (options !== undefined && options !== null) {
      if (!webidl.isObject(options)) throw new TypeError("TextDecoder.decode: argument 2 is not an object");
      stream = webidl.boolean(options.stream);
    }
    return decoder.decode(input, !stream);
  }
}

webidl.configureInterface("TextDecoder", TextDecoder);
