// WebAssembly from responses.

import { assert, assertEquals, assertRejects, test } from "transom:internal/testing";
import { promiseFunctions } from "transom:internal/webassembly/streaming";

const { compile, compileStreaming, instantiate, instantiateStreaming } = promiseFunctions(WebAssembly);
// (module (func (export "f") (result i32) i32.const 42))
const code = Uint8Array.fromHex("0061736d010000000105016000017f03020100070501016600000a06010400412a0b");
const response = (body = code, type = "application/wasm", status = 200) =>
  new Response(body, { status, headers: { "content-type": type } });

test("modules are compiled from responses", async () => {
  assert((await compileStreaming(response())) instanceof WebAssembly.Module);
  const { instance, module } = await instantiateStreaming(Promise.resolve(response()), {});
  assertEquals(instance.exports.f(), 42);
  assert(module instanceof WebAssembly.Module);
});

test("modules are compiled from bytes", async () => {
  const module = await compile(code);
  assertEquals((await instantiate(module)).exports.f(), 42);
  assertEquals((await instantiate(code.buffer)).instance.exports.f(), 42);
  await assertRejects(compile("text"), TypeError);
  await assertRejects(compile(new Uint8Array(3)), WebAssembly.CompileError);
});

test("what is no module, or no response with one, is refused", async () => {
  await assertRejects(compileStreaming(response(code, "text/plain")), TypeError);
  await assertRejects(compileStreaming(response(code, "application/wasm", 404)), TypeError);
  await assertRejects(compileStreaming(code), TypeError);
  await assertRejects(compileStreaming(response(new Uint8Array(3))), WebAssembly.CompileError);
});
