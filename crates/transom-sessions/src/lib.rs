//! What `context.session` keeps between requests: texts by session id, in the store. What a text means is the business
//! of the script side. Spec: `astro-endpoints.md` section 3.5.
//!
//! Invariants: what was written is on disk before the answer goes out; an id alone lets its bearer in, so the store has
//! its hash only, and neither a copy of the database nor who may read it can take a session over; the last write wins,
//! as in the reference. What is deliberately not here: who is logged in (`transom-identity`).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use transom_store::{Batch, Migration, Schema, SharedStore, Statement, Store, StoreError};

/// The table of sessions. Times are milliseconds since 1970.
pub const SCHEMA: Schema = Schema {
    component: "sessions",
    migrations: &[Migration {
        name: "sessions of context.session",
        sql: "
            CREATE TABLE transom_context_session (hash TEXT PRIMARY KEY, data TEXT NOT NULL, expires BIGINT);
            CREATE INDEX transom_context_session_expires ON transom_context_session (expires)",
    }],
};

/// How often an instance looks for expired sessions, while sessions are used at all.
const CLEAN_EVERY: Duration = Duration::from_secs(60);
/// Expired sessions that one statement removes, so that no other write waits long for it.
const REMOVED_AT_ONCE: i64 = 500;

/// The sessions of a project. Shared by all threads of a server.
#[derive(Debug)]
pub struct Sessions {
    store: Arc<SharedStore>,
    /// When expired sessions are looked for next.
    clean_at: AtomicI64,
}

impl Sessions {
    /// Sessions in `store`, which has [`SCHEMA`]; nothing is touched yet.
    #[must_use]
    pub fn new(store: Arc<SharedStore>) -> Self {
        Self { store, clean_at: AtomicI64::new(0) }
    }

    /// The text of a session; `None` when there is none or its time is over.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub async fn read(&self, id: &str) -> Result<Option<String>, StoreError> {
        let store = self.open().await?;
        let find = Statement::new(
            "SELECT data FROM transom_context_session WHERE hash = $1 AND (expires IS NULL OR expires > $2)",
        );
        let rows = store.read(find.bind(hash(id)).bind(now_ms())).await?;
        rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// Keeps a text for `lifetime`, or until it is deleted. When this returns, it is durable.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub async fn write(
        &self,
        id: &str,
        data: String,
        lifetime: Option<Duration>,
    ) -> Result<(), StoreError> {
        let store = self.open().await?;
        let put = Statement::new(
            "INSERT INTO transom_context_session (hash, data, expires) VALUES ($1, $2, $3) \
             ON CONFLICT (hash) DO UPDATE SET data = excluded.data, expires = excluded.expires",
        );
        let expires = lifetime.map(|lifetime| now_ms().saturating_add(milliseconds(lifetime)));
        store.write(put.bind(hash(id)).bind(data).bind(expires).into()).await.map(drop)
    }

    /// Removes a session.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        let store = self.open().await?;
        let remove = Statement::new("DELETE FROM transom_context_session WHERE hash = $1");
        store.write(remove.bind(hash(id)).into()).await.map(drop)
    }

    /// The store; now and then it is cleaned beside what is done now.
    async fn open(&self) -> Result<Store, StoreError> {
        let store = self.store.get().await?;
        let (now, due) = (now_ms(), self.clean_at.load(Ordering::Relaxed));
        let next = now.saturating_add(milliseconds(CLEAN_EVERY));
        let is_due = now >= due
            && self
                .clean_at
                .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_due {
            // A failure matters to nobody: the next time comes.
            tokio::spawn(remove_expired(store.clone(), now));
        }
        Ok(store)
    }
}

/// Removes the sessions whose time was over at `now`.
///
/// # Errors
/// [`StoreError`] when the store does not answer.
pub async fn remove_expired(store: Store, now: i64) -> Result<(), StoreError> {
    loop {
        // The time is compared twice: a session that is renewed meanwhile, by another instance, stays.
        let remove = Statement::new(
            "DELETE FROM transom_context_session WHERE expires <= $1 AND hash IN (\
             SELECT hash FROM transom_context_session WHERE expires <= $1 ORDER BY expires, hash LIMIT $2)",
        );
        let batch = Batch::from(remove.bind(now).bind(REMOVED_AT_ONCE));
        let removed: u64 = store.write(batch).await?.iter().map(|outcome| outcome.affected).sum();
        if removed < REMOVED_AT_ONCE.unsigned_abs() {
            return Ok(());
        }
    }
}

fn hash(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, id.as_bytes()))
}

fn now_ms() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn milliseconds(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
