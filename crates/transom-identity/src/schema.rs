//! The tables of the service. Times are milliseconds since 1970.

use transom_store::{Migration, Schema};

/// What the service keeps. Tokens are not kept, and passwords only as argon2id hashes.
pub const SCHEMA: Schema = Schema {
    component: "identity",
    migrations: &[Migration {
        name: "project, keys, accounts, sessions, revocations, codes",
        sql: "
            CREATE TABLE transom_project (name TEXT PRIMARY KEY, value TEXT NOT NULL);
            CREATE TABLE transom_key (
                kid TEXT PRIMARY KEY, algorithm TEXT NOT NULL, private_pem TEXT NOT NULL,
                active_from BIGINT NOT NULL);
            CREATE TABLE transom_account (
                kind TEXT NOT NULL, id TEXT NOT NULL, email TEXT NOT NULL, password TEXT NOT NULL, role TEXT,
                created BIGINT NOT NULL, disabled BIGINT, PRIMARY KEY (kind, id));
            CREATE UNIQUE INDEX transom_account_email ON transom_account (kind, email);
            CREATE TABLE transom_session (
                id TEXT PRIMARY KEY, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, role TEXT,
                generation BIGINT NOT NULL, expires BIGINT NOT NULL, revoked BIGINT);
            CREATE INDEX transom_session_subject ON transom_session (subject_type, subject_id);
            CREATE INDEX transom_session_expires ON transom_session (expires);
            CREATE TABLE transom_revocation (
                target TEXT PRIMARY KEY, revoked BIGINT NOT NULL, expires BIGINT NOT NULL);
            CREATE INDEX transom_revocation_revoked ON transom_revocation (revoked);
            CREATE TABLE transom_code (
                hash TEXT PRIMARY KEY, session TEXT NOT NULL, redirect_uri TEXT NOT NULL, challenge TEXT NOT NULL,
                expires BIGINT NOT NULL, used BIGINT);
            CREATE INDEX transom_code_expires ON transom_code (expires)",
    }, Migration {
        name: "rate limits, in microseconds since 1970",
        sql: "
            CREATE TABLE transom_rate (caller TEXT PRIMARY KEY, full_at BIGINT NOT NULL, granted BIGINT NOT NULL);
            CREATE INDEX transom_rate_full_at ON transom_rate (full_at)",
    }],
};
