import knex from "knex";
import { assert, check } from "../check";

export const GET = check(async () => {
  const db = knex({ client: "pg", connection: process.env.DATABASE_URL, pool: { min: 0, max: 2 } });
  try {
    await db.schema.createTable("knex_items", (table) => {
      table.increments("id");
      table.string("name");
    });
    await db("knex_items").insert([{ name: "a" }, { name: "b" }]);
    assert.deepEqual(await db("knex_items").where("name", "b").pluck("id"), [2]);
    await assert.rejects(db.transaction(async (tx) => {
      await tx("knex_items").del();
      throw new Error("back");
    }), /back/);
    assert.equal((await db("knex_items").count({ c: "*" }))[0].c, "2");
  } finally {
    await db.schema.dropTableIfExists("knex_items");
    await db.destroy();
  }
});
