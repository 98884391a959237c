// @ts-check
// node:stream/promises.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#streams-promises-api

import { promises } from "transom:internal/node/stream/all";

export const finished = promises.finished;
export const pipeline = promises.pipeline;
export default promises;
