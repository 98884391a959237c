//! A build that runs on a host, in a realm of its own, and the way of a request through it.
//! Spec: `astro-endpoints.md` section 0.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use http::header::LOCATION;
use http::{HeaderMap, HeaderValue};
use transom_engine::{OpError, Persistent, Realm, Scope, ScriptError, Value};
use transom_router::{MalformedTarget, Matched, Outcome, RequestHead, Target};
use transom_web::BodyStream;

use crate::Request;
use crate::application::Application;
use crate::arguments::Arguments;
use crate::bootstrap::{self, Loader};
use crate::bridge;
use crate::error_page::Failure;
use crate::exchange::{Exchanges, Gone};
use crate::host::{Host, Mode, Shared};
use crate::log::Level;
use crate::respond::{Reply, ReplyBody};

/// What JavaScript gets in place of the index of a route when none matched.
const NO_ROUTE: i32 = -1;

/// A running build. Dropping it ends its timers and lets the collector take its realm.
pub struct Instance {
    host: Rc<Host>,
    realm: Realm,
    application: Arc<Application>,
    dispatch: Persistent,
    arguments: Arguments,
}

/// Why a build did not come up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartFailure {
    /// The engine gave no realm.
    #[error("no memory for a new realm: {0}")]
    Memory(OpError),
    /// The built-in modules failed, which is a bug in transom.
    #[error("the built-in modules failed: {0}")]
    Bootstrap(String),
}

impl Instance {
    /// Brings a build up in a new realm. Its own modules are loaded when they are first needed.
    ///
    /// # Errors
    /// When there is no memory, or transom itself is broken.
    pub fn start(host: &Rc<Host>, application: Arc<Application>) -> Result<Self, StartFailure> {
        let realm = host.new_realm().map_err(StartFailure::Memory)?;
        host.shared.applications.borrow_mut().insert(realm.number(), Arc::clone(&application));
        let description = describe(&application, &host.shared);
        let project = host.shared.permissions.project();
        let loader = Loader::new(Some(Arc::clone(&application)), project);
        let (mains, number) = (&host.shared.mains, realm.number());
        let dispatch = host.enter_unbudgeted(&realm, |scope| {
            let main = bootstrap::install(scope, loader)?;
            mains.borrow_mut().insert(number, scope.persist(main));
            let start = scope.get(main, c"start")?;
            let description = scope.string_owned(description).map(|text| (start, text));
            let Ok((start, text)) = description else { return Err(out_of_memory(scope)) };
            let dispatch = scope.call(start, &[text])?;
            Ok(scope.persist(dispatch))
        });
        let applications = host.shared.known_applications();
        let fail = |error: ScriptError| {
            StartFailure::Bootstrap(bridge::describe_error(&error, &applications))
        };
        let dispatch = dispatch.map_err(fail)?;
        Ok(Self {
            host: Rc::clone(host),
            realm,
            application,
            dispatch,
            arguments: Arguments::default(),
        })
    }

    /// How many requests this host is answering.
    pub fn open_requests(&self) -> usize {
        self.host.shared.exchanges.count()
    }

    /// Tells the programs on this host, those of earlier builds too, that they end: see [`Host::end_all`].
    pub fn end_all(&self) {
        self.host.end_all();
    }

    /// Bytes that script holds on this host.
    pub fn heap_bytes(&self) -> usize {
        self.host.heap_bytes(&self.realm)
    }

    /// Whether script holds more memory than it may: then the worker should be replaced.
    pub fn is_over_limit(&self) -> bool {
        self.host.is_over_limit(&self.realm)
    }

    /// Gives memory back while there is nothing to do.
    pub fn rest(&self) {
        self.host.rest();
    }

    /// Compiled code for the starts to come, to be written to a file for [`use_code_cache`](transom_engine::use_code_cache):
    /// what has run so far, every other built-in module, and the modules of the build, which are not run for it. The
    /// host must have been made with `keep_code`.
    pub fn compiled_code(&self) -> Vec<u8> {
        let builtins = bootstrap::builtins().values();
        let of_build = self.application.modules.values().map(|module| &module.code);
        self.host.compiled_code(&self.realm, builtins.chain(of_build).map(Arc::clone))
    }

