// @ts-check
// node:_stream_passthrough: the old name of a part of node:stream, which some packages still import.

import { PassThrough } from "transom:internal/node/stream/transform";

export default PassThrough;
