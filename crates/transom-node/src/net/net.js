// @ts-check
// node:net: client sockets.
// Reference: https://nodejs.org/docs/latest-v22.x/api/net.html

import { isIP, isIPv4, isIPv6, SocketAddress } from "transom:internal/node/net/addresses";
import { BlockList } from "transom:internal/node/net/block_list";
import {
  getDefaultAutoSelectFamily, getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamily, setDefaultAutoSelectFamilyAttemptTimeout,
} from "transom:internal/node/net/connecting";
import { refuseServer, serverClass } from "transom:internal/node/net/server";
import { refuse } from "transom:internal/node/unsupported/refuse";
import { connectArguments, Socket } from "transom:internal/node/net/socket";

export function connect(...args) {
  const { 0: options, 1: listener } = connectArguments(args);
  const socket = new /** @type {any} */ (Socket)(options);
  if (options.timeout) socket.setTimeout(options.timeout);
  return socket.connect(options, ...(listener ? [listener] : []));
}

export const createConnection = connect;
export const Stream = Socket;
export const Server = serverClass("net");
export function createServer() {
  refuseServer("net.createServer()");
}

export const _createServerHandle = refuse("net", "_createServerHandle", "transom listens for requests itself");
export const _setSimultaneousAccepts = () => {};

/** Arguments of `connect` as options and a listener, in the form that packages know from Node. */
export const _normalizeArgs = (args) => connectArguments(args);

export {
  BlockList, getDefaultAutoSelectFamily, getDefaultAutoSelectFamilyAttemptTimeout, isIP, isIPv4, isIPv6, setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout, Socket, SocketAddress,
};

export default {
  _normalizeArgs, _createServerHandle, _setSimultaneousAccepts, BlockList, SocketAddress, connect, createConnection, createServer, isIP, isIPv4, isIPv6, Server, Socket, Stream,
  getDefaultAutoSelectFamily, setDefaultAutoSelectFamily, getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout,
};
