import * as cookie from "cookie";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.equal({ ...cookie.parse("a=1; b=%C3%A4") }.b, "ä");
  assert.equal(cookie.serialize("a", "ä", { httpOnly: true, path: "/" }), "a=%C3%A4; Path=/; HttpOnly");
});
