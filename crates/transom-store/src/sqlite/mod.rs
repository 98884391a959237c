//! The SQLite back end: one file in WAL mode, one thread that writes, reads on the threads of the callers.

mod connection;
mod errors;
mod reader;
mod writer;

use std::path::Path;
use std::sync::Arc;

use crate::{
    Backend, Batch, Changes, Dialect, Options, Outcome, Pending, Row, Schema, Statement,
    StoreError, Work,
};
use reader::Readers;
use writer::Writer;

/// An open SQLite file.
pub(crate) struct Sqlite {
    writer: Writer,
    readers: Readers,
    place: Arc<str>,
}

impl Sqlite {
    /// Opens or makes the file and applies migrations.
    pub(crate) fn open(
        file: &Path,
        place: &Arc<str>,
        options: &Options,
        schemas: &[Schema],
    ) -> Result<Self, StoreError> {
        let mut connection = connection::open_for_writing(file, place, options)?;
        connection::migrate(&mut connection, place, schemas)?;
        let writer = Writer::start(connection, place, options)?;
        Ok(Self { writer, readers: Readers::new(file, place, options), place: Arc::clone(place) })
    }
}

impl Backend for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn migrate(&self, schemas: &[Schema]) -> Result<(), StoreError> {
        let (place, schemas) = (Arc::clone(&self.place), schemas.to_vec());
        self.writer.exclusively(move |file| connection::migrate(file, &place, &schemas))
    }

    fn define(&self, script: String) -> Result<(), StoreError> {
        let place = Arc::clone(&self.place);
        self.writer.exclusively(move |file| connection::define(file, &place, &script))
    }

    fn snapshot(&self, work: Work<'_>) -> Result<(), StoreError> {
        self.readers.snapshot(work)
    }

    fn transaction(&self, work: Changes<'_>) -> Result<(), StoreError> {
        self.writer.transaction(work)
    }

    fn scan(&self, statement: Statement) -> Pending<'_, Vec<Row>> {
        Box::pin(async move { self.readers.scan(statement).await })
    }

    fn read(&self, statement: Statement) -> Pending<'_, Vec<Row>> {
        let rows = self.readers.read(&statement);
        Box::pin(std::future::ready(rows))
    }

    fn write(&self, batch: Batch) -> Pending<'_, Vec<Outcome>> {
        let answer = self.writer.send(batch);
        Box::pin(async move { answer?.await })
    }
}
