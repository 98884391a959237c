import he from "he";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.equal(he.decode("&lt;&copy;&#x1F600;"), "<©😀");
  assert.equal(he.encode("<é>", { useNamedReferences: true }), "&lt;&eacute;&gt;");
});
