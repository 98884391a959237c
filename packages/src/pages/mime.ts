import mime from "mime";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.equal(mime.getType("a/b.svg"), "image/svg+xml");
  assert.equal(mime.getExtension("text/html; charset=utf-8"), "html");
});
