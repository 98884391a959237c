//! Tables of the data service. Each collection has a table of its own, which `tables.rs` makes.

use transom_store::{Dialect, Migration, Schema};

const COMPONENT: &str = "data";

/// Collections by name, references between items, and jobs.
const TABLES: &str = "\
    CREATE TABLE data_collection (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE); \
    CREATE TABLE data_reference (\
        collection BIGINT NOT NULL, field TEXT NOT NULL, item TEXT NOT NULL, target TEXT NOT NULL, \
        place BIGINT NOT NULL, PRIMARY KEY (collection, field, item, target)); \
    CREATE TABLE data_job (\
        id TEXT PRIMARY KEY, caller TEXT NOT NULL, status TEXT NOT NULL, done BIGINT NOT NULL, \
        changed BIGINT NOT NULL);";

/// As `Key::to_sql` in `key.rs` writes keys.
const POSTGRES_KEY: &str = "\
    CREATE FUNCTION transom_data_number(n double precision) RETURNS text \
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ \
        SELECT '1' || encode(int8send(CASE WHEN n >= 0 \
            THEN ('x' || encode(float8send(n), 'hex'))::bit(64)::bigint # (-9223372036854775807 - 1) \
            ELSE ~ (('x' || encode(float8send(n), 'hex'))::bit(64)::bigint) END), 'hex') $$; \
    CREATE FUNCTION transom_data_key(v jsonb) RETURNS text \
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ \
        SELECT CASE jsonb_typeof(v) \
            WHEN 'number' THEN transom_data_number(v::double precision) \
            WHEN 'string' THEN '2' || (v #>> '{}') \
            WHEN 'boolean' THEN CASE WHEN v::boolean THEN '31' ELSE '30' END \
            WHEN 'object' THEN COALESCE('d' || replace(v ->> '$date', '+', '~'), 'o') \
            WHEN 'array' THEN 'p' \
            ELSE '0' END $$;";

const SQLITE: &[Migration] = &[Migration { name: "collections", sql: TABLES }];
const POSTGRES: &[Migration] = &[
    Migration { name: "collections", sql: TABLES },
    Migration { name: "keys", sql: POSTGRES_KEY },
];

/// The migrations for a back end.
pub(crate) fn schema(dialect: Dialect) -> Schema {
    let migrations = match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    };
    Schema { component: COMPONENT, migrations }
}
