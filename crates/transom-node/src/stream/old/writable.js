// @ts-check
// node:_stream_writable: the old name of a part of node:stream, which some packages still import.

import { Writable } from "transom:internal/node/stream/writable";

export const { WritableState, fromWeb, toWeb } = /** @type {any} */ (Writable);
export default Writable;
