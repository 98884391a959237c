// @ts-check
// Writes `multipart/form-data`.
// Spec: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
//
// The result is a Blob, so files that are on disk stay there until the body is sent.

import { blobInternals, contentFromParts } from "transom:internal/blob/blob";
import { fileInternals } from "transom:internal/blob/file";
import { formDataInternals } from "transom:internal/form_data/form_data";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { RegExpPrototypeExec } = primordials;

const LINE_END = /[\r\n]/;
const QUOTED = /[\r\n"]/;

/** The body of a form as `{ blob, type }`, where `type` is the content type with the boundary. */
export function serializeFormData(form) {
  const boundary = `----formdata-${ops.crypto_random_uuid()}`;
  const names = formDataInternals.names(form);
  const values = formDataInternals.values(form);
  const parts = [];
  let text = "";
  for (let i = 0; i < names.length; i++) {
    const value = values[i];
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${escape(normalizeLineEnds(names[i]))}"`;
    if (typeof value === "string") {
      text += `\r\n\r\n${normalizeLineEnds(value)}\r\n`;
      continue;
    }
    const type = blobInternals.type(value) || "application/octet-stream";
    text += `; filename="${escape(fileInternals.name(value))}"\r\nContent-Type: ${type}\r\n\r\n`;
    parts[parts.length] = text;
    parts[parts.length] = value;
    text = "\r\n";
  }
  parts[parts.length] = `${text}--${boundary}--\r\n`;
  const blob = blobInternals.wrap(contentFromParts(parts, "transparent"), "");
  return { blob, type: `multipart/form-data; boundary=${boundary}` };
}

/** Every line end becomes CR LF. */
function normalizeLineEnds(text) {
  if (RegExpPrototypeExec(LINE_END, text) === null) return text;
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character !== "\r" && character !== "\n") {
      result += character;
      continue;
    }
    if (character === "\r" && text[i + 1] === "\n") i++;
    result += "\r\n";
  }
  return result;
}

/** For a quoted name in a part's header. */
function escape(text) {
  if (RegExpPrototypeExec(QUOTED, text) === null) return text;
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    result += character === "\r" ? "%0D" : character === "\n" ? "%0A" : character === '"' ? "%22" : character;
  }
  return result;
}
