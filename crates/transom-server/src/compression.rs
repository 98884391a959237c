//! Compression of answers: gzip, brotli or Zstandard, when the client accepts it.
//!
//! An answer is compressed when the handler did not encode it, its type is worth it, it is at least
//! [`LEAST_BYTES`] long where the length is known, and it is no part of a larger thing (206), no
//! event stream and not marked `no-transform`. Only then `vary` is added (issue text; RFC 9110
//! section 12.5.5 would allow more). Streams are flushed after each piece, so they stay live.
//!
//! Which answers may be compressed is decided in [`compress`]; [`negotiate`] reads the client's wish.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_compression::Level;
use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZstdEncoder};
use bytes::Bytes;
use futures_util::{FutureExt, Stream};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::app::{ReplyAborted, ReplyBody, ReplyStream};

/// Shortest body that is compressed, in bytes: below it an answer fits one packet anyway.
const LEAST_BYTES: usize = 1024;

/// Bodies above this are compressed piece by piece while they are sent, so that one large answer
/// does not hold the worker.
const AT_ONCE_BYTES: usize = 128 * 1024;

/// Levels for content that is compressed once and sent once: most of the gain for a tenth of the
/// highest level's time.
const GZIP_LEVEL: i32 = 5;
const BROTLI_LEVEL: i32 = 4;
const ZSTD_LEVEL: i32 = 3;

/// A content coding that this server can produce, best first where the client has no preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Zstd,
    Brotli,
    Gzip,
}

impl Coding {
    const ALL: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// The coding that the client likes best, or `None` to send the body as it is.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3>
fn negotiate(accepted: &HeaderValue) -> Option<Coding> {
    let text = accepted.to_str().ok()?;
    let mut best: Option<(Coding, u16)> = None;
    for coding in Coding::ALL {
        let weight = weight(text, coding.name()).or_else(|| weight(text, "*")).unwrap_or(0);
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((coding, weight));
        }
    }
    let identity = weight(text, "identity").unwrap_or(0);
    best.filter(|&(_, weight)| weight >= identity).map(|(coding, _)| coding)
}

/// The weight in thousandths that `accept-encoding` gives to a coding.
fn weight(accepted: &str, name: &str) -> Option<u16> {
    accepted.split(',').find_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let coding = parts.next()?;
        let gzip_alias = name == "gzip" && coding.eq_ignore_ascii_case("x-gzip");
        if !coding.eq_ignore_ascii_case(name) && !gzip_alias {
            return None;
        }
        let quality = parts.find_map(|part| {
            part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")).map(str::trim)
        });
        Some(quality.map_or(1000, |text| {
            let value = text.parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0);
            // The clamp keeps the product within `u16`.
            (value * 1000.0) as u16
        }))
    })
}

/// Whether bodies of this type usually shrink.
fn is_compressible(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "text/event-stream" => false,
        "application/json"
        | "application/javascript"
        | "application/xml"
        | "application/wasm"
        | "application/x-ndjson"
        | "application/x-javascript"
        | "application/graphql"
        | "application/rtf"
        | "application/x-www-form-urlencoded"
        | "application/manifest"
        | "application/vnd.ms-fontobject"
        | "image/svg+xml"
        | "image/bmp"
        | "image/x-icon"
        | "image/vnd.microsoft.icon"
        | "font/ttf"
        | "font/otf" => true,
        other => other.starts_with("text/") || other.ends_with("+json") || other.ends_with("+xml"),
    }
}

