// @ts-check
// node:_http_agent: the old name of a part of node:http, which some packages still import.

import { Agent, globalAgent } from "transom:internal/node/http/agent";

export { Agent, globalAgent };
export default { Agent, globalAgent };
