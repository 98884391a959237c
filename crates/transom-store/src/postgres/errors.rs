//! PostgreSQL's error codes in the store's terms.

use std::error::Error as _;
use std::sync::Arc;

use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::StoreError;

/// What went wrong, in words: the driver's own text leaves the reason to the source of the error.
pub(crate) fn describe(error: &Error) -> String {
    if let Some(database) = error.as_db_error() {
        return database.message().to_owned();
    }
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Translates an error of the connection to `place`.
pub(super) fn translate(error: &Error, place: &Arc<str>) -> StoreError {
    let reason = describe(error);
    let place = Arc::clone(place);
    let Some(code) = error.code() else {
        return if is_of_connection(error) {
            StoreError::Unavailable { place, reason }
        } else {
            StoreError::Statement { reason }
        };
    };
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return StoreError::ReadOnly { place };
    }
    if *code == SqlState::DISK_FULL {
        return StoreError::Full { place };
    }
    match &code.code()[..2] {
        // Connection exceptions, refused log-ins, unknown databases, an operator's intervention, too many connections.
        "08" | "28" | "3D" | "53" | "57" => StoreError::Unavailable { place, reason },
        "23" => StoreError::Conflict { constraint: reason },
        "40" | "55" => StoreError::Busy { place },
        "58" | "XX" => StoreError::Corrupt { place, reason },
        _ => StoreError::Statement { reason },
    }
}

/// Whether it is the connection that failed, not what was asked on it. The driver tells only in words when it was
/// making one.
fn is_of_connection(error: &Error) -> bool {
    let is_io = error.source().is_some_and(|source| source.is::<std::io::Error>());
    let text = error.to_string();
    let while_connecting = ["error performing TLS handshake", "error connecting", "timeout"];
    error.is_closed() || is_io || while_connecting.iter().any(|start| text.starts_with(start))
}

/// Translates a failure to get a connection.
pub(super) fn of_pool(error: &PoolError, place: &Arc<str>) -> StoreError {
    let place = Arc::clone(place);
    match error {
        PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => StoreError::Exhausted { place },
        PoolError::Backend(error) => match translate(error, &place) {
            StoreError::Statement { reason } => StoreError::Unavailable { place, reason },
            error => error,
        },
        error => StoreError::Unavailable { place, reason: error.to_string() },
    }
}

/// Whether the connection is of no use any more.
pub(super) fn lost(error: &Error) -> bool {
    let is_ending = |code: &SqlState| {
        // A statement that was stopped does not take the connection with it.
        matches!(&code.code()[..2], "08" | "57") && *code != SqlState::QUERY_CANCELED
    };
    let is_ending = error.code().is_some_and(is_ending);
    is_of_connection(error) || is_ending
}

/// Whether the server answers reads only, as a replica does.
pub(super) fn is_read_only(error: &Error) -> bool {
    error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION)
}

/// Whether the server refused the transaction as a whole for a reason that another attempt may not meet.
pub(super) fn is_refused(error: &Error) -> bool {
    let is_deadlock = matches!(
        error.code(),
        Some(code) if *code == SqlState::T_R_DEADLOCK_DETECTED
            || *code == SqlState::T_R_SERIALIZATION_FAILURE
    );
    is_deadlock || is_read_only(error)
}
