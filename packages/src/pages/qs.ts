import qs from "qs";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.deepEqual(qs.parse("a[b][]=1&a[b][]=2&c=%C3%A4"), { a: { b: ["1", "2"] }, c: "ä" });
  assert.equal(qs.stringify({ a: { b: ["1", "2"] } }, { encode: false }), "a[b][0]=1&a[b][1]=2");
});
