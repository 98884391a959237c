// @ts-check
// TextEncoderStream.
// Spec: https://encoding.spec.whatwg.org/#interface-textencoderstream

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { createTransform } from "transom:internal/streams/internals";
import * as webidl from "transom:internal/webidl/webidl";

const { StringPrototypeCharCodeAt, StringPrototypeSlice } = primordials;

/** https://encoding.spec.whatwg.org/#textencoderstream */
export class TextEncoderStream {
  #transform;

  /** https://encoding.spec.whatwg.org/#dom-textencoderstream */
  constructor() {
    let highSurrogate = "";
    this.#transform = createTransform({
      /** https://encoding.spec.whatwg.org/#encode-and-enqueue-a-chunk */
      transform(chunk, controller) {
        let text = highSurrogate + webidl.DOMString(chunk, "TextEncoderStream: chunk");
        highSurrogate = "";
        const last = text === "" ? 0 : StringPrototypeCharCodeAt(text, text.length - 1);
        if (last >= 0xd800 && last <= 0xdbff) {
          highSurrogate = text[text.length - 1];
          text = StringPrototypeSlice(text, 0, -1);
        }
        if (text !== "") controller.enqueue(ops.utf8_encode(text));
      },
      /** https://encoding.spec.whatwg.org/#encode-and-flush */
      flush(controller) {
        if (highSurrogate !== "") controller.enqueue(ops.utf8_encode("\ufffd"));
      },
    });
  }

  /** https://encoding.spec.whatwg.org/#dom-textencoder-encoding */
  get encoding() {
    this.#transform; // Brand check.
    return "utf-8";
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

webidl.configureInterface("TextEncoderStream", TextEncoderStream);
