// @ts-check
// Checks of names and values, shared by requests and their headers.
// Reference: https://nodejs.org/docs/latest-v22.x/api/http.html#httpvalidateheadernamename-label

import { codes } from "transom:internal/node/errors";

const { ERR_HTTP_INVALID_HEADER_VALUE, ERR_INVALID_CHAR, ERR_INVALID_HTTP_TOKEN } = codes;

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
// eslint-disable-next-line no-control-regex
const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

export const isToken = (value) => typeof value === "string" && TOKEN.test(value);

export function validateHeaderName(name, label = "Header name") {
  if (!isToken(name)) throw new ERR_INVALID_HTTP_TOKEN(label, name);
}

export function validateHeaderValue(name, value) {
  if (value === undefined) throw new ERR_HTTP_INVALID_HEADER_VALUE(value, name);
  if (INVALID_VALUE.test(value)) throw new ERR_INVALID_CHAR("header content", name);
}

/** An error for a connection that ended before its time. */
export function hangUp(message = "socket hang up") {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}
