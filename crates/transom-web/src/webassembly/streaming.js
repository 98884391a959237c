// @ts-check
// The functions of WebAssembly that return promises, also those that take a Response.
// Spec: https://webassembly.github.io/spec/js-api/#webassembly-namespace, https://webassembly.github.io/spec/web-api/
//
// The engine compiles on other threads only for an embedder that hands their results back to its event loop, which
// the bindings cannot do. Deviation: a module is compiled at once, on the thread of its worker, and what comes from a
// response is read to its end first.

import { takeBytes } from "transom:internal/fetch/body";
import { responseInternals } from "transom:internal/fetch/response";
import { primordials } from "transom:internal/primordials";

const { StringPrototypeToLowerCase, StringPrototypeTrim, TypeError } = primordials;

/** https://webassembly.github.io/spec/web-api/#compile-a-potential-webassembly-response */
async function bytesOf(source, name) {
  const response = await source;
  if (!responseInternals.isResponse(response)) throw new TypeError(`${name}: argument 1 is not a Response`);
  const type = response.headers.get("content-type");
  if (type === null || StringPrototypeToLowerCase(StringPrototypeTrim(type)) !== "application/wasm") {
    throw new TypeError(`${name}: the response is not of type \`application/wasm\``);
  }
  if (!response.ok) throw new TypeError(`${name}: the response has the status ${response.status}`);
  return await takeBytes(responseInternals.state(response));
}

/** The four functions, over the constructors of the engine. */
export function promiseFunctions({ Instance, Module }) {
  const both = (bytes, imports) => {
    const module = new Module(bytes);
    return { module, instance: new Instance(module, imports) };
  };
  return {
    /** https://webassembly.github.io/spec/js-api/#dom-webassembly-compile */
    async compile(bytes) {
      return new Module(bytes);
    },
    /** https://webassembly.github.io/spec/js-api/#dom-webassembly-instantiate */
    async instantiate(bytes, importObject = undefined) {
      return bytes instanceof Module ? new Instance(bytes, importObject) : both(bytes, importObject);
    },
    /** https://webassembly.github.io/spec/web-api/#dom-webassembly-compilestreaming */
    async compileStreaming(source) {
      return new Module(await bytesOf(source, "WebAssembly.compileStreaming"));
    },
    /** https://webassembly.github.io/spec/web-api/#dom-webassembly-instantiatestreaming */
    async instantiateStreaming(source, importObject = undefined) {
      return both(await bytesOf(source, "WebAssembly.instantiateStreaming"), importObject);
    },
  };
}
