//! Why a command ended without success: what is printed, and the exit code.
//!
//! Two families, never mixed: the project is at fault, or transom itself failed. A command line that
//! cannot be understood never gets as far as a command.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use transom_diag::Diagnostic;

/// How the process ends. 2, for a command line that cannot be understood, is clap's to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Success = 0,
    /// The project, its settings or its surroundings are at fault.
    Project = 1,
    /// A bug in transom (`EX_SOFTWARE`).
    Internal = 70,
}

/// A failed command.
#[derive(Debug)]
pub(crate) struct Report {
    /// Exit code of the process.
    pub(crate) exit: Exit,
    /// What is wrong, most important first.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Folder that the files of the diagnostics are relative to.
    pub(crate) root: PathBuf,
}

impl Report {
    /// The project is at fault in these ways; files are relative to `root`.
    pub(crate) fn project(root: impl Into<PathBuf>, diagnostics: Vec<Diagnostic>) -> Self {
        Self { exit: Exit::Project, diagnostics, root: root.into() }
    }

    /// One fault of the project.
    pub(crate) fn one(root: impl Into<PathBuf>, diagnostic: Diagnostic) -> Self {
        Self::project(root, vec![diagnostic])
    }

    /// A file or folder that the system does not let transom use.
    pub(crate) fn io(action: &str, path: &Path, error: &io::Error) -> Self {
        Self::one("", io_diagnostic(action, path, error))
    }

    /// A failure that has been told already.
    pub(crate) fn told(exit: Exit) -> Self {
        Self { exit, diagnostics: Vec::new(), root: PathBuf::new() }
    }

    /// A failure that no project can cause.
    pub(crate) fn internal(error: impl fmt::Display) -> Self {
        let diagnostic = Diagnostic::error("transom/internal", error)
            .hint("this is a bug in transom, please report it with the text above");
        Self { exit: Exit::Internal, diagnostics: vec![diagnostic], root: PathBuf::new() }
    }
}

/// The diagnostic of a refused file operation; `action` completes "cannot …".
pub(crate) fn io_diagnostic(action: &str, path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("cannot {action} `{}`: {}", path.display(), reason(error));
    let diagnostic = Diagnostic::error("project/io", message);
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            diagnostic.hint("check the owner and the permissions of the file and its folders")
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            diagnostic.hint("name a writable folder for state with `--data` or TRANSOM_DATA_DIR")
        }
        _ => diagnostic,
    }
}

/// The system's words without the number that Rust appends.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" (os error").next().unwrap_or(&text);
    plain.to_lowercase()
}
