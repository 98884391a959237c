//! Segments of a route name: literal text and `[parameters]`.
//!
//! Spec: `astro-endpoints.md` section 1.1, "Parameter syntax". A segment is one name between two
//! slashes, without the file's extension.

use transom_diag::ProjectPath;

use crate::error::{NameSpan, RouteError};

/// One piece of a segment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// Text that must stand there.
    Static(String),
    /// `[name]`: at least one character, none of them a slash.
    Param(String),
    /// `[...name]`: any characters, slashes included, or none at all.
    Rest(String),
}

impl Part {
    /// Whether it is a parameter of either kind.
    pub fn is_dynamic(&self) -> bool {
        !matches!(self, Self::Static(_))
    }
}

/// The parts of one segment, never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Segment {
    parts: Vec<Part>,
}

impl Segment {
    /// The parts in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether it has no parameter.
    pub fn is_static(&self) -> bool {
        self.parts.iter().all(|part| !part.is_dynamic())
    }

    /// Whether it consists of parameters only.
    pub fn is_all_dynamic(&self) -> bool {
        self.parts.iter().all(Part::is_dynamic)
    }

    /// Whether one of its parameters is a rest parameter.
    pub fn has_rest(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Rest(_)))
    }

    /// Whether it is exactly one rest parameter, which may then be absent together with its slash.
    pub fn is_rest(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Rest(_)])
    }

    /// The segment as it is written in route names.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Static(literal) => text.push_str(literal),
                Part::Param(name) => text.extend(["[", name, "]"]),
                Part::Rest(name) => text.extend(["[...", name, "]"]),
            }
        }
        text
    }
}

/// Where a segment was read, for the messages about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// The file, folder or configured route.
    pub file: &'a str,
    /// Byte offset of the segment in `file`.
    pub offset: usize,
    /// Whether a rest parameter has to be a segment of its own; so only for `.astro` pages.
    pub rest_alone: bool,
}

impl Source<'_> {
    fn at(&self, start: usize, end: usize) -> (ProjectPath, NameSpan) {
        (self.file.into(), NameSpan::new(self.offset + start, self.offset + end))
    }
}

/// Reads one segment.
///
/// # Errors
/// The first of the faults that section 1.1 names, in the order in which the reference checks them.
pub(crate) fn parse_segment(text: &str, source: Source<'_>) -> Result<Segment, RouteError> {
    if let Some(touching) = text.find("][") {
        let (file, at) = source.at(touching, touching + 2);
        return Err(RouteError::AdjacentParams { file, at });
    }
    if text.matches('[').count() != text.matches(']').count() {
        let (file, at) = source.at(0, text.len());
        return Err(RouteError::UnbalancedBrackets { file, at });
    }
    if source.rest_alone && has_rest_beside_text(text) {
        let (file, at) = source.at(0, text.len());
        return Err(RouteError::RestNotAlone { file, at });
    }
    let mut parts = Vec::new();
    let mut done = 0;
    let mut from = 0;
    while let Some((start, end)) = next_bracketed(text, from) {
        if start > done {
            parts.push(Part::Static(text[done..start].to_owned()));
        }
        let content = &text[start + 1..end - 1];
        parts.push(param(content).ok_or_else(|| {
            let (file, at) = source.at(start, end);
            RouteError::BadParamName { file, at, name: content.to_owned() }
        })?);
        (done, from) = (end, end);
    }
    if done < text.len() {
        parts.push(Part::Static(text[done..].to_owned()));
    }
    Ok(Segment { parts })
}

/// The next match of `/\[([^[\]()]+(?:\([^)]+\))?)\]/`, from byte `from` on: start and end.
fn next_bracketed(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'[', &bytes[from..]).map(|at| from + at).find_map(|open| {
        let name = open + 1;
        let after_name = name + text[name..].find(['[', ']', '(', ')'])?;
        if after_name == name {
            return None;
        }
        let mut close = after_name;
        if bytes[close] == b'(' {
            let length = text[close + 1..].find(')').filter(|length| *length > 0)?;
            close += length + 2;
        }
        (bytes.get(close) == Some(&b']')).then_some((open, close + 1))
    })
}

/// A parameter by the text between its brackets, which must match `/^(?:\.\.\.)?[\w$]+$/`.
fn param(content: &str) -> Option<Part> {
    let (name, is_rest) = match content.strip_prefix("...") {
        Some(name) => (name, true),
        None => (content, false),
    };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    if name.is_empty() || !name.bytes().all(is_word) {
        return None;
    }
    Some(if is_rest { Part::Rest(name.to_owned()) } else { Part::Param(name.to_owned()) })
}

/// `/.+\[\.\.\.[^\]]+\]/` or `/\[\.\.\.[^\]]+\].+/`.
fn has_rest_beside_text(text: &str) -> bool {
    text.match_indices("[...").any(|(start, opening)| {
        let name = start + opening.len();
        match text[name..].find(']') {
            Some(length) if length > 0 => start > 0 || name + length + 1 < text.len(),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let source = Source { file: "f", offset: 0, rest_alone: false };
        let found = match parse_segment(text, source) {
            Ok(segment) => {
                assert_eq!(segment.to_text(), text);
                let parts = segment.parts().iter().map(|part| match part {
                    Part::Static(text) => format!("'{text}'"),
                    Part::Param(name) => format!("param {name}"),
                    Part::Rest(name) => format!("rest {name}"),
                });
                parts.collect::<Vec<_>>().join(", ")
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn segments_split_at_parameters() {
        check("users.json", "'users.json'");
        check("[id]", "param id");
        check("[...rest]", "rest rest");
        check("[lang]-[version]", "param lang, '-', param version");
        check("pre-[...s]-post", "'pre-', rest s, '-post'");
        check("[$id]", "param $id");
        check("[_id]", "param _id");
        check("[postId]", "param postId");
        check("[]", "'[]'");
        check("a[]b[c]", "'a[]b', param c");
        check("[[a]]", "'[', param a, ']'");
        check("(group)", "'(group)'");
    }

    #[test]
    fn bad_names_have_the_messages_of_the_reference() {
        let bad_name = "Invalid route f — parameter name must match /^[a-zA-Z0-9_$]+$/";
        check("[a-b]", bad_name);
        check("[a b]", bad_name);
        check("[é]", bad_name);
        check("[...]", bad_name);
        check("[..a]", bad_name);
        check("[a(b)]", bad_name);
        check("[a(x]y[)]", bad_name);
        check("[a][b]", "Invalid route f — parameters must be separated");
        check("[a", "Invalid route f — brackets are unbalanced");
        check("a]", "Invalid route f — brackets are unbalanced");
    }

    #[test]
    fn a_rest_parameter_stands_alone_in_pages_only() {
        let page = Source { file: "p.astro", offset: 0, rest_alone: true };
        for text in ["pre-[...s]", "[...s]-post"] {
            let message = parse_segment(text, page).expect_err(text).to_string();
            assert_eq!(
                message,
                "Invalid route p.astro — rest parameter must be a standalone segment"
            );
        }
        assert!(parse_segment("[...s]", page).is_ok());
        assert!(parse_segment("pre-[s]", page).is_ok());
    }
}
