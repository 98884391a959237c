// @ts-check
// node:_stream_wrap: the old name of what makes a socket of any stream; it refuses.

import { refuse } from "transom:internal/node/unsupported/refuse";

export default refuse("_stream_wrap", "JSStreamSocket", "use tls.connect with the option `socket`");
