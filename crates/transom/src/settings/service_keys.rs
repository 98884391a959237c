//! Rows of the settings table for the services behind the endpoints: identity and storage. They are the same for every
//! command that uses a project's state, and some are secrets, so they have no flags.

#![expect(clippy::unit_arg, reason = "a table of assignments reads best one line each")]

use std::num::NonZeroUsize;
use std::time::Duration;

use transom_identity::{Algorithm, Secret};

use super::choices::switch;
use super::cors::AllowedOrigin;
use super::defaults;
use super::issuers::is_loopback;
use super::keys::{Key, ValueKind, positive, size, words};
use super::services::{DatabaseUrl, ProviderName};
use crate::env_vars as env;
use crate::units::parse_duration;

/// Settings of the services, in the order of the documentation.
pub(crate) const SERVICE_KEYS: &[Key] = &[
    Key {
        path: "identity.enabled",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_ENABLED],
        value: ValueKind::Switch,
        default: "off: opened when it is first needed",
        bare: None,
        about: "Open the identity service at start, and answer `/api/auth/login` and `logout` where no route does",
        parse: |layer, text, _| Ok(layer.identity.enabled = Some(switch(text)?)),
    },
    Key {
        path: "identity.provider",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_PROVIDER],
        value: ValueKind::Provider,
        default: "`local`",
        bare: None,
        about: "Who says who is calling: transom itself, or the real Wix service, for an app that is registered there",
        parse: |layer, text, _| Ok(layer.identity.provider = Some(provider(text)?)),
    },
    Key {
        path: "identity.api",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_API],
        value: ValueKind::Text,
        default: "`https://www.wixapis.com`",
        bare: None,
        about: "Where the API of the provider `wix` is; its other hosts are then reached there, too",
        parse: |layer, text, _| Ok(layer.identity.api = Some(api(text)?)),
    },
    Key {
        path: "identity.algorithm",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_ALGORITHM],
        value: ValueKind::Algorithm,
        default: "`EdDSA`",
        bare: None,
        about: "How tokens are signed",
        parse: |layer, text, _| Ok(layer.identity.algorithm = Some(algorithm(text)?)),
    },
    Key {
        path: "identity.client_id",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_CLIENT_ID],
        value: ValueKind::Text,
        default: "made on the first use",
        bare: None,
        about: "Id of the project's OAuth client, which is also the app's",
        parse: |layer, text, _| Ok(layer.identity.client_id = Some(plain(text)?)),
    },
    Key {
        path: "identity.client_secret",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_CLIENT_SECRET],
        value: ValueKind::Secret,
        default: "made on the first use",
        bare: None,
        about: "The app's secret; better in the environment than in the file",
        parse: |layer, text, _| {
            let secret =
                Secret::new(plain(text).map_err(|_| "it is empty or has spaces".to_owned())?);
            Ok(layer.identity.client_secret = Some(secret))
        },
    },
    Key {
        path: "identity.instance_id",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_INSTANCE_ID],
        value: ValueKind::Text,
        default: "made on the first use",
        bare: None,
        about: "Id of the app's instance on the site",
        parse: |layer, text, _| Ok(layer.identity.instance_id = Some(plain(text)?)),
    },
    Key {
        path: "identity.origins",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_ORIGINS],
        value: ValueKind::Words,
        default: "the own one alone",
        bare: None,
        about: "Other origins whose pages may log in here, such as `https://app.example.com`",
        parse: |layer, text, _| Ok(layer.identity.origins = Some(words(text, origin)?)),
    },
    Key {
        path: "identity.redirects",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_REDIRECTS],
        value: ValueKind::Words,
        default: "those on the own origin",
        bare: None,
        about: "Addresses that an authorization code may be sent to, compared letter by letter",
        parse: |layer, text, _| Ok(layer.identity.redirects = Some(words(text, redirect)?)),
    },
    Key {
        path: "identity.token_origins",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_TOKEN_ORIGINS],
        value: ValueKind::Words,
        default: "the own one alone",
        bare: None,
        about: "Other origins that `fetchWithAuth` sends tokens to; `*` means every origin, as in the original",
        parse: |layer, text, _| Ok(layer.identity.token_origins = Some(words(text, token_origin)?)),
    },
    Key {
        path: "identity.token_lifetime",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_TOKEN_LIFETIME],
        value: ValueKind::Duration,
        default: "4h",
        bare: None,
        about: "How long an access token is valid",
        parse: |layer, text, _| Ok(layer.identity.token_lifetime = Some(lifetime(text)?)),
    },
    Key {
        path: "identity.session_lifetime",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_SESSION_LIFETIME],
        value: ValueKind::Duration,
        default: "720h",
        bare: None,
        about: "How long a session is valid after its last renewal",
        parse: |layer, text, _| Ok(layer.identity.session_lifetime = Some(lifetime(text)?)),
    },
    Key {
        path: "identity.key_lifetime",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_KEY_LIFETIME],
        value: ValueKind::Duration,
        default: "2160h",
        bare: None,
        about: "How long a key signs before the next one does",
        parse: |layer, text, _| Ok(layer.identity.key_lifetime = Some(lifetime(text)?)),
    },
    Key {
        path: "identity.clock_skew",
        flag: "",
        env: &[env::TRANSOM_IDENTITY_CLOCK_SKEW],
        value: ValueKind::Duration,
        default: "60s",
        bare: None,
        about: "How far the clocks of others may be off",
        parse: |layer, text, _| Ok(layer.identity.clock_skew = Some(parse_duration(text)?)),
    },
    Key {
        path: "store.url",
        flag: "",
        env: &[env::TRANSOM_DATABASE_URL],
        value: ValueKind::Secret,
        default: "none: the file `transom.db` in the state folder",
        bare: None,
        about: "A PostgreSQL database for state, such as `postgres://user:password@host/name`",
        parse: |layer, text, _| Ok(layer.store.url = Some(DatabaseUrl::parse(text)?)),
    },
    Key {
        path: "store.connections",
        flag: "",
        env: &[env::TRANSOM_STORE_CONNECTIONS],
        value: ValueKind::Count,
        default: "16",
        bare: None,
        about: "Most connections to PostgreSQL at once",
        parse: |layer, text, _| Ok(layer.store.connections = Some(connections(text)?)),
    },
    Key {
        path: "store.max_size",
        flag: "",
        env: &[env::TRANSOM_STORE_MAX_SIZE],
        value: ValueKind::Size,
        default: "what the disk holds",
        bare: None,
        about: "Largest size of the file `transom.db`, at least 1MB; what would make it larger fails",
        parse: |layer, text, _| {
            let range = (defaults::MIN_STORE, defaults::MAX_STORE);
            Ok(layer.store.max_size = Some(size(text, range)?))
        },
    },
];

