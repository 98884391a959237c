//! Diagnostics as text, each label with the lines it is about.
//!
//! The frame is drawn by `annotate-snippets`, which also makes control characters visible, so that
//! a file name or a source line cannot write to the terminal. Spans that reach outside the text (the
//! file changed meanwhile) are cut to it, never a panic.

use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};

use crate::{Diagnostic, Label, Place, ProjectPath, Severity};

/// Whether rendered text contains ANSI colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// Plain text.
    Never,
    /// With escape sequences; the caller knows that a terminal reads them.
    Always,
}

/// The diagnostic as text of several lines, without a line break at its end.
///
/// `source` gives the text of a file; where it answers `None`, only the place is named.
pub fn render<'s>(
    diagnostic: &'s Diagnostic,
    color: Color,
    source: impl Fn(&ProjectPath) -> Option<&'s str>,
) -> String {
    let title = level(diagnostic.severity).primary_title(&diagnostic.message).id(diagnostic.code);
    let mut group = Group::with_title(title);
    let mut labels = diagnostic.labels.as_slice();
    while let Some(first) = labels.first() {
        let (frame, taken) = match source(&first.file) {
            Some(text) if text_range(first, text).is_some() => text_frame(labels, text),
            _ => (bare_frame(first), 1),
        };
        group = group.element(frame);
        if let (Place::File, false) = (first.place, first.text.is_empty()) {
            group = group.element(Level::NOTE.message(&first.text));
        }
        labels = &labels[taken..];
    }
    let hints = diagnostic.hints.iter().map(|hint| Level::HELP.message(hint));
    let group = group.elements(hints);
    let renderer = match color {
        Color::Never => Renderer::plain(),
        Color::Always => Renderer::styled(),
    };
    renderer.render(&[group])
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    }
}

/// One frame for the first label and those after it that are about the same text.
fn text_frame<'s>(labels: &'s [Label], text: &'s str) -> (Element<'s>, usize) {
    let file = &labels[0].file;
    let mut snippet = Snippet::source(text).path(file.as_str());
    let mut taken = 0;
    for label in labels.iter().take_while(|label| &label.file == file) {
        let Some(range) = text_range(label, text) else { break };
        let kind = if taken == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        snippet = snippet.annotation(annotation(kind, label, range));
        taken += 1;
    }
    (snippet.into(), taken)
}

/// A label that needs no text: the path itself, or only the name of the place.
fn bare_frame(label: &Label) -> Element<'_> {
    let path = label.file.as_str();
    let origin = Origin::path(path);
    match label.place {
        Place::Path(span) => {
            let range = cut(path, span.start, span.end);
            let mark = annotation(AnnotationKind::Primary, label, range);
            Snippet::source(path).line_numbering(false).annotation(mark).into()
        }
        Place::Position { line, column } => origin.line(line).char_column(column).into(),
        Place::File | Place::Text(_) => origin.into(),
    }
}

fn annotation(kind: AnnotationKind, label: &Label, range: Range<usize>) -> Annotation<'_> {
    let mark = kind.span(range);
    if label.text.is_empty() { mark } else { mark.label(&label.text) }
}

/// The bytes of `text` that the label is about, if it is about text.
fn text_range(label: &Label, text: &str) -> Option<Range<usize>> {
    match label.place {
        Place::Text(span) => Some(cut(text, span.start, span.end)),
        Place::Position { line, column } => {
            let start = offset(text, line, column);
            let end = text[start..].chars().next().map_or(start, |next| start + next.len_utf8());
            Some(start..end)
        }
        Place::File | Place::Path(_) => None,
    }
}

fn cut(text: &str, start: usize, end: usize) -> Range<usize> {
    let start = text.floor_char_boundary(start);
    start..text.ceil_char_boundary(end).max(start)
}

