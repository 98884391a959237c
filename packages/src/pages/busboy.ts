import { Readable } from "node:stream";
import busboy from "busboy";
import { assert, check } from "../check";

export const GET = check(async () => {
  const form = new FormData();
  form.set("a", "1");
  form.set("file", new File(["x".repeat(100_000)], "b.txt"));
  const request = new Request("http://localhost/", { method: "POST", body: form });
  const parser = busboy({ headers: { "content-type": request.headers.get("content-type")! } });
  const found: Record<string, unknown> = {};
  parser.on("field", (name, value) => (found[name] = value));
  parser.on("file", (name, stream, { filename }) => {
    let length = 0;
    stream.on("data", (chunk) => (length += chunk.length)).on("end", () => (found[name] = `${filename} ${length}`));
  });
  const done = new Promise((resolve, reject) => parser.once("close", () => resolve(undefined)).once("error", reject));
  Readable.fromWeb(request.body as any).pipe(parser);
  await done;
  assert.deepEqual(found, { a: "1", file: "b.txt 100000" });
});
