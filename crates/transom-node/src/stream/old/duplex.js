// @ts-check
// node:_stream_duplex: the old name of a part of node:stream, which some packages still import.

import { Duplex } from "transom:internal/node/stream/duplex";

export const { from, fromWeb, toWeb } = Duplex;
export default Duplex;
