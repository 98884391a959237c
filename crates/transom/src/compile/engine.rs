//! Running what is being built: an engine on a thread of its own, under the limits that a build may take.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::task::LocalSet;
use transom_manifest::Compat;
use transom_permissions::Permissions;
use transom_runtime::{
    Application, Broadcasts, Environment, FetchLimits, Host, HostOptions, Instance, LogSink, Mode,
    ModuleText, SharedTls, Watchdog,
};
use transom_sessions::Sessions;
use transom_store::{Location, Options, SharedStore};

use super::Compiled;

/// The engine recurses on the native stack.
const STACK_BYTES: usize = 8 << 20;
/// How long one handler may run without yielding; a build may take its time.
const CPU_BUDGET: Duration = Duration::from_secs(60);
/// Most memory that the handlers of a build may hold.
const HEAP_BYTES: usize = 2 << 30;

/// Whether the engine keeps what it compiles, for [`Instance::compiled_code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Nothing,
    Code,
}

/// Brings the build up, has `work` done with it, and waits for the result. `state` is the folder for what handlers
/// keep, such as sessions; `permissions` say what they may reach.
///
/// # Errors
/// What keeps the engine or the build from coming up, in words.
pub(super) fn run<R: Send>(
    compiled: &Compiled,
    state: PathBuf,
    permissions: Arc<Permissions>,
    log: LogSink,
    keep: Keep,
    work: impl AsyncFnOnce(Instance) -> R + Send,
) -> Result<R, String> {
    let joined = thread::scope(|scope| {
        let builder =
            thread::Builder::new().name("transom-build".to_owned()).stack_size(STACK_BYTES);
        let begun = builder
            .spawn_scoped(scope, || on_this_thread(compiled, state, permissions, log, keep, work));
        begun.map(|thread| thread.join())
    });
    match joined.map_err(text)? {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn on_this_thread<R>(
    compiled: &Compiled,
    state: PathBuf,
    permissions: Arc<Permissions>,
    log: LogSink,
    keep: Keep,
    work: impl AsyncFnOnce(Instance) -> R,
) -> Result<R, String> {
    let texts = compiled.bundle.chunks.iter().map(|chunk| ModuleText {
        file: chunk.file.clone(),
        code: chunk.code.clone(),
        map: chunk.map.clone(),
    });
    let application = Application::new(compiled.manifest.clone(), texts.collect()).map_err(text)?;
    let options = HostOptions {
        mode: Mode::Production,
        compat: Compat::default(),
        heap_limit: HEAP_BYTES,
        watchdog: Watchdog::start(CPU_BUDGET).map_err(text)?,
        environment: Arc::new(Environment::new(compiled.variables.iter().cloned())),
        permissions,
        sessions: Arc::new(sessions(&state)),
        data_folder: state,
        log,
        tls: SharedTls::default(),
        fetch: FetchLimits::default(),
        broadcasts: Broadcasts::default(),
        keep_code: keep == Keep::Code,
        identity: None,
        data: None,
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    LocalSet::new().block_on(&runtime, async {
        let host = Host::new(&options).map_err(text)?;
        let instance = Instance::start(&host, Arc::new(application)).map_err(text)?;
        Ok(work(instance).await)
    })
}

/// What handlers of a build keep in sessions stays on this machine.
fn sessions(state: &Path) -> Sessions {
    let schemas = vec![transom_sessions::SCHEMA];
    let location = Location::in_folder(state);
    Sessions::new(Arc::new(SharedStore::new(location, Options::default(), schemas)))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Compiled code of the built-in modules and of the build: `transom start` need not parse them again. No handler runs.
///
/// # Errors
/// As [`run`].
pub(crate) fn compiled_code(
    compiled: &Compiled,
    state: PathBuf,
    permissions: Arc<Permissions>,
    log: LogSink,
) -> Result<Vec<u8>, String> {
    run(compiled, state, permissions, log, Keep::Code, async |instance| instance.compiled_code())
}
