// @ts-check
// TLSSocket: a socket that speaks TLS, over a connection of its own or over one that is there already.
// Reference: https://nodejs.org/docs/latest-v22.x/api/tls.html#class-tlstlssocket

import { Buffer } from "node:buffer";
import { codes } from "transom:internal/node/errors";
import { validateInteger } from "transom:internal/node/errors/validators";
import { isIP } from "transom:internal/node/net/addresses";
import { begin, kConnection, kTakeOver, kWriting, Socket } from "transom:internal/node/net/socket";
import { refuseServer } from "transom:internal/node/net/server";
import { nextTick } from "transom:internal/node/process/next_tick";
import { chainObject, legacyObject } from "transom:internal/node/tls/certificate";
import { checkServerIdentity } from "transom:internal/node/tls/identity";
import { createSecureContext } from "transom:internal/node/tls/secure_context";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";

const { ERR_INVALID_ARG_TYPE } = codes;
const crypto = lazy("node:crypto");

const kState = Symbol("state");

/** What OpenSSL says of a certificate that is not to be trusted. */
const REASONS = {
  __proto__: null,
  CERT_HAS_EXPIRED: "certificate has expired",
  CERT_NOT_YET_VALID: "certificate is not yet valid",
  CERT_REVOKED: "certificate revoked",
  CERT_SIGNATURE_FAILURE: "certificate signature failure",
  DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed certificate",
  INVALID_PURPOSE: "unsupported certificate purpose",
  SELF_SIGNED_CERT_IN_CHAIN: "self-signed certificate in certificate chain",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unable to get local issuer certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unable to verify the first certificate",
};

const isNative = (socket) => socket instanceof Socket;

export function TLSSocket(socket, options = {}) {
  if (!(this instanceof TLSSocket)) return new /** @type {any} */ (TLSSocket)(socket, options);
  if (options.isServer) refuseServer("tls.TLSSocket as a server");
  Reflect.apply(Socket, this, [{ ...options, signal: undefined }]);
  this.authorized = false;
  this.authorizationError = null;
  this.encrypted = true;
  this.secureConnecting = true;
  this.alpnProtocol = null;
  this.servername = null;
  this._tlsOptions = options;
  this._SNICallback = null;
  this._securePending = true;
  this[kState] = { options, certificates: [], protocol: null, cipher: null, context: options.secureContext ?? createSecureContext(options) };
  if (socket) {
    this._parent = socket;
    // Until the handshake is over, nothing is written.
    this.connecting = true;
    this[kState].parent = socket;
  }
}
Object.setPrototypeOf(TLSSocket.prototype, Socket.prototype);
Object.setPrototypeOf(TLSSocket, Socket);

