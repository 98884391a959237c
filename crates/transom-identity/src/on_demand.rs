//! The service as a server has it: opened when it is first needed, so that a project that never asks who is calling
//! pays nothing for it.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use transom_store::{OpenOnce, SharedStore};

use crate::patience::Patience;
use crate::{Clock, Fetch, Identity, IdentityError, RateLimits, Settings};

/// Things that somebody is told of once; a program that finds more of them has its log full already.
const MOST_TOLD: usize = 1000;

/// The service of a project, perhaps not open yet. Shared by all threads of a server.
pub struct OnDemand {
    store: Arc<SharedStore>,
    settings: Settings,
    fetch: Option<Arc<dyn Fetch>>,
    opened: OpenOnce<Identity, IdentityError>,
    patience: Patience,
    told: Mutex<HashSet<String>>,
    rate_limits: RateLimits,
}

impl OnDemand {
    /// A service in `store`, which has [`crate::SCHEMA`]; nothing is touched yet.
    #[must_use]
    pub fn new(store: Arc<SharedStore>, settings: Settings, fetch: Option<Arc<dyn Fetch>>) -> Self {
        let (opened, told) = (OpenOnce::default(), Mutex::default());
        let rate_limits = RateLimits::new(&store);
        let patience = Patience::default();
        Self { store, settings, fetch, opened, patience, told, rate_limits }
    }

    /// The service, opened by the first who asks. After a failure the next who asks tries again.
    ///
    /// # Errors
    /// [`IdentityError`] when the store fails.
    pub async fn get(&self) -> Result<Identity, IdentityError> {
        self.opened.get_or_open(|| self.open()).await.cloned()
    }

    /// Whether the service is open, or opens within a moment. It needs a tokio runtime.
    pub async fn opens_soon(self: &Arc<Self>) -> bool {
        if self.opened.get().is_some() {
            return true;
        }
        let this = Arc::clone(self);
        self.patience.ask(async move { this.get().await }).await.answer().is_some()
    }

    /// What the project has decided.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The service, if somebody has asked for it before.
    #[must_use]
    pub fn opened(&self) -> Option<&Identity> {
        self.opened.get()
    }

    /// Origins that tokens may be sent to beside the own one; `*` stands for all.
    #[must_use]
    pub fn token_origins(&self) -> Vec<String> {
        let Settings { origins, token_origins, .. } = &self.settings;
        origins.iter().chain(token_origins).cloned().collect()
    }

    /// The counters of the guards' rate limits.
    #[must_use]
    pub fn rate_limits(&self) -> &RateLimits {
        &self.rate_limits
    }

    /// Whether this is the first time that somebody on any thread is to be told of `what`.
    pub fn is_news(&self, what: &str) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < MOST_TOLD && told.insert(what.to_owned())
    }

    async fn open(&self) -> Result<Identity, IdentityError> {
        let store = self.store.get().await?;
        let fetch = self.fetch.clone();
        let identity =
            Identity::open(store, self.settings.clone(), Clock::default(), fetch).await?;
        identity.follow_in_background()?;
        Ok(identity)
    }
}

impl fmt::Debug for OnDemand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnDemand").field("store", &self.store).finish_non_exhaustive()
    }
}