fn provider(text: &str) -> Result<ProviderName, String> {
    match text {
        "local" => Ok(ProviderName::Local),
        "wix" => Ok(ProviderName::Wix),
        _ => Err(format!("`{text}` is neither `local` nor `wix`")),
    }
}

/// Secrets go there, so it is encrypted, or on this machine.
fn api(text: &str) -> Result<String, String> {
    match AllowedOrigin::parse(text)? {
        AllowedOrigin::Exact(origin) if origin.starts_with("https://") || is_loopback(&origin) => {
            Ok(origin)
        }
        _ => Err(format!("`{text}` is no `https://` origin")),
    }
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    [Algorithm::EdDsa, Algorithm::Rs256]
        .into_iter()
        .find(|algorithm| algorithm.as_str() == text)
        .ok_or_else(|| format!("`{text}` is neither `EdDSA` nor `RS256`"))
}

/// A word that goes into tokens and headers as it is.
fn plain(text: &str) -> Result<String, String> {
    if text.is_empty()
        || text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
    {
        return Err(format!("`{text}` is empty or has spaces"));
    }
    Ok(text.to_owned())
}

fn origin(text: &str) -> Result<String, String> {
    match AllowedOrigin::parse(text)? {
        AllowedOrigin::Exact(origin) => Ok(origin),
        // Whoever may log in here may act as the member: a list must say who that is.
        _ => Err(format!(
            "`{text}` is not one origin; write each one, such as `https://app.example.com`"
        )),
    }
}

fn token_origin(text: &str) -> Result<String, String> {
    if text == "*" { Ok(text.to_owned()) } else { origin(text) }
}

fn redirect(text: &str) -> Result<String, String> {
    let is_address = ada_url::Url::parse(text, None).is_ok() && !text.contains('#');
    if is_address {
        return Ok(text.to_owned());
    }
    Err(format!("`{text}` is no address; write one such as `https://app.example.com/callback`"))
}

/// A lifetime in whole seconds, which is what tokens can say.
fn lifetime(text: &str) -> Result<Duration, String> {
    match positive(text)? {
        duration if duration < Duration::from_secs(1) => {
            Err(format!("`{text}` is too short; write one such as `1h`"))
        }
        duration => Ok(duration),
    }
}

fn connections(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|count: &NonZeroUsize| count.get() <= 1000);
    number
        .ok_or_else(|| format!("`{text}` is not a number of connections; write one from 1 to 1000"))
}
