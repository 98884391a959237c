import { fetch, request } from "undici";
import { assert, check } from "../check";

export const GET = check(async () => {
  const response = await fetch(`${process.env.STUB_URL}/redirect`);
  assert.equal(((await response.json()) as any).url, "/echo?redirected=1");
  const { statusCode, body } = await request(`${process.env.STUB_URL}/echo`, { method: "POST", body: "text" });
  assert.equal(statusCode, 200);
  assert.equal(((await body.json()) as any).body, "text");
});
