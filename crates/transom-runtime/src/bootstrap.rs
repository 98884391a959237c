//! From an empty realm to one in which programs run: built-in modules, their loader, and the native operations.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use transom_engine::{ModuleLoader, ModuleSource, Scope, ScriptError, SharedCode, Value};

use crate::application::{Application, PREFIX};

/// Built-in modules that only built-in code may import start with this.
const INTERNAL: &str = "transom:internal/";
/// Built-in modules that a build may import too: its `astro:*` modules are bundled, and rest on these.
const CONTRACT: &str = "transom:internal/app/";
/// The module that installs the globals and starts applications.
pub(crate) const MAIN: &str = "transom:internal/main";

/// Hands the operations to `transom:internal/ops` and is gone before any other code runs.
const OPS_HANDOVER: &std::ffi::CStr = c"%transom-ops";

const OWN_MODULES: &[(&str, &str)] = &[
    (MAIN, include_str!("main.js")),
    ("transom:internal/globals", include_str!("globals.js")),
    ("transom:internal/ops", include_str!("ops.js")),
];

/// The text of every built-in module, compiled at most once per process.
pub(crate) fn builtins() -> &'static HashMap<&'static str, Arc<SharedCode>> {
    static BUILTINS: OnceLock<HashMap<&'static str, Arc<SharedCode>>> = OnceLock::new();
    BUILTINS.get_or_init(|| {
        let all = OWN_MODULES
            .iter()
            .chain(transom_web::modules())
            .chain(transom_app::MODULES)
            .chain(transom_node::modules());
        all.map(|(specifier, text)| (*specifier, Arc::new(SharedCode::builtin(*specifier, *text))))
            .collect()
    })
}

/// What a path is not encoded of in an address.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Finds modules: built-in ones, and those of one application.
pub(crate) struct Loader {
    application: Option<Arc<Application>>,
    /// The `import.meta.url` of every module of the application: from the folder of the project, the bundled code leads on
    /// to the file that it was written in.
    project_url: Rc<str>,
}

impl Loader {
    /// Finds the modules of `application`, which is that of the project in the folder `project`.
    pub(crate) fn new(application: Option<Arc<Application>>, project: &Path) -> Self {
        let path = project.to_string_lossy();
        let path = utf8_percent_encode(path.trim_end_matches('/'), ENCODED);
        Self { application, project_url: format!("file://{path}/").into() }
    }
}

impl ModuleLoader for Loader {
    fn load(&self, specifier: &str, referrer: &str) -> Result<ModuleSource, String> {
        let is_own =
            referrer.is_empty() || referrer.starts_with(INTERNAL) || referrer.starts_with("node:");
        if let Some(code) = builtins().get(specifier)
            && (is_own || !specifier.starts_with(INTERNAL) || specifier.starts_with(CONTRACT))
        {
            return Ok(ModuleSource {
                specifier: specifier.into(),
                url: specifier.into(),
                code: Arc::clone(code),
            });
        }
        let full = match specifier
            .strip_prefix("./")
            .or_else(|| specifier.starts_with("../").then_some(specifier))
        {
            Some(_) => join(referrer, specifier),
            None => specifier.to_owned(),
        };
        if let Some(application) = &self.application
            && full.starts_with(PREFIX)
            && let Some(module) = application.modules.get(&full)
        {
            return Ok(ModuleSource {
                specifier: full.into(),
                url: Rc::clone(&self.project_url),
                code: Arc::clone(&module.code),
            });
        }
        let importer = referrer.trim_start_matches(PREFIX);
        Err(if specifier.starts_with("node:") {
            format!(
                "the module `{specifier}`, imported by `{importer}`, is not available in transom"
            )
        } else {
            format!("cannot find the module `{specifier}`, imported by `{importer}`")
        })
    }
}

/// Resolves a relative specifier against the specifier of its importer.
fn join(referrer: &str, relative: &str) -> String {
    let folder = referrer.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Installs everything in the entered realm and returns the namespace of [`MAIN`].
///
/// # Errors
/// What the built-in modules throw, which is a bug.
pub(crate) fn install<'s>(scope: &mut Scope<'s>, loader: Loader) -> Result<Value<'s>, ScriptError> {
    scope.set_module_loader(Rc::new(loader));
    let global = scope.global();
    if let Ok(ops) = scope.ops_object() {
        scope.set(global, OPS_HANDOVER, ops)?;
    }
    let (main, evaluation) = scope.import(MAIN)?;
    scope.run_jobs();
    if scope.promise_state(evaluation) == Some(transom_engine::PromiseState::Rejected) {
        scope.mark_handled(evaluation);
        let reason = scope.promise_result(evaluation);
        let reason = scope.persist(reason);
        return Err(ScriptError::Threw(scope.describe(reason)));
    }
    Ok(main)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_specifiers_are_joined() {
        assert_eq!(join("transom:app/entries/a.js", "./b.js"), "transom:app/entries/b.js");
        assert_eq!(join("transom:app/entries/a.js", "../chunks/b.js"), "transom:app/chunks/b.js");
        assert_eq!(join("transom:app/a.js", "./c/./d.js"), "transom:app/c/d.js");
    }

    #[test]
    fn programs_cannot_import_what_is_internal() {
        let loader = Loader::new(None, Path::new("/"));
        assert!(loader.load("transom:internal/ops", "transom:internal/main").is_ok());
        assert!(loader.load("transom:internal/ops", "transom:app/entries/a.js").is_err());
    }
}
