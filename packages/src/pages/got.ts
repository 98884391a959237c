import got from "got";
import { assert, check } from "../check";

export const GET = check(async () => {
  const base = process.env.STUB_URL!;
  const echoed: any = await got.post(`${base}/echo`, { json: { a: 1 }, searchParams: { b: 2 } }).json();
  assert.equal(echoed.body, '{"a":1}');
  assert.equal(echoed.url, "/echo?b=2");
  assert.equal((await got(`${base}/redirect`)).url, `${base}/echo?redirected=1`);
  await assert.rejects(got(`${base}/status/503`, { retry: { limit: 0 } }), { code: "ERR_NON_2XX_3XX_RESPONSE" });
  assert.ok(((await got(`${base}/once`, { retry: { limit: 2, backoffLimit: 10 } }).json()) as any).calls > 0);
  await assert.rejects(got(`${base}/slow`, { timeout: { request: 60 }, retry: { limit: 0 } }), { name: "TimeoutError" });
});
