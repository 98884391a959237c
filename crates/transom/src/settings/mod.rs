//! Settings: flags > environment > `transom.toml` > `astro.config` > defaults, merged once into
//! validated values with units.
//!
//! Every source becomes a [`Layer`]; [`Settings::resolve`] lays them over one another. Nothing here
//! reads a file or the process environment: the commands hand both in.

mod choices;
mod collections;
mod constraints;
mod cors;
pub(crate) mod defaults;
pub(crate) mod environment;
pub(crate) mod file;
mod file_keys;
pub(crate) mod hidden;
mod issuers;
mod keys;
mod layer;
mod service_keys;
mod services;

pub(crate) use choices::{AccessLog, Compression, RouteForm};
#[cfg(test)]
pub(crate) use collections::COLLECTION_KEYS;
pub(crate) use cors::Cors;
pub(crate) use file_keys::FILE_KEYS;
#[cfg(test)]
pub(crate) use issuers::ISSUER_KEYS;
pub(crate) use keys::{KEYS, Key, ValueKind};
pub(crate) use layer::{Layer, RoutesLayer};
pub(crate) use service_keys::SERVICE_KEYS;
pub(crate) use services::ServiceSettings;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use transom_data::Collections;
use transom_manifest::Compat;
use transom_permissions::Rules;

use crate::units::ByteSize;

/// Everything that `dev` and `start` need to know to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) server: ServerSettings,
    pub(crate) limits: Limits,
    pub(crate) compat: CompatSettings,
    pub(crate) services: ServiceSettings,
    /// The declared collections of the data service.
    pub(crate) collections: Collections,
    /// What handlers may reach.
    pub(crate) permissions: Rules,
    /// State folder, not necessarily there yet.
    pub(crate) data: PathBuf,
}

/// How and where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerSettings {
    /// Name or address, an IPv6 address without brackets.
    pub(crate) host: String,
    /// 0 means any free port.
    pub(crate) port: u16,
    pub(crate) workers: NonZeroUsize,
    /// Present when the server speaks HTTPS.
    pub(crate) tls: Option<TlsFiles>,
    /// Where health, readiness and metrics answer, when they do.
    pub(crate) admin: Option<SocketAddr>,
    /// Certificates that outgoing connections trust besides the system's.
    pub(crate) extra_ca: Option<PathBuf>,
    pub(crate) compression: Compression,
    pub(crate) access_log: AccessLog,
}

/// The PEM files of a TLS identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// Certificate chain, leaf first.
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
}

/// What one request, one worker and one stop may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) headers: ByteSize,
    pub(crate) header_timeout: Duration,
    /// `None` is no limit.
    pub(crate) body: Option<ByteSize>,
    pub(crate) body_timeout: Duration,
    pub(crate) keep_alive: Duration,
    pub(crate) http2_idle: Duration,
    pub(crate) connections: NonZeroUsize,
    pub(crate) cpu: Duration,
    pub(crate) heap: ByteSize,
    pub(crate) fetch_timeout: Duration,
    /// `None` is no limit.
    pub(crate) fetch_body: Option<ByteSize>,
    pub(crate) drain: Duration,
}

/// Where answers differ from Astro's, all of it off by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CompatSettings {
    /// What the endpoints answer.
    pub(crate) answers: Compat,
    /// Answers for pages of other origins.
    pub(crate) cors: Option<Cors>,
}

/// The command that serves; it decides the defaults that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// One worker: an edit then needs one new realm.
    Development,
    /// One worker for each core.
    Production,
}

/// The sources, each already read and checked by itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    pub(crate) flags: Layer,
    pub(crate) environment: Layer,
    pub(crate) file: Layer,
    pub(crate) astro_config: Layer,
}

