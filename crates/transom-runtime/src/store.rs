//! Failures of the store, as script sees them.

use transom_engine::OpError;
use transom_store::StoreError;

/// The `code` of an error that may be gone a little later. `problem.js` answers 503 where no handler catches it.
const UNAVAILABLE: &str = "ERR_STORE_UNAVAILABLE";
/// The `code` when there is no room left; 507.
const FULL: &str = "ERR_STORE_FULL";

/// The exception for a failure of `what`, such as `the session store`.
pub(crate) fn failed(what: &str, error: &StoreError) -> OpError {
    let exception = OpError::error(format!("{what} failed: {error}"));
    match error {
        StoreError::Full { .. } => exception.code(FULL),
        _ if error.is_temporary() => exception.code(UNAVAILABLE),
        _ => exception,
    }
}
