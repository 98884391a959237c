//! Answers as they came over the wire.

use serde_json::Value;

/// The first part of an answer: everything before the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// `1` for HTTP/1.1, `0` for HTTP/1.0.
    pub minor_version: u8,
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// Names as sent and values, in order.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The value of the first header with this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of all headers with this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether a comma-separated header has this member.
    pub(crate) fn lists(&self, name: &str, member: &str) -> bool {
        self.all(name).flat_map(|v| v.split(',')).any(|v| v.trim().eq_ignore_ascii_case(member))
    }
}

/// A whole answer, or as much as came of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// Everything before the body.
    pub head: Head,
    /// The status code.
    pub status: u16,
    /// The body, with the transfer coding taken off.
    pub body: Vec<u8>,
    /// Whether the body came to its proper end.
    pub complete: bool,
}

impl Reply {
    /// The value of the first header with this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// The values of all headers with this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.head.all(name)
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is not UTF-8.
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("the body is not JSON ({error}): {self:?}"))
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = &self.body[..self.body.len().min(2000)];
        writeln!(f, "{} {}", self.status, self.head.reason)?;
        for (name, value) in &self.head.headers {
            writeln!(f, "{name}: {value}")?;
        }
        writeln!(f, "\n{}", String::from_utf8_lossy(shown))?;
        let state = if self.complete { "complete" } else { "incomplete" };
        write!(f, "({} bytes, {state})", self.body.len())
    }
}
