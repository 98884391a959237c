//! The versioned build output: plain data that `transom build` writes and `transom start` reads.
//!
//! A build folder (`.transom/build/` by default) holds `manifest.json` (a [`Manifest`]), `server/` (ES modules
//! and their source maps, every path in the manifest is relative to that folder) and `client/` (public files).
//!
//! Invariant: a manifest of another [`FORMAT`] is never interpreted; readers ask for a new build instead.
//! Not here: how routes match (`transom-router`), how modules come into being (`transom-bundler`).

mod config;
mod disk;
mod env_schema;

pub use config::{
    AllowedDomain, Compat, Host, I18n, Locale, Output, ProjectConfig, Redirect, SameSite, Session,
    SessionCookie, TrailingSlash,
};
pub use disk::{CLIENT_DIR, CODE_FILE, MANIFEST_FILE, ManifestError, SERVER_DIR};
pub use env_schema::{EnvAccess, EnvContext, EnvField, EnvKind};

use serde::{Deserialize, Serialize};

/// Format number of the build output. Raised whenever an older reader would misread a newer build.
pub const FORMAT: u32 = 1;

/// Everything `transom start` has to know about a build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Equal to [`FORMAT`] in every manifest this crate hands out.
    pub format: u32,
    /// Version of the transom that wrote the build, for messages only.
    #[serde(default)]
    pub transom: String,
    /// `import.meta.env.MODE` of the build, such as `production` or `staging`.
    #[serde(default)]
    pub mode: String,
    /// The evaluated project configuration.
    #[serde(default)]
    pub config: ProjectConfig,
    /// Every route, already in matching order (`astro-endpoints.md` section 1.3).
    #[serde(default)]
    pub routes: Vec<Route>,
    /// Module that exports `onRequest`, if the project has a middleware file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middleware: Option<String>,
    /// Every module of `server/`, so that a loader can read them all at once.
    #[serde(default)]
    pub modules: Vec<Module>,
    /// Number of files below `client/`; 0 lets the server skip the static file step.
    #[serde(default)]
    pub client_files: u32,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            format: FORMAT,
            transom: String::new(),
            mode: String::new(),
            config: ProjectConfig::default(),
            routes: Vec::new(),
            middleware: None,
            modules: Vec::new(),
            client_files: 0,
        }
    }
}

/// One endpoint of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Route {
    /// Route as Astro names it, such as `/api/users/[id]` (`context.routePattern`).
    pub route: String,
    /// Source file relative to the project, with `/` on every platform.
    pub file: String,
    /// Module path relative to `server/`.
    pub module: String,
    /// What the file is.
    pub kind: RouteKind,
    /// True for `export const prerender = true`.
    pub prerender: bool,
    /// Export names of the module (`GET`, `ALL`, ...), as the bundler found them, sorted.
    pub exports: Vec<String>,
}

/// What answers a route.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteKind {
    /// A file below the pages folder that exports request handlers.
    #[default]
    Endpoint,
    /// A file whose handlers are called with the `Request` itself: a function of the first Wix CLI.
    Function,
    /// `404.ts` or `500.ts`: an endpoint that also serves as an error page.
    ErrorPage,
}

/// One file of `server/`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Module {
    /// Path relative to `server/`, with `/` on every platform.
    pub file: String,
    /// Source map file relative to `server/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
}
