import { parse, stringify } from "yaml";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.deepEqual(parse("a: &x [1, two]\nb: *x\nc: |\n  text\n"), { a: [1, "two"], b: [1, "two"], c: "text\n" });
  assert.equal(stringify({ a: [1, { b: null }] }), "a:\n  - 1\n  - b: null\n");
});