/// Settings that are valid each by itself but not together.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("a TLS {present} is given without its {missing}")]
    HalfTls { present: &'static str, missing: &'static str },
    #[error("`compat.cors` allows something, but names no origin in `compat.cors.origins`")]
    CorsWithoutOrigins,
    #[error("`compat.cors.credentials` cannot be on while `compat.cors.origins` has `*`")]
    CredentialsForAnybody,
    #[error("`identity.provider` is `wix`, which needs `{missing}`")]
    Unregistered { missing: &'static str },
}

impl Settings {
    /// Merges the sources; `default_data` is the state folder when none names one.
    ///
    /// # Errors
    /// [`SettingsError`] when the merged settings contradict one another.
    pub(crate) fn resolve(
        sources: Sources,
        purpose: Purpose,
        default_data: &Path,
    ) -> Result<Self, SettingsError> {
        let Sources { flags, environment, file, astro_config } = sources;
        let Layer {
            server,
            limits,
            compat,
            permissions,
            data,
            identity,
            store,
            collections,
            routes: _,
        } = flags.over(environment.over(file.over(astro_config)));
        let tls = match (server.cert, server.key) {
            (Some(cert), Some(key)) => Some(TlsFiles { cert, key }),
            (None, None) => None,
            (Some(_), None) => return Err(half_tls("certificate", "private key")),
            (None, Some(_)) => return Err(half_tls("private key", "certificate")),
        };
        let body = limits.body.unwrap_or(defaults::BODY);
        let fetch_body = limits.fetch_body.unwrap_or(defaults::FETCH_BODY);
        Ok(Self {
            server: ServerSettings {
                host: server.host.unwrap_or_else(|| defaults::HOST.to_owned()),
                port: server.port.unwrap_or(defaults::PORT),
                workers: server.workers.unwrap_or_else(|| purpose.workers()),
                tls,
                admin: server.admin,
                extra_ca: server.extra_ca,
                compression: server.compression.unwrap_or(Compression::On),
                access_log: server.access_log.unwrap_or(AccessLog::Auto),
            },
            limits: Limits {
                headers: limits.headers.unwrap_or(defaults::HEADERS),
                header_timeout: limits.header_timeout.unwrap_or(defaults::HEADER_TIMEOUT),
                body: (body.as_bytes() > 0).then_some(body),
                body_timeout: limits.body_timeout.unwrap_or(defaults::BODY_TIMEOUT),
                keep_alive: limits.keep_alive.unwrap_or(defaults::KEEP_ALIVE),
                http2_idle: limits.http2_idle.unwrap_or(defaults::HTTP2_IDLE),
                connections: limits.connections.unwrap_or(defaults::CONNECTIONS),
                cpu: limits.cpu.unwrap_or(defaults::CPU),
                heap: limits.heap.unwrap_or(defaults::HEAP),
                fetch_timeout: limits.fetch_timeout.unwrap_or(defaults::FETCH_TIMEOUT),
                fetch_body: (fetch_body.as_bytes() > 0).then_some(fetch_body),
                drain: limits.drain.unwrap_or(defaults::DRAIN),
            },
            compat: CompatSettings {
                answers: Compat {
                    method_not_allowed: compat.method_not_allowed.unwrap_or(false),
                    json_errors: compat.json_errors.unwrap_or(false),
                    payload_too_large: compat.payload_too_large.unwrap_or(false),
                    decode_slash: compat.decode_slash.unwrap_or(false),
                },
                cors: Cors::resolve(compat.cors)?,
            },
            services: ServiceSettings::resolve(identity, store)?,
            collections,
            permissions,
            data: data.unwrap_or_else(|| default_data.to_owned()),
        })
    }
}

impl Purpose {
    fn workers(self) -> NonZeroUsize {
        match self {
            Self::Development => NonZeroUsize::MIN,
            Self::Production => std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        }
    }
}

fn half_tls(present: &'static str, missing: &'static str) -> SettingsError {
    SettingsError::HalfTls { present, missing }
}

#[cfg(test)]
mod tests;