    /// The build.
    pub fn application(&self) -> &Arc<Application> {
        &self.application
    }

    /// Begins to answer a request: what needs no waiting is done when this returns.
    pub fn call(self: &Rc<Self>, mut request: Request) -> Answer {
        let (body, gone) = (request.body.take(), request.gone.take());
        let origin = self.arguments.origin(&request);
        let Ok(target) = Target::new(&request.target) else {
            return Answer::ready(Reply::text(400, None, MalformedTarget::BODY));
        };
        let head = RequestHead { method: request.method.as_str(), origin: &origin, target };
        let reply = match self.application.pipeline.answer(head) {
            Outcome::Endpoint { index, found, .. } => {
                let index = i32::try_from(index).unwrap_or(NO_ROUTE);
                return self.dispatch(&request, body, gone, index, Some(&found));
            }
            Outcome::NotFound { .. } | Outcome::Page { .. } | Outcome::Builtin(_) => {
                return self.dispatch(&request, body, gone, NO_ROUTE, None);
            }
            Outcome::BadRequest { body } => Reply::text(400, None, body),
            Outcome::Unrepresentable => Reply::text(500, None, "Internal Server Error"),
            Outcome::Redirect { status, location, body } => redirect(status, &location, body),
            Outcome::ConfigRedirect { answer, .. } => {
                redirect(answer.status, &answer.location, None)
            }
            Outcome::BrokenRedirect { .. } => Reply::empty(500),
        };
        Answer::ready(reply)
    }

    fn dispatch(
        self: &Rc<Self>,
        request: &Request,
        body: Option<BodyStream>,
        gone: Option<Gone>,
        index: i32,
        found: Option<&Matched<'_, '_>>,
    ) -> Answer {
        if let Some(message) =
            usize::try_from(index).ok().and_then(|index| self.application.broken.get(&index))
        {
            return Answer::ready(self.broken(message, index as usize, request));
        }
        let shared = &self.host.shared;
        let has_display = shared.mode == Mode::Development;
        let headers = has_display.then(|| Box::new(request.headers.clone()));
        self.begin(body, gone, headers, |scope, number| {
            let dispatch = scope.value_of(&self.dispatch);
            match self.arguments.values(scope, number, index, request, found) {
                Ok(arguments) => scope.call(dispatch, &arguments).map(|_| ()),
                Err(_) => Err(out_of_memory(scope)),
            }
        })
    }

    /// Opens an exchange, lets `call` enter script for it, and runs the jobs that follow.
    fn begin(
        self: &Rc<Self>,
        body: Option<BodyStream>,
        gone: Option<Gone>,
        headers: Option<Box<HeaderMap>>,
        call: impl for<'s> FnOnce(&mut Scope<'s>, u64) -> Result<(), ScriptError>,
    ) -> Answer {
        let exchanges = &self.host.shared.exchanges;
        let number = exchanges.open(body, gone, Rc::clone(self) as Rc<dyn Any>);
        let outcome = self.host.enter(&self.realm, |scope| {
            let outcome = call(scope, number);
            scope.run_jobs();
            outcome
        });
        if let Err(error) = outcome {
            self.host.fail_request(number, &error);
        }
        Answer { state: State::Waiting { number, exchanges: Rc::clone(exchanges), headers } }
    }

    /// Calls an export of the main module as if for a request, whose number is its first argument.
    pub(crate) fn call_main(
        self: &Rc<Self>,
        export: &std::ffi::CStr,
        arguments: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<Vec<Value<'s>>, OpError>,
    ) -> Answer {
        let main = self.host.shared.mains.borrow().get(&self.realm.number()).cloned();
        self.begin(None, None, None, |scope, number| {
            let Some(main) = main.map(|main| scope.value_of(&main)) else { return Ok(()) };
            let callee = scope.get(main, export)?;
            match arguments(scope) {
                Ok(rest) => {
                    let all = [vec![scope.number(number as f64)], rest].concat();
                    scope.call(callee, &all).map(|_| ())
                }
                Err(_) => Err(out_of_memory(scope)),
            }
        })
    }

    /// The answer of a route whose module could not be built.
    fn broken(&self, message: &str, index: usize, request: &Request) -> Reply {
        let route =
            self.application.manifest.routes.get(index).map_or("", |route| route.route.as_str());
        let failure = Failure {
            method: request.method.to_string(),
            route: route.to_owned(),
            name: "BuildError".into(),
            message: "this route could not be built".into(),
            frames: Vec::new(),
            details: Some(message.to_owned()),
        };
        self.host.shared.log(Level::Error, "build", failure.to_text());
        match self.host.shared.mode {
            Mode::Development => failure.to_reply(&request.headers),
            Mode::Production => Reply::empty(500),
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.host.shared.retire(&self.realm);
    }
}

