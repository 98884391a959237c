//! Prerendered endpoints: their answers become files that are sent in their place (`astro-endpoints.md` section 9).
//!
//! The handlers run once, in an engine of their own, under the limits that a build may take. Nothing here writes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::task::LocalSet;
use transom_diag::{Diagnostic, Place};
use transom_manifest::{Compat, Manifest, Route};
use transom_runtime::{
    Application, Environment, Host, HostOptions, Instance, LogSink, Mode, ModuleText,
    PrerenderError, SharedTls, StaticAnswers, Watchdog,
};

use super::Compiled;
use crate::project::PUBLIC_FOLDER;

/// The engine recurses on the native stack.
const STACK_BYTES: usize = 8 << 20;
/// How long one handler may run without yielding; a build may take its time.
const CPU_BUDGET: Duration = Duration::from_secs(60);
/// Most memory that the handlers of a build may hold.
const HEAP_BYTES: usize = 2 << 30;

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
/// sessions. Blocks until all have answered.
///
/// # Errors
/// What the first of them throws, and answers that cannot be files.
pub(crate) fn prerender(
    root: &Path,
    state: PathBuf,
    compiled: &Compiled,
    log: LogSink,
) -> Result<Rendered, Unrendered> {
    let manifest = &compiled.manifest;
    if !manifest.routes.iter().any(|route| route.prerender) {
        return Ok(Rendered::default());
    }
    let run = || {
        thread::scope(|scope| {
            let builder =
                thread::Builder::new().name("transom-prerender".to_owned()).stack_size(STACK_BYTES);
            builder.spawn_scoped(scope, || run(compiled, state, log)).map(|thread| thread.join())
        })
    };
    let answers = match run().map_err(internal)? {
        Ok(outcome) => outcome?,
        Err(panic) => std::panic::resume_unwind(panic),
    };
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

fn run(compiled: &Compiled, state: PathBuf, log: LogSink) -> Result<StaticAnswers, Unrendered> {
    let manifest = &compiled.manifest;
    let texts = compiled.bundle.chunks.iter().map(|chunk| ModuleText {
        file: chunk.file.clone(),
        code: chunk.code.clone(),
        map: chunk.map.clone(),
    });
    let application = Application::new(manifest.clone(), texts.collect()).map_err(internal)?;
    let options = HostOptions {
        mode: Mode::Production,
        compat: Compat::default(),
        heap_limit: HEAP_BYTES,
        watchdog: Watchdog::start(CPU_BUDGET).map_err(internal)?,
        environment: Arc::new(Environment::new(compiled.variables.iter().cloned())),
        data_folder: state,
        log,
        tls: SharedTls::default(),
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(internal)?;
    LocalSet::new().block_on(&runtime, async {
        let host = Host::new(&options).map_err(internal)?;
        let instance = Instance::start(&host, Arc::new(application)).map_err(internal)?;
        let answers = transom_runtime::prerender(&Rc::new(instance), &origin(manifest)).await;
        answers.map_err(|error| {
            let route = error.route;
            Unrendered { route: Some(route), diagnostic: failed(error, &manifest.routes[route]) }
        })
    })
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
