import { Writable } from "node:stream";
import winston from "winston";
import { assert, check } from "../check";

export const GET = check(async () => {
  const lines: string[] = [];
  const stream = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  const logger = winston.createLogger({ level: "info", format: winston.format.json(), transports: [new winston.transports.Stream({ stream })] });
  logger.debug("no");
  logger.info("hello", { a: 1 });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [{ a: 1, level: "info", message: "hello" }]);
});
