import Papa from "papaparse";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.deepEqual(Papa.parse('a,b\n1,"x, y"\n', { header: true, skipEmptyLines: true, dynamicTyping: true }).data, [{ a: 1, b: "x, y" }]);
  assert.equal(Papa.unparse([{ a: 1, b: 'say "hi"' }]), 'a,b\r\n1,"say ""hi"""');
});
