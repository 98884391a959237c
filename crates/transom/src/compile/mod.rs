//! From a project folder to a build in memory: variables, config, routes, bundle, manifest.
//!
//! [`Compiler`] keeps what a development server needs again after an edit; a build uses it once.
//! Nothing here writes a file or runs a handler.

mod astro_env;
mod config_file;
mod engine;
mod prerender;
mod routes;
mod sources;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use transom_bundler::{
    Bundle, BundleErrors, BundleOptions, CONFIG_FILES, Changes, Entry, EnvFiles, ImportMetaEnv,
    Mode, Rebuilder, Variables,
};
use transom_diag::{Diagnose, Diagnostic};
use transom_manifest::{Manifest, Module, ProjectConfig};

use crate::project::read_settings_file;
use crate::report::{Report, io_diagnostic};
use crate::settings::{Purpose, file};
use astro_env::BuiltIn;
use config_file::{Command, LoadedConfig};
use routes::Routes;

pub(crate) use engine::compiled_code;
pub(crate) use prerender::{Unrendered, prerender};
pub(crate) use routes::middleware_file;
pub(crate) use sources::Sources;

/// Imports of these stay imports in a build: the modules are in every realm.
const EXTERNALS: [&str; 1] = ["transom:internal/"];

/// Files that decide, beside the config, which folders hold endpoints.
const DECIDING_FILES: [&str; 2] = ["package.json", file::NAME];

/// A project with its variables and its config loaded, ready to be compiled any number of times.
#[derive(Debug)]
pub(crate) struct Compiler {
    root: PathBuf,
    mode: String,
    purpose: Purpose,
    env: EnvFiles,
    loaded: LoadedConfig,
    sources: Sources,
    rebuilder: Rebuilder,
}

/// What a change of files asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Nothing that a build depends on has changed.
    Nothing,
    /// [`Compiler::compile`].
    Compile,
    /// [`Compiler::load`], since variables or the config may have changed.
    Load,
}

/// A build in memory.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// With everything but the number of client files.
    pub(crate) manifest: Manifest,
    /// Its `watch_files` include those of the config.
    pub(crate) bundle: Bundle,
    /// What works, though probably not as its author means.
    pub(crate) warnings: Vec<Diagnostic>,
    /// What is wrong; never anything in a production build, which fails instead.
    pub(crate) errors: Vec<Diagnostic>,
    /// The process environment with the variables of `.env` files, as prerendered endpoints see it.
    pub(crate) variables: Variables,
    /// Where endpoints were looked for.
    pub(crate) sources: Sources,
    /// In development, what is wrong with single routes, by their index in the manifest.
    pub(crate) broken: HashMap<usize, Vec<Diagnostic>>,
}

impl Compiler {
    /// Reads the variables for `mode` and evaluates the config. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// A [`Report`] when a `.env` file cannot be read, or the config cannot be used.
    pub(crate) async fn load(root: &Path, mode: &str, purpose: Purpose) -> Result<Self, Report> {
        // Names and values that are not Unicode cannot be told to JavaScript.
        let process = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let process: Variables = process.collect();
        let command = match purpose {
            Purpose::Development => Command::Dev,
            Purpose::Production => Command::Build,
        };
        let loaded = config_file::load(root, command, mode, &process).await?;
        let env = EnvFiles::load(root, mode, process)
            .map_err(|(file, error)| unreadable(root, &file, &error))?;
        let sources = Sources::find(root, &read_settings_file(root)?.routes);
        let rebuilder = Rebuilder::new(BundleOptions::default());
        let (root, mode) = (root.to_owned(), mode.to_owned());
        Ok(Self { root, mode, purpose, env, loaded, sources, rebuilder })
    }

    /// Reads variables and config again.
    ///
    /// # Errors
    /// As [`Compiler::load`]; this one stays usable.
    pub(crate) async fn reload(&self) -> Result<Self, Report> {
        Self::load(&self.root, &self.mode, self.purpose).await
    }

    /// The evaluated config.
    pub(crate) fn config(&self) -> &ProjectConfig {
        &self.loaded.config
    }

    /// The process environment with the variables of `.env` files.
    pub(crate) fn variables(&self) -> &Variables {
        &self.env.all
    }

    /// What `changes` ask for.
    pub(crate) fn effect_of(&self, changes: &Changes) -> Effect {
        let is_source = |path: &PathBuf| {
            self.loaded.files_read.contains(path)
                || self.env.candidates.contains(path)
                || CONFIG_FILES.iter().any(|name| *path == self.root.join(name))
                || DECIDING_FILES.iter().any(|name| *path == self.root.join(name))
        };
        if changes.rescan || changes.list.iter().any(|change| is_source(&change.path)) {
            return Effect::Load;
        }
        let is_below = |path: &PathBuf| {
            self.sources.list.iter().any(|source| path.starts_with(self.root.join(&source.folder)))
        };
        let has_endpoints = changes.list.iter().any(|change| is_below(&change.path));
        if has_endpoints || self.rebuilder.affects(changes) {
            Effect::Compile
        } else {
            Effect::Nothing
        }
    }

