//! One build in memory: its routes, its modules and its configuration. Immutable and shared by all workers, so
//! that each module is parsed once per process.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use oxc_sourcemap::SourceMap;
use transom_engine::SharedCode;
use transom_manifest::{Manifest, ManifestError, SERVER_DIR, TrailingSlash};
use transom_router::{Pipeline, PipelineOptions, Redirect, Route, RouteError, RouteKind};

/// The specifier of a build's module is this, followed by its path below `server/`.
pub(crate) const PREFIX: &str = "transom:app/";

/// One module of a build.
pub struct ModuleText {
    /// Path relative to `server/`.
    pub file: String,
    /// The JavaScript text.
    pub code: String,
    /// The source map as JSON.
    pub map: Option<String>,
}

pub(crate) struct AppModule {
    pub(crate) code: Arc<SharedCode>,
    map_text: Option<String>,
    map: OnceLock<Option<SourceMap<'static>>>,
}

impl AppModule {
    /// The source map, read on first use.
    pub(crate) fn map(&self) -> Option<&SourceMap<'static>> {
        let read =
            || Some(SourceMap::from_json_string(self.map_text.as_deref()?).ok()?.into_owned());
        self.map.get_or_init(read).as_ref()
    }
}

/// A build that can be run.
pub struct Application {
    pub(crate) manifest: Manifest,
    pub(crate) pipeline: Pipeline,
    pub(crate) modules: HashMap<String, AppModule>,
    /// Index of the first configured redirect in the pipeline's list.
    pub(crate) endpoints: usize,
    /// Problems of single routes, by index: such a route answers 500 (development only).
    pub(crate) broken: HashMap<usize, String>,
}

/// Why a build cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationError {
    /// The build folder cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A module that the manifest names cannot be read.
    #[error("cannot read `{file}` of the build: {cause}; run `transom build` again")]
    Module {
        /// The file, relative to the build folder.
        file: String,
        /// The system's reason.
        cause: std::io::Error,
    },
    /// A route of the manifest or of the configured redirects is invalid.
    #[error(transparent)]
    Route(#[from] RouteError),
}

impl Application {
    /// Reads the build in `directory`.
    ///
    /// # Errors
    /// When it is missing, of another format, or incomplete.
    pub fn load(directory: &Path) -> Result<Self, ApplicationError> {
        let manifest = Manifest::read(directory)?;
        let server = directory.join(SERVER_DIR);
        let read = |file: &str| {
            std::fs::read_to_string(server.join(file)).map_err(|cause| ApplicationError::Module {
                file: format!("{SERVER_DIR}/{file}"),
                cause,
            })
        };
        let mut modules = Vec::with_capacity(manifest.modules.len());
        for module in &manifest.modules {
            // Maps are needed for stack traces only: a missing one must not keep the server from starting.
            let map = module
                .map
                .as_deref()
                .and_then(|map| std::fs::read_to_string(server.join(map)).ok());
            modules.push(ModuleText { file: module.file.clone(), code: read(&module.file)?, map });
        }
        Self::new(manifest, modules)
    }

    /// A build that is in memory already.
    ///
    /// # Errors
    /// When a route is invalid.
    pub fn new(manifest: Manifest, modules: Vec<ModuleText>) -> Result<Self, ApplicationError> {
        let mut routes = Vec::with_capacity(manifest.routes.len());
        for route in &manifest.routes {
            let made = Route::from_name(&route.route, &route.file, RouteKind::Endpoint)?;
            routes.push(made.prerendered(route.prerender));
        }
        for redirect in &manifest.config.redirects {
            let to =
                Redirect { destination: redirect.destination.clone(), status: redirect.status };
            routes.push(Route::from_redirect(&redirect.from, to)?);
        }
        let options = PipelineOptions {
            base: manifest.config.base.clone(),
            trailing_slash: match manifest.config.trailing_slash {
                TrailingSlash::Always => transom_router::TrailingSlash::Always,
                TrailingSlash::Never => transom_router::TrailingSlash::Never,
                TrailingSlash::Ignore => transom_router::TrailingSlash::Ignore,
            },
        };
        let modules = modules.into_iter().map(|module| {
            let name = format!("{PREFIX}{}", module.file);
            let code = Arc::new(SharedCode::new(name.clone(), module.code));
            (name, AppModule { code, map_text: module.map, map: OnceLock::new() })
        });
        Ok(Self {
            endpoints: manifest.routes.len(),
            pipeline: Pipeline::new(&options, routes),
            modules: modules.collect(),
            manifest,
            broken: HashMap::new(),
        })
    }

    /// Marks the route at `index` of the manifest as broken: requests to it fail with `message`.
    #[must_use]
    pub fn with_broken_route(mut self, index: usize, message: impl Into<String>) -> Self {
        self.broken.insert(index, message.into());
        self
    }

    /// The manifest of the build.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The routing of the build.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }
}
