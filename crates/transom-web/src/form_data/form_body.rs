//! Parses a form body by its content type, for `form_body.js`.
//!
//! Spec: <https://fetch.spec.whatwg.org/#dom-body-formdata>.

use std::io;

use transom_engine::{ByteBuffer, IntoJs, Op, OpError};

use super::spool::Spool;
use super::{multipart, parts};
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
    match FormKind::of(content_type)? {
        FormKind::Urlencoded => {
            let mut entries = Vec::new();
            let mut pairs = parse_urlencoded(&collect(body).await?).into_iter();
            while let (Some(name), Some(value)) = (pairs.next(), pairs.next()) {
                entries.push((name, Some(value), None, None, None, None));
            }
            Ok(entries)
        }
        FormKind::Multipart { boundary } => multipart::parse(body, &boundary, spool).await,
    }
}

/// How a body holds its entries.
enum FormKind {
    Urlencoded,
    Multipart { boundary: String },
}

impl FormKind {
    fn of(content_type: &str) -> Result<Self, FormFailure> {
        let mime: mime::Mime = content_type.trim().parse().map_err(|_| FormFailure::NotAForm)?;
        match mime.essence_str() {
            "application/x-www-form-urlencoded" => Ok(Self::Urlencoded),
            "multipart/form-data" => {
                let boundary = mime.get_param(mime::BOUNDARY).ok_or(FormFailure::NoBoundary)?;
                Ok(Self::Multipart { boundary: boundary.as_str().to_owned() })
            }
            _ => Err(FormFailure::NotAForm),
        }
    }
}

/// One entry of a body in memory: name; text, or null for a file; then for files the file name, the type, and where in
/// the body its bytes begin and end.
pub(crate) type PlacedEntry =
    (String, Option<String>, Option<String>, Option<String>, Option<(f64, f64)>);

/// Parses a body that is in memory.
///
/// # Errors
/// [`FormFailure`].
fn parse_in_memory(body: &[u8], content_type: &str) -> Result<Vec<PlacedEntry>, FormFailure> {
    match FormKind::of(content_type)? {
        FormKind::Urlencoded => {
            let mut entries = Vec::new();
            let mut pairs = parse_urlencoded(body).into_iter();
            while let (Some(name), Some(value)) = (pairs.next(), pairs.next()) {
                entries.push((name, Some(value), None, None, None));
            }
            Ok(entries)
        }
        FormKind::Multipart { boundary } => parts::parse(body, &boundary),
    }
}

/// `form_parse(bytes, contentType)`: for bodies that are in memory already.
pub(crate) fn op() -> Op {
    Op::raw("form_parse", |scope, args| {
        let content_type = scope.string_of(args.get(1)).unwrap_or_default();
        let entries = scope.with_buffer(args.get(0), |body| parse_in_memory(body, &content_type));
        match entries {
            Some(entries) => entries?.into_js(scope),
            None => Err(OpError::type_error("expected an ArrayBuffer or a view of one")),
        }
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
