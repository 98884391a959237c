//! Patterns: what paths a route matches and what its parameters capture.
//!
//! Spec: `astro-endpoints.md` section 1.2, which gives them as regular expressions. They are matched
//! here by hand because the table needs them in pieces, and because a regular expression of two rest
//! parameters takes quadratic time in JavaScript. Here the time is bounded by (tokens × bytes of the
//! path): what has failed once at a place is not tried there again.
//!
//! Paths and patterns are compared as UTF-8 bytes. A parameter always ends where a literal begins or
//! the path ends, hence never inside a character.

use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::route::EndSlash;
use crate::segment::{Part, Segment};

/// Where a parameter was found in the path; `None` for a rest parameter that is absent.
pub(crate) type Capture = Option<Range<usize>>;

/// Dead ends are remembered only after this many steps: ordinary paths never get there.
const STEPS_WITHOUT_MEMORY: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// These bytes, at least one.
    Literal(Box<[u8]>),
    /// `([^/]+)` up to the next slash: a parameter that is a whole segment.
    WholeSegment,
    /// `([^/]+?)`: a parameter that shares its segment.
    Param,
    /// `(.*?)`: a rest parameter that shares its segment.
    Rest,
    /// `(?:\/(.*?))?`: a rest parameter that is a whole segment.
    OptionalRest,
}

/// A sequence of tokens, matched against a whole text.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    tokens: Box<[Token]>,
    end: EndSlash,
}

impl Pattern {
    /// The pattern of whole segments, each with the slash before it.
    pub(crate) fn of_segments(segments: &[Segment], end: EndSlash) -> Self {
        let mut tokens = Vec::new();
        for segment in segments {
            if segment.is_rest() {
                tokens.push(Token::OptionalRest);
                continue;
            }
            push_literal(&mut tokens, "/");
            push_parts(&mut tokens, segment);
        }
        if segments.is_empty() {
            push_literal(&mut tokens, "/");
            return Self { tokens: tokens.into(), end: EndSlash::Forbidden };
        }
        Self { tokens: tokens.into(), end }
    }

    /// The pattern of one segment's text, without slashes.
    pub(crate) fn within_segment(segment: &Segment) -> Self {
        let mut tokens = Vec::new();
        push_parts(&mut tokens, segment);
        Self { tokens: tokens.into(), end: EndSlash::Forbidden }
    }

    /// The literal bytes that every matching text begins with.
    pub(crate) fn prefix(&self) -> &[u8] {
        match self.tokens.first() {
            Some(Token::Literal(bytes)) => bytes,
            _ => &[],
        }
    }

    /// The literal bytes that every matching text ends with, the end slash aside.
    pub(crate) fn suffix(&self) -> &[u8] {
        match self.tokens.last() {
            Some(Token::Literal(bytes)) if self.tokens.len() > 1 => bytes,
            _ => &[],
        }
    }

    /// Whether the text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        Matcher::new(self, text, None).matches_from(0, 0)
    }

    /// What the parameters capture; `None` if the text does not match.
    pub(crate) fn captures(&self, text: &str) -> Option<Vec<Capture>> {
        let mut captures = vec![None; self.capture_index(self.tokens.len())];
        let matched = Matcher::new(self, text, Some(&mut captures)).matches_from(0, 0);
        matched.then_some(captures)
    }

    /// Which capture belongs to a token: the number of parameters before it.
    fn capture_index(&self, token: usize) -> usize {
        let tokens = self.tokens[..token].iter();
        tokens.map(|token| usize::from(!matches!(token, Token::Literal(_)))).sum()
    }
}

/// The text of a static part as requests hold it after decoding.
pub(crate) fn literal_text(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii() && !matches!(byte, b'?' | b'#' | b'%')) {
        return text.to_owned();
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    composed.replace('?', "%3F").replace('#', "%23").replace("%5B", "[").replace("%5D", "]")
}

fn push_parts(tokens: &mut Vec<Token>, segment: &Segment) {
    let is_whole = segment.parts().len() == 1;
    for part in segment.parts() {
        match part {
            Part::Static(text) => push_literal(tokens, &literal_text(text)),
            Part::Param(_) if is_whole => tokens.push(Token::WholeSegment),
            Part::Param(_) => tokens.push(Token::Param),
            Part::Rest(_) => tokens.push(Token::Rest),
        }
    }
}

