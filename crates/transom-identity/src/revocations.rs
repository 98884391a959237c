//! What has been revoked and might still be presented: sessions, and all older tokens of a subject. It is kept in
//! memory, where verifying looks, and in the store, where other instances read it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use transom_store::{Statement, Store};

use crate::clock::SECOND;
use crate::{Claims, IdentityError, Subject};

/// How far back each look goes beyond the last one: covers clocks that differ and transactions that take long.
const OVERLAP_MS: i64 = 5 * 60 * SECOND;

/// What a revocation is about, as text.
fn session_target(session: &str) -> String {
    format!("session:{session}")
}

fn subject_target(subject: &Subject) -> String {
    format!("subject:{subject}")
}

/// The set of revocations.
pub(crate) struct Revocations {
    store: Store,
    /// By target: when it was revoked and when it can be forgotten.
    set: RwLock<HashMap<String, (i64, i64)>>,
    /// Size of the set, so that verifying usually needs no lock.
    count: AtomicUsize,
    seen: AtomicI64,
}

impl Revocations {
    /// Reads everything that still matters.
    pub(crate) async fn load(store: &Store, now: i64) -> Result<Self, IdentityError> {
        let revocations = Self {
            store: store.clone(),
            set: RwLock::default(),
            count: AtomicUsize::new(0),
            seen: AtomicI64::new(0),
        };
        revocations.follow(now).await?;
        Ok(revocations)
    }

    /// Whether a token has been revoked.
    pub(crate) fn covers(&self, claims: &Claims) -> bool {
        if self.count.load(Ordering::Acquire) == 0 {
            return false;
        }
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        let session = claims.sid.as_deref().and_then(|sid| set.get(&session_target(sid)));
        let subject = set.get(&subject_target(&claims.subject()));
        session.is_some() || subject.is_some_and(|(revoked, _)| claims.iat_ms <= *revoked)
    }

    /// The statement that tells other instances that a session has ended.
    pub(crate) fn of_session(session: &str, now: i64, expires: i64) -> Statement {
        put(session_target(session), now, expires)
    }

    /// The statement that tells other instances that the older tokens of a subject are void.
    pub(crate) fn of_subject(subject: &Subject, now: i64, expires: i64) -> Statement {
        put(subject_target(subject), now, expires)
    }

    /// Notes here what has been written with [`of_session`](Self::of_session).
    pub(crate) fn note_session(&self, session: &str, now: i64, expires: i64) {
        self.note([(session_target(session), now, expires)]);
    }

    /// Notes here what has been written with [`of_subject`](Self::of_subject).
    pub(crate) fn note_subject(&self, subject: &Subject, now: i64, expires: i64) {
        self.note([(subject_target(subject), now, expires)]);
    }

    /// Takes over what other instances have revoked and forgets what cannot matter any more.
    pub(crate) async fn follow(&self, now: i64) -> Result<(), IdentityError> {
        let since = self.seen.load(Ordering::Acquire) - OVERLAP_MS;
        let find = "SELECT target, revoked, expires FROM transom_revocation WHERE revoked >= $1 AND expires > $2";
        let rows = self.store.read(Statement::new(find).bind(since).bind(now)).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            found.push((row.text(0)?.to_owned(), row.integer(1)?, row.integer(2)?));
        }
        self.note(found);
        self.seen.store(now, Ordering::Release);
        Ok(())
    }

    /// Forgets, here and in the store, what cannot matter any more.
    pub(crate) async fn purge(&self, now: i64) -> Result<(), IdentityError> {
        self.forget(now);
        let delete = "DELETE FROM transom_revocation WHERE expires <= $1";
        self.store.write(Statement::new(delete).bind(now).into()).await?;
        Ok(())
    }

    fn forget(&self, now: i64) {
        let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
        set.retain(|_, (_, expires)| *expires > now);
        self.count.store(set.len(), Ordering::Release);
    }

    fn note(&self, found: impl IntoIterator<Item = (String, i64, i64)>) {
        let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
        for (target, revoked, expires) in found {
            let entry = set.entry(target).or_insert((revoked, expires));
            *entry = (entry.0.max(revoked), entry.1.max(expires));
        }
        self.count.store(set.len(), Ordering::Release);
    }
}

fn put(target: String, now: i64, expires: i64) -> Statement {
    let put = "INSERT INTO transom_revocation (target, revoked, expires) VALUES ($1, $2, $3) \
        ON CONFLICT (target) DO UPDATE SET revoked = excluded.revoked, expires = excluded.expires";
    Statement::new(put).bind(target).bind(now).bind(expires)
}
