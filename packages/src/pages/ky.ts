import ky from "ky";
import { assert, check } from "../check";

export const GET = check(async () => {
  const base = process.env.STUB_URL!;
  const echoed: any = await ky.post(`${base}/echo`, { json: { a: 1 } }).json();
  assert.equal(echoed.body, '{"a":1}');
  await assert.rejects(ky(`${base}/status/503`, { retry: 0 }).json(), { name: "HTTPError" });
});