/** Takes over the connection of `socket` as soon as there is one and it has written everything. */
async function upgrade(secure, socket) {
  const onClose = () => {
    if (secure.connecting) secure.destroy(disconnected(secure));
  };
  socket.once("close", onClose);
  socket.once("error", (error) => secure.destroy(error));
  if (!isNative(socket)) return shakeHands(secure, pumped(secure, socket));
  if (socket.connecting) await new Promise((resolve) => socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", () => resolve(undefined)));
  while (socket.writableLength > 0 || socket[kWriting]) await (socket[kWriting] ?? new Promise((resolve) => nextTick(resolve)));
  if (secure.destroyed || socket.destroyed) return;
  const connection = socket[kTakeOver]();
  if (connection === null) throw disconnected(secure);
  const left = socket.read();
  if (left !== null) throw new codes.ERR_INVALID_STATE("the socket has unread bytes, which TLS cannot have been meant for");
  socket.off("close", onClose);
  secure.once("close", () => socket.destroy());
  if (secure._host === null) secure._host = socket._host;
  await shakeHands(secure, connection);
}

/** A native connection whose other end is a stream of the program's own. */
function pumped(secure, stream) {
  const { 0: inner, 1: outer } = ops.net_pair();
  stream.on("data", (chunk) => {
    stream.pause();
    ops.net_write(outer, chunk).then(() => stream.resume(), () => stream.destroy());
  });
  stream.on("end", () => ops.net_end(outer).catch(() => {}));
  const read = async () => {
    for (;;) {
      const bytes = await ops.net_read(outer);
      if (bytes === null) return void stream.end();
      if (!stream.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
        await new Promise((resolve) => stream.once("drain", () => resolve(undefined)));
      }
    }
  };
  read().catch(() => {});
  secure.once("close", () => {
    ops.net_close(outer);
    stream.destroy();
  });
  return inner;
}

function disconnected(secure) {
  const { options } = secure[kState];
  const error = /** @type {any} */ (new Error("Client network socket disconnected before secure TLS connection was established"));
  Object.assign(error, { code: "ECONNRESET", path: options.path, host: options.host, port: options.port, localAddress: options.localAddress });
  return error;
}

function protocolsOf(protocols) {
  if (!protocols) return [];
  if (Array.isArray(protocols)) return protocols.map((name) => Buffer.from(name).toString("latin1"));
  // As on the wire: each name behind its length.
  const list = [];
  for (let at = 0; at < protocols.length; at += protocols[at] + 1) list.push(Buffer.from(protocols.subarray(at + 1, at + 1 + protocols[at])).toString("latin1"));
  return list;
}

async function shakeHands(secure, connection) {
  const state = secure[kState];
  const { options, context } = state;
  const name = options.servername || secure.servername || options.host || secure._host || "localhost";
  // Kept at once, so that destroying the socket ends the handshake.
  secure[kConnection] = connection;
  let agreed;
  try {
    agreed = await ops.tls_start(connection, name, protocolsOf(options.ALPNProtocols), context.ca, context.cert, context.key, context.minVersion, context.maxVersion);
  } catch (error) {
    if (error.code === "ECANCELED" || secure.destroyed) return;
    secure[kConnection] = null;
    ops.net_close(connection);
    secure.emit("_tlsError", error);
    throw /^\d+$/.test(error.code ?? "") || error.code === "ECONNRESET" ? disconnected(secure) : error;
  }
  if (secure.destroyed) return;
  const { 0: verdict, 1: alpn, 2: protocol, 3: cipher, 4: certificates } = agreed;
  Object.assign(state, { protocol, cipher, certificates });
  secure.alpnProtocol = alpn ?? false;
  secure.servername = isIP(name) === 0 ? name : null;
  secure.secureConnecting = false;
  secure._securePending = false;
  let problem = verdict === null ? undefined : Object.assign(new Error(REASONS[verdict]), { code: verdict });
  if (problem === undefined && certificates.length > 0) {
    const check = options.checkServerIdentity ?? checkServerIdentity;
    problem = check(options.servername || options.host || name, secure.getPeerCertificate(true));
  }
  if (problem) {
    secure.authorizationError = problem.code || problem.message;
    if (options.rejectUnauthorized !== false && rejects(options)) return void secure.destroy(problem);
  } else {
    secure.authorized = true;
  }
  secure._secureEstablished = true;
  begin(secure, connection);
  secure.emit("secure");
  secure.emit("secureConnect");
}

/** As in Node, a variable of the environment can switch the check off. */
const rejects = (options) => options.rejectUnauthorized === true || globalThis.process?.env?.NODE_TLS_REJECT_UNAUTHORIZED !== "0";

/** What Node has between TLS and a stream that is no socket; packages look for its class. */
class JSStreamSocket extends Socket {
  constructor(stream) {
    super();
    this.stream = stream;
  }
}

Object.assign(TLSSocket.prototype, {
  /** Begins the handshake, if nobody has: `tls.connect` does, and the first writing. */
  _start() {
    const { parent } = this[kState];
    if (parent === undefined) return;
    this[kState].parent = undefined;
    upgrade(this, parent).catch((error) => this.destroy(error));
  },
  _write(chunk, encoding, callback) {
    this._start();
    Reflect.apply(Socket.prototype._write, this, [chunk, encoding, callback]);
  },
  getPeerCertificate(detailed = false) {
    const { certificates } = this[kState];
    if (this[kConnection] === null && certificates.length === 0) return null;
    if (certificates.length === 0) return {};
    return detailed ? chainObject(certificates) : legacyObject(certificates[0]);
  },
  getPeerX509Certificate() {
    const { certificates } = this[kState];
    return certificates.length === 0 ? undefined : new (crypto().X509Certificate)(certificates[0]);
  },
  getCertificate() {
    const { cert } = this[kState].context;
    return cert === null ? {} : legacyObject(ops.x509_from_pem(cert)[0]);
  },
  getX509Certificate() {
    const { cert } = this[kState].context;
    return cert === null ? undefined : new (crypto().X509Certificate)(cert);
  },
  getCipher() {
    const { cipher, protocol } = this[kState];
    return { name: cipher, standardName: cipher, version: protocol };
  },
  getProtocol() {
    return this[kState].protocol;
  },
  // Each connection makes a handshake of its own, so there is never a session to hand on.
  getSession() {},
  getTLSTicket() {},
  isSessionReused: () => false,
  getEphemeralKeyInfo: () => ({}),
  getFinished() {},
  getPeerFinished() {},
  getSharedSigalgs: () => [],
  disableRenegotiation() {},
  enableTrace() {
    throw new codes.ERR_NOT_SUPPORTED("tlsSocket.enableTrace()", "look at the handshake from outside, for example with `openssl s_client -connect host:port -trace`");
  },
  setMaxSendFragment(size) {
    validateInteger(size, "size");
    return false;
  },
  setSession() {
    throw new codes.ERR_NOT_SUPPORTED("tlsSocket.setSession()", "sessions are not resumed; keep the connection open, for example with an https.Agent that has `keepAlive`");
  },
  exportKeyingMaterial() {
    throw new codes.ERR_NOT_SUPPORTED("tlsSocket.exportKeyingMaterial()", "no package that runs here is known to need it");
  },
  renegotiate(_options, callback) {
    const error = new codes.ERR_NOT_SUPPORTED("tlsSocket.renegotiate()", "TLS 1.3 has none; open a new connection");
    if (callback) nextTick(callback, error);
    return false;
  },
  setServername(name) {
    if (typeof name !== "string") throw new ERR_INVALID_ARG_TYPE("name", "string", name);
    this.servername = name;
  },
});

Object.defineProperty(TLSSocket.prototype, "_handle", {
  get() {
    const { _parent: parent } = this;
    const wrapped = parent && !isNative(parent) ? new JSStreamSocket(parent) : undefined;
    return this[kConnection] === null && wrapped === undefined ? null : { fd: -1, _parentWrap: wrapped, getAsyncId: () => 0 };
  },
  configurable: true,
});

/** tls.connect: options, or port, host and options; a listener for `secureConnect`. */
export function connect(...args) {
  const listener = typeof args.at(-1) === "function" ? args.at(-1) : undefined;
  const options = { allowHalfOpen: false };
  if (args[0] !== null && typeof args[0] === "object") Object.assign(options, args[0]);
  else Object.assign(options, { port: args[0] });
  if (typeof args[1] === "string") Object.assign(options, { host: args[1] });
  for (const extra of args.slice(1, 3)) if (extra !== null && typeof extra === "object") Object.assign(options, extra);
  const given = /** @type {any} */ (options);
  if (!given.keepAlive) delete given.keepAlive;
  const secure = new /** @type {any} */ (TLSSocket)(given.socket, given);
  secure._tlsConnect = true;
  if (listener) secure.once("secureConnect", listener);
  if (given.timeout) secure.setTimeout(given.timeout);
  if (given.enableTrace) secure.enableTrace();
  if (given.signal) given.signal.addEventListener("abort", () => secure.destroy(Object.assign(new Error("The operation was aborted"), { name: "AbortError", code: "ABORT_ERR" })), { once: true });
  if (given.socket) {
    secure._start();
  } else {
    const plain = new /** @type {any} */ (Socket)({ ...given, allowHalfOpen: true, signal: undefined });
    secure.connecting = true;
    for (const event of ["lookup", "connectionAttempt", "connectionAttemptFailed", "connectionAttemptTimeout"]) plain.on(event, (...rest) => secure.emit(event, ...rest));
    plain.connect(given);
    secure.once("close", () => plain.destroy());
    upgrade(secure, plain).catch((error) => secure.destroy(error));
  }
  return secure;
}