/// Byte offset of a line and a UTF-16 column, both from 1; the nearest there is if they lie outside.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text[start..].find('\n') {
            Some(at) => start += at + 1,
            None => return text.len(),
        }
    }
    let mut units = 1;
    for (at, character) in text[start..].char_indices() {
        if units >= column || character == '\n' {
            return start + at;
        }
        units += character.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Span;

    const FILE: &str = "src/pages/a.ts";
    const TEXT: &str = "export const GET = () => {\n  return 1 +;\n};\n";

    #[track_caller]
    fn check(diagnostic: &Diagnostic, expected: &str) {
        let text = render(diagnostic, Color::Never, |file| (file.as_str() == FILE).then_some(TEXT));
        assert_eq!(text, expected.trim_start_matches('\n'));
    }

    #[test]
    fn a_position_is_shown_in_its_line() {
        let diagnostic = Diagnostic::error("build/syntax", "unexpected token")
            .label(FILE, Place::Position { line: 2, column: 13 }, "an expression is missing here")
            .hint("finish the sum")
            .hint("or remove the `+`");
        check(
            &diagnostic,
            "
error[build/syntax]: unexpected token
 --> src/pages/a.ts:2:13
  |
2 |   return 1 +;
  |             ^ an expression is missing here
  |
  = help: finish the sum
  = help: or remove the `+`",
        );
    }

    #[test]
    fn two_labels_share_one_frame() {
        let diagnostic = Diagnostic::warning("build/shadow", "two names")
            .label(FILE, Span::new(13, 16), "first")
            .label(FILE, Span::new(29, 35), "second");
        check(
            &diagnostic,
            "
warning[build/shadow]: two names
 --> src/pages/a.ts:1:14
  |
1 | export const GET = () => {
  |              ^^^ first
2 |   return 1 +;
  |   ------ second",
        );
    }

    #[test]
    fn a_bad_name_is_marked_in_the_path_itself() {
        let diagnostic = Diagnostic::error("route/bad", "brackets are unbalanced").label(
            "src/pages/[a.ts",
            Place::Path(Span::new(10, 12)),
            "never closed",
        );
        check(
            &diagnostic,
            "
error[route/bad]: brackets are unbalanced
 |
 | src/pages/[a.ts
 |           ^^ never closed",
        );
    }

    #[test]
    fn without_source_the_place_is_named() {
        let diagnostic = Diagnostic::note("build/skipped", "one file is skipped")
            .label("other.ts", Place::Position { line: 7, column: 3 }, "")
            .label("third.ts", Place::File, "has no handlers");
        check(
            &diagnostic,
            "
note[build/skipped]: one file is skipped
--> other.ts:7:3
::: third.ts
 = note: has no handlers",
        );
    }

    #[test]
    fn places_outside_the_text_are_cut_to_it() {
        for place in [
            Place::Text(Span::new(4_000, 5_000)),
            Place::Position { line: 900, column: 1 },
            Place::Position { line: 2, column: 900 },
            Place::Position { line: 0, column: 0 },
        ] {
            let diagnostic = Diagnostic::error("x/y", "message").label(FILE, place, "here");
            let text = render(&diagnostic, Color::Never, |_| Some(TEXT));
            assert!(text.contains("here"), "{text}");
        }
        let middle_of_a_character = Diagnostic::error("x/y", "m").label(FILE, Span::new(1, 2), "");
        render(&middle_of_a_character, Color::Never, |_| Some("ü"));
    }

    #[test]
    fn columns_count_utf_16_units() {
        assert_eq!(offset("😀b", 1, 3), 4);
        assert_eq!(offset("a\nüb", 2, 2), 4);
    }

    #[test]
    fn colour_and_control_characters() {
        let diagnostic = Diagnostic::error("x/y", "bad \u{1b}[2J name");
        let plain = render(&diagnostic, Color::Never, |_| None);
        assert!(!plain.contains('\u{1b}'), "{plain:?}");
        assert!(render(&diagnostic, Color::Always, |_| None).contains("\u{1b}["));
    }
}
