// @ts-check
// `fetch` of a WebAssembly file by its `file:` URL, within `[permissions]`: packages load in this way what lies beside them.
// Reference: https://fetch.spec.whatwg.org/#scheme-fetch, which leaves `file` to the implementation.
//
// No other files: handlers fetch addresses that others gave them, and nobody shall read the project by such an address.

import { responseInternals } from "transom:internal/fetch/response";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const failed = (cause) => new TypeError("fetch failed", { cause });

/** The response with the file as its body; rejects as for a network error when it cannot be read. */
export async function fetchFile(request, url) {
  const address = url.replace(/#.*$/s, "");
  if (request.method !== "GET" || !/\.wasm(?:\?.*)?$/is.test(address)) {
    throw failed(new Error("of `file:` URLs, only WebAssembly (`.wasm`) can be fetched; read other files with node:fs"));
  }
  let bytes;
  try {
    bytes = await readFile(fileURLToPath(address));
  } catch (error) {
    throw failed(error);
  }
  const list = ["content-length", `${bytes.length}`, "content-type", "application/wasm"];
  return responseInternals.createFetched(200, "OK", list, address, false, bytes);
}
