// @ts-check
// TextDecoderStream.
// Spec: https://encoding.spec.whatwg.org/#interface-textdecoderstream

import { decoderFor } from "transom:internal/encoding/text_decoder";
import { createTransform } from "transom:internal/streams/internals";
import * as webidl from "transom:internal/webidl/webidl";

const SHARED = { allowShared: true, allowResizable: true };

/** https://encoding.spec.whatwg.org/#textdecoderstream */
export class TextDecoderStream {
  #decoder;
  #transform;

  /** https://encoding.spec.whatwg.org/#dom-textdecoderstream */
  constructor(label = "utf-8", options = undefined) {
    const decoder = decoderFor(label, options, "TextDecoderStream");
    this.#decoder = decoder;
    this.#transform = createTransform({
      /** https://encoding.spec.whatwg.org/#decode-and-enqueue-a-chunk */
      transform(chunk, controller) {
        const text = decoder.decode(webidl.BufferSource(chunk, "TextDecoderStream: chunk", SHARED), false);
        if (text !== "") controller.enqueue(text);
      },
      /** https://encoding.spec.whatwg.org/#flush-and-enqueue */
      flush(controller) {
        const text = decoder.decode(undefined, true);
        if (text !== "") controller.enqueue(text);
      },
    });
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

  /** https://streams.spec.whatwg.org/#dom-generictransformstream-readable */
  get readable() {
    return this.#transform.readable;
  }

  /** https://streams.spec.whatwg.org/#dom-generictransformstream-writable */
  get writable() {
    return this.#transform.writable;
  }
}

webidl.configureInterface("TextDecoderStream", TextDecoderStream);
