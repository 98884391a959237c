//! The service as a server has it: opened when it is first needed, so that a project without data pays nothing for it;
//! and opened anew for other declarations, while it goes on answering.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use transom_store::{OpenOnce, SharedStore};

use crate::{Answer, Call, Caller, Collections, DataError, DataService};

/// The service of a project, perhaps not open yet. Shared by all threads of a server.
pub struct OnDemand {
    store: Arc<SharedStore>,
    current: RwLock<Arc<Declared>>,
}

/// What is declared, and the service that goes by it.
struct Declared {
    collections: Collections,
    opened: OpenOnce<DataService, DataError>,
}

impl Declared {
    fn new(collections: Collections) -> Arc<Self> {
        Arc::new(Self { collections, opened: OpenOnce::default() })
    }
}

impl OnDemand {
    /// A service on `store`; nothing is touched yet.
    #[must_use]
    pub fn new(store: Arc<SharedStore>, collections: Collections) -> Self {
        Self { store, current: RwLock::new(Declared::new(collections)) }
    }

    /// The service, opened by the first who asks. It needs a tokio runtime.
    ///
    /// # Errors
    /// [`DataError`] when the store fails, or does not fit the declarations; the next who asks tries again.
    pub async fn get(&self) -> Result<DataService, DataError> {
        let current = self.current();
        let service = current.opened.get_or_open(|| self.open(&current.collections)).await?;
        Ok(service.clone())
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

    /// Lets other declarations count: opens the service for them, with their indexes, has calls answered by it from then
    /// on, and asks `accept` for the rest of what changes with them. When that fails, everything is as it was before.
    /// Calls that have begun end with what they began with. Nothing happens to the service when nothing is declared
    /// differently. One at a time; it needs a tokio runtime.
    ///
    /// # Errors
    /// [`DataError`] when the store fails, or holds items that violate a new declaration; `accept` was then not asked.
    /// Within, what `accept` answers.
    pub async fn redeclare<T, E>(
        &self,
        collections: Collections,
        accept: impl FnOnce() -> Result<T, E>,
    ) -> Result<Result<T, E>, DataError> {
        let before = self.current();
        if before.collections == collections {
            return Ok(accept());
        }
        let next = Declared::new(collections);
        if next.collections.is_empty() {
            self.put(&next); // There is nothing to make, so that it can be opened when it is needed.
            return Ok(accept().inspect_err(|_| self.put(&before)));
        }
        let store = self.store.get().await?;
        let declared = next.collections.clone();
        let (service, made) =
            blocking(move || DataService::open_beside_another(store, declared)).await?;
        let opened = service.clone();
        next.opened.get_or_open(|| async { Ok::<_, DataError>(opened) }).await?;
        self.put(&next);
        let accepted = accept();
        if accepted.is_err() {
            self.put(&before);
        }
        let former = accepted.is_ok().then(|| before.collections.clone());
        // Whatever becomes of an index that nobody needs, the declarations count, or they do not.
        drop(blocking(move || service.settle(made, former)).await);
        Ok(accepted)
    }

    async fn open(&self, collections: &Collections) -> Result<DataService, DataError> {
        let store = self.store.get().await?;
        let collections = collections.clone();
        // It makes tables and indexes: not on a thread that answers requests.
        blocking(move || DataService::open(store, collections)).await
    }

    fn current(&self) -> Arc<Declared> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, declared: &Arc<Declared>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(declared);
    }
}

/// Runs `work` on a thread that may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DataError> + Send + 'static,
) -> Result<T, DataError> {
    let ended = |error| DataError::new(500, "WDE0053", format!("opening did not end: {error}"));
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(ended(error)))
}

impl fmt::Debug for OnDemand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnDemand").field("store", &self.store).finish_non_exhaustive()
    }
}
