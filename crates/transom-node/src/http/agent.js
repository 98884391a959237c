// @ts-check
// Agent: the connections of requests, kept open for those that follow.
// Reference: https://nodejs.org/docs/latest-v22.x/api/http.html#class-httpagent

import { EventEmitter } from "node:events";
import { connect } from "node:net";
import { codes } from "transom:internal/node/errors";
import { validateNumber, validateOneOf } from "transom:internal/node/errors/validators";
import { isIP } from "transom:internal/node/net/addresses";

const { ERR_OUT_OF_RANGE } = codes;
const kOptions = Symbol("options");
/** Subtracted from what a server says it waits: closing and sending may cross. */
const HINT_MARGIN = 1000;

export function Agent(options) {
  if (!(this instanceof Agent)) return new /** @type {any} */ (Agent)(options);
  Reflect.apply(EventEmitter, this, []);
  this.defaultPort = 80;
  this.protocol = "http:";
  this.options = { __proto__: null, ...options };
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  this.options.path = null;
  this.requests = { __proto__: null };
  this.sockets = { __proto__: null };
  this.freeSockets = { __proto__: null };
  this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Infinity;
  this.maxFreeSockets = this.options.maxFreeSockets || 256;
  this.scheduling = this.options.scheduling || "lifo";
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  validateOneOf(this.scheduling, "scheduling", ["fifo", "lifo"]);
  if (this.maxTotalSockets === undefined) this.maxTotalSockets = Infinity;
  else {
    validateNumber(this.maxTotalSockets, "maxTotalSockets");
    if (!(this.maxTotalSockets > 0)) throw new ERR_OUT_OF_RANGE("maxTotalSockets", "> 0", this.maxTotalSockets);
  }
  this.on("free", (socket, given) => onFree(this, socket, given));
}
Object.setPrototypeOf(Agent.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

/** A connection whose request is over. */
function onFree(agent, socket, options) {
  const name = agent.getName(options);
  if (!socket.writable) return void socket.destroy();
  const requests = agent.requests[name];
  if (requests && requests.length > 0) {
    const request = requests.shift();
    if (requests.length === 0) delete agent.requests[name];
    return void give(agent, request, socket);
  }
  const { _httpMessage: request } = socket;
  if (!request || !request.shouldKeepAlive || !agent.keepAlive) return void socket.destroy();
  const free = agent.freeSockets[name] || [];
  const count = free.length + (agent.sockets[name]?.length ?? 0);
  if (agent.totalSocketCount > agent.maxTotalSockets || count > agent.maxSockets || free.length >= agent.maxFreeSockets || !agent.keepSocketAlive(socket)) {
    return void socket.destroy();
  }
  agent.freeSockets[name] = free;
  socket._httpMessage = null;
  agent.removeSocket(socket, options);
  socket.once("error", onIdleError);
  free.push(socket);
}

function onIdleError() {
  this.destroy();
}

function give(agent, request, socket) {
  if (request.destroyed) {
    socket._httpMessage = null;
    agent.emit("free", socket, socket[kOptions]);
    return;
  }
  request.onSocket(socket);
  const timeout = request.timeout || agent.options.timeout;
  if (timeout !== undefined && socket.timeout !== timeout) socket.setTimeout(timeout);
}

Object.assign(Agent.prototype, {
  createConnection: connect,

  getName(options = {}) {
    let name = `${options.host || "localhost"}:${options.port || ""}:${options.localAddress || ""}`;
    if (options.family === 4 || options.family === 6) name += `:${options.family}`;
    if (options.socketPath) name += `:${options.socketPath}`;
    return name;
  },

  addRequest(request, options, port, localAddress) {
    if (typeof options === "string") options = { __proto__: null, host: options, port, localAddress };
    options = { __proto__: null, ...options, ...this.options };
    if (options.socketPath) options.path = options.socketPath;
    normalizeServerName(options, request);
    const name = this.getName(options);
    this.sockets[name] ??= [];
    const free = this.freeSockets[name];
    let socket;
    while (free && free.length > 0 && (!socket || socket.destroyed || !socket.writable)) {
      socket = this.scheduling === "fifo" ? free.shift() : free.pop();
    }
    if (free && free.length === 0) delete this.freeSockets[name];
    const count = (free?.length ?? 0) + this.sockets[name].length;
    if (socket && !socket.destroyed && socket.writable) {
      this.reuseSocket(socket, request);
      this.sockets[name].push(socket);
      give(this, request, socket);
    } else if (count < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
      this.createSocket(request, options, (error, made) => {
        if (error) request.onSocket(null, error);
        else give(this, request, made);
      });
    } else {
      (this.requests[name] ??= []).push(request);
      request[kOptions] = options;
    }
  },

  createSocket(request, options, callback) {
    options = { __proto__: null, ...options, ...this.options };
    if (options.socketPath) options.path = options.socketPath;
    normalizeServerName(options, request);
    const name = this.getName(options);
    options._agentKey = name;
    options.encoding = null;
    let called = false;
    const created = (error, socket) => {
      if (called) return;
      called = true;
      if (error) return callback(error);
      (this.sockets[name] ??= []).push(socket);
      this.totalSocketCount++;
      install(this, socket, options);
      callback(null, socket);
    };
    // The program's own may answer at once or later.
    if (this.keepAlive) options.keepAlive = this.keepAlive;
    if (this.keepAlive) options.keepAliveInitialDelay = this.keepAliveMsecs;
    const socket = this.createConnection(options, created);
    if (socket) created(null, socket);
  },

  removeSocket(socket, options) {
    const name = this.getName(options);
    const lists = [this.sockets];
    if (!socket.writable) lists.push(this.freeSockets);
    for (const list of lists) {
      const at = list[name]?.indexOf(socket) ?? -1;
      if (at < 0) continue;
      list[name].splice(at, 1);
      if (list[name].length === 0) delete list[name];
      if (list === this.sockets && !socket.writable) this.totalSocketCount--;
      else if (list === this.freeSockets) this.totalSocketCount--;
    }
    // Somebody may be waiting for the place.
    const waiting = this.requests[name]?.[0] ?? Object.values(this.requests)[0]?.[0];
    if (!waiting || (this.sockets[name]?.length ?? 0) >= this.maxSockets || socket.writable) return;
    const wanted = waiting[kOptions];
    const from = this.requests[this.getName(wanted)];
    from.shift();
    if (from.length === 0) delete this.requests[this.getName(wanted)];
    this.createSocket(waiting, wanted, (error, made) => {
      if (error) waiting.onSocket(null, error);
      else give(this, waiting, made);
    });
  },

  keepSocketAlive(socket) {
    socket.setKeepAlive(true, this.keepAliveMsecs);
    socket.unref();
    let timeout = this.options.timeout || 0;
    const hint = /^timeout=(\d+)/.exec(socket._httpMessage?.res?.headers["keep-alive"] ?? "")?.[1];
    if (hint !== undefined) {
      const most = Number(hint) * 1000 - HINT_MARGIN;
      if (most <= 0) return false;
      if (timeout === 0 || most < timeout) timeout = most;
    }
    if (socket.timeout !== timeout) socket.setTimeout(timeout);
    return true;
  },

  reuseSocket(socket, request) {
    socket.removeListener("error", onIdleError);
    request.reusedSocket = true;
    socket.ref();
  },

  destroy() {
    for (const list of [this.freeSockets, this.sockets]) {
      for (const sockets of Object.values(list)) for (const socket of [...sockets]) socket.destroy();
    }
  },
});

function install(agent, socket, options) {
  socket[kOptions] = options;
  const onFreed = () => agent.emit("free", socket, options);
  const onClose = () => agent.removeSocket(socket, options);
  const onTimeout = () => {
    // An idle connection that has been idle for too long.
    for (const sockets of Object.values(agent.freeSockets)) if (sockets.includes(socket)) return void socket.destroy();
  };
  socket.on("free", onFreed);
  socket.on("close", onClose);
  socket.on("timeout", onTimeout);
  const onRemove = () => {
    // The connection speaks something else from now on.
    if (!agent.sockets[agent.getName(options)]?.includes(socket)) return;
    const list = agent.sockets[agent.getName(options)];
    list.splice(list.indexOf(socket), 1);
    if (list.length === 0) delete agent.sockets[agent.getName(options)];
    agent.totalSocketCount--;
    socket.removeListener("close", onClose);
    socket.removeListener("free", onFreed);
    socket.removeListener("timeout", onTimeout);
    socket.removeListener("agentRemove", onRemove);
  };
  socket.on("agentRemove", onRemove);
}

/** The name that TLS asks for: the one of the header Host, or of the host. */
function normalizeServerName(options, request) {
  if (options.servername || options.servername === "") return;
  const header = request.getHeader?.("host");
  let name = options.host;
  if (header) name = header.startsWith("[") ? header.slice(1, header.indexOf("]")) : header.split(":", 1)[0];
  options.servername = name && isIP(name) === 0 ? name : "";
}

export const globalAgent = new /** @type {any} */ (Agent)({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
