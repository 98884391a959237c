//! What servers that share a store have counted together: one row for each caller of a limit.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use transom_store::{Batch, SharedStore, Statement, StoreError};

use super::Key;
use super::counters::Terms;

/// Callers that one statement tells of.
pub(super) const MOST_AT_ONCE: usize = 64;

/// What came of a call.
pub(super) struct Charged {
    pub(super) granted: bool,
    /// When the caller will have used up nothing.
    pub(super) full_at: i64,
}

/// When a caller would have used up nothing; 0 for one that is not known.
pub(super) async fn find(store: &SharedStore, key: &Key) -> Result<i64, StoreError> {
    let find = Statement::new("SELECT full_at FROM transom_rate WHERE caller = $1").bind(text(key));
    let rows = store.get().await?.read(find).await?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

/// Counts `pending`, which was granted already, and another call unless that would be too much.
pub(super) async fn charge(
    store: &SharedStore,
    key: &Key,
    terms: Terms,
    pending: i64,
    now: i64,
) -> Result<Charged, StoreError> {
    // $2 now, $3 what is wanted, $4 what was granted before, $5 the end of the window
    let statement = Statement::new(
        "INSERT INTO transom_rate (caller, full_at, granted) \
         VALUES ($1, CAST($2 AS BIGINT) + CAST($3 AS BIGINT), 1) \
         ON CONFLICT (caller) DO UPDATE SET \
         granted = CASE WHEN CASE WHEN transom_rate.full_at > $2 THEN transom_rate.full_at ELSE $2 END + $3 <= $5 \
         THEN 1 ELSE 0 END, \
         full_at = CASE WHEN transom_rate.full_at > $2 THEN transom_rate.full_at ELSE $2 END \
         + CASE WHEN CASE WHEN transom_rate.full_at > $2 THEN transom_rate.full_at ELSE $2 END + $3 <= $5 \
         THEN $3 ELSE CAST($4 AS BIGINT) END \
         RETURNING full_at, granted",
    );
    let statement = statement
        .bind(text(key))
        .bind(now)
        .bind(pending.saturating_add(terms.one))
        .bind(pending)
        .bind(now.saturating_add(terms.window));
    let outcomes = store.get().await?.write(Batch::from(statement)).await?;
    let row = outcomes.first().and_then(|outcome| outcome.rows.first());
    let row = row.ok_or_else(|| StoreError::Statement { reason: "no row came back".to_owned() })?;
    Ok(Charged { full_at: row.integer(0)?, granted: row.integer(1)? == 1 })
}

/// Counts what was granted to these callers, and tells what all servers together have counted.
pub(super) async fn add(
    store: &SharedStore,
    callers: &[(Key, i64)],
    now: i64,
) -> Result<Vec<(Key, i64)>, StoreError> {
    let mut batch = Batch::new();
    for (key, granted) in callers {
        batch = batch.run(
            Statement::new(
                "INSERT INTO transom_rate (caller, full_at, granted) \
                 VALUES ($1, CAST($2 AS BIGINT) + CAST($3 AS BIGINT), 1) \
                 ON CONFLICT (caller) DO UPDATE SET \
                 full_at = CASE WHEN transom_rate.full_at > $2 THEN transom_rate.full_at ELSE $2 END + $3 \
                 RETURNING full_at",
            )
            .bind(text(key))
            .bind(now)
            .bind(*granted),
        );
    }
    let outcomes = store.get().await?.write(batch).await?;
    let full_at = |outcome: &transom_store::Outcome| outcome.rows.first()?.integer(0).ok();
    let known = outcomes.iter().zip(callers);
    Ok(known.filter_map(|(outcome, (key, _))| Some((*key, full_at(outcome)?))).collect())
}

/// Forgets callers that have used up nothing.
pub(super) async fn remove_old(store: &SharedStore, now: i64) -> Result<(), StoreError> {
    let remove = Statement::new("DELETE FROM transom_rate WHERE full_at < $1").bind(now);
    store.get().await?.write(remove.into()).await.map(drop)
}

fn text(key: &Key) -> String {
    URL_SAFE_NO_PAD.encode(key)
}
