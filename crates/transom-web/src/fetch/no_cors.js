// @ts-check
// The guard "request-no-cors": which headers a request of mode `no-cors` may have.
// Spec: https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header

import * as headerList from "transom:internal/fetch/header_list";
import { parseMimeType } from "transom:internal/fetch/mime_type";
import { primordials } from "transom:internal/primordials";

const { RegExpPrototypeExec } = primordials;

const MAX_VALUE_LENGTH = 128;
/** https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte */
const UNSAFE = /[\0-\x08\x0a-\x1f"():<>?@[\\\]{}\x7f]/;
const LANGUAGES = /^[0-9A-Za-z *,\-.;=]*$/;

function isSimpleType(value) {
  const type = parseMimeType(value);
  if (type === null) return false;
  const { essence } = type;
  return essence === "application/x-www-form-urlencoded" || essence === "multipart/form-data" || essence === "text/plain";
}

/** https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header; the name is in lower case. */
function isSafelisted(name, value) {
  if (value.length > MAX_VALUE_LENGTH) return false;
  switch (name) {
    case "accept":
      return RegExpPrototypeExec(UNSAFE, value) === null;
    case "accept-language":
    case "content-language":
      return RegExpPrototypeExec(LANGUAGES, value) !== null;
    case "content-type":
      return RegExpPrototypeExec(UNSAFE, value) === null && isSimpleType(value);
    default:
      return false;
  }
}

/** Whether the guard lets `name` be set to `value`. */
export const allowsSet = isSafelisted;

/** Whether the guard lets `value` be appended to what `list` has under `name`. */
export function allowsAppend(list, name, value) {
  const before = headerList.get(list, name);
  return isSafelisted(name, before === null ? value : `${before}, ${value}`);
}

/** Whether the guard lets `name` be deleted. */
export function allowsDelete(name) {
  return name === "range" || name === "accept" || name === "accept-language" || name === "content-language" ||
    name === "content-type";
}

/** A list with those entries of `list` that the guard lets through. */
export function filtered(list) {
  const kept = [];
  for (let i = 0; i < list.length; i += 2) {
    if (allowsAppend(kept, list[i], list[i + 1])) headerList.append(kept, list[i], list[i + 1]);
  }
  return kept;
}
