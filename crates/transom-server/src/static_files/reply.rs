//! From a public file to a reply: conditional requests, ranges and bytes, by the crate `http-serve`.
//!
//! `http-serve` follows RFC 9110 strictly where npm `send` is lenient, so the conditional headers
//! are prepared first: what `send` ignores is left out, weak tags count where `send` lets them, and
//! several ranges in one request are answered with the whole file.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyStream;
use http_serve::{BoxError, Entity};
use tokio::task::spawn_blocking;

use super::PublicFile;
use crate::app::{Reply, ReplyAborted, ReplyBody};

/// Files up to this size are read in the same step that opens them, in bytes.
const SMALL_BYTES: u64 = 128 * 1024;

/// Larger files are read in steps of this size, in bytes, each off the worker's thread.
const STEP_BYTES: u64 = 64 * 1024;

/// A file that has been opened, with what a reply says about it.
struct Opened {
    file: Arc<File>,
    length: u64,
    /// In whole seconds, as `last-modified` can express it.
    modified: SystemTime,
    etag: HeaderValue,
    content_type: HeaderValue,
}

impl PublicFile {
    /// The reply with this file, for any method. Nothing when the file cannot be read any more;
    /// Astro then goes on as if it had never been there.
    pub async fn reply(&self, method: &Method, headers: &HeaderMap) -> Option<Reply> {
        let is_plain =
            method != Method::HEAD && !CONDITIONS.iter().any(|c| headers.contains_key(c));
        let description = Arc::clone(&self.0);
        let open = move || open(&description.root, &description.path, is_plain);
        let (file, content, length, modified) = spawn_blocking(open).await.ok()?.ok()?;
        let age = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let tag = format!("W/\"{length:x}-{:x}\"", age.as_millis());
        let opened = Opened {
            file: Arc::new(file),
            length,
            modified: SystemTime::UNIX_EPOCH + Duration::from_secs(age.as_secs()),
            etag: HeaderValue::try_from(tag).ok()?,
            content_type: self.0.content_type.clone(),
        };
        let mut request = http::Request::new(());
        *request.method_mut() = if method == Method::HEAD { Method::HEAD } else { Method::GET };
        let mut reply = match conditions(headers, &opened) {
            Some(conditions) => {
                *request.headers_mut() = conditions;
                serve(opened, &request, content)
            }
            None => Reply::empty(StatusCode::PRECONDITION_FAILED),
        };
        reply.headers.insert(header::CACHE_CONTROL, self.0.cache_control.clone());
        if reply.status == StatusCode::RANGE_NOT_SATISFIABLE {
            reply.headers.insert(header::CONTENT_TYPE, self.0.content_type.clone());
        }
        Some(reply)
    }
}

/// The headers that can turn the answer into something else than the whole file.
const CONDITIONS: [HeaderName; 5] = [
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
    header::RANGE,
];

type Read = (File, Option<Bytes>, u64, SystemTime);

/// Opens a file that lies below `root`, and reads it when it is small and wanted.
fn open(root: &std::path::Path, path: &std::path::Path, wanted: bool) -> io::Result<Read> {
    // A link may have been put there since the tree was indexed.
    let path = path.canonicalize()?;
    if !path.starts_with(root) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let length = metadata.len();
    let content = match length {
        0..=SMALL_BYTES if wanted => Some(read(&file, 0..length)?),
        _ => None,
    };
    Ok((file, content, length, metadata.modified()?))
}

fn read(file: &File, range: Range<u64>) -> io::Result<Bytes> {
    let size = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
    let mut bytes = vec![0; size];
    file.read_exact_at(&mut bytes, range.start)?;
    Ok(bytes.into())
}

