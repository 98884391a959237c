// @ts-check
// node:dgram: endpoints have no datagram sockets.
// Reference: https://nodejs.org/docs/latest-v22.x/api/dgram.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";

const all = refuseAll("dgram", [
  "Socket", "_createSocketHandle", "createSocket",
], "there are no UDP sockets; use node:net, node:dns, fetch or a service that speaks HTTP");
export const { Socket, _createSocketHandle, createSocket } = all;
export default { ...all };
