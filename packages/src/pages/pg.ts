import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";
import { assert, check } from "../check";

export const GET = check(async () => {
  const connectionString = process.env.DATABASE_URL;
  const pool = new pg.Pool({ connectionString, max: 3 });
  try {
    const { rows } = await pool.query("select $1::int + 1 as n, now() as t, $2::jsonb as j", [41, { a: [1] }]);
    assert.equal(rows[0].n, 42);
    assert.ok(rows[0].t instanceof Date);
    assert.deepEqual(rows[0].j, { a: [1] });
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.query("select $1::int as i", [i])));
    assert.deepEqual(all.map((result) => result.rows[0].i), Array.from({ length: 20 }, (_, i) => i));
    const client = await pool.connect();
    await client.query("create temp table t (a int)");
    await client.query("begin");
    await client.query("insert into t values (1)");
    await client.query("rollback");
    assert.equal((await client.query("select count(*)::int as c from t")).rows[0].c, 0);
    await assert.rejects(client.query("select nothing from nowhere"), { code: "42P01" });
    client.release();
    const storage = new AsyncLocalStorage<string>();
    assert.equal(await storage.run("mine", async () => (await pool.query("select 1"), storage.getStore())), "mine");
  } finally {
    await pool.end();
  }
  await listens(connectionString!);
  await speaksTls(connectionString!);
});

async function listens(connectionString: string) {
  const [one, other] = [new pg.Client(connectionString), new pg.Client(connectionString)];
  await Promise.all([one.connect(), other.connect()]);
  const heard = new Promise<any>((resolve) => one.once("notification", resolve));
  await one.query("listen news");
  await other.query("select pg_notify('news', 'hello')");
  assert.equal((await heard).payload, "hello");
  // The server goes away in the middle.
  const lost = new Promise<any>((resolve) => one.on("error", resolve));
  const { rows } = await one.query("select pg_backend_pid() as pid");
  await other.query("select pg_terminate_backend($1)", [rows[0].pid]);
  assert.equal((await lost).code, "57P01");
  await other.end();
}

async function speaksTls(connectionString: string) {
  const secure = (ssl: object) => new pg.Client({ connectionString, ssl });
  const client = secure({ ca: process.env.STUB_CA });
  await client.connect();
  assert.equal((await client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()")).rows[0].ssl, true);
  assert.equal((client as any).connection.stream.authorized, true);
  await client.end();
  const lax = secure({ rejectUnauthorized: false });
  await lax.connect();
  await lax.end();
  await assert.rejects(secure({}).connect(), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
}
