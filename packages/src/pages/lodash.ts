import _ from "lodash";
import groupBy from "lodash/groupBy";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.deepEqual(_.chunk([1, 2, 3], 2), [[1, 2], [3]]);
  assert.deepEqual(groupBy([1, 2, 3], (n) => (n % 2 ? "odd" : "even")), { odd: [1, 3], even: [2] });
  assert.equal(_.template("hello <%= name %>")({ name: "you" }), "hello you");
  assert.equal(_.get({ a: [{ b: 3 }] }, "a[0].b"), 3);
  assert.deepEqual(_.cloneDeep({ d: new Date(0), m: new Map([[1, 2]]) }), { d: new Date(0), m: new Map([[1, 2]]) });
});
