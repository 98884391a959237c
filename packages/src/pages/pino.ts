import { Writable } from "node:stream";
import pino from "pino";
import { assert, check } from "../check";

export const GET = check(() => {
  const lines: string[] = [];
  const logger = pino({ base: null, timestamp: false, redact: ["secret"] }, new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) }));
  logger.child({ id: 1 }).info({ secret: "x" }, "hello %s", "you");
  assert.deepEqual(JSON.parse(lines[0]), { level: 30, id: 1, secret: "[Redacted]", msg: "hello you" });
  assert.equal(typeof pino.version, "string");
});
