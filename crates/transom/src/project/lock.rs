//! The lock that keeps a second `transom dev` out of a project, and tells where the first one runs.
//!
//! The lock is the system's advisory lock on a file of the state folder, so it ends with the process
//! that holds it, however that process ends. The file's text is only for the second process to read.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use transom_diag::Diagnostic;

use crate::report::Report;

const LOCK_FILE: &str = "dev.lock";

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct DevLock {
    file: File,
}

impl DevLock {
    /// Takes the lock of the project whose state folder is `state`.
    ///
    /// # Errors
    /// A [`Report`] that names the address and the process of a running `transom dev`.
    pub(crate) fn take(state: &Path) -> Result<Self, Report> {
        let path = state.join(LOCK_FILE);
        let refused = |error: io::Error| Report::io("lock", &path, &error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(refused)?;
        match file.try_lock() {
            Ok(()) => {
                let lock = Self { file };
                lock.write(&format!("(starting), process {}", std::process::id()))
                    .map_err(refused)?;
                Ok(lock)
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder).map_err(refused)?;
                let message = format!("`transom dev` is already running here: {}", holder.trim());
                let diagnostic = Diagnostic::error("dev/already-running", message)
                    .hint("use that one, or stop it first");
                Err(Report::one("", diagnostic))
            }
            Err(TryLockError::Error(error)) => Err(refused(error)),
        }
    }

    /// Records the address that the server answers on, for others to read.
    ///
    /// # Errors
    /// What the system says when the file cannot be written.
    pub(crate) fn serving_on(&self, url: &str) -> io::Result<()> {
        self.write(&format!("{url}, process {}", std::process::id()))
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_names_the_first_and_a_dropped_one_is_free() {
        let state = tempfile::tempdir().expect("a temporary folder");
        let first = DevLock::take(state.path()).expect("nobody holds it");
        first.serving_on("http://localhost:4321").expect("the folder is writable");
        let refused = DevLock::take(state.path()).expect_err("it is held");
        let message = &refused.diagnostics[0].message;
        assert!(
            message.contains("already running here: http://localhost:4321, process"),
            "{message}"
        );
        drop(first);
        DevLock::take(state.path()).expect("it is free again");
    }
}
