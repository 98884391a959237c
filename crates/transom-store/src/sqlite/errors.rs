//! SQLite's result codes in the store's terms.

use std::sync::Arc;

use rusqlite::{Error, ErrorCode};

use crate::StoreError;

/// Translates a driver's error about the file `place`.
pub(super) fn translate(error: &Error, place: &Arc<str>) -> StoreError {
    let place = Arc::clone(place);
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { place },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly { place },
        Some(ErrorCode::DiskFull) => StoreError::Full { place },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt { place, reason }
        }
        Some(ErrorCode::ConstraintViolation) => StoreError::Conflict { constraint: reason },
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OutOfMemory
            | ErrorCode::NoLargeFileSupport,
        ) => StoreError::Unavailable { place, reason },
        _ => StoreError::Statement { reason },
    }
}
