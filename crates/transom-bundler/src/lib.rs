//! Turns a project's files into modules that the engine can run: bundling with rolldown, `.env` files, the
//! evaluation-ready form of `astro.config.*`, watching, and writing a build folder.
//!
//! Invariants: nothing of a project is executed here; nothing outside this crate sees a rolldown type; a build
//! folder is either the old one or the new one, never half of each.
//!
//! Not here: which files are routes (`transom-router`), the text of the `astro:*` modules (`transom-app`), and
//! running the bundled config (`transom-runtime`).

mod addons;
mod bundle;
mod bundled_modules;
mod bundler;
mod config;
mod emit;
mod env_files;
mod error;
mod import_meta_env;
mod meta_resolve;
mod missing;
mod module_place;
mod names;
mod optional_peers;
mod options;
mod own_require;
mod plugin;
mod rebuild;
mod record;
mod rolldown_options;
mod translate;
mod tsconfig;
mod wasm;
mod watch;
mod watch_filter;
mod workers;

pub use bundle::{Asset, Bundle, Chunk, FailedEntry};
pub use bundler::Bundler;
pub use config::{CONFIG_FILES, ConfigBundle, bundle_config, find_config};
pub use emit::{ClientFiles, EmitError, emit};
pub use env_files::{
    EnvFiles, Variables, file_names as env_file_names, merge as merge_env, parse as parse_env,
};
pub use error::{BundleError, BundleErrors, Place};
pub use import_meta_env::{ImportMetaEnv, PUBLIC_PREFIX};
pub use options::{BundleOptions, Entry, Mode, VirtualModule};
pub use rebuild::Rebuilder;
pub use watch::{Change, ChangeKind, Changes, WatchError, Watcher};
