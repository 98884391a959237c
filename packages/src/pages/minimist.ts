import minimist from "minimist";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.deepEqual(minimist(["-x", "3", "--no-y", "--z=q", "rest"]), { _: ["rest"], x: 3, y: false, z: "q" });
});
