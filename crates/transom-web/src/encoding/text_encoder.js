// @ts-check
// TextEncoder.
// Spec: https://encoding.spec.whatwg.org/#interface-textencoder

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { StringPrototypeCharCodeAt, TypedArrayPrototypeGetLength, TypedArrayPrototypeSet } = primordials;

const REPLACEMENT = 0xfffd;
const SHARED = { allowShared: true, allowResizable: true };

/** https://encoding.spec.whatwg.org/#textencoder */
export class TextEncoder {
  #brand = true;

  /** https://encoding.spec.whatwg.org/#dom-textencoder-encoding */
  get encoding() {
    this.#brand;
    return "utf-8";
  }

  /** https://encoding.spec.whatwg.org/#dom-textencoder-encode */
  encode(input = "") {
    this.#brand;
    return ops.utf8_encode(webidl.DOMString(input, "TextEncoder.encode: argument 1"));
  }

  /** https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto */
  encodeInto(source, destination) {
    this.#brand;
    webidl.requireArguments("TextEncoder.encodeInto", arguments.length, 2);
    source = webidl.DOMString(source, "TextEncoder.encodeInto: argument 1");
    webidl.Uint8ArrayType(destination, "TextEncoder.encodeInto: argument 2", SHARED);
    return encodeInto(source, destination);
  }
}

// Below this many characters a loop beats the native call and its copy.
const SHORT = 64;

function encodeInto(source, destination) {
  const { length } = source;
  const room = TypedArrayPrototypeGetLength(destination);
  if (length > SHORT && length <= room) {
    const bytes = ops.utf8_encode(source);
    const written = TypedArrayPrototypeGetLength(bytes);
    if (written <= room) {
      TypedArrayPrototypeSet(destination, bytes);
      return { read: length, written };
    }
  }
  let read = 0;
  let written = 0;
  while (read < length) {
    let point = StringPrototypeCharCodeAt(source, read);
    let units = 1;
    if (point < 0x80) {
      if (written === room) break;
      destination[written++] = point;
      read++;
      continue;
    }
    if (point >= 0xd800 && point <= 0xdfff) {
      const low = point < 0xdc00 && read + 1 < length ? StringPrototypeCharCodeAt(source, read + 1) : 0;
      if (low >= 0xdc00 && low <= 0xdfff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        units = 2;
      } else {
        point = REPLACEMENT;
      }
    }
    if (point < 0x800) {
      if (written + 2 > room) break;
      destination[written++] = 0xc0 | (point >> 6);
    } else if (point < 0x10000) {
      if (written + 3 > room) break;
      destination[written++] = 0xe0 | (point >> 12);
      destination[written++] = 0x80 | ((point >> 6) & 0x3f);
    } else {
      if (written + 4 > room) break;
      destination[written++] = 0xf0 | (point >> 18);
      destination[written++] = 0x80 | ((point >> 12) & 0x3f);
      destination[written++] = 0x80 | ((point >> 6) & 0x3f);
    }
    destination[written++] = 0x80 | (point & 0x3f);
    read += units;
  }
  return { read, written };
}

webidl.configureInterface("TextEncoder", TextEncoder);
