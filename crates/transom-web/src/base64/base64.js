// @ts-check
// atob and btoa. Native half: base64.rs.
// Spec: https://html.spec.whatwg.org/multipage/webappapis.html#atob

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import * as webidl from "transom:internal/webidl/webidl";

/** https://html.spec.whatwg.org/multipage/webappapis.html#dom-atob */
export function atob(data) {
  webidl.requireArguments("atob", arguments.length, 1);
  const binary = ops.base64_decode(webidl.DOMString(data, "atob: argument 1"));
  if (binary === null) throw new DOMException("The string is not correctly encoded", "InvalidCharacterError");
  return binary;
}

/** https://html.spec.whatwg.org/multipage/webappapis.html#dom-btoa */
export function btoa(data) {
  webidl.requireArguments("btoa", arguments.length, 1);
  const text = ops.base64_encode(webidl.DOMString(data, "btoa: argument 1"));
  if (text === null) {
    throw new DOMException("The string has characters above U+00FF", "InvalidCharacterError");
  }
  return text;
}