/// Compresses `body` and changes `headers` accordingly, or returns it as it is.
pub(crate) fn compress(
    accepted: &HeaderValue,
    head_only: bool,
    status: StatusCode,
    headers: &mut HeaderMap,
    body: ReplyBody,
) -> ReplyBody {
    let long_enough = match &body {
        ReplyBody::Empty => false,
        ReplyBody::Full(bytes) => bytes.len() >= LEAST_BYTES,
        ReplyBody::Stream(_) => headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<usize>().ok())
            .is_none_or(|length| length >= LEAST_BYTES),
    };
    if !long_enough || status == StatusCode::PARTIAL_CONTENT || !may_encode(headers) {
        return body;
    }
    let Some(coding) = negotiate(accepted) else { return body };
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    headers.remove(header::CONTENT_LENGTH);
    add_vary(headers);
    weaken_etag(headers);
    match body {
        // Only the head will be sent.
        _ if head_only => ReplyBody::Empty,
        ReplyBody::Full(bytes) if bytes.len() <= AT_ONCE_BYTES => {
            let mut encoder = Encoder::new(coding);
            match encoder.write(&bytes).and_then(|first| Ok((first, encoder.finish()?))) {
                Ok((first, rest)) if rest.is_empty() => ReplyBody::Full(first),
                Ok((first, rest)) => ReplyBody::Full([first, rest].concat().into()),
                // The encoders write to memory and do not fail; if one does, nothing is sent.
                Err(_) => failed(),
            }
        }
        ReplyBody::Full(bytes) => compressed(coding, Source::Slices(bytes)),
        ReplyBody::Stream(stream) => compressed(coding, Source::Stream(stream)),
        ReplyBody::Empty => ReplyBody::Empty,
    }
}

fn failed() -> ReplyBody {
    ReplyBody::Stream(Box::pin(futures_util::stream::iter([Err(ReplyAborted)])))
}

fn compressed(coding: Coding, source: Source) -> ReplyBody {
    let encoder = Some(Encoder::new(coding));
    ReplyBody::Stream(Box::pin(Compressed { source, encoder }))
}

fn may_encode(headers: &HeaderMap) -> bool {
    if headers.contains_key(header::CONTENT_ENCODING) || headers.contains_key(header::CONTENT_RANGE)
    {
        return false;
    }
    let transformable = headers.get_all(header::CACHE_CONTROL).iter().all(|value| {
        value.to_str().is_ok_and(|text| {
            text.split(',').all(|word| !word.trim().eq_ignore_ascii_case("no-transform"))
        })
    });
    transformable
        && headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(is_compressible)
}

fn add_vary(headers: &mut HeaderMap) {
    let named = headers.get_all(header::VARY).iter().any(|value| {
        value.to_str().is_ok_and(|text| {
            text.split(',').map(str::trim).any(|name| {
                name == "*" || name.eq_ignore_ascii_case(header::ACCEPT_ENCODING.as_str())
            })
        })
    });
    if !named {
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
}

/// The compressed form is another sequence of bytes, for which a strong tag would be wrong.
fn weaken_etag(headers: &mut HeaderMap) {
    let Some(tag) = headers.get(header::ETAG).filter(|tag| tag.as_bytes().starts_with(b"\""))
    else {
        return;
    };
    match HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat()) {
        Ok(weak) => headers.insert(header::ETAG, weak),
        Err(_) => headers.remove(header::ETAG),
    };
}

/// An encoder that writes to memory, so that its asynchronous interface never waits.
enum Encoder {
    Zstd(ZstdEncoder<Vec<u8>>),
    /// Boxed because its state is several kilobytes.
    Brotli(Box<BrotliEncoder<Vec<u8>>>),
    Gzip(GzipEncoder<Vec<u8>>),
}

impl Encoder {
    fn new(coding: Coding) -> Self {
        let level = Level::Precise;
        match coding {
            Coding::Zstd => Self::Zstd(ZstdEncoder::with_quality(Vec::new(), level(ZSTD_LEVEL))),
            Coding::Brotli => {
                Self::Brotli(Box::new(BrotliEncoder::with_quality(Vec::new(), level(BROTLI_LEVEL))))
            }
            Coding::Gzip => Self::Gzip(GzipEncoder::with_quality(Vec::new(), level(GZIP_LEVEL))),
        }
    }

    fn writer(&mut self) -> &mut (dyn AsyncWrite + Unpin) {
        match self {
            Self::Zstd(encoder) => encoder,
            Self::Brotli(encoder) => encoder,
            Self::Gzip(encoder) => encoder,
        }
    }

