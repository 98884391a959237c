//! Connections to the file, their settings, and the running of statements on them.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, TransactionBehavior};

use super::errors::translate;
use crate::schema::{FIND_VERSION, NOTE_VERSION, VERSIONS_TABLE};
use crate::statement::Measure;
use crate::{Options, Outcome, Row, Schema, Statement, StoreError, Value};

/// Distinct statements that stay prepared on a connection.
const PREPARED: usize = 256;
/// The log is cut back to this after it was larger, in bytes.
const LOG_BYTES: i64 = 64 << 20;
/// How often a start that finds the file locked looks again. Changing to WAL does not wait by itself.
const RETRY: Duration = Duration::from_millis(20);
/// How long a read waits for another process that recovers the file; reads wait for nothing else.
const READ_WAIT: Duration = Duration::from_millis(250);

/// Opens the connection that writes, and makes the file when there is none, readable for its owner alone.
pub(super) fn open_for_writing(
    file: &Path,
    place: &Arc<str>,
    options: &Options,
) -> Result<Connection, StoreError> {
    let made = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
    if let Err(error) = made {
        let place = Arc::clone(place);
        return Err(match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                StoreError::ReadOnly { place }
            }
            std::io::ErrorKind::StorageFull => StoreError::Full { place },
            _ => StoreError::Unavailable { place, reason: error.to_string() },
        });
    }
    let begun = Instant::now();
    loop {
        match try_open(file, options) {
            Ok(connection) => return Ok(connection),
            Err(error) => match translate(&error, place) {
                StoreError::Busy { .. } if begun.elapsed() < options.busy_timeout => sleep(RETRY),
                error => return Err(error),
            },
        }
    }
}

fn try_open(file: &Path, options: &Options) -> Result<Connection, rusqlite::Error> {
    let connection = open(file, options.busy_timeout)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    // Each commit is on disk before it is acknowledged.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))?;
    if let Some(most) = options.max_bytes {
        let page: u64 = connection.pragma_query_value(None, "page_size", |row| {
            row.get::<_, i64>(0).map(i64::unsigned_abs)
        })?;
        let pages = (most / page.max(1)).max(1);
        connection
            .pragma_update_and_check(None, "max_page_count", pages.cast_signed(), |_| Ok(()))?;
    }
    Ok(connection)
}

/// Opens a connection that reads.
pub(super) fn open_for_reading(file: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = open(file, READ_WAIT)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn open(file: &Path, busy_timeout: Duration) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(busy_timeout)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // A statement keeps its plan. Otherwise each new value of a parameter that is compared with an indexed field has it
    // prepared anew, which takes longer than to find a page of items.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("transom_fold", 1, flags, |context| {
        Ok(context.get::<Option<String>>(0)?.map(|text| text.to_lowercase()))
    })?;
    Ok(connection)
}

/// Applies the migrations that are missing, all in one transaction that no other process can enter.
pub(super) fn migrate(
    connection: &mut Connection,
    place: &Arc<str>,
    schemas: &[Schema],
) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| translate(&error, place);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    transaction.execute_batch(VERSIONS_TABLE).map_err(failed)?;
    for schema in schemas {
        let found = transaction
            .query_row(FIND_VERSION, [schema.component], |row| row.get(0))
            .map_err(failed)?;
        for (version, migration) in schema.missing(found, place)? {
            transaction.execute_batch(migration.sql).map_err(failed)?;
            transaction
                .execute(NOTE_VERSION, (schema.component, version, migration.name))
                .map_err(failed)?;
        }
    }
    transaction.commit().map_err(failed)
}

/// Runs a script in one transaction that no other process can enter.
pub(super) fn define(
    connection: &mut Connection,
    place: &Arc<str>,
    script: &str,
) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| translate(&error, place);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    transaction.execute_batch(script).map_err(failed)?;
    transaction.commit().map_err(failed)
}

/// Runs a statement, which finds at most `most` bytes. One that returns rows has touched as many as it returns.
pub(super) fn run(
    connection: &Connection,
    statement: &Statement,
    place: &Arc<str>,
    most: Option<usize>,
) -> Result<Outcome, StoreError> {
    if statement.is_kept() {
        let prepared = connection.prepare_cached(&statement.sql);
        run_prepared(
            &mut *prepared.map_err(|error| translate(&error, place))?,
            statement,
            place,
            most,
        )
    } else {
        let prepared = connection.prepare(&statement.sql);
        run_prepared(
            &mut prepared.map_err(|error| translate(&error, place))?,
            statement,
            place,
            most,
        )
    }
}

fn run_prepared(
    prepared: &mut rusqlite::Statement<'_>,
    statement: &Statement,
    place: &Arc<str>,
    most: Option<usize>,
) -> Result<Outcome, StoreError> {
    let failed = |error: rusqlite::Error| translate(&error, place);
    // A number may occur twice, and in any order. To SQLite `?1` is a number and `$1` a name, which it has to look for.
    let count = prepared.parameter_count();
    let is_numbered = prepared.parameter_name(count).is_some_and(|name| name.starts_with('?'));
    for index in 1..=count {
        let number = if is_numbered {
            Some(index)
        } else {
            prepared.parameter_name(index).and_then(|name| name[1..].parse::<usize>().ok())
        };
        let value = number.and_then(|number| statement.parameters.get(number.checked_sub(1)?));
        let Some(value) = value else {
            let reason = format!("parameter {index} has no value");
            return Err(StoreError::Statement { reason });
        };
        prepared.raw_bind_parameter(index, value).map_err(failed)?;
    }
    let columns = prepared.column_count();
    if columns == 0 {
        let affected = prepared.raw_execute().map_err(failed)? as u64;
        return Ok(Outcome { affected, rows: Vec::new() });
    }
    let mut found = prepared.raw_query();
    let (mut rows, mut measure) = (Vec::new(), Measure::new(most));
    while let Some(row) = found.next().map_err(failed)? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(from_sqlite(row.get_ref(column).map_err(failed)?));
        }
        let row = Row(values);
        measure.add(&row)?;
        rows.push(row);
    }
    Ok(Outcome { affected: rows.len() as u64, rows })
}

fn from_sqlite(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        // SQLite does not check that text is UTF-8; what is not is taken for it as far as it goes.
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_owned()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
