// Reading bodies, whatever they were made of.

import { assert, assertEquals, assertRejects, assertThrows, test } from "transom:internal/testing";

const encode = (text) => new Response(text).bytes();

function streamOf(...chunks) {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function* generatorOf(...chunks) {
  yield* chunks;
}

/** The same text as every kind of body. */
async function bodies(text) {
  const bytes = await encode(text);
  return {
    string: text,
    bytes,
    buffer: bytes.buffer,
    view: new DataView(bytes.buffer),
    blob: new Blob([text]),
    stream: streamOf(bytes.slice(0, 1), bytes.slice(1)),
    generator: generatorOf(bytes.slice(0, 2), bytes.slice(2)),
  };
}

test("every kind of body reads the same in every way", async () => {
  const text = '{"ä":1}';
  const expected = await encode(text);
  for (const kind of Object.keys(await bodies(text))) {
    const make = async () => new Response((await bodies(text))[kind]);
    assertEquals(await (await make()).text(), text, kind);
    assertEquals(await (await make()).json(), { ä: 1 }, kind);
    assertEquals(await (await make()).bytes(), expected, kind);
    assertEquals(new Uint8Array(await (await make()).arrayBuffer()), expected, kind);
    assertEquals(await (await (await make()).blob()).text(), text, kind);
    const touched = await make();
    assert(touched.body === touched.body, kind);
    assertEquals([touched.bodyUsed, await touched.text(), touched.bodyUsed], [false, text, true], kind);
  }
});

test("text drops a mark and replaces what is no UTF-8", async () => {
  assertEquals(await new Response("\ufeffa\ufeff").text(), "a\ufeff");
  assertEquals(await new Response(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xff])).text(), "a\ufffd");
  assertEquals(await new Response("\ud800x").text(), "\ufffdx");
});

test("a body is read once", async () => {
  for (const body of Object.values(await bodies("xy"))) {
    const response = new Response(body);
    await response.text();
    assert(response.bodyUsed);
    await assertRejects(response.text(), TypeError);
    await assertRejects(response.json(), TypeError);
    assert(response.body.locked || (await response.body.getReader().read()).done);
    assertThrows(() => new Response(response.body).body.getReader() && response.clone(), TypeError);
  }
});

test("an empty body can be read often", async () => {
  const response = new Response();
  assertEquals([response.body, await response.text(), await response.text(), response.bodyUsed], [null, "", "", false]);
  assertEquals((await response.bytes()).length, 0);
  await assertRejects(response.json(), SyntaxError);
});

test("a locked or disturbed stream is no body", async () => {
  const stream = streamOf("a");
  const response = new Response(stream);
  assert(response.body === stream);
  stream.getReader();
  assertThrows(() => new Response(stream), TypeError);
  await assertRejects(response.text(), TypeError);
  assertEquals(response.bodyUsed, false);
  const read = streamOf("a");
  const reader = read.getReader();
  await reader.read();
  reader.releaseLock();
  assertThrows(() => new Response(read), TypeError);
});

test("a failing stream fails the reading with its reason", async () => {
  const reason = new Error("broken");
  const failing = () => new ReadableStream({ pull: (controller) => controller.error(reason) });
  for (const method of ["text", "json", "bytes", "blob", "arrayBuffer"]) {
    await assertRejects(new Response(failing())[method](), reason);
  }
  async function* generator() {
    yield "a";
    throw reason;
  }
  await assertRejects(new Response(generator()).text(), reason);
  await assertRejects(new Response(streamOf({})).text(), TypeError);
});

test("streams of bodies have bytes and can be read into buffers", async () => {
  const reader = new Response("abc").body.getReader({ mode: "byob" });
  const first = await reader.read(new Uint8Array(2));
  assertEquals(first, { value: new Uint8Array([97, 98]), done: false });
  const second = await reader.read(new Uint8Array(9));
  assertEquals([second.value[0], second.value.length, second.done], [99, 1, false]);
  assertEquals((await reader.read(new Uint8Array(9))).done, true);
  const chunks = [];
  for await (const chunk of new Response(new Blob(["x"])).body) chunks.push(...chunk);
  assertEquals(chunks, [120]);
  assertEquals((await new Response("").body.getReader().read()).done, true);
});

test("blob takes the content type", async () => {
  const blob = await new Response("x", { headers: { "content-type": "Text/X" } }).blob();
  assertEquals([blob.type, blob.size], ["text/x", 1]);
  assertEquals((await new Response(new Uint8Array(1)).blob()).type, "");
});

test("forms are read by their content type", async () => {
  const urlencoded = { headers: { "content-type": "application/x-www-form-urlencoded" } };
  assertEquals([...(await new Response("a=1&b=%20", urlencoded).formData())], [["a", "1"], ["b", " "]]);
  const form = new FormData();
  form.append("text", "line\nä");
  form.append("file", new File(["content"], 'a"b.txt', { type: "a/b" }));
  form.append("blob", new Blob([new Uint8Array([0, 255])]));
  const read = await new Response(form).formData();
  assertEquals([...read.keys()], ["text", "file", "blob"]);
  assertEquals(read.get("text"), "line\r\nä");
  const file = read.get("file");
  assertEquals([file.name, file.type, await file.text(), file instanceof File], ['a"b.txt', "a/b", "content", true]);
  const blob = read.get("blob");
  assertEquals([blob.name, blob.type, blob.size], ["blob", "application/octet-stream", 2]);
});

test("reading a form leaves alone the bytes, the blob and the clone that its body was made of", async () => {
  const text = '--x\r\ncontent-disposition: form-data; name="a"; filename="b"\r\n\r\n' + "12345678".repeat(20000) + "\r\n--x--\r\n";
  const init = { headers: { "content-type": "multipart/form-data; boundary=x" } };
  const size = async (response) => (await response.formData()).get("a").size;
  const bytes = await encode(text);
  const blob = new Blob([bytes]);
  const first = new Response(bytes, init);
  const second = first.clone();
  assertEquals([await size(first), await size(second), await size(new Response(blob, init))], [160000, 160000, 160000]);
  assertEquals([bytes.length, blob.size, await blob.text() === text], [text.length, text.length, true]);
  assertEquals(await size(new Response(bytes.subarray(0, bytes.length), init)), 160000);
  assertEquals(await size(new Response(bytes, init)), 160000);
});

test("what is no form is refused", async () => {
  await assertRejects(new Response("a=1").formData(), TypeError);
  await assertRejects(new Response(new Uint8Array(1)).formData(), TypeError);
  const multipart = { headers: { "content-type": "multipart/form-data; boundary=x" } };
  await assertRejects(new Response("--x\r\nbroken", multipart).formData(), TypeError);
  await assertRejects(new Response("", multipart).formData(), TypeError);
  const used = new Response("a=1");
  await assertRejects(used.formData(), TypeError);
  assert(used.bodyUsed);
});

test("a stream's chunks must be Uint8Array", async () => {
  for (const chunk of ["text", null, 1, [1], new ArrayBuffer(1), new Uint16Array(1)]) {
    for (const method of ["arrayBuffer", "blob", "bytes", "json", "text"]) {
      await assertRejects(new Response(streamOf(chunk))[method](), TypeError, method);
    }
  }
});

test("an iterable may give strings, and fails as a whole", async () => {
  async function* texts() {
    yield "a";
    yield new Uint8Array([98]);
  }
  assertEquals(await new Response(texts()).text(), "ab");
  async function* broken() {
    yield "a";
    yield 1;
  }
  await assertRejects(new Response(broken()).text(), TypeError);
});
