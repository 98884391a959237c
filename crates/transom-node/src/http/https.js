// @ts-check
// node:https: requests over TLS.
// Reference: https://nodejs.org/docs/latest-v22.x/api/https.html

import { Agent as PlainAgent } from "transom:internal/node/http/agent";
import { ClientRequest, urlToOptions } from "transom:internal/node/http/client_request";
import { refuseServer, serverClass } from "transom:internal/node/net/server";
import { connect } from "transom:internal/node/tls/tls_socket";

/** What tells connections of one host apart, in the order of Node. */
const KEY_OPTIONS = [
  "ca", "cert", "clientCertEngine", "ciphers", "key", "pfx", "rejectUnauthorized", "servername", "minVersion", "maxVersion",
  "secureProtocol", "crl", "honorCipherOrder", "ecdhCurve", "dhparam", "secureOptions", "sessionIdContext", "sigalgs",
  "privateKeyIdentifier", "privateKeyEngine",
];

export function Agent(options) {
  if (!(this instanceof Agent)) return new /** @type {any} */ (Agent)(options);
  Reflect.apply(PlainAgent, this, [options]);
  this.defaultPort = 443;
  this.protocol = "https:";
  this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
}
Object.setPrototypeOf(Agent.prototype, PlainAgent.prototype);
Object.setPrototypeOf(Agent, PlainAgent);

Object.assign(Agent.prototype, {
  createConnection(port, host, options) {
    let given = {};
    if (port !== null && typeof port === "object") given = { ...port };
    else {
      given = { ...(typeof host === "object" ? host : options) };
      if (typeof port === "number") given.port = port;
      if (typeof host === "string") given.host = host;
    }
    return connect(given);
  },
  getName(options = {}) {
    let name = Reflect.apply(PlainAgent.prototype.getName, this, [options]);
    for (const option of KEY_OPTIONS) {
      name += ":";
      const value = options[option];
      if (option === "servername" ? value && value !== options.host : option === "rejectUnauthorized" ? value !== undefined : value) name += value;
    }
    return name;
  },
});

export const globalAgent = new /** @type {any} */ (Agent)({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
export const Server = serverClass("https");
export function createServer() {
  refuseServer("https.createServer()");
}

export function request(...args) {
  let options = {};
  if (typeof args[0] === "string") options = urlToOptions(new URL(args.shift()));
  else if (args[0] instanceof URL) options = urlToOptions(args.shift());
  if (args[0] && typeof args[0] !== "function") Object.assign(options, args.shift());
  options._defaultAgent = https.globalAgent;
  return new /** @type {any} */ (ClientRequest)(options, args[0]);
}

export function get(input, options, callback) {
  const made = request(input, options, callback);
  made.end();
  return made;
}

const https = { Agent, globalAgent, Server, createServer, get, request };
export default https;
