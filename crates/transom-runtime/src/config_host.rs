//! Evaluation of a project's configuration file: a module of its own in a realm of its own, in which packages are
//! recorders that were bundled in beforehand.

use std::collections::HashMap;
use std::sync::Arc;

use transom_engine::{
    Isolate, IsolateOptions, ModuleLoader, ModuleSource, Op, PromiseState, ScriptError, SharedCode,
    Watchdog,
};

/// How long a configuration file may run.
const BUDGET: std::time::Duration = std::time::Duration::from_secs(10);

/// What the configuration file may ask for.
pub struct ConfigHost {
    /// Variables that `process.env` shows.
    pub environment: Vec<(String, String)>,
    /// The current folder that `process.cwd()` shows.
    pub folder: String,
    /// `loadEnv(mode, folder, prefixes)` of `vite`: variables of `.env` files.
    #[expect(
        clippy::type_complexity,
        reason = "one callback with the signature of the function it stands for"
    )]
    pub load_env: Box<dyn Fn(&str, &str, &[String]) -> Vec<(String, String)>>,
    /// The command that is running: `dev` or `build`.
    pub command: &'static str,
    /// `production`, `development` or the name given by `--mode`.
    pub mode: String,
}

/// Why a configuration could not be evaluated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigFailure {
    /// The engine did not start.
    #[error("the JavaScript engine did not start: {0}")]
    Engine(String),
    /// The file threw; position as `line:column` of the bundled text where it is known.
    #[error("{message}")]
    Threw {
        /// Class and message of what was thrown.
        message: String,
        /// The engine's stack, in positions of the bundled text.
        stack: String,
    },
    /// It awaits something that never comes.
    #[error(
        "the configuration waits for something that never happens (there is no network and no timer here)"
    )]
    Pending,
    /// It did not give a text.
    #[error("the configuration has no usable default export")]
    NoResult,
}

struct OneModule(Arc<SharedCode>);

impl ModuleLoader for OneModule {
    fn load(&self, specifier: &str, _referrer: &str) -> Result<ModuleSource, String> {
        match specifier {
            "config" => Ok(ModuleSource {
                specifier: "config".into(),
                url: "file:///astro.config.mjs".into(),
                code: Arc::clone(&self.0),
            }),
            other => {
                Err(format!("the configuration imports `{other}`, which is not available to it"))
            }
        }
    }
}

/// Evaluates a bundled configuration module and returns the JSON that its default export is (a string, or a promise
/// for one). Runs on a thread of its own, which ends with it.
///
/// # Errors
/// When the module throws or does not finish.
pub fn evaluate_config(code: &str, host: ConfigHost) -> Result<String, ConfigFailure>
where
    ConfigHost: Sized,
{
    let watchdog =
        Watchdog::start(BUDGET).map_err(|error| ConfigFailure::Engine(error.to_string()))?;
    let ConfigHost { environment, folder, load_env, command, mode } = host;
    let load =
        Op::new("config_load_env", move |mode: String, folder: String, prefixes: Vec<String>| {
            load_env(&mode, &folder, &prefixes)
                .into_iter()
                .flat_map(|(name, value)| [name, value])
                .collect::<Vec<_>>()
        });
    let mut isolate = Isolate::new(&IsolateOptions::default(), vec![load])
        .map_err(|error| ConfigFailure::Engine(error.to_string()))?;
    watchdog.watch(&isolate.interrupter());
    let realm = isolate.new_realm().map_err(|error| ConfigFailure::Engine(error.to_string()))?;
    let facts = serde_json::json!({
        "env": environment.into_iter().collect::<HashMap<_, _>>(),
        "folder": folder,
        "command": command,
        "mode": mode,
    });
    let module = Arc::new(SharedCode::new("astro.config", code.to_owned()));
    isolate.scope(&realm, |scope| {
        let ops = scope.ops_object().map_err(|error| ConfigFailure::Engine(error.to_string()))?;
        let global = scope.global();
        scope.set(global, c"%ops", ops).map_err(|error| threw(&error))?;
        scope.eval("prelude", &format!("({PRELUDE})({facts})")).map_err(|error| threw(&error))?;
        scope.set_module_loader(std::rc::Rc::new(OneModule(module)));
        let (namespace, evaluation) = scope.import("config").map_err(|error| threw(&error))?;
        scope.run_jobs();
        settled(scope, evaluation)?;
        let mut result = scope.get(namespace, c"default").map_err(|error| threw(&error))?;
        if scope.promise_state(result).is_some() {
            result = settled(scope, result)?;
        }
        scope.string_of(result).ok_or(ConfigFailure::NoResult)
    })
}

/// The value of a promise that must be settled by now.
fn settled<'s>(
    scope: &mut transom_engine::Scope<'s>,
    promise: transom_engine::Value<'s>,
) -> Result<transom_engine::Value<'s>, ConfigFailure> {
    match scope.promise_state(promise) {
        Some(PromiseState::Fulfilled) => Ok(scope.promise_result(promise)),
        Some(PromiseState::Rejected) => {
            scope.mark_handled(promise);
            let reason = scope.promise_result(promise);
            let reason = scope.persist(reason);
            Err(threw(&ScriptError::Threw(scope.describe(reason))))
        }
        _ => Err(ConfigFailure::Pending),
    }
}

fn threw(error: &ScriptError) -> ConfigFailure {
    let stack = error.exception().map_or_else(String::new, |exception| exception.stack.clone());
    ConfigFailure::Threw { message: error.to_string(), stack }
}

/// The few globals that configuration files use.
const PRELUDE: &str = r#"(facts) => {
    const ops = globalThis["%ops"];
    delete globalThis["%ops"];
    ops.error_factory_set((name, message) => new (globalThis[name] ?? Error)(message));
    const silent = () => {};
    globalThis.console = { log: silent, info: silent, warn: silent, error: silent, debug: silent };
    globalThis.process = {
        env: facts.env, argv: ["transom", facts.command], platform: "linux", versions: {}, version: "v22.0.0",
        cwd: () => facts.folder,
    };
    globalThis.__transomConfig = {
        command: facts.command,
        mode: facts.mode,
        loadEnv(mode, folder, prefixes) {
            const flat = ops.config_load_env(String(mode), String(folder ?? ""), [prefixes].flat().map(String));
            const found = {};
            for (let i = 0; i < flat.length; i += 2) found[flat[i]] = flat[i + 1];
            return found;
        },
    };
}"#;
