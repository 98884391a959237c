//! Every byte that the command line writes to stdout and stderr.
//!
//! Data goes to stdout, everything else to stderr. Colour appears only in a terminal, and never
//! when `NO_COLOR` is set. A closed pipe is not an error: whoever reads has seen enough.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use transom_diag::{Color, Diagnostic, ProjectPath, render};

use crate::env_vars;
use crate::report::Report;
use crate::settings::file;
use crate::settings::hidden::without_secrets;

/// How much is said beside data, warnings and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verbosity {
    Normal,
    Verbose,
}

/// The two streams and how to write to them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    verbosity: Verbosity,
    color: Color,
}

impl Printer {
    /// A printer for this process's streams.
    pub(crate) fn new(verbosity: Verbosity) -> Self {
        let plain = std::env::var_os(env_vars::NO_COLOR).is_some_and(|value| !value.is_empty());
        let color = if !plain && io::stderr().is_terminal() { Color::Always } else { Color::Never };
        Self { verbosity, color }
    }

    /// Whether messages to stderr are coloured.
    pub(crate) fn color(self) -> Color {
        self.color
    }

    /// Writes one line of data to stdout.
    pub(crate) fn data(self, line: impl fmt::Display) {
        ignore_closed(writeln!(io::stdout().lock(), "{line}"));
    }

    /// Writes lines of data to stdout, each with its line break.
    pub(crate) fn data_block(self, lines: &str) {
        ignore_closed(io::stdout().lock().write_all(lines.as_bytes()));
    }

    /// Writes one line about what is going on to stderr.
    pub(crate) fn status(self, line: impl fmt::Display) {
        ignore_closed(writeln!(io::stderr().lock(), "{line}"));
    }

    /// Writes one line to stderr when details are wanted.
    pub(crate) fn detail(self, line: impl fmt::Display) {
        if self.verbosity == Verbosity::Verbose {
            self.status(line);
        }
    }

    /// Writes diagnostics to stderr with the source lines they are about, read from below `root`.
    pub(crate) fn diagnostics(self, root: &Path, diagnostics: &[Diagnostic]) {
        for text in texts_of(root, diagnostics, self.color) {
            self.status(format_args!("{text}\n"));
        }
    }

    /// Writes why a command failed.
    pub(crate) fn report(self, report: &Report) {
        self.diagnostics(&report.root, &report.diagnostics);
    }
}

/// Diagnostics as text, each with the source lines it is about, read from below `root`. No secret is among them.
pub(crate) fn texts_of(root: &Path, diagnostics: &[Diagnostic], color: Color) -> Vec<String> {
    let mut sources: HashMap<&ProjectPath, String> = HashMap::new();
    for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        let file = label.file.as_str();
        if let Ok(text) = std::fs::read_to_string(root.join(file)) {
            let text = if file == file::NAME { without_secrets(&text) } else { text };
            sources.insert(&label.file, text);
        }
    }
    let source = |file: &ProjectPath| sources.get(file).map(String::as_str);
    diagnostics.iter().map(|diagnostic| render(diagnostic, color, source)).collect()
}

/// A reader that has gone away is no reason to fail, and there is nobody left to tell about others.
fn ignore_closed(written: io::Result<()>) {
    drop(written);
}
