import { z } from "zod";
import { assert, check } from "../check";

export const GET = check(() => {
  const schema = z.object({ name: z.string().min(2), age: z.coerce.number().int(), tags: z.array(z.enum(["a", "b"])).default([]) });
  assert.deepEqual(schema.parse({ name: "Ann", age: "7" }), { name: "Ann", age: 7, tags: [] });
  const wrong = schema.safeParse({ name: "A", age: 1.5, tags: ["c"] });
  assert.equal(wrong.success, false);
  assert.deepEqual(wrong.error!.issues.map((issue) => issue.path.join(".")), ["name", "age", "tags.0"]);
});
