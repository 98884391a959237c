//! Parses a form body by its content type, for `form_body.js`.
//!
//! Spec: <https://fetch.spec.whatwg.org/#dom-body-formdata>.

use std::io;

use bytes::Bytes;
use futures_util::stream;
use transom_engine::{ByteBuffer, Op, OpError};

use super::multipart;
use super::spool::Spool;
use crate::fetch::incoming::{BodyFailure, BodyStream, collect};
use crate::url::parse_urlencoded;

/// One entry as script gets it: name; text, or null for a file; then for files the file name, the type,
/// the bytes or null when they are spooled, and handle and size of the spooled file.
pub(crate) type FormEntry = (
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<ByteBuffer>,
    Option<(f64, f64)>,
);

/// Why a body is no form.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum FormFailure {
    #[error(
        "the content type is neither `multipart/form-data` nor `application/x-www-form-urlencoded`"
    )]
    NotAForm,
    #[error("the content type `multipart/form-data` has no boundary")]
    NoBoundary,
    #[error("the multipart body is malformed: {reason}")]
    Malformed { reason: String },
    #[error("an upload could not be stored: {0}")]
    Spool(#[from] io::Error),
    #[error(transparent)]
    Body(#[from] BodyFailure),
}

impl From<FormFailure> for OpError {
    fn from(failure: FormFailure) -> Self {
        match failure {
            FormFailure::Body(failure) => failure.into(),
            FormFailure::Spool(_) => Self::error(failure.to_string()),
            _ => Self::type_error(format!("Failed to parse body as FormData: {failure}")),
        }
    }
}

/// Parses `body`. Large files go to the spool when there is one, in the name of the given request.
///
/// # Errors
/// [`FormFailure`]; nothing is left in the spool then.
pub(crate) async fn parse(
    body: BodyStream,
    content_type: &str,
    spool: Option<(&Spool, f64)>,
) -> Result<Vec<FormEntry>, FormFailure> {
    let mime: mime::Mime = content_type.trim().parse().map_err(|_| FormFailure::NotAForm)?;
    match mime.essence_str() {
        "application/x-www-form-urlencoded" => {
            let mut entries = Vec::new();
            let mut pairs = parse_urlencoded(&collect(body).await?).into_iter();
            while let (Some(name), Some(value)) = (pairs.next(), pairs.next()) {
                entries.push((name, Some(value), None, None, None, None));
            }
            Ok(entries)
        }
        "multipart/form-data" => {
            let boundary = mime.get_param(mime::BOUNDARY).ok_or(FormFailure::NoBoundary)?;
            multipart::parse(body, boundary.as_str(), spool).await
        }
        _ => Err(FormFailure::NotAForm),
    }
}

/// How much the parser gets at once of a body that is in memory, in bytes: it copies what it gets.
const PIECE_BYTES: usize = 64 << 10;

/// `form_parse(bytes, contentType)`: for bodies that are in memory already. The bytes are taken away from script.
pub(crate) fn op() -> Op {
    Op::future("form_parse", |bytes: ByteBuffer, content_type: String| async move {
        let mut rest = Bytes::from_owner(bytes);
        let pieces = std::iter::from_fn(move || {
            let piece = rest.split_to(rest.len().min(PIECE_BYTES));
            (!piece.is_empty()).then_some(Ok(piece))
        });
        let body: BodyStream = Box::pin(stream::iter(pieces));
        Ok::<Vec<FormEntry>, OpError>(parse(body, &content_type, None).await?)
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::stream;

    use super::{FormFailure, parse};

    async fn names(content_type: &str, body: &'static str) -> Result<Vec<String>, FormFailure> {
        let body = Box::pin(stream::iter([Ok(Bytes::from_static(body.as_bytes()))]));
        let entries = parse(body, content_type, None).await?;
        Ok(entries
            .into_iter()
            .map(|(name, text, ..)| format!("{name}={}", text.unwrap_or_default()))
            .collect())
    }

    #[tokio::test]
    async fn the_content_type_decides_how_a_body_is_read() {
        let urlencoded =
            names("Application/X-WWW-Form-Urlencoded; charset=utf-8", "a=1&b=%20").await;
        assert_eq!(urlencoded.expect("a form"), ["a=1", "b= "]);
        let part = "--x y\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--x y--\r\n";
        let multipart = names("multipart/form-data; boundary=\"x y\"", part).await;
        assert_eq!(multipart.expect("a form"), ["a=1"]);
        for other in ["", "text/plain", "multipart/mixed; boundary=x", "multipart"] {
            assert!(
                matches!(names(other, "a=1").await, Err(FormFailure::NotAForm)),
                "type {other:?}"
            );
        }
        assert!(matches!(names("multipart/form-data", part).await, Err(FormFailure::NoBoundary)));
    }
}
