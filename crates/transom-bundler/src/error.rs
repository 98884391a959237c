//! Errors of the project's own code, with the place they are about.
//!
//! rolldown's diagnostics are translated once, in `translate.rs`; nothing outside this crate sees a rolldown type.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use transom_diag::{Diagnose, Diagnostic, Span};

/// One thing wrong with the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleError {
    /// Stable code, such as `bundle/syntax`.
    pub code: &'static str,
    /// One sentence without full stop.
    pub message: String,
    /// Where, if it is about a place.
    pub place: Option<Box<Place>>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File relative to the project where it is inside it, with `/` on every platform.
    pub file: PathBuf,
    /// Line, from 1; 0 when only the file is known.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// First column after the marked text; at least `column + 1`.
    pub end_column: u32,
    /// Byte range in the file.
    pub span: std::ops::Range<usize>,
    /// Text of the line without its line break.
    pub source_line: String,
}

impl Place {
    /// A whole file.
    pub(crate) fn file(file: PathBuf) -> Self {
        Self { file, line: 0, column: 0, end_column: 0, span: 0..0, source_line: String::new() }
    }

    /// The token at a byte offset of `source`.
    pub(crate) fn token(file: PathBuf, source: &str, offset: usize) -> Self {
        let offset = floor_char_boundary(source, offset);
        let length = token_length(&source[offset..]);
        Self::range(file, source, offset, offset + length)
    }

    /// The bytes `start..end` of `source`, of which the first line is marked.
    pub(crate) fn range(file: PathBuf, source: &str, start: usize, end: usize) -> Self {
        let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |at| start + at);
        let source_line = source[line_start..line_end].trim_end_matches('\r');
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let column = count(&source[line_start..start]) + 1;
        let marked = count(&source[start..end.clamp(start, line_end)]).max(1);
        Self {
            file,
            line: u32::try_from(source[..start].matches('\n').count()).unwrap_or(u32::MAX) + 1,
            column,
            end_column: column + marked,
            span: start..end.max(start),
            source_line: source_line.to_owned(),
        }
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) if place.line > 0 => {
                write!(
                    f,
                    "{}:{}:{}: {}",
                    place.file.display(),
                    place.line,
                    place.column,
                    self.message
                )
            }
            Some(place) => write!(f, "{}: {}", place.file.display(), self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for BundleError {}

impl Diagnose for BundleError {
    fn diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.code, &self.message);
        if let Some(place) = &self.place {
            let file = place.file.to_string_lossy().into_owned();
            diagnostic = if place.line > 0 {
                diagnostic.label(file, Span::new(place.span.start, place.span.end), "")
            } else {
                diagnostic.label(file, transom_diag::Place::File, "")
            };
        }
        match &self.hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    }
}

/// Every error of one bundle; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleErrors(pub Vec<BundleError>);

impl fmt::Display for BundleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for BundleErrors {}

/// `path` relative to `root` where it is inside, with `/` as separator.
pub(crate) fn project_path(root: &Path, path: &Path) -> PathBuf {
    let relative = path.strip_prefix(root).unwrap_or(path);
    PathBuf::from(relative.to_string_lossy().replace('\\', "/"))
}

/// Length in bytes of the string literal, identifier or single character that `text` starts with.
fn token_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    if matches!(first, '"' | '\'' | '`') {
        let line = text.find('\n').unwrap_or(text.len());
        return text[1..line].find(first).map_or(1, |end| end + 2);
    }
    if is_name(first) {
        return text.find(|c: char| !is_name(c)).unwrap_or(text.len());
    }
    first.len_utf8()
}

/// The largest character boundary that is not above `offset`.
fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_marks_the_token() {
        let check = |source: &str, offset: usize, expected: (u32, u32, u32, &str)| {
            let place = Place::token("a.ts".into(), source, offset);
            let found = (place.line, place.column, place.end_column, place.source_line.as_str());
            assert_eq!(found, expected, "{source:?} at {offset}");
        };
        check("import 'x';", 7, (1, 8, 11, "import 'x';"));
        check("a\r\nconst b = 1;\r\n", 9, (2, 7, 8, "const b = 1;"));
        check("é = wrong", 5, (1, 5, 10, "é = wrong"));
        check("a\n", 2, (2, 1, 2, ""));
        check("'open", 0, (1, 1, 2, "'open"));
        check("a", 99, (1, 2, 3, "a"));
    }
}
