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
            CREATE TABLE transom_context_session (hash TEXT PRIMARY KEY, data TEXT NOT NULL, expires BIGINT, version BIGINT NOT NULL);
            CREATE INDEX transom_context_session_expires ON transom_context_session (expires)",
    }],
};

/// How often an instance looks for expired sessions, while sessions are used at all.
const CLEAN_EVERY: Duration = Duration::from_secs(60);
/// Expired sessions that one statement removes, so that no other write waits long for it.
const REMOVED_AT_ONCE: i64 = 500;

/// How often a session is written again that others write at the same time.
const ATTEMPTS: usize = 50;

/// Which write a session comes from; the default is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Version(i64);

/// What is stored under an id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stored {
    /// The text; `None` when there is none or its time is over.
    pub data: Option<String>,
    /// What a write that follows names.
    pub version: Version,
}

impl Version {
    /// A version that no other write has. It is a whole number that script can hold.
    fn new() -> Self {
        let mut bytes = [0; 8];
        // Without randomness, which the system always has, the time will do.
        if aws_lc_rs::rand::fill(&mut bytes).is_err() {
            bytes = now_ms().to_le_bytes();
        }
        Self((i64::from_le_bytes(bytes) & 0x000f_ffff_ffff_ffff).max(1))
    }

    /// As a number for script, 0 for none.
    #[must_use]
    pub fn to_number(self) -> f64 {
        self.0 as f64
    }

    /// From such a number.
    #[must_use]
    pub fn from_number(number: f64) -> Self {
        Self(number as i64)
    }
}

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

    /// What is stored under an id.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub async fn read(&self, id: &str) -> Result<Stored, StoreError> {
        let store = self.open().await?;
        let find = Statement::new(
            "SELECT version, CASE WHEN expires <= $2 THEN NULL ELSE data END \
             FROM transom_context_session WHERE hash = $1",
        );
        let rows = store.read(find.bind(hash(id)).bind(now_ms())).await?;
        let Some(row) = rows.first() else { return Ok(Stored::default()) };
        let data = row.optional_text(1)?.map(str::to_owned);
        Ok(Stored { data, version: Version(row.integer(0)?) })
    }

    /// Keeps a text for `lifetime`, or until it is deleted. When this returns, it is durable.
    ///
    /// `seen` is what was there when the text was made. If something else is there by now, it is overwritten all the
    /// same, since the last write wins; but that takes somebody who is alive. What a server sent before it died and
    /// arrives late finds another version, and changes nothing that others have written meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub async fn write(
        &self,
        id: &str,
        data: &str,
        lifetime: Option<Duration>,
        seen: Version,
    ) -> Result<(), StoreError> {
        let store = self.open().await?;
        let hash = hash(id);
        let expires = lifetime.map(|lifetime| now_ms().saturating_add(milliseconds(lifetime)));
        let mut seen = seen;
        for _ in 0..ATTEMPTS {
            let statement = if seen == Version::default() {
                "INSERT INTO transom_context_session (hash, data, expires, version) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING"
            } else {
                "UPDATE transom_context_session SET data = $2, expires = $3, version = $4 \
                 WHERE hash = $1 AND version = $5"
            };
            let put = Statement::new(statement).bind(hash.as_str()).bind(data).bind(expires);
            let put = put.bind(Version::new().0);
            let put = if seen == Version::default() { put } else { put.bind(seen.0) };
            let outcomes = store.write(put.into()).await?;
            if outcomes.iter().any(|outcome| outcome.affected == 1) {
                return Ok(());
            }
            let find =
                Statement::new("SELECT version FROM transom_context_session WHERE hash = $1");
            let rows = store.read(find.bind(hash.as_str())).await?;
            seen = match rows.first() {
                Some(row) => Version(row.integer(0)?),
                None => Version::default(),
            };
        }
        Err(StoreError::Busy { place: store.place().into() })
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
