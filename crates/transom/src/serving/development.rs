//! `transom dev`: the same server, with a build in memory that follows the project's files.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use transom_bundler::{Changes, Watcher};
use transom_data::{Collections, OnDemand};
use transom_diag::{Color, Diagnostic};
use transom_runtime::{Application, Environment, HostOptions, Mode, ModuleText};
use transom_server::{Events, Server, StaticFiles};

use super::cors::CorsPolicy;
use super::endpoint::Endpoints;
use super::identity::Service;
use super::services::Services;
use super::{Develop, front, host, listen, production};
use crate::compile::{self, Compiled, Compiler, Effect, Unrendered};
use crate::printer::{Printer, texts_of};
use crate::project::{PUBLIC_FOLDER, Project, read_settings_file};
use crate::report::Report;

/// Serves a project until a stop signal and follows its changes.
///
/// # Errors
/// A [`Report`] when the server does not come up.
pub(super) fn run(plan: Develop, printer: Printer) -> Result<(), Report> {
    let Develop { project, settings, lock, compiler, compiled, runtime } = plan;
    let listeners = listen::bind(&settings.server, listen::BusyPort::TakeNext, printer)?;
    let url = listeners.addresses().first().map(|address| listen::url(&settings.server, *address));
    let events = Events::new(move |event| production::tell(printer, &event));
    let front = front::settings(&settings, printer, events)?;
    let public = project.root().join(PUBLIC_FOLDER);
    let files = StaticFiles::open(&public).map_err(|error| Report::io("read", &public, &error))?;
    let services = Services::of_server(&settings, printer);
    let identity = Service::new(&settings, &services, Mode::Development, printer);
    let host = host::options(
        &settings,
        project.root(),
        Mode::Development,
        environment(&compiler),
        &services,
        printer,
    )?;
    let (watcher, changes) = {
        let _inside = runtime.enter();
        Watcher::start(project.root(), &[]).map_err(Report::internal)?
    };
    let cors = settings.compat.cors.clone().map(|cors| Arc::new(CorsPolicy::new(cors)));
    let rendered = RenderedFolder::new(settings.data.join("prerendered"));
    let mut follower = Follower {
        collections: settings.collections.clone(),
        data: services.data,
        project,
        compiler,
        files,
        host,
        watcher,
        printer,
        watched: Vec::new(),
        rendered,
        cors,
        identity,
    };
    follower.show(&compiled);
    let asks = settings.services.identity_enabled || asks_who_calls(&compiled);
    let first = follower.endpoints(compiled)?;
    let server = Server::start(first, listeners, front).map_err(Report::internal)?;
    listen::tell_admin(&server, printer);
    if let Some(url) = &url {
        if let Err(error) = lock.serving_on(url) {
            printer.detail(format_args!("the lock file cannot be written: {error}"));
        }
        printer.status(format_args!("listening on {url}"));
    }
    if asks {
        let identity = follower.identity.clone();
        runtime.spawn(async move {
            if let Err(error) = identity.print_tokens().await {
                printer.status(format_args!("[identity] {error}"));
            }
        });
    }
    runtime.block_on(follower.follow(&server, changes))?;
    server.shutdown();
    server.wait();
    Ok(())
}

/// What `process.env` shows: the environment with the variables of `.env` files.
fn environment(compiler: &Compiler) -> Environment {
    Environment::new(compiler.variables().iter().map(|(name, value)| (name.clone(), value.clone())))
}

/// Whether the project asks who is calling, with the built-in module or with the package.
fn asks_who_calls(compiled: &Compiled) -> bool {
    let marks = ["transom:internal/app/identity/", "wixapis.com/oauth2/token-info"];
    let chunks = &compiled.bundle.chunks;
    chunks.iter().any(|chunk| marks.iter().any(|mark| chunk.code.contains(mark)))
}

/// Rebuilds after changes.
struct Follower {
    project: Project,
    compiler: Compiler,
    files: Arc<StaticFiles>,
    host: HostOptions,
    watcher: Watcher,
    printer: Printer,
    watched: Vec<PathBuf>,
    rendered: RenderedFolder,
    cors: Option<Arc<CorsPolicy>>,
    identity: Service,
    data: Arc<OnDemand>,
    /// What is declared, which counts from the next build on.
    collections: Collections,
}

