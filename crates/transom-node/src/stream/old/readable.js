// @ts-check
// node:_stream_readable: the old name of a part of node:stream, which some packages still import.

import { Readable } from "transom:internal/node/stream/readable";

export const { ReadableState, from, fromWeb, toWeb, wrap } = /** @type {any} */ (Readable);
export default Readable;
