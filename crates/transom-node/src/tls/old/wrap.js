// @ts-check
// node:_tls_wrap: the old name of a part of node:tls, which some packages still import.

import { createServer, Server } from "node:tls";
import { connect, TLSSocket } from "transom:internal/node/tls/tls_socket";

export { connect, createServer, Server, TLSSocket };
export default { TLSSocket, Server, createServer, connect };
