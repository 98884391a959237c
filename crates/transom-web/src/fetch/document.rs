//! Documents that the program itself needs from the network, such as the keys of an issuer: small, soon, or not at all.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use http::header::{ACCEPT, ACCEPT_ENCODING, USER_AGENT};
use http::{Request, StatusCode, Uri};
use tokio::time::timeout;
use transom_permissions::{Permissions, Rules};

use super::client::{ClientFailure, HttpClient, UploadBody};
use super::hyper_client::{HyperClient, SharedTls};

/// What such a document may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentLimits {
    /// Longest time from the look-up of the name to the last byte.
    pub time: Duration,
    /// Largest document, in bytes.
    pub bytes: usize,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The address cannot be used.
    #[error("the address cannot be used: {0}")]
    Address(String),
    /// The network or the server failed.
    #[error(transparent)]
    Client(#[from] ClientFailure),
    /// The server answered something else. Redirects are not followed: an address that moves is to be changed where
    /// it is configured.
    #[error("the answer has the status {0}")]
    Status(StatusCode),
    /// It took too long.
    #[error("it took longer than {} s", .0.as_secs())]
    Late(Duration),
    /// It is too large.
    #[error("it has more than {0} bytes")]
    TooLarge(usize),
    /// The program is ending, or no thread can be had.
    #[error("{0}")]
    Thread(String),
}

/// The document at `url`. The future can be polled on any thread with a tokio runtime; the work is done on another.
///
/// # Errors
/// [`DocumentError`].
pub async fn fetch_document(
    tls: SharedTls,
    url: String,
    limits: DocumentLimits,
) -> Result<Vec<u8>, DocumentError> {
    // The client belongs to one thread, and this one may go on to another between two polls.
    let done = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| DocumentError::Thread(error.to_string()))?;
        runtime.block_on(async {
            let fetched = timeout(limits.time, get(&tls, &url, limits.bytes)).await;
            fetched.unwrap_or(Err(DocumentError::Late(limits.time)))
        })
    });
    done.await.unwrap_or_else(|error| Err(DocumentError::Thread(error.to_string())))
}

async fn get(tls: &SharedTls, url: &str, most: usize) -> Result<Vec<u8>, DocumentError> {
    let wrong = |error: &dyn std::fmt::Display| DocumentError::Address(error.to_string());
    let uri: Uri = url.parse().map_err(|error| wrong(&error))?;
    let request = Request::get(uri)
        .header(ACCEPT, "application/json")
        .header(ACCEPT_ENCODING, "identity")
        .header(USER_AGENT, crate::navigator::USER_AGENT)
        .body(UploadBody::Empty)
        .map_err(|error| wrong(&error))?;
    // The address stands in the configuration; `[permissions]` are about what handlers ask for.
    let open = Permissions::new(Rules::open(), Path::new("/"), Path::new("/"));
    let response = HyperClient::new(tls, Arc::new(open)).send(request).await?;
    if response.status() != StatusCode::OK {
        return Err(DocumentError::Status(response.status()));
    }
    let mut body = response.into_body();
    let mut document = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece?;
        if document.len() + piece.len() > most {
            return Err(DocumentError::TooLarge(most));
        }
        document.extend_from_slice(&piece);
    }
    Ok(document)
}
