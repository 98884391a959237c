// @ts-check
// node:_http_client: the old name of a part of node:http, which some packages still import.

import { ClientRequest } from "transom:internal/node/http/client_request";

export { ClientRequest };
export default { ClientRequest };
