// @ts-check
// node:_http_server: the old name of a part of node:http, which some packages still import.

import { Server, ServerResponse } from "node:http";
import { STATUS_CODES } from "transom:internal/node/http/status_codes";
import { refuse } from "transom:internal/node/unsupported/refuse";

const REMEDY = "export a handler from a file in src/pages, transom serves it";

export const kConnectionsCheckingInterval = Symbol("http.server.connectionsCheckingInterval");
export const kServerResponse = Symbol("ServerResponse");
export const _connectionListener = refuse("_http_server", "_connectionListener", REMEDY);
export const httpServerPreClose = refuse("_http_server", "httpServerPreClose", REMEDY);
export const setupConnectionsTracking = refuse("_http_server", "setupConnectionsTracking", REMEDY);
export const storeHTTPOptions = refuse("_http_server", "storeHTTPOptions", REMEDY);
export { Server, ServerResponse, STATUS_CODES };
export default {
  STATUS_CODES, Server, ServerResponse, setupConnectionsTracking, storeHTTPOptions, _connectionListener, kServerResponse,
  httpServerPreClose, kConnectionsCheckingInterval,
};
