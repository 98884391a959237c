//! Finds the parts of `multipart/form-data` in a body that is in memory, without copying them.
//!
//! Spec: <https://andreubotella.github.io/multipart-form-data/#multipart-form-data-parser>.
//!
//! Invariant: finds what `multipart.rs` reads from the same body as it arrives, and refuses what that refuses; the
//! tests of both run both.

use memchr::memmem;

use super::content_disposition::ContentDisposition;
use super::form_body::{FormFailure, PlacedEntry};

/// Most headers of one part, as many as the parser behind `multipart.rs` takes.
const MAX_HEADERS: usize = 32;

/// Every entry of `body`.
///
/// # Errors
/// [`FormFailure::Malformed`].
pub(crate) fn parse(body: &[u8], boundary: &str) -> Result<Vec<PlacedEntry>, FormFailure> {
    let delimiter = format!("\r\n--{boundary}");
    let delimiter = memmem::Finder::new(&delimiter);
    let dashed = &delimiter.needle()[2..];
    let mut entries = Vec::new();
    let mut at = memmem::find(body, dashed).ok_or_else(ends_early)? + dashed.len();
    loop {
        if body.get(at..at + 2) == Some(b"--") {
            return Ok(entries);
        }
        let padding = body[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        at += padding;
        if body.get(at..at + 2) != Some(b"\r\n") {
            return Err(ends_early());
        }
        let headers = &body[at + 2..];
        let end = memmem::find(headers, b"\r\n\r\n").ok_or_else(ends_early)? + 4;
        let part = Part::of(&headers[..end])?;
        let start = at + 2 + end;
        let length = delimiter.find(&body[start..]).ok_or_else(ends_early)?;
        entries.push(part.entry(body, start, start + length));
        at = start + length + delimiter.needle().len();
    }
}

/// What the headers of a part say.
struct Part {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
}

impl Part {
    fn of(headers: &[u8]) -> Result<Self, FormFailure> {
        let mut found = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let parsed = httparse::parse_headers(headers, &mut found);
        let found = match parsed.map_err(|error| malformed(error.to_string()))? {
            httparse::Status::Complete((_, found)) => found,
            httparse::Status::Partial => return Err(ends_early()),
        };
        let value = |name: &str| {
            found.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|it| it.value)
        };
        let disposition = value("content-disposition").and_then(ContentDisposition::parse);
        let ContentDisposition { name: Some(name), filename } = disposition.unwrap_or_default()
        else {
            return Err(malformed("a part has no name".to_owned()));
        };
        let content_type =
            value("content-type").map(|value| String::from_utf8_lossy(value).into_owned());
        Ok(Self { name, filename, content_type })
    }

    #[expect(clippy::cast_precision_loss, reason = "places in memory are far below 2^53")]
    fn entry(self, body: &[u8], start: usize, end: usize) -> PlacedEntry {
        let Some(filename) = self.filename else {
            let text = String::from_utf8_lossy(&body[start..end]).into_owned();
            return (self.name, Some(text), None, None, None);
        };
        let content_type = self.content_type.unwrap_or_else(|| "text/plain".to_owned());
        let place = (start as f64, end as f64);
        (self.name, None, Some(filename), Some(content_type), Some(place))
    }
}

fn ends_early() -> FormFailure {
    malformed("it ends before its closing boundary".to_owned())
}

fn malformed(reason: String) -> FormFailure {
    FormFailure::Malformed { reason }
}
