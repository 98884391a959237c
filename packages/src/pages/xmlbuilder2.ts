import { convert, create } from "xmlbuilder2";
import { assert, check } from "../check";

export const GET = check(() => {
  const xml = create({ version: "1.0" }).ele("root", { id: 1 }).ele("a").txt("x & y").up().end();
  assert.equal(xml, '<?xml version="1.0"?><root id="1"><a>x &amp; y</a></root>');
  assert.deepEqual(convert("<r><a>1</a><a>2</a></r>", { format: "object" }), { r: { a: ["1", "2"] } });
});
