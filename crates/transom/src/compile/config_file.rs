//! `astro.config.*`: bundled, evaluated in the engine, mapped.

use std::path::{Path, PathBuf};
use std::thread;

use transom_bundler::{
    BundleErrors, ConfigBundle, EnvFiles, Variables, bundle_config, find_config,
};
use transom_diag::{Diagnose, Diagnostic, Place};
use transom_manifest::ProjectConfig;
use transom_runtime::{ConfigFailure, ConfigHost, evaluate_config};

use crate::config::{ConfigFile, project_config};
use crate::report::Report;

/// The engine recurses on the native stack.
const STACK_BYTES: usize = 8 << 20;

/// Which command evaluates the config, as configs that are functions are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Dev,
    Build,
}

/// The evaluated config of a project, Astro's defaults when it has none.
#[derive(Debug, Default)]
pub(super) struct LoadedConfig {
    pub(super) config: ProjectConfig,
    /// Files whose change changes the config.
    pub(super) files_read: Vec<PathBuf>,
}

/// Loads the config of the project in `root`. Must be called within a tokio runtime; blocks while the
/// config runs.
///
/// # Errors
/// A [`Report`] when the file cannot be bundled, throws, or has unusable options.
pub(super) async fn load(
    root: &Path,
    command: Command,
    mode: &str,
    environment: &Variables,
) -> Result<LoadedConfig, Report> {
    let Some(file) = find_config(root) else { return Ok(LoadedConfig::default()) };
    let bundle = bundle_config(root, &file, &[]).await.map_err(|errors| refused(root, &errors))?;
    let json = evaluate(root, &bundle, command, mode, environment)?;
    let name = bundle.file.file_name().unwrap_or_default().to_string_lossy();
    let text = std::fs::read_to_string(&bundle.file).unwrap_or_default();
    let config = project_config(&json, ConfigFile { name: &name, text: &text })
        .map_err(|faults| Report::project(root, faults))?;
    Ok(LoadedConfig { config, files_read: bundle.files_read })
}

fn refused(root: &Path, errors: &BundleErrors) -> Report {
    Report::project(root, errors.0.iter().map(Diagnose::diagnostic).collect())
}

fn evaluate(
    root: &Path,
    bundle: &ConfigBundle,
    command: Command,
    mode: &str,
    environment: &Variables,
) -> Result<String, Report> {
    let run = || {
        let process = environment.clone();
        let host = ConfigHost {
            environment: environment.clone(),
            folder: root.to_string_lossy().into_owned(),
            load_env: Box::new(move |mode, folder, prefixes| {
                let prefixes: Vec<&str> = prefixes.iter().map(String::as_str).collect();
                // A file that cannot be read is reported when the project's own variables are loaded.
                let files = EnvFiles::load(Path::new(folder), mode, process.clone());
                files.map(|files| files.with_prefix(&prefixes)).unwrap_or_default()
            }),
            command: match command {
                Command::Dev => "dev",
                Command::Build => "build",
            },
            mode: mode.to_owned(),
        };
        evaluate_config(&bundle.code, host)
    };
    let outcome = thread::scope(|scope| {
        let builder =
            thread::Builder::new().name("transom-config".to_owned()).stack_size(STACK_BYTES);
        builder.spawn_scoped(scope, run).map(thread::ScopedJoinHandle::join)
    });
    match outcome {
        Ok(Ok(Ok(json))) => Ok(json),
        Ok(Ok(Err(failure))) => Err(Report::one(root, failed(root, bundle, &failure))),
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => Err(Report::internal(error)),
    }
}

fn failed(root: &Path, bundle: &ConfigBundle, failure: &ConfigFailure) -> Diagnostic {
    let name = bundle.file.strip_prefix(root).unwrap_or(&bundle.file).to_string_lossy();
    let message = format!("`{name}` failed: {failure}");
    let diagnostic = Diagnostic::error("config/failed", message);
    let origin = match failure {
        ConfigFailure::Threw { stack, .. } => original_position(bundle, stack),
        _ => None,
    };
    match origin {
        Some((source, line, column)) => {
            diagnostic.label(source, Place::Position { line, column }, "thrown here")
        }
        None => diagnostic.label(&*name, Place::File, ""),
    }
}

/// The first position of `stack` that the source map knows: file relative to the project, line and
/// column from 1.
fn original_position(bundle: &ConfigBundle, stack: &str) -> Option<(String, usize, usize)> {
    let map = oxc_sourcemap::SourceMap::from_json_string(bundle.map.as_deref()?).ok()?;
    let table = map.generate_lookup_table();
    stack.lines().filter_map(position).find_map(|(line, column)| {
        let token =
            map.lookup_source_view_token(&table, line.checked_sub(1)?, column.checked_sub(1)?)?;
        let source = token.get_source()?;
        let (line, column) = (token.get_src_line() as usize + 1, token.get_src_col() as usize + 1);
        Some((source.trim_start_matches("./").to_owned(), line, column))
    })
}

/// Line and column at the end of a line of a stack.
fn position(frame: &str) -> Option<(u32, u32)> {
    let mut numbers = frame.trim_end_matches(')').rsplitn(3, ':');
    let column = numbers.next()?.parse().ok()?;
    Some((numbers.next()?.parse().ok()?, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_from_both_kinds_of_stack() {
        assert_eq!(position("run@file:///astro.config.mjs:3:14"), Some((3, 14)));
        assert_eq!(position("    at run (file:///astro.config.mjs:3:14)"), Some((3, 14)));
        assert_eq!(position("Error: at noon: x"), None);
    }
}
