//! What a project's handlers can use beside the engine, on one store: who is calling, collections, and sessions. Nothing of it is
//! opened before somebody needs it.

use std::sync::Arc;

use transom_identity::{Fetch, OnDemand};
use transom_runtime::SharedTls;
use transom_sessions::Sessions;
use transom_store::SharedStore;

use super::key_sets::KeySets;
use crate::printer::Printer;
use crate::settings::Settings;

/// The services of a process.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    /// Who is calling.
    pub(crate) identity: Arc<OnDemand>,
    /// The collections.
    pub(crate) data: Arc<transom_data::OnDemand>,
    /// What `context.session` keeps.
    pub(crate) sessions: Arc<Sessions>,
}

impl Services {
    /// The services of a server, which fetches the keys of other issuers.
    pub(super) fn of_server(settings: &Settings, printer: Printer) -> Self {
        let tls = SharedTls::new(settings.server.extra_ca.clone());
        Self::new(settings, Some(Arc::new(KeySets::new(tls, printer))))
    }

    /// The services of a command, which believes no other issuers.
    pub(crate) fn of_command(settings: &Settings) -> Self {
        Self::new(settings, None)
    }

    fn new(settings: &Settings, fetch: Option<Arc<dyn Fetch>>) -> Self {
        let services = &settings.services;
        let schemas = vec![transom_identity::SCHEMA, transom_sessions::SCHEMA];
        let location = services.location(&settings.data);
        let store = Arc::new(SharedStore::new(location, services.store_options(), schemas));
        let sessions = Arc::new(Sessions::new(Arc::clone(&store)));
        let collections = settings.collections.clone();
        Self {
            data: Arc::new(transom_data::OnDemand::new(Arc::clone(&store), collections)),
            identity: Arc::new(OnDemand::new(store, services.identity.clone(), fetch)),
            sessions,
        }
    }
}
