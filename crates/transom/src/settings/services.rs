//! `[identity]` and `[store]`: what the sources give, and what comes of it.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use transom_identity::{Algorithm, IssuerSettings, Lifetimes, Provider, Secret, Settings};
use transom_store::{Location, Options, PostgresUrl};

use super::{SettingsError, defaults};
use crate::units::ByteSize;

/// The `[identity]` part of a layer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IdentityLayer {
    pub(crate) enabled: Option<bool>,
    pub(crate) provider: Option<ProviderName>,
    pub(crate) api: Option<String>,
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) instance_id: Option<String>,
    pub(crate) origins: Option<Vec<String>>,
    pub(crate) redirects: Option<Vec<String>>,
    pub(crate) token_origins: Option<Vec<String>>,
    pub(crate) token_lifetime: Option<Duration>,
    pub(crate) session_lifetime: Option<Duration>,
    pub(crate) key_lifetime: Option<Duration>,
    pub(crate) clock_skew: Option<Duration>,
    /// `[[identity.issuer]]`, which only the file can give.
    pub(crate) issuers: Vec<IssuerSettings>,
}

/// Who says who is calling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProviderName {
    /// transom's own service.
    Local,
    /// The real service.
    Wix,
}

/// The `[store]` part of a layer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StoreLayer {
    pub(crate) url: Option<DatabaseUrl>,
    pub(crate) connections: Option<NonZeroUsize>,
    pub(crate) max_size: Option<ByteSize>,
}

/// The address of a database, which may hold a password and is therefore never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DatabaseUrl(String);

/// Who is calling, and where that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceSettings {
    /// Whether the service is opened at start.
    pub(crate) identity_enabled: bool,
    pub(crate) identity: Settings,
    url: Option<DatabaseUrl>,
    connections: Option<NonZeroUsize>,
    max_size: Option<ByteSize>,
}

impl DatabaseUrl {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        PostgresUrl::parse(text).map_err(|error| error.to_string())?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl")
    }
}

impl IdentityLayer {
    pub(super) fn over(self, weaker: Self) -> Self {
        Self {
            enabled: self.enabled.or(weaker.enabled),
            provider: self.provider.or(weaker.provider),
            api: self.api.or(weaker.api),
            algorithm: self.algorithm.or(weaker.algorithm),
            client_id: self.client_id.or(weaker.client_id),
            client_secret: self.client_secret.or(weaker.client_secret),
            instance_id: self.instance_id.or(weaker.instance_id),
            origins: self.origins.or(weaker.origins),
            redirects: self.redirects.or(weaker.redirects),
            token_origins: self.token_origins.or(weaker.token_origins),
            token_lifetime: self.token_lifetime.or(weaker.token_lifetime),
            session_lifetime: self.session_lifetime.or(weaker.session_lifetime),
            key_lifetime: self.key_lifetime.or(weaker.key_lifetime),
            clock_skew: self.clock_skew.or(weaker.clock_skew),
            issuers: if self.issuers.is_empty() { weaker.issuers } else { self.issuers },
        }
    }
}

impl StoreLayer {
    pub(super) fn over(self, weaker: Self) -> Self {
        Self {
            url: self.url.or(weaker.url),
            connections: self.connections.or(weaker.connections),
            max_size: self.max_size.or(weaker.max_size),
        }
    }
}

impl ServiceSettings {
    /// # Errors
    /// [`SettingsError`] when the real service is to be asked and what it wants to know is missing.
    pub(super) fn resolve(
        identity: IdentityLayer,
        store: StoreLayer,
    ) -> Result<Self, SettingsError> {
        let standard = Settings::default();
        let provider = match identity.provider.unwrap_or(ProviderName::Local) {
            ProviderName::Local => Provider::Local,
            ProviderName::Wix if identity.client_id.is_none() => {
                return Err(SettingsError::Unregistered { missing: "identity.client_id" });
            }
            ProviderName::Wix if identity.client_secret.is_none() => {
                return Err(SettingsError::Unregistered { missing: "identity.client_secret" });
            }
            ProviderName::Wix => {
                Provider::Wix { api: identity.api.unwrap_or_else(|| defaults::WIX_API.to_owned()) }
            }
        };
        let lifetimes = Lifetimes {
            access: identity.token_lifetime.unwrap_or(standard.lifetimes.access),
            session: identity.session_lifetime.unwrap_or(standard.lifetimes.session),
            key: identity.key_lifetime.unwrap_or(standard.lifetimes.key),
            ..standard.lifetimes
        };
        Ok(Self {
            identity_enabled: identity.enabled.unwrap_or(false),
            identity: Settings {
                provider,
                algorithm: identity.algorithm.unwrap_or_default(),
                lifetimes,
                clock_skew: identity.clock_skew.unwrap_or(standard.clock_skew),
                client_id: identity.client_id,
                client_secret: identity.client_secret,
                instance_id: identity.instance_id,
                origins: identity.origins.unwrap_or_default(),
                redirects: identity.redirects.unwrap_or_default(),
                token_origins: identity.token_origins.unwrap_or_default(),
                issuers: identity.issuers,
                ..standard
            },
            url: store.url,
            connections: store.connections,
            max_size: store.max_size,
        })
    }

    /// Where state is kept: in the database that is named, else in the state folder.
    pub(crate) fn location(&self, state_folder: &Path) -> Location {
        let url = self.url.as_ref().and_then(|DatabaseUrl(text)| PostgresUrl::parse(text).ok());
        match url {
            Some(url) => Location::Postgres(Box::new(url)),
            None => Location::in_folder(state_folder),
        }
    }

    /// Limits of the store.
    pub(crate) fn store_options(&self) -> Options {
        let standard = Options::default();
        let connections = self.connections.map_or(standard.connections, NonZeroUsize::get);
        let max_bytes = self.max_size.map(ByteSize::as_bytes);
        Options { connections, max_bytes, ..standard }
    }
}
