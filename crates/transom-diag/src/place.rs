//! Where a label points: a file of the project, and a place in it.
//!
//! Files are named relative to the project, with forward slashes on every platform, so that the
//! same diagnostic reads the same everywhere and shows nothing of the machine it was made on.

use std::fmt;

/// A file or folder below the project folder, such as `src/pages/index.ts`.
///
/// The text is relative and uses `/`. It is meant for people and as a key; opening the file is the
/// caller's business.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectPath(String);

impl ProjectPath {
    /// Takes `path` as it is, with backslashes turned into forward slashes on Windows.
    pub fn new(path: impl Into<String>) -> Self {
        let path = path.into();
        if cfg!(windows) { Self(path.replace('\\', "/")) } else { Self(path) }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ProjectPath {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

impl From<String> for ProjectPath {
    fn from(path: String) -> Self {
        Self::new(path)
    }
}

impl From<&ProjectPath> for ProjectPath {
    fn from(path: &ProjectPath) -> Self {
        path.clone()
    }
}

/// A range of bytes, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte; equal to `start` for a point between two bytes.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }
}

/// What of a file a label is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// Bytes of the file's *path*, for files whose name is wrong.
    Path(Span),
    /// Bytes of the file's text.
    Text(Span),
    /// A position in the file's text, as JavaScript engines and source maps give it.
    Position {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1 in UTF-16 code units.
        column: usize,
    },
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self::Text(span)
    }
}
