import { format } from "node:util";
import createDebug from "debug";
import { assert, check } from "../check";

export const GET = check(() => {
  const lines: string[] = [];
  createDebug.enable("app:*");
  const log = createDebug("app:one");
  log.log = (...args: unknown[]) => void lines.push(format(...args));
  log("n is %d", 3);
  createDebug.disable();
  log("no");
  assert.equal(lines.length, 1);
  assert.match(lines[0], /app:one n is 3/);
});
