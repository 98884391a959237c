//! One source of settings (the flags, the environment, a file): every value may be absent.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use transom_data::Collections;
use transom_permissions::Rules;

use super::cors::AllowedOrigin;
use super::services::{IdentityLayer, StoreLayer};
use super::{AccessLog, Compression, RouteForm};
use crate::units::ByteSize;

/// The settings that one source gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layer {
    pub(crate) server: ServerLayer,
    pub(crate) limits: LimitsLayer,
    pub(crate) compat: CompatLayer,
    pub(crate) routes: RoutesLayer,
    pub(crate) identity: IdentityLayer,
    pub(crate) store: StoreLayer,
    /// The `[collections.<id>]` tables, which only the file can give.
    pub(crate) collections: Collections,
    /// The `[permissions]` part, which only the project's own file can give.
    pub(crate) permissions: Rules,
    /// State folder.
    pub(crate) data: Option<PathBuf>,
}

/// The `[server]` part of a [`Layer`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerLayer {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) workers: Option<NonZeroUsize>,
    pub(crate) cert: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) extra_ca: Option<PathBuf>,
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) compression: Option<Compression>,
    pub(crate) access_log: Option<AccessLog>,
}

/// The `[limits]` part of a [`Layer`]; zero means what the settings table says for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LimitsLayer {
    pub(crate) headers: Option<ByteSize>,
    pub(crate) header_timeout: Option<Duration>,
    pub(crate) body: Option<ByteSize>,
    pub(crate) body_timeout: Option<Duration>,
    pub(crate) keep_alive: Option<Duration>,
    pub(crate) http2_idle: Option<Duration>,
    pub(crate) connections: Option<NonZeroUsize>,
    pub(crate) cpu: Option<Duration>,
    pub(crate) heap: Option<ByteSize>,
    pub(crate) fetch_timeout: Option<Duration>,
    pub(crate) fetch_body: Option<ByteSize>,
    pub(crate) drain: Option<Duration>,
}

/// The `[routes]` part of a [`Layer`], which only the project's own file can give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RoutesLayer {
    /// Folder of the endpoints, relative to the project.
    pub(crate) dir: Option<String>,
    /// Path that the folder stands for.
    pub(crate) mount: Option<String>,
    pub(crate) form: Option<RouteForm>,
}

/// The `[compat]` part of a [`Layer`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CompatLayer {
    pub(crate) method_not_allowed: Option<bool>,
    pub(crate) json_errors: Option<bool>,
    pub(crate) payload_too_large: Option<bool>,
    pub(crate) decode_slash: Option<bool>,
    pub(crate) cors: CorsLayer,
}

/// The `[compat.cors]` part of a [`Layer`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CorsLayer {
    pub(crate) origins: Option<Vec<AllowedOrigin>>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) headers: Option<Vec<String>>,
    pub(crate) expose: Option<Vec<String>>,
    pub(crate) credentials: Option<bool>,
    pub(crate) max_age: Option<Duration>,
}

impl Layer {
    /// This layer laid over a weaker one: what is absent here is taken from there.
    pub(crate) fn over(self, weaker: Self) -> Self {
        Self {
            server: self.server.over(weaker.server),
            limits: self.limits.over(weaker.limits),
            compat: self.compat.over(weaker.compat),
            routes: self.routes.over(weaker.routes),
            identity: self.identity.over(weaker.identity),
            store: self.store.over(weaker.store),
            collections: if self.collections.is_empty() {
                weaker.collections
            } else {
                self.collections
            },
            permissions: over(self.permissions, weaker.permissions),
            data: self.data.or(weaker.data),
        }
    }
}

impl ServerLayer {
    fn over(self, weaker: Self) -> Self {
        Self {
            host: self.host.or(weaker.host),
            port: self.port.or(weaker.port),
            workers: self.workers.or(weaker.workers),
            cert: self.cert.or(weaker.cert),
            key: self.key.or(weaker.key),
            extra_ca: self.extra_ca.or(weaker.extra_ca),
            admin: self.admin.or(weaker.admin),
            compression: self.compression.or(weaker.compression),
            access_log: self.access_log.or(weaker.access_log),
        }
    }
}

impl LimitsLayer {
    fn over(self, weaker: Self) -> Self {
        Self {
            headers: self.headers.or(weaker.headers),
            header_timeout: self.header_timeout.or(weaker.header_timeout),
            body: self.body.or(weaker.body),
            body_timeout: self.body_timeout.or(weaker.body_timeout),
            keep_alive: self.keep_alive.or(weaker.keep_alive),
            http2_idle: self.http2_idle.or(weaker.http2_idle),
            connections: self.connections.or(weaker.connections),
            cpu: self.cpu.or(weaker.cpu),
            heap: self.heap.or(weaker.heap),
            fetch_timeout: self.fetch_timeout.or(weaker.fetch_timeout),
            fetch_body: self.fetch_body.or(weaker.fetch_body),
            drain: self.drain.or(weaker.drain),
        }
    }
}

impl CompatLayer {
    fn over(self, weaker: Self) -> Self {
        Self {
            method_not_allowed: self.method_not_allowed.or(weaker.method_not_allowed),
            json_errors: self.json_errors.or(weaker.json_errors),
            payload_too_large: self.payload_too_large.or(weaker.payload_too_large),
            decode_slash: self.decode_slash.or(weaker.decode_slash),
            cors: self.cors.over(weaker.cors),
        }
    }
}

impl CorsLayer {
    fn over(self, weaker: Self) -> Self {
        Self {
            origins: self.origins.or(weaker.origins),
            methods: self.methods.or(weaker.methods),
            headers: self.headers.or(weaker.headers),
            expose: self.expose.or(weaker.expose),
            credentials: self.credentials.or(weaker.credentials),
            max_age: self.max_age.or(weaker.max_age),
        }
    }
}

fn over(rules: Rules, weaker: Rules) -> Rules {
    Rules {
        fs_read: rules.fs_read.or(weaker.fs_read),
        fs_write: rules.fs_write.or(weaker.fs_write),
        net: rules.net.or(weaker.net),
        env: rules.env.or(weaker.env),
    }
}

impl RoutesLayer {
    fn over(self, weaker: Self) -> Self {
        Self {
            dir: self.dir.or(weaker.dir),
            mount: self.mount.or(weaker.mount),
            form: self.form.or(weaker.form),
        }
    }
}
