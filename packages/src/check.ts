// What every endpoint here does: it runs the check of its package and answers `works`, or tells what is wrong.

import assert from "node:assert/strict";

export { assert };

export const check = (work: (context: { url: URL }) => unknown) => async ({ url }: { url: URL }) => {
  try {
    await work({ url });
    return new Response("works");
  } catch (error) {
    const { stack, message, name, cause } = error as Error;
    return new Response(`${name}: ${message}\n${stack}\n${cause ? `cause: ${cause} ${(cause as Error).stack}` : ""}`, { status: 500 });
  }
};
