import { customAlphabet, nanoid } from "nanoid";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.match(nanoid(), /^[\w-]{21}$/);
  assert.match(customAlphabet("ab", 12)(), /^[ab]{12}$/);
  assert.equal(new Set(Array.from({ length: 1000 }, () => nanoid())).size, 1000);
});