fn push_literal(tokens: &mut Vec<Token>, text: &str) {
    if let Some(Token::Literal(before)) = tokens.last_mut() {
        let mut joined = std::mem::take(before).into_vec();
        joined.extend_from_slice(text.as_bytes());
        *before = joined.into();
    } else {
        tokens.push(Token::Literal(text.as_bytes().into()));
    }
}

/// One attempt to match one text.
struct Matcher<'a> {
    pattern: &'a Pattern,
    text: &'a [u8],
    captures: Option<&'a mut [Capture]>,
    steps: usize,
    /// One bit for each token and place in the text, set where the token, having got there, cannot
    /// lead to a match. Empty until [`STEPS_WITHOUT_MEMORY`] is reached.
    dead_ends: Vec<u64>,
}

impl<'a> Matcher<'a> {
    fn new(pattern: &'a Pattern, text: &'a str, captures: Option<&'a mut [Capture]>) -> Self {
        Self { pattern, text: text.as_bytes(), captures, steps: 0, dead_ends: Vec::new() }
    }

    /// Whether the tokens from `token` on match the text from `at` on, to its end.
    fn matches_from(&mut self, token: usize, at: usize) -> bool {
        let pattern = self.pattern;
        match pattern.tokens.get(token) {
            None => match pattern.end {
                EndSlash::Required => self.text[at..] == *b"/",
                EndSlash::Forbidden => at == self.text.len(),
                EndSlash::Optional => matches!(&self.text[at..], b"" | b"/"),
            },
            Some(Token::Literal(bytes)) => {
                self.text[at..].starts_with(bytes) && self.matches_from(token + 1, at + bytes.len())
            }
            Some(Token::WholeSegment) => {
                let length = memchr::memchr(b'/', &self.text[at..]);
                let end = length.map_or(self.text.len(), |length| at + length);
                end > at && self.matches_from(token + 1, end) && self.capture(token, at..end)
            }
            Some(Token::Param) => {
                let first = self.text.get(at);
                let has_first = first.is_some_and(|byte| *byte != b'/');
                has_first && self.grow(token, at..at + 1, |text, end| text[end] != b'/')
            }
            Some(Token::Rest) => self.grow(token, at..at, is_same_line),
            Some(Token::OptionalRest) => {
                let present = self.text.get(at) == Some(&b'/');
                (present && self.grow(token, at + 1..at + 1, is_same_line))
                    || self.matches_from(token + 1, at)
            }
        }
    }

    /// Lets the token take `taken` and as many further bytes as needed, as few as possible.
    fn grow(
        &mut self,
        token: usize,
        taken: Range<usize>,
        may_take: impl Fn(&[u8], usize) -> bool,
    ) -> bool {
        let pattern = self.pattern;
        let (first_byte, least_end) = match pattern.tokens.get(token + 1) {
            Some(Token::Literal(bytes)) => (bytes.first(), 0),
            Some(_) => (None, 0),
            // Nothing follows but the end, where one slash may be left over.
            None => (None, self.text.len().saturating_sub(1)),
        };
        let mut end = taken.end;
        while !self.is_dead_end(token, end) {
            self.steps += 1;
            let is_worth_it = end >= least_end
                && first_byte.is_none_or(|first| self.text.get(end) == Some(first));
            if is_worth_it && self.matches_from(token + 1, end) {
                return self.capture(token, taken.start..end);
            }
            end += 1;
            if end > self.text.len() || !may_take(self.text, end - 1) {
                break;
            }
        }
        self.remember_dead_ends(token, taken.end..end);
        false
    }

    fn is_dead_end(&self, token: usize, at: usize) -> bool {
        let bit = token * (self.text.len() + 1) + at;
        self.dead_ends.get(bit / 64).is_some_and(|word| word & (1 << (bit % 64)) != 0)
    }

    fn remember_dead_ends(&mut self, token: usize, places: Range<usize>) {
        if self.steps < STEPS_WITHOUT_MEMORY {
            return;
        }
        let stride = self.text.len() + 1;
        let words = (self.pattern.tokens.len() * stride).div_ceil(64);
        self.dead_ends.resize(words, 0);
        for bit in places.map(|at| token * stride + at) {
            self.dead_ends[bit / 64] |= 1 << (bit % 64);
        }
    }

    /// Notes what the token took. Always true, so that it can end a condition.
    fn capture(&mut self, token: usize, taken: Range<usize>) -> bool {
        if let Some(captures) = &mut self.captures {
            let index = self.pattern.capture_index(token);
            captures[index] = Some(taken);
        }
        true
    }
}

