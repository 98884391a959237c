//! The key sets of other issuers, fetched over the network for the identity service.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use transom_identity::Fetch;
use transom_runtime::{DocumentLimits, SharedTls, fetch_document};

use crate::printer::Printer;

/// A key set has a few KiB, and a request that names an unknown key may wait for it.
const LIMITS: DocumentLimits = DocumentLimits { time: Duration::from_secs(5), bytes: 512 << 10 };

/// Fetches key sets, and says so when one is not there, and when it is there again.
pub(super) struct KeySets {
    tls: SharedTls,
    printer: Printer,
    /// Addresses whose failure the operator has been told of.
    missing: Arc<Mutex<HashSet<String>>>,
}

impl KeySets {
    pub(super) fn new(tls: SharedTls, printer: Printer) -> Self {
        Self { tls, printer, missing: Arc::default() }
    }
}

impl Fetch for KeySets {
    fn fetch(&self, url: &str) -> Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send>> {
        let fetching = fetch_document(self.tls.clone(), url.to_owned(), LIMITS);
        let (url, printer, missing) = (url.to_owned(), self.printer, Arc::clone(&self.missing));
        Box::pin(async move {
            let fetched = fetching.await;
            let mut missing = missing.lock().unwrap_or_else(PoisonError::into_inner);
            match &fetched {
                Ok(_) if missing.remove(&url) => {
                    printer.status(format_args!("[identity] the key set `{url}` is there again"));
                }
                Err(error) if missing.insert(url.clone()) => printer.status(format_args!(
                    "[identity] the key set `{url}` cannot be fetched: {error}; the keys that are known go on to serve"
                )),
                _ => {}
            }
            fetched.map_err(|error| error.to_string())
        })
    }
}