fn serve(opened: Opened, request: &http::Request<()>, content: Option<Bytes>) -> Reply {
    let (parts, body) = http_serve::serve(opened, request).into_parts();
    let body = match content {
        Some(bytes) => ReplyBody::Full(bytes),
        None if parts.status.is_success() && request.method() != Method::HEAD => {
            let pieces = BodyStream::new(body).filter_map(|frame| async {
                // A file yields data and no trailers. What went wrong shows as a broken answer.
                frame.map_or(Some(Err(ReplyAborted)), |frame| frame.into_data().ok().map(Ok))
            });
            ReplyBody::Stream(Box::pin(pieces))
        }
        None => ReplyBody::Empty,
    };
    Reply { status: parts.status, reason: None, headers: parts.headers, body }
}

/// The conditional headers as `http-serve` shall see them; nothing when the precondition fails.
fn conditions(headers: &HeaderMap, opened: &Opened) -> Option<HeaderMap> {
    let mut kept = HeaderMap::new();
    let mut keep = |name: HeaderName, value: &HeaderValue| drop(kept.insert(name, value.clone()));
    if let Some(tags) = headers.get(header::IF_MATCH) {
        if tags != "*" && !names_tag(tags, &opened.etag) {
            return None;
        }
    } else if let Some(since) = headers.get(header::IF_UNMODIFIED_SINCE)
        && date(since).is_some()
    {
        keep(header::IF_UNMODIFIED_SINCE, since);
    }
    let reload = headers.get(header::CACHE_CONTROL).is_some_and(|value| {
        value.to_str().is_ok_and(|text| {
            text.split(',').any(|word| word.trim().eq_ignore_ascii_case("no-cache"))
        })
    });
    if !reload {
        if let Some(tags) = headers.get(header::IF_NONE_MATCH) {
            if tags == "*" || names_tag(tags, &opened.etag) {
                keep(header::IF_NONE_MATCH, &opened.etag);
            }
        } else if let Some(since) = headers.get(header::IF_MODIFIED_SINCE)
            && date(since).is_some()
        {
            keep(header::IF_MODIFIED_SINCE, since);
        }
    }
    if let Some(range) = headers.get(header::RANGE)
        && !range.as_bytes().contains(&b',')
        && headers.get(header::IF_RANGE).is_none_or(|state| is_fresh(state, opened))
    {
        keep(header::RANGE, range);
    }
    Some(kept)
}

/// Whether a list of tags names `tag`; a weak tag is equal to the strong one.
fn names_tag(tags: &HeaderValue, tag: &HeaderValue) -> bool {
    let opaque = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
    let wanted = opaque(tag.as_bytes());
    tags.as_bytes().split(|&byte| byte == b',').any(|item| opaque(item.trim_ascii()) == wanted)
}

fn is_fresh(if_range: &HeaderValue, opened: &Opened) -> bool {
    if if_range.as_bytes().contains(&b'"') {
        return names_tag(if_range, &opened.etag);
    }
    date(if_range).is_some_and(|date| opened.modified <= date)
}

fn date(value: &HeaderValue) -> Option<SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

impl Entity for Opened {
    type Error = BoxError;
    type Data = Bytes;

    fn len(&self) -> u64 {
        self.length
    }

    fn get_range(
        &self,
        range: Range<u64>,
    ) -> Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send + Sync>> {
        let file = Arc::clone(&self.file);
        Box::pin(stream::unfold(range, move |mut rest| {
            let file = Arc::clone(&file);
            async move {
                let step = rest.start..rest.end.min(rest.start + STEP_BYTES);
                if step.is_empty() {
                    return None;
                }
                rest.start = step.end;
                let piece = match spawn_blocking(move || read(&file, step)).await {
                    Ok(piece) => piece.map_err(BoxError::from),
                    Err(error) => Err(BoxError::from(error)),
                };
                Some((piece, rest))
            }
        }))
    }

    fn add_headers(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
    }

    fn etag(&self) -> Option<HeaderValue> {
        Some(self.etag.clone())
    }

    fn last_modified(&self) -> Option<SystemTime> {
        Some(self.modified)
    }
}
