//! `transom start`: a small parent that holds the sockets, and a child in which the workers run.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use transom_manifest::{CLIENT_DIR, CODE_FILE};
use transom_runtime::{
    Application, CodeCacheError, Environment, Mode, set_allocators_up, use_code_cache,
};
use transom_server::{
    ChildEvent, Event, Events, Inherited, Parent, Role, Server, StaticFiles, supervise,
};

use super::cors::CorsPolicy;
use super::endpoint::Endpoints;
use super::identity::Service;
use super::services::Services;
use super::{Start, front, host, listen};
use crate::printer::Printer;
use crate::report::{Exit, Report};
use crate::settings::Settings;

/// Serves a build until a stop signal: binds the sockets, and keeps a child running that serves them.
///
/// # Errors
/// A [`Report`] when the server does not come up.
pub(super) fn run(plan: Start, printer: Printer) -> Result<(), Report> {
    let listeners = listen::bind(&plan.settings.server, listen::BusyPort::Refuse, printer)?;
    // Certificates and keys are checked here, where the error can be shown before anything runs.
    front::settings(&plan.settings, printer, Events::default())?;
    let urls: Vec<String> = listeners
        .addresses()
        .iter()
        .map(|address| listen::url(&plan.settings.server, *address))
        .collect();
    let mut announced = false;
    let role = supervise(listeners, |event| match event {
        ChildEvent::Ready { .. } if !announced => {
            announced = true;
            if let Some(url) = urls.first() {
                printer.status(format_args!("listening on {url}"));
            }
        }
        ChildEvent::Ready { .. } => printer.status("restarted: serving again"),
        ChildEvent::Lost { status } => {
            printer.status(format_args!("the server process ended ({status}); restarting it"));
        }
        ChildEvent::GivenUp { status } if announced => {
            printer.status(format_args!("the server process keeps ending ({status}); giving up"));
        }
        _ => {}
    })
    .map_err(Report::internal)?;
    match role {
        Role::Child(inherited) => serve(plan, inherited, printer),
        // The child has said why. 130 and 143: an order to stop came before the child could listen for it.
        Role::Parent { code: 0 | 130 | 143 } => Ok(()),
        Role::Parent { code: 1 } => Err(Report::told(Exit::Project)),
        Role::Parent { .. } => Err(Report::told(Exit::Internal)),
    }
}

/// Runs the workers until a stop signal; reads the build again on `SIGHUP`.
fn serve(plan: Start, inherited: Inherited, printer: Printer) -> Result<(), Report> {
    let Inherited { listeners, parent } = inherited;
    let events = Events::new(move |event| tell(printer, &event));
    let front = front::settings(&plan.settings, printer, events)?;
    // A child that takes the place of another begins with what is declared now, not with what its parent has read.
    let collections = plan.build.collections()?;
    let settings = Settings { collections, ..plan.settings.clone() };
    let services = Services::of_server(&settings, printer);
    let identity = Service::new(&plan.settings, &services, Mode::Production, printer);
    let host = host::options(
        &plan.settings,
        &plan.build.settings_folder,
        Mode::Production,
        Environment::of_process(),
        &services,
        printer,
    )?;
    let cors = plan.settings.compat.cors.clone().map(|cors| Arc::new(CorsPolicy::new(cors)));
    let load = || -> Result<Endpoints, Report> {
        let application = Application::load(&plan.build.path).map_err(|error| {
            Report::one("", transom_diag::Diagnostic::error("start/unusable-build", error))
        })?;
        let client = plan.build.path.join(CLIENT_DIR);
        let files =
            StaticFiles::open(&client).map_err(|error| Report::io("read", &client, &error))?;
        Ok(Endpoints {
            application: Arc::new(application),
            files,
            rendered: None,
            cors: cors.clone(),
            host: host.clone(),
            identity: identity.clone(),
        })
    };
    set_allocators_up();
    use_compiled_code(&plan.build.path, printer);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Report::internal)?;
    // Before the first request is served: a signal that came earlier would end the process in the middle of it.
    let signals = runtime.block_on(async { Signals::new() }).map_err(Report::internal)?;
    if plan.settings.services.identity_enabled {
        // What is wrong with the store is told now, not to the first caller.
        runtime.block_on(services.identity.get()).map_err(|error| {
            Report::one("", transom_diag::Diagnostic::error("store/unusable", error))
        })?;
    }
    let server = Server::start(load()?, listeners, front).map_err(Report::internal)?;
    listen::tell_admin(&server, printer);
    let reload = async || -> Result<u64, String> {
        let read = || Ok((load()?, plan.build.collections()?));
        let (endpoints, collections) = read().map_err(|report: Report| {
            printer.report(&report);
            "the new build cannot be used".to_owned()
        })?;
        let reloaded = services.data.redeclare(collections, || server.reload(endpoints)).await;
        reloaded
            .map_err(|error| format!("the stored data refuse the declared collections: {error}"))?
            .map_err(|error| error.to_string())
    };
    runtime.block_on(wait(signals, parent, printer, reload))?;
    server.shutdown();
    server.wait();
    Ok(())
}

/// Takes what the build has compiled in advance; without it everything works, after a longer start.
fn use_compiled_code(build: &Path, printer: Printer) {
    match use_code_cache(&build.join(CODE_FILE)) {
        Ok(()) => {}
        Err(CodeCacheError::Io(error)) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => printer.status(format_args!(
            "this start is slower than it could be: the compiled code of the build cannot be used: {error}; \
             run `transom build` again"
        )),
    }
}

/// What an operator can tell the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }
}

/// Waits for the order to stop, or for the end of the parent. Takes a new build into service when it is told to:
/// whatever is wrong with it, the old one goes on.
async fn wait(
    mut signals: Signals,
    parent: Parent,
    printer: Printer,
    reload: impl AsyncFn() -> Result<u64, String>,
) -> Result<(), Report> {
    parent.tell_ready().map_err(Report::internal)?;
    let orphaned = Arc::new(Notify::new());
    let notify = Arc::clone(&orphaned);
    parent.watch(move || notify.notify_one()).map_err(Report::internal)?;
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => return Ok(()),
            _ = signals.interrupt.recv() => return Ok(()),
            () = orphaned.notified() => return Ok(()),
            _ = signals.hangup.recv() => match reload().await {
                Ok(generation) => printer.status(format_args!("reloaded: serving build {generation}")),
                Err(reason) => {
                    printer.status(format_args!("not reloaded: {reason}; the build before goes on"));
                }
            },
        }
    }
}

/// What an operator should know.
pub(super) fn tell(printer: Printer, event: &Event) {
    match event {
        Event::WorkerLost { worker, reason } => {
            printer.status(format_args!("worker {worker} ended: {reason}; replacing it"));
        }
        Event::WorkerReplaced { worker } => {
            printer.status(format_args!("worker {worker} serves again"))
        }
        Event::ReplacementFailed { worker, reason } => {
            printer.status(format_args!("worker {worker} cannot be replaced yet: {reason}"));
        }
        Event::DrainCut { connections } => {
            printer.status(format_args!(
                "cut {connections} open connections: the time to finish was over"
            ));
        }
        _ => {}
    }
}
