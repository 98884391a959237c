//! How a failed system call comes to script: by its number, from which `call.js` makes Node's error with its code, its
//! words, the name of the call and the path.

use rustix::io::Errno;
use transom_engine::OpError;
use transom_permissions::{Denied, Refusal};

/// What a file operation fails with.
pub(crate) type Outcome<T> = Result<T, Refusal>;

/// The exception of a failure.
pub(crate) fn exception(refusal: Refusal) -> OpError {
    match refusal {
        Refusal::Denied(denied) => denial(&denied),
        Refusal::Io(error) => number(error),
    }
}

/// What the rules of the project forbid.
pub(crate) fn denial(denied: &Denied) -> OpError {
    OpError::error(denied.to_string()).code("ERR_ACCESS_DENIED")
}

/// The number of a failed system call as code.
pub(crate) fn number(error: Errno) -> OpError {
    OpError::error("the system call failed").code(error.raw_os_error().to_string())
}

/// As [`number`], for an error of the standard library.
pub(crate) fn io_number(error: &std::io::Error) -> OpError {
    number(Errno::from_io_error(error).unwrap_or(Errno::IO))
}
