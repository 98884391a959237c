import bcrypt from "bcryptjs";
import { assert, check } from "../check";

export const GET = check(async () => {
  const hash = await bcrypt.hash("secret", 4);
  assert.equal(await bcrypt.compare("secret", hash), true);
  assert.equal(bcrypt.compareSync("other", hash), false);
  assert.equal(bcrypt.hashSync("abc", "$2a$04$abcdefghijklmnopqrstuu"), bcrypt.hashSync("abc", "$2a$04$abcdefghijklmnopqrstuu"));
});