impl Follower {
    async fn follow(
        &mut self,
        server: &Server<Endpoints>,
        mut changes: tokio::sync::mpsc::UnboundedReceiver<Changes>,
    ) -> Result<(), Report> {
        let listen = |kind| signal(kind).map_err(Report::internal);
        let (mut terminate, mut interrupt) =
            (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
        loop {
            tokio::select! {
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
                changed = changes.recv() => match changed {
                    Some(changed) => self.changed(server, &changed).await,
                    None => return Err(Report::internal("watching the project's files ended")),
                },
            }
        }
    }

    async fn changed(&mut self, server: &Server<Endpoints>, changes: &Changes) {
        let public = self.project.root().join(PUBLIC_FOLDER);
        let is_public =
            changes.rescan || changes.list.iter().any(|change| change.path.starts_with(&public));
        if is_public && let Err(error) = self.files.refresh() {
            self.printer.report(&Report::io("read", &public, &error));
        }
        let effect = self.compiler.effect_of(changes);
        let outcome = match effect {
            Effect::Nothing => return,
            Effect::Compile => Ok(()),
            Effect::Load => self.load().await,
        };
        let begun = std::time::Instant::now();
        let compiled = match outcome {
            Ok(()) => self.compiler.compile().await,
            Err(report) => Err(report),
        };
        match compiled {
            Ok(compiled) => self.serve(server, compiled, begun).await,
            Err(report) => {
                self.printer.report(&report);
                self.printer.status("the last working state goes on");
            }
        }
    }

    /// Reads variables, config, permissions and collections again.
    async fn load(&mut self) -> Result<(), Report> {
        let file = read_settings_file(self.project.root())?;
        self.compiler = self.compiler.reload().await?;
        self.host.permissions.replace(file.permissions);
        self.collections = file.collections;
        self.host.environment = Arc::new(environment(&self.compiler));
        Ok(())
    }

    async fn serve(
        &mut self,
        server: &Server<Endpoints>,
        compiled: Compiled,
        begun: std::time::Instant,
    ) {
        self.show(&compiled);
        match self.reload(server, compiled).await {
            Ok(()) => {
                self.printer.status(format_args!("updated in {} ms", begun.elapsed().as_millis()))
            }
            Err(report) => self.printer.report(&report),
        }
    }

    async fn reload(
        &mut self,
        server: &Server<Endpoints>,
        compiled: Compiled,
    ) -> Result<(), Report> {
        let endpoints = self.endpoints(compiled)?;
        let reloaded =
            self.data.redeclare(self.collections.clone(), || server.reload(endpoints)).await;
        let reloaded = reloaded.map_err(|error| {
            let message = format!("the stored data refuse the declared collections: {error}");
            let diagnostic = Diagnostic::error("data/refused", message).hint(
                "change the items or the declaration; until then the last working state goes on",
            );
            Report::one(self.project.root(), diagnostic)
        })?;
        reloaded.map(drop).map_err(Report::internal)
    }

    fn show(&self, compiled: &Compiled) {
        let root = self.project.root();
        self.printer.diagnostics(root, &compiled.warnings);
        self.printer.diagnostics(root, &compiled.errors);
    }

    /// The build as the workers run it.
    fn endpoints(&mut self, compiled: Compiled) -> Result<Endpoints, Report> {
        let mut compiled = compiled;
        let rendered = self.prerender(&mut compiled)?;
        let Compiled { manifest, bundle, broken, .. } = compiled;
        let new: Vec<PathBuf> = bundle
            .watch_files
            .iter()
            .filter(|file| !self.watched.contains(file))
            .cloned()
            .collect();
        if let Err(error) = self.watcher.add_files(new.iter()) {
            self.printer
                .status(format_args!("changes outside of the project are not seen: {error}"));
        }
        self.watched.extend(new);
        let texts = bundle.chunks.into_iter().map(|chunk| ModuleText {
            file: chunk.file,
            code: chunk.code,
            map: chunk.map,
        });
        let mut application = Application::new(manifest, texts.collect()).map_err(|error| {
            Report::one(self.project.root(), Diagnostic::error("dev/invalid-routes", error))
        })?;
        for (index, diagnostics) in broken {
            let texts = texts_of(self.project.root(), &diagnostics, Color::Never);
            application = application.with_broken_route(index, texts.join("\n"));
        }
        Ok(Endpoints {
            application: Arc::new(application),
            files: Arc::clone(&self.files),
            rendered,
            host: self.host.clone(),
            cors: self.cors.clone(),
            identity: self.identity.clone(),
        })
    }

    /// Runs the prerendered endpoints, as a build does. One that fails is answered with what went wrong.
    fn prerender(&mut self, compiled: &mut Compiled) -> Result<Option<Arc<StaticFiles>>, Report> {
        for index in compiled.broken.keys() {
            compiled.manifest.routes[*index].prerender = false;
        }
        loop {
            let root = self.project.root();
            let log = host::log_sink(self.printer);
            let (state, permissions) =
                (self.host.data_folder.clone(), Arc::clone(&self.host.permissions));
            match compile::prerender(root, state, permissions, compiled, log) {
                Ok(rendered) => {
                    self.printer.diagnostics(root, &rendered.warnings);
                    return self.rendered.replace(&rendered.files);
                }
                Err(Unrendered { route, diagnostic }) => {
                    let root = root.to_owned();
                    self.printer.diagnostics(&root, std::slice::from_ref(&diagnostic));
                    let routes = compiled.manifest.routes.iter_mut().enumerate();
                    let at_fault =
                        routes.filter(|(index, _)| route.is_none_or(|route| route == *index));
                    for (index, route) in at_fault.filter(|(_, route)| route.prerender) {
                        route.prerender = false;
                        compiled.broken.insert(index, vec![diagnostic.clone()]);
                    }
                }
            }
        }
    }
}

/// Where the answers of prerendered endpoints are kept while developing: a folder for each build, so that requests that
/// an older one answers find its files. The last two are kept.
struct RenderedFolder {
    folder: PathBuf,
    builds: u64,
}

impl RenderedFolder {
    /// Removes what an earlier run has left.
    fn new(folder: PathBuf) -> Self {
        drop(fs::remove_dir_all(&folder)); // Usually there is none.
        Self { folder, builds: 0 }
    }

    fn replace(&mut self, files: &[(String, Vec<u8>)]) -> Result<Option<Arc<StaticFiles>>, Report> {
        self.builds += 1;
        drop(fs::remove_dir_all(self.folder.join((self.builds.saturating_sub(2)).to_string())));
        if files.is_empty() {
            return Ok(None);
        }
        let folder = self.folder.join(self.builds.to_string());
        for (name, contents) in files {
            let file = folder.join(name);
            let written = fs::create_dir_all(file.parent().unwrap_or(&folder))
                .and_then(|()| fs::write(&file, contents));
            written.map_err(|error| Report::io("write", &file, &error))?;
        }
        let opened = StaticFiles::open(&folder);
        opened.map(Some).map_err(|error| Report::io("read", &folder, &error))
    }
}
