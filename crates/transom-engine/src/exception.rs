//! A thrown value, described in Rust terms for logs and error pages.

use crate::raw::Persistent;

/// What script threw: a description, and the value itself for whoever wants to hand it on.
#[derive(Debug)]
pub struct Exception {
    /// `name` of an error object, or the type of what was thrown.
    pub name: String,
    /// `message` of an error object, or the thrown value as a string.
    pub message: String,
    /// `stack` of an error object in the engine's own format (`function@file:line:column`), or empty.
    pub stack: String,
    /// Name of the file and 1-based line and column where a syntax error stands, when it is one.
    pub position: Option<(String, u32, u32)>,
    /// The thrown value.
    pub value: Persistent,
}

impl std::fmt::Display for Exception {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.name.is_empty() {
            formatter.write_str(&self.message)
        } else {
            write!(formatter, "{}: {}", self.name, self.message)
        }
    }
}
