//! Prerendered endpoints: their answers become files that are sent in their place (`astro-endpoints.md` section 9).
//!
//! The handlers run once, in an engine of their own. Nothing here writes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use transom_diag::{Diagnostic, Place};
use transom_manifest::{Manifest, Route};
use transom_permissions::Permissions;
use transom_runtime::{LogSink, PrerenderError};

use super::Compiled;
use super::engine::{self, Keep};
use crate::project::PUBLIC_FOLDER;

/// The files of all prerendered routes.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// Path below the client folder and contents.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// What was left out, and why.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// Why there are no files.
#[derive(Debug)]
pub(crate) struct Unrendered {
    /// Index of the route at fault, if it is one route's.
    pub(crate) route: Option<usize>,
    pub(crate) diagnostic: Diagnostic,
}

/// Runs the prerendered endpoints of the project in `root`. `state` is the folder for what handlers keep, such as
/// sessions; `permissions` say what they may reach. Blocks until all have answered.
///
/// # Errors
/// What the first of them throws, and answers that cannot be files.
pub(crate) fn prerender(
    root: &Path,
    state: PathBuf,
    permissions: Arc<Permissions>,
    compiled: &Compiled,
    log: LogSink,
) -> Result<Rendered, Unrendered> {
    let manifest = &compiled.manifest;
    if !manifest.routes.iter().any(|route| route.prerender) {
        return Ok(Rendered::default());
    }
    let answers = engine::run(compiled, state, permissions, log, Keep::Nothing, async |instance| {
        transom_runtime::prerender(&Rc::new(instance), &origin(manifest)).await
    });
    let answers = answers.map_err(internal)?.map_err(|error| {
        let route = error.route;
        Unrendered { route: Some(route), diagnostic: failed(error, &manifest.routes[route]) }
    })?;
    let mut rendered = Rendered::default();
    for (path, winner, other) in &answers.conflicts {
        rendered.warnings.push(conflict(path, &manifest.routes, *winner, *other));
    }
    let mut taken: HashSet<String> = HashSet::new();
    for answer in answers.answers {
        let route = &manifest.routes[answer.route];
        let at = |diagnostic| Unrendered { route: Some(answer.route), diagnostic };
        let Some(body) = answer.body else {
            let message =
                format!("nothing is written for `{}`: its answer has no body", answer.path);
            rendered.warnings.push(about(Diagnostic::warning("prerender/no-body", message), route));
            continue;
        };
        let file = file_name(&answer.path, route).map_err(at)?;
        if root.join(PUBLIC_FOLDER).join(&file).exists() {
            let message = format!(
                "skipping `{}` because a file with the same name exists in the public folder: {file}",
                route.file
            );
            rendered
                .warnings
                .push(about(Diagnostic::warning("prerender/public-file", message), route));
            continue;
        }
        taken.insert(file.clone());
        rendered.files.push((file, body.to_vec()));
    }
    match rendered.files.iter().find_map(|(file, _)| folder_that_is_a_file(file, &taken)) {
        Some(file) => {
            let message = format!("`/{file}` would have to be a file and a folder");
            let hint = "give one of the endpoints another name, for example with an extension";
            let diagnostic = Diagnostic::error("prerender/file-and-folder", message).hint(hint);
            Err(Unrendered { route: None, diagnostic })
        }
        None => Ok(rendered),
    }
}

/// Under which the handlers see themselves: the site, or the address of a local server.
fn origin(manifest: &Manifest) -> String {
    let site = manifest.config.site.as_deref();
    let site = site.and_then(|site| ada_url::Url::parse(site, None).ok());
    site.map_or_else(
        || format!("http://localhost:{}", manifest.config.server_port),
        |site| site.origin().to_string(),
    )
}

/// Where the answer for `path` is written.
fn file_name(path: &str, route: &Route) -> Result<String, Diagnostic> {
    let name = path.trim_start_matches('/').trim_end_matches('/');
    let is_outside = |part: &str| matches!(part, "." | "..") || part.contains('\0');
    if name.is_empty() || name.split('/').any(is_outside) {
        let message = format!("the answer for `{path}` cannot be a file");
        return Err(about(Diagnostic::error("prerender/no-file-name", message), route).hint(
            "leave out `prerender`, or rename the endpoint so that its path ends in a name",
        ));
    }
    Ok(name.to_owned())
}

/// The file among `taken` that is a folder of `file`.
fn folder_that_is_a_file<'a>(file: &'a str, taken: &HashSet<String>) -> Option<&'a str> {
    let ends = file.match_indices('/').map(|(at, _)| &file[..at]);
    ends.into_iter().find(|folder| taken.contains(*folder))
}

fn conflict(path: &str, routes: &[Route], winner: usize, other: usize) -> Diagnostic {
    let (winner, other) = (&routes[winner].route, &routes[other]);
    let message = format!(
        "could not render `{path}` from route `{}` as it conflicts with higher priority route `{winner}`",
        other.route
    );
    about(Diagnostic::warning("prerender/conflict", message), other)
}

fn failed(error: PrerenderError, route: &Route) -> Diagnostic {
    let PrerenderError { path, name, message, hint, .. } = error;
    let what = path.unwrap_or_else(|| route.route.clone());
    let message = format!("`{what}` cannot be prerendered: {name}: {message}");
    let diagnostic = about(Diagnostic::error("prerender/failed", message), route);
    match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

fn about(diagnostic: Diagnostic, route: &Route) -> Diagnostic {
    diagnostic.label(route.file.as_str(), Place::File, "")
}

fn internal(error: impl std::fmt::Display) -> Unrendered {
    Unrendered { route: None, diagnostic: Diagnostic::error("prerender/engine", error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_written_under_their_path() {
        let route = Route::default();
        let name = |path| file_name(path, &route).ok();
        assert_eq!(name("/dogs/a b.json").as_deref(), Some("dogs/a b.json"));
        assert_eq!(name("/dogs/"), Some("dogs".to_owned()));
        assert_eq!(name("/"), None);
        assert_eq!(name("/a/../../etc/passwd"), None);
    }

    #[test]
    fn a_file_that_is_also_a_folder_is_found() {
        let taken = HashSet::from(["a/b".to_owned()]);
        assert_eq!(folder_that_is_a_file("a/b/c", &taken), Some("a/b"));
        assert_eq!(folder_that_is_a_file("a/bc/d", &taken), None);
    }
}
