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

/// Lower case of all of Unicode where the server has ICU, and the words of an item for search.
const POSTGRES_WORDS: &str = "\
    DO $do$ BEGIN IF EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') THEN \
        CREATE FUNCTION transom_fold(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE \
        AS $$ SELECT lower(t COLLATE \"und-x-icu\") $$; \
        CREATE FUNCTION transom_data_split(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE \
        AS $$ SELECT regexp_replace(t COLLATE \"und-x-icu\", '[^[:alnum:]]+', ' ', 'g') $$; \
    ELSE \
        CREATE FUNCTION transom_fold(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE \
        AS $$ SELECT lower(t) $$; \
        CREATE FUNCTION transom_data_split(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE \
        AS $$ SELECT regexp_replace(t, '[^[:alnum:]]+', ' ', 'g') $$; \
    END IF; END $do$; \
    CREATE FUNCTION transom_data_words(v jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ \
        SELECT to_tsvector('simple', COALESCE(transom_data_split(transom_fold(( \
            SELECT string_agg(e #>> '{}', ' ') FROM jsonb_path_query(v, 'strict $.**') e \
            WHERE jsonb_typeof(e) = 'string'))), '')) $$;";

/// How far imports have read their files.
const IMPORTS: &str = "CREATE TABLE data_import (id TEXT PRIMARY KEY, line BIGINT NOT NULL)";

const SQLITE: &[Migration] =
    &[Migration { name: "collections", sql: TABLES }, Migration { name: "imports", sql: IMPORTS }];
const POSTGRES: &[Migration] = &[
    Migration { name: "collections", sql: TABLES },
    Migration { name: "keys", sql: POSTGRES_KEY },
    Migration { name: "words", sql: POSTGRES_WORDS },
    Migration { name: "imports", sql: IMPORTS },
];

/// The migrations for a back end.
pub(crate) fn schema(dialect: Dialect) -> Schema {
    let migrations = match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    };
    Schema { component: COMPONENT, migrations }
}

#[cfg(test)]
mod tests {
    use transom_store::{Location, Options, PostgresUrl, Store};

    use super::*;
    use crate::{Call, Caller, Collections, DataService};

    /// Opens a database as this version does, and uses it.
    fn check(location: &Location) {
        let store = Store::open(location, &Options::default(), &[]).expect("it opens");
        let service = DataService::open(store, Collections::default()).expect("it migrates");
        let body = br#"{"dataCollectionId":"A","dataItem":{"data":{"n":1}}}"#;
        let call = Call { method: "POST", path: "/items", query: None, body };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let answer = runtime.expect("an event loop").block_on(service.answer(&Caller::App, call));
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    #[test]
    fn each_earlier_version_becomes_this_one_on_sqlite() {
        for known in 0..=SQLITE.len() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let location = Location::in_folder(folder.path());
            begin(&location, &SQLITE[..known]);
            check(&location);
        }
    }

    #[test]
    fn each_earlier_version_becomes_this_one_on_postgresql() {
        let server = transom_testkit::Postgres::start();
        for known in 0..=POSTGRES.len() {
            server.sql(&format!("CREATE DATABASE v{known}"));
            let url = PostgresUrl::parse(&server.url_of(&format!("v{known}")));
            let location = Location::Postgres(Box::new(url.expect("a usable address")));
            begin(&location, &POSTGRES[..known]);
            check(&location);
        }
    }

    fn begin(location: &Location, migrations: &'static [Migration]) {
        let earlier = Schema { component: COMPONENT, migrations };
        drop(Store::open(location, &Options::default(), &[earlier]).expect("it opens"));
    }
}
