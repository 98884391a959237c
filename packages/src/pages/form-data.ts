import FormData from "form-data";
import { assert, check } from "../check";

export const GET = check(async () => {
  const form = new FormData();
  form.append("a", "1");
  form.append("file", Buffer.from("content"), { filename: "a.txt" });
  const { hostname, port } = new URL(process.env.STUB_URL!);
  const response: any = await new Promise((resolve, reject) => form.submit({ host: hostname, port, path: "/echo" }, (error, found) => (error ? reject(error) : resolve(found))));
  let text = "";
  for await (const chunk of response) text += chunk;
  const { body, headers } = JSON.parse(text);
  assert.equal(headers["content-type"], form.getHeaders()["content-type"]);
  assert.match(body, /name="file"; filename="a\.txt"\r\nContent-Type: text\/plain\r\n\r\ncontent\r\n/);
});
