// @ts-check
// node:http: requests. Endpoints are served by transom itself.
// Reference: https://nodejs.org/docs/latest-v22.x/api/http.html

import { Agent, globalAgent as ownAgent } from "transom:internal/node/http/agent";
import { ClientRequest } from "transom:internal/node/http/client_request";
import { validateHeaderName, validateHeaderValue } from "transom:internal/node/http/common";
import { IncomingMessage } from "transom:internal/node/http/incoming_message";
import { OutgoingMessage } from "transom:internal/node/http/outgoing_message";
import { METHODS, STATUS_CODES } from "transom:internal/node/http/status_codes";
import { refuse } from "transom:internal/node/unsupported/refuse";
import { refuseServer, serverClass } from "transom:internal/node/net/server";
import { validateInteger } from "transom:internal/node/errors/validators";

export const maxHeaderSize = 16384;
export const Server = serverClass("http");

/** https://nodejs.org/docs/latest-v22.x/api/http.html#class-httpserverresponse, for packages that inherit from it. */
export function ServerResponse(request, options) {
  if (!(this instanceof ServerResponse)) return new /** @type {any} */ (ServerResponse)(request, options);
  Reflect.apply(OutgoingMessage, this, [options]);
  this.req = request;
  this.statusCode = 200;
  this.statusMessage = undefined;
}
Object.setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ServerResponse, OutgoingMessage);
Object.assign(ServerResponse.prototype, {
  writeHead(statusCode, reason, headers) {
    if (typeof reason !== "string") headers = reason;
    else this.statusMessage = reason;
    this.statusCode = statusCode;
    for (const { 0: name, 1: value } of Object.entries(headers ?? {})) this.setHeader(name, value);
    this._implicitHeader();
    return this;
  },
  _implicitHeader() {
    this.statusMessage ??= STATUS_CODES[this.statusCode] ?? "unknown";
    this._storeHeader(`HTTP/1.1 ${this.statusCode} ${this.statusMessage}`);
  },
  _write(_chunk, _encoding, callback) {
    callback();
  },
  writeContinue() {},
  writeProcessing() {},
  writeEarlyHints() {},
  assignSocket(socket) {
    this.socket = socket;
  },
  detachSocket() {
    this.socket = null;
  },
});

export function createServer() {
  refuseServer("http.createServer()");
}

export function request(url, options, callback) {
  return new /** @type {any} */ (ClientRequest)(url, options, callback);
}

export function get(url, options, callback) {
  const made = request(url, options, callback);
  made.end();
  return made;
}

export function setMaxIdleHTTPParsers(max) {
  validateInteger(max, "max", 1);
}

let current = ownAgent;
const http = {
  METHODS, STATUS_CODES, Agent, ClientRequest, IncomingMessage, OutgoingMessage, Server, ServerResponse, createServer, validateHeaderName,
  validateHeaderValue, get, request, setMaxIdleHTTPParsers, maxHeaderSize, WebSocket: undefined, CloseEvent: undefined,
  MessageEvent: undefined,
};
Object.defineProperty(http, "globalAgent", {
  get: () => current,
  set(agent) {
    current = agent;
  },
  enumerable: true, configurable: true,
});
for (const name of ["WebSocket", "CloseEvent", "MessageEvent"]) {
  Object.defineProperty(http, name, { get: () => globalThis[name], enumerable: true, configurable: true });
}

export default http;
export const _connectionListener = refuse("http", "_connectionListener", "export a handler from a file in src/pages, transom serves it");
export { Agent, ClientRequest, IncomingMessage, METHODS, OutgoingMessage, STATUS_CODES, ownAgent as globalAgent, validateHeaderName, validateHeaderValue };
