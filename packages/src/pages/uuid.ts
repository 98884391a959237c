import { v4, v5, v7, validate, version } from "uuid";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.equal(version(v4()), 4);
  assert.equal(version(v7()), 7);
  assert.equal(v5("hello.example.com", v5.DNS), "fdda765f-fc57-5604-a269-52a7df8164ec");
  assert.equal(validate("nope"), false);
});
