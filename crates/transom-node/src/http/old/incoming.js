// @ts-check
// node:_http_incoming: the old name of a part of node:http, which some packages still import.

import { IncomingMessage } from "transom:internal/node/http/incoming_message";

export const readStart = (socket) => void socket?.resume();
export const readStop = (socket) => void socket?.pause();
export { IncomingMessage };
export default { IncomingMessage, readStart, readStop };
