import { Redis } from "ioredis";
import { assert, check } from "../check";

export const GET = check(async () => {
  const redis = new Redis(process.env.REDIS_URL!, { maxRetriesPerRequest: 2 });
  const listener = redis.duplicate();
  try {
    await redis.set("key", "väl", "EX", 10);
    assert.equal(await redis.get("key"), "väl");
    assert.deepEqual(await redis.multi().incr("n").incr("n").exec(), [[null, 1], [null, 2]]);
    assert.deepEqual(await Promise.all(Array.from({ length: 50 }, (_, i) => redis.echo(`${i}`))), Array.from({ length: 50 }, (_, i) => `${i}`));
    const heard = new Promise<string>((resolve) => listener.once("message", (_channel, text) => resolve(text)));
    await listener.subscribe("news");
    await redis.publish("news", "hello");
    assert.equal(await heard, "hello");
    // The server closes the connection: the client comes back by itself.
    const id = await redis.client("ID");
    await redis.duplicate().client("KILL", "ID", `${id}`);
    assert.equal(await redis.get("key"), "väl");
    await redis.del("key", "n");
  } finally {
    redis.disconnect();
    listener.disconnect();
  }
});
