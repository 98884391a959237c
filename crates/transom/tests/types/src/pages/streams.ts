import { Expectations } from "../expect";

async function collected<T>(stream: ReadableStream<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

export const GET = async (): Promise<Response> => {
  const expect = new Expectations();
  const numbers = () => new ReadableStream<number>({
    start(controller) {
      for (const chunk of [1, 2, 3]) controller.enqueue(chunk);
      controller.close();
    },
  }, new CountQueuingStrategy({ highWaterMark: 3 }));
  const doubled = new TransformStream<number, number>({ transform: (chunk, controller) => controller.enqueue(chunk * 2) });
  expect.equal(await collected(numbers().pipeThrough(doubled)), [2, 4, 6], "pipeThrough");
  const [left, right] = numbers().tee();
  expect.equal([...(await collected(left)), ...(await collected(right))], [1, 2, 3, 1, 2, 3], "tee");

  const written: string[] = [];
  const writable = new WritableStream<string>({ write: (chunk) => void written.push(chunk) });
  const writer = writable.getWriter();
  await writer.ready;
  await writer.write("a");
  expect.equal(writer.desiredSize, 1, "desiredSize");
  writer.releaseLock();
  const options: StreamPipeOptions = { preventClose: true, preventAbort: true, preventCancel: true };
  await new Response("b").body!.pipeThrough(new TextDecoderStream()).pipeTo(writable, options);
  await writable.close();
  expect.equal(written, ["a", "b"], "pipeTo");

  const bytes = new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: 16,
    pull(controller) {
      const view = controller.byobRequest?.view;
      if (view) new Uint8Array(view.buffer, view.byteOffset, 1)[0] = 7;
      controller.byobRequest?.respond(1);
      controller.close();
    },
  }, { highWaterMark: 0 });
  const { value, done } = await bytes.getReader({ mode: "byob" }).read(new Uint8Array(4));
  expect.equal([value?.length, value?.[0], done], [1, 7, false], "BYOB");

  const encoder = new TextEncoderStream();
  const compressed = encoder.readable.pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip"));
  const text = encoder.writable.getWriter();
  const finished = Promise.all([text.write("packed"), text.close()]);
  expect.equal(await new Response(compressed).text(), "packed", "CompressionStream");
  await finished;

  const strategy = new ByteLengthQueuingStrategy({ highWaterMark: 16 });
  expect.equal([strategy.highWaterMark, strategy.size(new Uint8Array(3))], [16, 3], "ByteLengthQueuingStrategy");
  const reader: ReadableStreamDefaultReader<number> = numbers().getReader();
  await reader.cancel("enough");
  await reader.closed;
  return expect.answer();
};
