//! The diagnostic itself, and the trait by which an error type becomes one.

use std::fmt;

use crate::{Place, ProjectPath};

/// How serious a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// The project works, though probably not as its author means.
    Warning,
    /// The project cannot be used until this is mended.
    Error,
}

/// One place that a diagnostic points at, with a remark about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub file: ProjectPath,
    /// The place in it.
    pub place: Place,
    /// What is to be said about the place; may be empty.
    pub text: String,
}

/// A statement about the author's project.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Diagnostic {
    /// How serious it is.
    pub severity: Severity,
    /// Stable name of this kind of diagnostic: `area/what-is-wrong`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where; the first label is the main one.
    pub labels: Vec<Label>,
    /// What can be done about it, one proposal each.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic that stops the project from being used.
    pub fn error(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A diagnostic about something that works but is probably not meant.
    pub fn warning(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A diagnostic that only informs.
    pub fn note(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// Adds a label: where it is, and what is to be said about the place.
    pub fn label(
        mut self,
        file: impl Into<ProjectPath>,
        place: impl Into<Place>,
        text: impl Into<String>,
    ) -> Self {
        self.labels.push(Label { file: file.into(), place: place.into(), text: text.into() });
        self
    }

    /// Adds a proposal what to do.
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }

    fn new(severity: Severity, code: &'static str, message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self { severity, code, message, labels: Vec::new(), hints: Vec::new() }
    }
}

/// An error that is the project author's to mend.
pub trait Diagnose {
    /// The error as a diagnostic.
    fn diagnostic(&self) -> Diagnostic;
}

impl Diagnose for Diagnostic {
    fn diagnostic(&self) -> Diagnostic {
        self.clone()
    }
}
