// @ts-check
// node:_http_outgoing: the old name of a part of node:http, which some packages still import.

import { validateHeaderName, validateHeaderValue } from "transom:internal/node/http/common";
import { OutgoingMessage } from "transom:internal/node/http/outgoing_message";

export const kHighWaterMark = Symbol("kHighWaterMark");
export const kUniqueHeaders = Symbol("kUniqueHeaders");
/** Names of headers that may occur once, in lower case. */
export const parseUniqueHeadersOption = (headers) => (
  Array.isArray(headers) ? new Set(headers.flat().map((name) => `${name}`.toLowerCase())) : null
);
export { OutgoingMessage, validateHeaderName, validateHeaderValue };
export default { kHighWaterMark, kUniqueHeaders, parseUniqueHeadersOption, validateHeaderName, validateHeaderValue, OutgoingMessage };
