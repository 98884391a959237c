// @ts-check
// node:_stream_transform: the old name of a part of node:stream, which some packages still import.

import { Transform } from "transom:internal/node/stream/transform";

export default Transform;