    fn take(&mut self) -> Bytes {
        let output = match self {
            Self::Zstd(encoder) => encoder.get_mut(),
            Self::Brotli(encoder) => encoder.get_mut(),
            Self::Gzip(encoder) => encoder.get_mut(),
        };
        std::mem::take(output).into()
    }

    /// Compresses `bytes` and returns what the encoder has ready, without forcing it.
    fn write(&mut self, bytes: &[u8]) -> io::Result<Bytes> {
        at_once(self.writer().write_all(bytes))?;
        Ok(self.take())
    }

    /// Returns everything that was written before.
    fn flush(&mut self) -> io::Result<Bytes> {
        at_once(self.writer().flush())?;
        Ok(self.take())
    }

    /// Returns the end of the compressed form.
    fn finish(&mut self) -> io::Result<Bytes> {
        at_once(self.writer().shutdown())?;
        Ok(self.take())
    }
}

fn at_once(work: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    work.now_or_never().unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
}

/// A body that is compressed while it is sent.
struct Compressed {
    source: Source,
    /// Absent after the end.
    encoder: Option<Encoder>,
}

enum Source {
    /// The rest of a large body.
    Slices(Bytes),
    Stream(ReplyStream),
}

impl Stream for Compressed {
    type Item = Result<Bytes, ReplyAborted>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(encoder) = &mut this.encoder else { return Poll::Ready(None) };
        loop {
            let piece = match &mut this.source {
                Source::Stream(stream) => ready!(stream.as_mut().poll_next(cx)).transpose()?,
                Source::Slices(rest) if rest.is_empty() => None,
                Source::Slices(rest) => Some(rest.split_to(rest.len().min(AT_ONCE_BYTES))),
            };
            let output = match &piece {
                None => encoder.finish(),
                Some(piece) => encoder.write(piece).and_then(|first| match this.source {
                    // Nobody waits for the parts of a body that is complete.
                    Source::Slices(_) => Ok(first),
                    Source::Stream(_) => {
                        let rest = encoder.flush()?;
                        Ok(if first.is_empty() { rest } else { [first, rest].concat().into() })
                    }
                }),
            };
            if piece.is_none() {
                this.encoder = None;
                return Poll::Ready(Some(output.map_err(|_| ReplyAborted)));
            }
            match output {
                Ok(bytes) if bytes.is_empty() => {}
                other => return Poll::Ready(Some(other.map_err(|_| ReplyAborted))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accepted: &'static str, expected: Option<&str>) {
        let coding = negotiate(&HeaderValue::from_static(accepted));
        assert_eq!(coding.map(Coding::name), expected, "{accepted}");
    }

    #[test]
    fn the_client_chooses_by_weight() {
        check("gzip", Some("gzip"));
        check("x-gzip", Some("gzip"));
        check("gzip, deflate, br, zstd", Some("zstd"));
        check("gzip, deflate, br", Some("br"));
        check("gzip;q=1.0, br;q=0.5", Some("gzip"));
        check("br; q=0.001", Some("br"));
        check("br;q=0, *", Some("zstd"));
        check("*;q=0", None);
        check("identity", None);
        check("identity;q=1, gzip;q=0.5", None);
        check("deflate", None);
        check("", None);
    }

    #[test]
    fn types_that_are_compressed_already_are_left_alone() {
        for yes in ["text/html; charset=utf-8", "application/ld+json", "image/svg+xml", "Text/CSS"]
        {
            assert!(is_compressible(yes), "{yes}");
        }
        for no in ["image/png", "text/event-stream", "application/zip", "font/woff2", ""] {
            assert!(!is_compressible(no), "{no}");
        }
    }

    #[test]
    fn a_strong_tag_becomes_weak_and_vary_is_not_repeated() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, HeaderValue::from_static("\"a\""));
        headers.insert(header::VARY, HeaderValue::from_static("Cookie, Accept-Encoding"));
        weaken_etag(&mut headers);
        weaken_etag(&mut headers);
        add_vary(&mut headers);
        assert_eq!(headers[header::ETAG], "W/\"a\"");
        assert_eq!(headers.get_all(header::VARY).iter().count(), 1);
    }
}
