//! What a project can decide about its identity service.

use std::fmt;
use std::time::Duration;

use crate::IssuerSettings;

/// How tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// Ed25519.
    #[default]
    EdDsa,
    /// RSA with SHA-256, 2048 bits.
    Rs256,
}

impl Algorithm {
    /// The name in key sets and headers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }
}

/// Who says who is calling.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Provider {
    /// This service.
    #[default]
    Local,
    /// The real service, for an app that is registered there.
    Wix {
        /// The address of its API, without a slash at its end.
        api: String,
    },
}

/// How long things are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of access tokens.
    pub access: Duration,
    /// Of sessions and refresh tokens, from their last renewal.
    pub session: Duration,
    /// Of authorization codes.
    pub code: Duration,
    /// How long a key signs before the next one does.
    pub key: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            access: Duration::from_secs(4 * 60 * 60), // Spec: section 12.
            session: Duration::from_secs(30 * 24 * 60 * 60),
            code: Duration::from_secs(60),
            key: Duration::from_secs(90 * 24 * 60 * 60),
        }
    }
}

/// A secret that a project brings along. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Settings of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who says who is calling.
    pub provider: Provider,
    /// How new keys sign.
    pub algorithm: Algorithm,
    /// How long things are valid.
    pub lifetimes: Lifetimes,
    /// How far the clocks of others may be off.
    pub clock_skew: Duration,
    /// The client id, when the project has one already.
    pub client_id: Option<String>,
    /// The client secret, when the project has one already.
    pub client_secret: Option<Secret>,
    /// The app's instance id, when the project has one already.
    pub instance_id: Option<String>,
    /// Other origins whose pages may log in here, as `https://shop.example`.
    pub origins: Vec<String>,
    /// Addresses that an authorization code may be sent to, beside those on the own origin.
    pub redirects: Vec<String>,
    /// Other origins that calls of handlers may send tokens to; `*` for all.
    pub token_origins: Vec<String>,
    /// Who else issues tokens.
    pub issuers: Vec<IssuerSettings>,
    /// Passwords that may wait to be checked; more are refused.
    pub password_queue: usize,
    /// Tokens whose verification is remembered.
    pub cached_tokens: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            provider: Provider::default(),
            algorithm: Algorithm::default(),
            lifetimes: Lifetimes::default(),
            clock_skew: Duration::from_secs(60),
            client_id: None,
            client_secret: None,
            instance_id: None,
            origins: Vec::new(),
            redirects: Vec::new(),
            token_origins: Vec::new(),
            issuers: Vec::new(),
            password_queue: 256,
            cached_tokens: 16_384,
        }
    }
}

impl Settings {
    /// What script needs to ask another provider, as JSON; `None` where this service answers.
    #[must_use]
    pub fn remote_app(&self) -> Option<String> {
        #[derive(serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        struct App<'a> {
            api: &'a str,
            client_id: Option<&'a str>,
            client_secret: Option<&'a str>,
            instance_id: Option<&'a str>,
        }
        let Provider::Wix { api } = &self.provider else { return None };
        let app = App {
            api,
            client_id: self.client_id.as_deref(),
            client_secret: self.client_secret.as_ref().map(Secret::reveal),
            instance_id: self.instance_id.as_deref(),
        };
        serde_json::to_string(&app).ok()
    }
}
