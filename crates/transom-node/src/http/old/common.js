// @ts-check
// node:_http_common: the old name of a part of node:http, which some packages still import.

import { isToken } from "transom:internal/node/http/common";
import { METHODS } from "transom:internal/node/http/status_codes";
import { refuse } from "transom:internal/node/unsupported/refuse";

const REMEDY = "use http.request or fetch, which read responses themselves";

export const CRLF = "\r\n";
export const chunkExpression = /(?:^|\W)chunked(?:$|\W)/i;
export const continueExpression = /(?:^|\W)100-continue(?:$|\W)/i;
export const kIncomingMessage = Symbol("IncomingMessage");
export const kSkipPendingData = Symbol("SkipPendingData");
export const methods = METHODS;
export const _checkIsHttpToken = isToken;
// eslint-disable-next-line no-control-regex
export const _checkInvalidHeaderChar = (value) => /[^\t\x20-\x7e\x80-\xff]/.test(value);
export const isLenient = () => false;
export const HTTPParser = refuse("_http_common", "HTTPParser", REMEDY);
export const parsers = { alloc: refuse("_http_common", "parsers.alloc()", REMEDY), free: () => false };
export const freeParser = () => {};
export const prepareError = (error, parser, rawPacket) => {
  error.rawPacket = rawPacket;
  if (error.reason) error.message = `Parse Error: ${error.reason}`;
};
export default {
  _checkInvalidHeaderChar, _checkIsHttpToken, chunkExpression, continueExpression, CRLF, freeParser, methods, parsers, kIncomingMessage,
  HTTPParser, isLenient, kSkipPendingData, prepareError,
};
