// @ts-check
// node:http2: the server itself speaks HTTP/2; endpoints use fetch.
// Reference: https://nodejs.org/docs/latest-v22.x/api/http2.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";
import { constants } from "transom:internal/node/unsupported/http2_constants";

const all = refuseAll("http2", [
  "Http2ServerRequest", "Http2ServerResponse", "connect", "createSecureServer", "createServer", "getPackedSettings",
  "getUnpackedSettings", "performServerHandshake",
], "export handlers from files below src/pages to serve, and use fetch, which speaks HTTP/2, to call");
export const {
  Http2ServerRequest, Http2ServerResponse, connect, createSecureServer, createServer, getPackedSettings,
  getUnpackedSettings, performServerHandshake,
} = all;

export const sensitiveHeaders = Symbol("sensitiveHeaders");
export const getDefaultSettings = () => ({
  headerTableSize: 4096, enablePush: true, initialWindowSize: 65535, maxFrameSize: 16384,
  maxConcurrentStreams: 4294967295, maxHeaderSize: 65535, maxHeaderListSize: 65535, enableConnectProtocol: false,
});
export { constants };
export default { ...all, sensitiveHeaders, getDefaultSettings, constants };
