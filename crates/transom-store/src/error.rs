//! What can go wrong with storage, in terms that a caller can act on.

use std::sync::Arc;

/// A failed operation. Cheap to copy, because all writes of a group can share one failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database cannot be reached or the connection was lost.
    #[error("the database {place} cannot be reached: {reason}")]
    Unavailable {
        /// Which database, without secrets.
        place: Arc<str>,
        /// What the driver or the system says.
        reason: String,
    },
    /// Too much is waiting already; trying again a little later helps.
    #[error("the database {place} has more to do than it can take now")]
    Exhausted {
        /// Which database.
        place: Arc<str>,
    },
    /// Another process held its lock for longer than [`crate::Options::busy_timeout`].
    #[error("the database {place} is locked by another process")]
    Busy {
        /// Which database.
        place: Arc<str>,
    },
    /// It can be read but not written.
    #[error("the database {place} is read-only: check the owner and the permissions")]
    ReadOnly {
        /// Which database.
        place: Arc<str>,
    },
    /// There is no room left, on the disk or under the limit.
    #[error("the database {place} is full: free some disk space or raise its limit")]
    Full {
        /// Which database.
        place: Arc<str>,
    },
    /// The file is no database, or it is damaged.
    #[error("the database {place} is damaged: {reason}; restore it from a backup")]
    Corrupt {
        /// Which database.
        place: Arc<str>,
        /// What the driver says.
        reason: String,
    },
    /// A row with the same unique key exists, or another constraint refuses the row.
    #[error("a constraint refuses the row: {constraint}")]
    Conflict {
        /// What the driver says of the constraint.
        constraint: String,
    },
    /// A step of a batch did not touch as many rows as it must; the batch was taken back.
    #[error("step {step} of the batch touched {found} rows instead of {required}")]
    Unmet {
        /// Index of the step.
        step: usize,
        /// Rows that it must touch.
        required: u64,
        /// Rows that it touched.
        found: u64,
    },
    /// The rows that a statement finds are more than may be in memory at once.
    #[error("what was asked for is more than {} MB at once: ask for less", bytes >> 20)]
    TooMuch {
        /// How many bytes are allowed.
        bytes: usize,
    },
    /// A decision within the batch took it back.
    #[error("the batch was taken back")]
    Refused,
    /// Written by a later version, which knows migrations that this one does not.
    #[error(
        "the tables of `{component}` in {place} have version {found}, this program knows {known}: use a newer transom"
    )]
    Newer {
        /// Which database.
        place: Arc<str>,
        /// Owner of the tables.
        component: &'static str,
        /// Version in the database.
        found: i64,
        /// Last version that this program knows.
        known: i64,
    },
    /// A statement, or the use of its result, is wrong: a bug of the caller.
    #[error("a statement is wrong: {reason}")]
    Statement {
        /// What is wrong.
        reason: String,
    },
    /// The address of the database cannot be understood.
    #[error("the address of the database cannot be used: {reason}")]
    Address {
        /// What is wrong, without the address, which may hold a password.
        reason: String,
    },
}

impl StoreError {
    /// Whether the same call may succeed a little later without a change of the program: a reason for 503. A database
    /// that only reads is among them, since that is how one looks that has failed over.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. }
                | Self::Exhausted { .. }
                | Self::Busy { .. }
                | Self::ReadOnly { .. }
        )
    }
}
