import fetch, { FormData } from "node-fetch";
import { assert, check } from "../check";

export const GET = check(async () => {
  const response = await fetch(`${process.env.STUB_URL}/redirect`);
  assert.equal(((await response.json()) as any).url, "/echo?redirected=1");
  const form = new FormData();
  form.set("a", "b");
  const echoed = (await (await fetch(`${process.env.STUB_URL}/echo`, { method: "POST", body: form })).json()) as any;
  assert.match(echoed.headers["content-type"], /^multipart\/form-data; boundary=/);
  assert.match(echoed.body, /name="a"\r\n\r\nb\r\n/);
});