    /// Finds the routes and bundles them. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// For production a [`Report`] with everything that is wrong. In development only what concerns no
    /// single route; the rest is in [`Compiled::errors`] and [`Compiled::broken`].
    pub(crate) async fn compile(&mut self) -> Result<Compiled, Report> {
        let routes = routes::find(&self.root, &self.loaded.config, &self.sources);
        if self.purpose == Purpose::Production && !routes.errors.is_empty() {
            return Err(Report::project(&self.root, routes.errors));
        }
        let built_in = BuiltIn::new(&self.loaded.config, &self.env.all);
        *self.rebuilder.options_mut() = self.options(&routes, &built_in);
        let bundled = self.rebuilder.rebuild().await;
        let bundle = bundled.map_err(|errors| self.refused(&errors))?;
        let fault = built_in.fault(&bundle);
        if let (Purpose::Production, Some(fault)) = (self.purpose, &fault) {
            return Err(Report::one(&self.root, fault.clone()));
        }
        Ok(self.assemble(routes, bundle, fault))
    }

    fn options(&self, routes: &Routes, built_in: &BuiltIn) -> BundleOptions {
        let config = &self.loaded.config;
        let files =
            routes.endpoints.iter().map(|route| route.file.as_str()).chain(routes.middleware);
        BundleOptions {
            root: self.root.clone(),
            entries: files.map(|file| Entry::new(file, file)).collect(),
            mode: match self.purpose {
                Purpose::Development => Mode::Development,
                Purpose::Production => Mode::Production,
            },
            env: ImportMetaEnv {
                mode: self.mode.clone(),
                prod: self.purpose == Purpose::Production,
                base_url: config.base.clone(),
                site: config.site.clone(),
                assets_prefix: config.assets_prefix.clone(),
                variables: self.import_meta_env().into(),
            },
            virtual_modules: built_in.modules.clone(),
            externals: EXTERNALS.map(str::to_owned).into(),
        }
    }

    /// The variables of `import.meta.env`: the project's, and those that Wix projects expect.
    fn import_meta_env(&self) -> Variables {
        let mut variables = self.env.all.clone();
        for (name, value) in self.sources.variables(&self.loaded.config) {
            if variables.iter().all(|(known, _)| known != name) {
                variables.push((name.to_owned(), value));
            }
        }
        variables
    }

    fn refused(&self, errors: &BundleErrors) -> Report {
        Report::project(&self.root, errors.0.iter().map(Diagnose::diagnostic).collect())
    }

    fn assemble(&self, routes: Routes, mut bundle: Bundle, fault: Option<Diagnostic>) -> Compiled {
        let Routes { mut endpoints, middleware, mut warnings, mut errors } = routes;
        let mut failed: HashMap<&str, Vec<Diagnostic>> = HashMap::new();
        for entry in &bundle.failed {
            let diagnostics = entry.errors.iter().map(Diagnose::diagnostic).collect();
            failed.insert(&entry.name, diagnostics);
        }
        // Without its middleware no route may answer: it may be what keeps strangers out.
        let middleware_fault = middleware.and_then(|file| failed.get(file)).cloned();
        let mut broken = HashMap::new();
        for (index, route) in endpoints.iter_mut().enumerate() {
            if let Some(chunk) = bundle.entry(&route.file) {
                route.module.clone_from(&chunk.file);
                route.exports.clone_from(&chunk.exports);
            }
            if let Some(fault) =
                middleware_fault.as_ref().or_else(|| failed.get(route.file.as_str()))
            {
                broken.insert(index, fault.clone());
            }
        }
        for diagnostic in failed.into_values().flatten().chain(fault) {
            if !errors.contains(&diagnostic) {
                errors.push(diagnostic);
            }
        }
        let note = |warning: &String| Diagnostic::warning("bundle/warning", warning);
        warnings.extend(bundle.warnings.iter().map(note));
        let chunk = middleware.and_then(|file| bundle.entry(file));
        let modules = bundle.chunks.iter().map(|chunk| Module {
            file: chunk.file.clone(),
            map: chunk.map.as_ref().map(|_| format!("{}.map", chunk.file)),
        });
        let manifest = Manifest {
            transom: env!("CARGO_PKG_VERSION").to_owned(),
            mode: self.mode.clone(),
            config: self.loaded.config.clone(),
            routes: endpoints,
            middleware: chunk.map(|chunk| chunk.file.clone()),
            modules: modules.collect(),
            ..Manifest::default()
        };
        bundle.watch_files.extend(self.loaded.files_read.iter().cloned());
        Compiled {
            manifest,
            bundle,
            warnings,
            errors,
            variables: self.env.all.clone(),
            sources: self.sources.clone(),
            broken,
        }
    }
}

fn unreadable(root: &Path, file: &Path, error: &io::Error) -> Report {
    let shown = file.strip_prefix(root).unwrap_or(file);
    Report::one(root, io_diagnostic("read", shown, error))
}

/// Loads and compiles a project for production, on a tokio runtime of its own.
///
/// # Errors
/// A [`Report`] with everything that is wrong.
pub(crate) fn production(root: &Path, mode: &str) -> Result<Compiled, Report> {
    runtime()?
        .block_on(async { Compiler::load(root, mode, Purpose::Production).await?.compile().await })
}

/// The runtime that bundling wants: parsing is spread over its threads.
///
/// # Errors
/// A [`Report`] when the system gives no threads.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Report> {
    tokio::runtime::Builder::new_multi_thread()
        .thread_name("transom-compile")
        .enable_all()
        .build()
        .map_err(|error| Report::one("", Diagnostic::error("project/no-threads", error)))
}
