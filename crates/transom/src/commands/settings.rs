//! The settings of `dev` and `start`, gathered from every source.

use std::path::Path;

use transom_diag::Diagnostic;
use transom_manifest::ProjectConfig;

use crate::args::ServeArgs;
use crate::config;
use crate::project::read_settings_file;
use crate::report::Report;
use crate::settings::{Purpose, Settings, Sources, environment};

/// Reads the environment and `transom.toml` in `folder`, and merges them with the rest.
///
/// # Errors
/// A [`Report`] with everything that is wrong in one source, or between them.
pub(super) fn gather(
    args: &ServeArgs,
    folder: &Path,
    config: &ProjectConfig,
    default_state: &Path,
    purpose: Purpose,
) -> Result<Settings, Report> {
    let environment = environment::layer(|name| std::env::var_os(name)).map_err(|errors| {
        let diagnostic = |error| Diagnostic::error("settings/invalid-variable", error);
        Report::project(folder, errors.iter().map(diagnostic).collect())
    })?;
    let sources = Sources {
        flags: args.layer.clone(),
        environment,
        file: read_settings_file(folder)?,
        astro_config: config::settings_layer(config),
    };
    Settings::resolve(sources, purpose, default_state)
        .map_err(|error| Report::one(folder, Diagnostic::error("settings/contradiction", error)))
}
