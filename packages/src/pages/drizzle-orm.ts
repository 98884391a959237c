import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import pg from "pg";
import { assert, check } from "../check";

const people = pgTable("drizzle_people", { id: integer().primaryKey().generatedAlwaysAsIdentity(), name: text().notNull() });

export const GET = check(async () => {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
  const db = drizzle(pool);
  try {
    await db.execute(sql`create table drizzle_people (id int primary key generated always as identity, name text not null)`);
    await db.insert(people).values([{ name: "Ann" }, { name: "Bob" }]);
    assert.deepEqual(await db.select({ name: people.name }).from(people).where(eq(people.id, 2)), [{ name: "Bob" }]);
    await assert.rejects(db.transaction(async (tx) => {
      await tx.delete(people);
      throw new Error("back");
    }), /back/);
    assert.equal((await db.select().from(people)).length, 2);
  } finally {
    await db.execute(sql`drop table if exists drizzle_people`);
    await pool.end();
  }
});
