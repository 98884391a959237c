//! The service as a server has it: opened when it is first needed, so that a project without data pays nothing for it.

use std::fmt;
use std::sync::Arc;

use transom_store::{OpenOnce, SharedStore};

use crate::{Answer, Call, Caller, Collections, DataError, DataService};

/// The service of a project, perhaps not open yet. Shared by all threads of a server.
pub struct OnDemand {
    store: Arc<SharedStore>,
    collections: Collections,
    opened: OpenOnce<DataService, DataError>,
}

impl OnDemand {
    /// A service on `store`; nothing is touched yet.
    #[must_use]
    pub fn new(store: Arc<SharedStore>, collections: Collections) -> Self {
        Self { store, collections, opened: OpenOnce::default() }
    }

    /// The service, opened by the first who asks. It needs a tokio runtime.
    ///
    /// # Errors
    /// [`DataError`] when the store fails, or does not fit the declarations; the next who asks tries again.
    pub async fn get(&self) -> Result<&DataService, DataError> {
        self.opened.get_or_open(|| self.open()).await
    }

    /// Answers one call; when the service cannot be opened, the answer says why.
    pub async fn answer(&self, caller: &Caller, call: Call<'_>) -> Answer {
        match self.get().await {
            Ok(service) => service.answer(caller, call).await,
            Err(error) => error.answer(),
        }
    }

    /// One item, as [`DataService::item`] answers it.
    pub async fn item(&self, caller: &Caller, collection: &str, id: &str) -> Answer {
        match self.get().await {
            Ok(service) => service.item(caller, collection, id).await,
            Err(error) => error.answer(),
        }
    }

    /// A page of items, as [`DataService::items`] answers it.
    pub async fn items(&self, caller: &Caller, body: &[u8]) -> Answer {
        match self.get().await {
            Ok(service) => service.items(caller, body).await,
            Err(error) => error.answer(),
        }
    }

    async fn open(&self) -> Result<DataService, DataError> {
        let store = self.store.get().await?;
        let collections = self.collections.clone();
        // It makes tables and indexes: not on a thread that answers requests.
        let opening = tokio::task::spawn_blocking(move || DataService::open(store, collections));
        match opening.await {
            Ok(opened) => opened,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

impl fmt::Debug for OnDemand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnDemand").field("store", &self.store).finish_non_exhaustive()
    }
}