/// What `.` matches in JavaScript: anything but a line terminator, here seen from its first byte.
fn is_same_line(text: &[u8], at: usize) -> bool {
    !matches!(&text[at..], [b'\n' | b'\r', ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..])
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::route::{Route, RouteKind};

    fn pattern(name: &str, end: EndSlash) -> Pattern {
        let route = Route::from_name(name, "", RouteKind::Page).expect("the row's route is valid");
        Pattern::of_segments(route.segments(), end)
    }

    #[track_caller]
    fn check(name: &str, end: EndSlash, path: &str, expected: Option<&[Option<&str>]>) {
        let pattern = pattern(name, end);
        let captures = pattern.captures(path);
        let texts = captures.as_ref().map(|captures| {
            captures.iter().map(|range| range.clone().map(|range| &path[range])).collect::<Vec<_>>()
        });
        assert_eq!(texts.as_deref(), expected, "{name} {path}");
        assert_eq!(pattern.matches(path), expected.is_some(), "{name} {path}");
    }

    #[test]
    fn parameters_take_as_little_as_possible() {
        use EndSlash::{Forbidden, Optional, Required};
        check("/", Required, "/", Some(&[]));
        check("/", Required, "", None);
        check("/", Required, "//", None);
        check("/a", Optional, "/a/", Some(&[]));
        check("/a", Forbidden, "/a/", None);
        check("/a", Required, "/a", None);
        check("/[x]", Optional, "/b/", Some(&[Some("b")]));
        check("/[x]", Optional, "/", None);
        check("/[x]", Optional, "//", None);
        check("/[lang]-[version]", Optional, "/en-us-1.0", Some(&[Some("en"), Some("us-1.0")]));
        check("/[lang]-[version]", Optional, "/-", None);
        check("/[lang]-[version]", Optional, "/--a", Some(&[Some("-"), Some("a")]));
        check("/pre-[...s]-post", Optional, "/pre--post", Some(&[Some("")]));
        check("/pre-[...s]-post", Optional, "/pre-a/b-post/", Some(&[Some("a/b")]));
        check("/[...r]", Optional, "/", Some(&[Some("")]));
        check("/[...r]", Optional, "", Some(&[None]));
        check("/[...r]", Required, "/", Some(&[None]));
        check("/[...r]", Required, "/a//", Some(&[Some("a/")]));
        check("/[...r]", Forbidden, "/a/", Some(&[Some("a/")]));
        check("/a/[...r]", Optional, "/a", Some(&[None]));
        check("/a/[...r]", Optional, "/ab", None);
        check("/[...l]/about", Optional, "/about", Some(&[None]));
        check("/[...l]/about", Optional, "/a/b/about", Some(&[Some("a/b")]));
        check("/[...l]/about", Optional, "/about/about", Some(&[Some("about")]));
        check("/[...a]/[...b]", Optional, "/x/y", Some(&[Some("x"), Some("y")]));
        check("/[...a]/[b]", Optional, "/x", Some(&[None, Some("x")]));
        check("/ü[x]", Optional, "/üß", Some(&[Some("ß")]));
    }

    #[test]
    fn a_line_break_ends_a_rest_parameter_only() {
        check("/[x]", EndSlash::Optional, "/a\nb", Some(&[Some("a\nb")]));
        for path in ["/a\nb", "/a\rb", "/a\u{2028}b", "/a\u{2029}b"] {
            check("/[...x]", EndSlash::Optional, path, None);
        }
        check("/[...x]", EndSlash::Optional, "/a\u{2027}b", Some(&[Some("a\u{2027}b")]));
    }

    #[test]
    fn static_text_is_compared_in_its_composed_form() {
        assert_eq!(literal_text("u\u{308}n?#%5B%5D"), "ün%3F%23[]");
        check("/u\u{308}", EndSlash::Optional, "/ü", Some(&[]));
        check("/ü", EndSlash::Optional, "/u\u{308}", None);
    }

    #[test]
    fn several_rest_parameters_cost_linear_time() {
        let pattern = pattern("/[...a]x[...b]x[...c]x[...d]y", EndSlash::Forbidden);
        let path = format!("/{}", "x".repeat(16_000));
        let start = Instant::now();
        assert!(!pattern.matches(&path));
        assert!(start.elapsed().as_secs() < 5, "took {:?}", start.elapsed());
    }
}
