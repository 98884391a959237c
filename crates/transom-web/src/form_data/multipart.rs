//! Reads `multipart/form-data` as it arrives, over the `multer` parser.
//!
//! Spec: <https://andreubotella.github.io/multipart-form-data/#multipart-form-data-parser>.
//!
//! Invariants: a part above [`SPOOL_THRESHOLD_BYTES`] that is a file is never held in memory when there
//! is a spool; the parser never runs ahead of the disk, and so neither does the client; what is not
//! yet recognised as a part (a preamble, a part's headers) stays below [`MAX_UNPARSED_BYTES`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use multer::{Field, Multipart};
use tokio::sync::mpsc;
use transom_engine::ByteBuffer;

use super::content_disposition::ContentDisposition;
use super::form_body::{FormEntry, FormFailure};
use super::spool::{Spool, SpoolWriter};
use crate::fetch::incoming::{BodyFailure, BodyStream};

/// Files of more bytes than this go to disk.
pub(crate) const SPOOL_THRESHOLD_BYTES: usize = 256 * 1024;
/// More than this without a part's end or headers is an attack, not a form.
const MAX_UNPARSED_BYTES: usize = 1024 * 1024;

/// Passes through the parser as a failure of its source.
#[derive(Debug, thiserror::Error)]
#[error("a part's headers are too long")]
struct Unparsed;

/// Reads every entry of `body`.
///
/// # Errors
/// [`FormFailure`]; files already spooled are released by the request's end.
pub(crate) async fn parse(
    mut body: BodyStream,
    boundary: &str,
    spool: Option<(&Spool, f64)>,
) -> Result<Vec<FormEntry>, FormFailure> {
    // The parser wants a source that can change threads, which a body cannot; hence the channel.
    // Both ends are polled by this one future, so at most one piece is ever waiting in it.
    let (sender, mut receiver) = mpsc::channel::<Bytes>(1);
    let unparsed = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&unparsed);
    let pieces = stream::poll_fn(move |context| receiver.poll_recv(context)).map(move |piece| {
        let waiting = counter.fetch_add(piece.len(), Ordering::Relaxed);
        if waiting > MAX_UNPARSED_BYTES { Err(Unparsed) } else { Ok(piece) }
    });
    let feed = async move {
        while let Some(piece) = body.next().await {
            if sender.send(piece?).await.is_err() {
                break; // The parser has seen enough.
            }
        }
        Ok::<(), BodyFailure>(())
    };
    let read = async {
        let mut parts = Multipart::new(pieces, boundary);
        let mut entries = Vec::new();
        while let Some(field) = parts.next_field().await? {
            unparsed.store(0, Ordering::Relaxed);
            entries.push(entry(field, &unparsed, spool).await?);
        }
        Ok::<_, PartFailure>(entries)
    };
    let mut read = std::pin::pin!(read);
    tokio::select! {
        biased;
        entries = &mut read => return Ok(entries?),
        fed = feed => fed?,
    }
    Ok(read.await?)
}

/// What reading one part can run into.
#[derive(Debug, thiserror::Error)]
enum PartFailure {
    #[error(transparent)]
    Parser(#[from] multer::Error),
    #[error("a part has no name")]
    NoName,
    #[error(transparent)]
    Spool(#[from] std::io::Error),
}

impl From<PartFailure> for FormFailure {
    fn from(failure: PartFailure) -> Self {
        use multer::Error;
        let reason = match failure {
            PartFailure::Spool(error) => return Self::Spool(error),
            PartFailure::Parser(Error::StreamReadFailed(error)) => error.to_string(),
            PartFailure::Parser(
                Error::IncompleteStream
                | Error::IncompleteFieldData { .. }
                | Error::IncompleteHeaders,
            ) => "it ends before its closing boundary".to_owned(),
            other => other.to_string(),
        };
        Self::Malformed { reason }
    }
}

async fn entry(
    mut field: Field<'_>,
    unparsed: &AtomicUsize,
    spool: Option<(&Spool, f64)>,
) -> Result<FormEntry, PartFailure> {
    let disposition = field.headers().get(http::header::CONTENT_DISPOSITION);
    let disposition = disposition.and_then(|value| ContentDisposition::parse(value.as_bytes()));
    let ContentDisposition { name: Some(name), filename } = disposition.unwrap_or_default() else {
        return Err(PartFailure::NoName);
    };
    let Some(filename) = filename else {
        let mut text = Vec::new();
        while let Some(piece) = field.chunk().await? {
            unparsed.store(0, Ordering::Relaxed);
            text.extend_from_slice(&piece);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        return Ok((name, Some(text), None, None, None, None));
    };
    let content_type = field.headers().get(http::header::CONTENT_TYPE).map_or_else(
        || "text/plain".to_owned(),
        |value| String::from_utf8_lossy(value.as_bytes()).into_owned(),
    );

    let mut content = ByteBuffer::default();
    let mut writer: Option<SpoolWriter> = None;
    while let Some(piece) = field.chunk().await? {
        unparsed.store(0, Ordering::Relaxed);
        match (&mut writer, spool) {
            (Some(writer), _) => writer.write(&piece).await?,
            (None, Some((spool, _))) if content.len() + piece.len() > SPOOL_THRESHOLD_BYTES => {
                let mut started = spool.create().await?;
                started.write(std::mem::take(&mut content).as_slice()).await?;
                started.write(&piece).await?;
                writer = Some(started);
            }
            _ => content.push(&piece),
        }
    }
    match (writer, spool) {
        (Some(writer), Some((spool, request_id))) => {
            let spooled = spool.keep(writer, request_id).await?;
            Ok((name, None, Some(filename), Some(content_type), None, Some(spooled)))
        }
        _ => Ok((name, None, Some(filename), Some(content_type), Some(content), None)),
    }
}

#[cfg(test)]
#[path = "multipart_tests.rs"]
mod tests;
