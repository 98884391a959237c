//! Durable storage behind one type: [`Store`], on an SQLite file in the state folder or on PostgreSQL.
//!
//! A caller speaks in statements with numbered parameters (`$1`, `$2`, …), which both back ends understand, and in
//! batches of them that happen whole or not at all. Every acknowledged write is on disk. What the tables mean is the
//! callers' business: they bring a [`Schema`] each.
//!
//! Invariants: text of statements is constant and values are bound; a failed batch leaves nothing behind; a write
//! never blocks the thread that asked for it, and only SQLite's reads use that thread.

mod error;
mod location;
mod open_once;
mod postgres;
mod schema;
mod shared;
mod sqlite;
mod statement;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use error::StoreError;
pub use location::{DATABASE_FILE, Location, Options, PostgresUrl};
pub use open_once::OpenOnce;
pub use schema::{Migration, Schema};
pub use shared::SharedStore;
pub use statement::{Batch, Outcome, Refused, Row, Statement, Value};

/// What an operation of a back end gives.
type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Which SQL a store understands, where its two back ends differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite's, with the function `transom_fold(text)`: lower case of all of Unicode.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

/// Runs one statement of a snapshot.
pub type Look<'a> = &'a mut dyn FnMut(Statement) -> Result<Vec<Row>, StoreError>;

/// Runs one batch of a transaction.
pub type Run<'a> = &'a mut (dyn FnMut(Batch) -> Result<Vec<Outcome>, StoreError> + Send);

/// Work on a transaction.
type Changes<'a> = &'a mut (dyn FnMut(Run<'_>) -> Result<(), StoreError> + Send);

/// Work on a snapshot.
type Work<'a> = &'a mut (dyn FnMut(Look<'_>) -> Result<(), StoreError> + Send);

/// A way to keep rows. Both back ends behave alike; `tests/suite` holds what that means.
trait Backend: Send + Sync {
    /// Rows that a single statement finds.
    fn read(&self, statement: Statement) -> Pending<'_, Vec<Row>>;

    /// As `read`, without keeping the calling thread for long.
    fn scan(&self, statement: Statement) -> Pending<'_, Vec<Row>>;

    /// Applies migrations; blocks.
    fn migrate(&self, schemas: &[Schema]) -> Result<(), StoreError>;

    /// Runs a script that defines tables and indexes in one transaction; blocks as long as it takes.
    fn define(&self, script: String) -> Result<(), StoreError>;

    /// Which SQL it understands.
    fn dialect(&self) -> Dialect;

    /// Runs statements that all see the same state; blocks.
    fn snapshot(&self, work: Work<'_>) -> Result<(), StoreError>;

    /// Runs batches that happen whole or not at all; blocks.
    fn transaction(&self, work: Changes<'_>) -> Result<(), StoreError>;

    /// Runs a batch as one transaction; resolves when it is durable.
    fn write(&self, batch: Batch) -> Pending<'_, Vec<Outcome>>;
}

/// A handle on the storage, cheap to copy and usable from every thread.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    place: Arc<str>,
}

impl Store {
    /// Opens the storage and brings its tables up to date. Blocks, for a start or a command.
    ///
    /// # Errors
    /// [`StoreError`] when the storage cannot be reached, is damaged, or was made by a newer version.
    pub fn open(
        location: &Location,
        options: &Options,
        schemas: &[Schema],
    ) -> Result<Self, StoreError> {
        let place: Arc<str> = location.to_string().into();
        let backend: Arc<dyn Backend> = match location {
            Location::Sqlite { file } => {
                Arc::new(sqlite::Sqlite::open(file, &place, options, schemas)?)
            }
            Location::Postgres(url) => {
                Arc::new(postgres::Postgres::open(url, &place, options, schemas)?)
            }
        };
        Ok(Self { backend, place })
    }

    /// The rows that `statement` finds. On SQLite the calling thread does the work, which suits look-ups by key. On
    /// PostgreSQL it is sent again when a connection drops: it must not change anything.
    ///
    /// # Errors
    /// [`StoreError`] when the storage does not answer.
    pub async fn read(&self, statement: Statement) -> Result<Vec<Row>, StoreError> {
        self.backend.read(statement).await
    }

    /// The rows that `statement` finds, as [`read`](Self::read) gives them, for a statement that may look at many: on
    /// SQLite the calling thread begins the work and hands it to a thread of its own when it turns out to be long.
    ///
    /// # Errors
    /// [`StoreError`] when the storage does not answer.
    pub async fn scan(&self, statement: Statement) -> Result<Vec<Row>, StoreError> {
        self.backend.scan(statement).await
    }

    /// Brings the tables of further components up to date. Blocks, for a start or a command.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn migrate(&self, schemas: &[Schema]) -> Result<(), StoreError> {
        self.backend.migrate(schemas)
    }

    /// Runs a script of statements that define tables and indexes, in one transaction and never beside a migration.
    /// Blocks for as long as it takes to build them. The text must be the program's own.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the script has then happened.
    pub fn define(&self, script: impl Into<String>) -> Result<(), StoreError> {
        self.backend.define(script.into())
    }

    /// Runs `work`, whose statements all see the data as it was when the first of them ran, while others read and write
    /// on. Blocks, for a command; not on a thread that runs an event loop.
    ///
    /// # Errors
    /// [`StoreError`] of a statement, or that of `work`.
    pub fn snapshot<T: Send>(
        &self,
        work: impl FnOnce(Look<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<T, StoreError> {
        let (mut work, mut done) = (Some(work), None);
        self.backend.snapshot(&mut |look| {
            if let Some(work) = work.take() {
                done = Some(work(look)?);
            }
            Ok(())
        })?;
        done.ok_or_else(did_not_run)
    }

    /// Runs `work`, whose batches all happen when it ends well, and none of them otherwise: for changes that are too many
    /// for one batch. It must end with an error when a batch does. On SQLite nobody else writes meanwhile, this process
    /// included. Blocks, for a command; not on a thread that runs an event loop.
    ///
    /// # Errors
    /// [`StoreError`] of a batch or of the end, or that of `work`.
    pub fn transaction<T: Send>(
        &self,
        work: impl FnOnce(Run<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<T, StoreError> {
        let (mut work, mut done) = (Some(work), None);
        self.backend.transaction(&mut |run| {
            if let Some(work) = work.take() {
                done = Some(work(run)?);
            }
            Ok(())
        })?;
        done.ok_or_else(did_not_run)
    }

    /// Which SQL it understands where the back ends differ.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.backend.dialect()
    }

    /// Runs a batch as one transaction. When this returns, what it wrote survives a crash of the machine. A future
    /// that is dropped does not take a batch back that has been handed over.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the batch has then happened, except that after [`StoreError::Unavailable`] from
    /// PostgreSQL nobody knows.
    pub async fn write(&self, batch: Batch) -> Result<Vec<Outcome>, StoreError> {
        self.backend.write(batch).await
    }

    /// Where the data is, without secrets, for messages.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

fn did_not_run() -> StoreError {
    StoreError::Statement { reason: "the work did not run".to_owned() }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.place).finish()
    }
}