/// An answer on its way. A future that resolves to the [`Reply`]; dropping it means that the client has gone.
pub struct Answer {
    state: State,
}

enum State {
    Ready(Option<Box<Reply>>),
    Waiting {
        number: u64,
        exchanges: Rc<Exchanges>,
        /// Of the request, for the error display.
        headers: Option<Box<HeaderMap>>,
    },
}

impl Answer {
    fn ready(reply: Reply) -> Self {
        Self { state: State::Ready(Some(Box::new(reply))) }
    }
}

impl Future for Answer {
    type Output = Reply;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Reply> {
        let reply = match &mut self.state {
            State::Ready(reply) => reply.take(),
            State::Waiting { number, exchanges, headers } => {
                let (number, exchanges) = (*number, Rc::clone(exchanges));
                let mut reply = std::task::ready!(exchanges.poll_reply(number, context.waker()));
                if let (Some(reply), Some(headers)) = (&mut reply, headers)
                    && Failure::may_replace(reply)
                    && let Some(failure) =
                        exchanges.with(number, |exchange| exchange.failure.take()).flatten()
                {
                    **reply = failure.to_reply(headers);
                }
                let streams =
                    reply.as_ref().is_some_and(|reply| matches!(reply.body, ReplyBody::Stream(_)));
                if !streams {
                    exchanges.finish(number);
                }
                self.state = State::Ready(None);
                reply
            }
        };
        std::task::Poll::Ready(reply.map_or_else(|| Reply::empty(500), |reply| *reply))
    }
}

impl Drop for Answer {
    /// The client went away before its answer: what the handler still does finds no request any more.
    fn drop(&mut self) {
        if let State::Waiting { number, exchanges, .. } = &self.state {
            exchanges.finish(*number);
        }
    }
}

fn out_of_memory(scope: &mut Scope<'_>) -> ScriptError {
    match scope.eval("memory.js", "throw new RangeError('out of memory')") {
        Err(error) => error,
        Ok(_) => ScriptError::Stopped(transom_engine::StopReason::HeapLimit),
    }
}

fn redirect(status: u16, location: &str, body: Option<String>) -> Reply {
    let mut reply = match body {
        Some(body) => Reply::text(status, Some("text/plain;charset=UTF-8"), body),
        None => Reply::empty(status),
    };
    let location: Vec<u8> =
        location.chars().flat_map(|c| u8::try_from(u32::from(c)).ok()).collect();
    if let Ok(location) = HeaderValue::from_bytes(&location) {
        reply.headers.insert(LOCATION, location);
    }
    reply
}

/// What the dispatcher in JavaScript has to know of the build, as JSON.
fn describe(application: &Application, shared: &Shared) -> String {
    let manifest = &application.manifest;
    let position = |name: &str| {
        let found = manifest.routes.iter().position(|route| route.route == name);
        found.map_or(-1, |index| i64::try_from(index).unwrap_or(-1))
    };
    let routes: Vec<_> = manifest
        .routes
        .iter()
        .map(|route| {
            serde_json::json!({
                "pattern": route.route,
                "file": route.file,
                "module": route.module,
                "prerender": route.prerender,
                "kind": route.kind,
            })
        })
        .collect();
    serde_json::json!({
        "routes": routes,
        "middleware": manifest.middleware,
        "config": manifest.config,
        "notFoundIndex": position("/404"),
        "errorIndex": position("/500"),
        "compat": shared.compat,
        "tokenOrigins": shared.token_origins,
        "development": shared.mode == Mode::Development,
    })
    .to_string()
}
