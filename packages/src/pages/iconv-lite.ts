import iconv from "iconv-lite";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.deepEqual([...iconv.encode("Привет", "win1251")], [207, 240, 232, 226, 229, 242]);
  assert.equal(iconv.decode(Buffer.from([0x82, 0xb1]), "shift_jis"), "こ");
  assert.equal(iconv.decode(iconv.encode("中文", "gbk"), "gbk"), "中文");
});
