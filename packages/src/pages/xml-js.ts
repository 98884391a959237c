import { js2xml, xml2js } from "xml-js";
import { assert, check } from "../check";

export const GET = check(() => {
  const found: any = xml2js('<a x="1"><b>text</b></a>', { compact: true });
  assert.equal(found.a._attributes.x, "1");
  assert.equal(found.a.b._text, "text");
  assert.equal(js2xml(found, { compact: true }), '<a x="1"><b>text</b></a>');
});
