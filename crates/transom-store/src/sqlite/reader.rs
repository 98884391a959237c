//! Reads, on the thread that asks. In WAL mode they wait for no writer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::connection::{open_for_reading, run};
use super::errors::translate;
use crate::{Row, Statement, StoreError};

/// Connections that are open while nobody reads.
const IDLE: usize = 32;

/// Connections for reading; as many are in use as threads read at once.
pub(super) struct Readers {
    file: PathBuf,
    place: Arc<str>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Readers of a file that a writer has made.
    pub(super) fn new(file: &Path, place: &Arc<str>) -> Self {
        Self { file: file.to_owned(), place: Arc::clone(place), idle: Mutex::default() }
    }

    /// The rows that `statement` finds.
    pub(super) fn read(&self, statement: &Statement) -> Result<Vec<Row>, StoreError> {
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match taken {
            Some(connection) => connection,
            None => open_for_reading(&self.file).map_err(|error| translate(&error, &self.place))?,
        };
        let outcome = run(&connection, statement, &self.place)?;
        // After an error the connection is not kept: another file may lie there now.
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(connection);
        }
        Ok(outcome.rows)
    }
}
