//! The application that the HTTP front calls: public files first, then the build on the worker's engine.
//! Spec: `astro-endpoints.md` section 0.

use std::cell::RefCell;
use std::future::Future;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::Either;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use transom_router::{FileStep, Outcome, RequestHead, Target};
use transom_runtime::{Answer, Application, BodyFailure, Host, HostOptions, Instance};
use transom_server::{
    App, AppFactory, BodyError, Found, Gauge, PublicFile, ReasonPhrase, Reply, ReplyAborted,
    ReplyBody, Request, StartError, StaticFiles, StaticReader, WorkerFailure, WorkerInfo,
};

use super::cors::CorsPolicy;
use super::identity::Service;

/// Makes the application of each worker.
pub(super) struct Endpoints {
    pub(super) application: Arc<Application>,
    /// The client folder of a build; of a project in development its public folder.
    pub(super) files: Arc<StaticFiles>,
    /// In development, the answers of prerendered endpoints, which a build has among its files.
    pub(super) rendered: Option<Arc<StaticFiles>>,
    pub(super) host: HostOptions,
    /// Present when pages of other origins may read answers.
    pub(super) cors: Option<Arc<CorsPolicy>>,
    pub(super) identity: Service,
}

thread_local! {
    /// A thread can have one engine only; generations of the application on one worker share it.
    static HOST: RefCell<Weak<Host>> = const { RefCell::new(Weak::new()) };
}

fn host_of_thread(options: &HostOptions) -> Result<Rc<Host>, StartError> {
    if let Some(host) = HOST.with_borrow(Weak::upgrade) {
        host.set_environment(&options.environment);
        return Ok(host);
    }
    let host = Host::new(options).map_err(|error| StartError::new(error.to_string()))?;
    HOST.set(Rc::downgrade(&host));
    Ok(host)
}

impl AppFactory for Endpoints {
    type App = Endpoint;

    async fn create(&self, worker: WorkerInfo) -> Result<Endpoint, StartError> {
        let host = host_of_thread(&self.host)?;
        let instance = Instance::start(&host, Arc::clone(&self.application))
            .map_err(|error| StartError::new(error.to_string()))?;
        Ok(Endpoint {
            files: self.files.reader(),
            rendered: self.rendered.as_ref().map(StaticFiles::reader),
            heap: worker.gauges.register("heap_bytes", "Bytes that script holds"),
            instance: Rc::new(instance),
            cors: self.cors.clone(),
            identity: self.identity.clone(),
            failure: worker.failure,
        })
    }
}

/// One build on one worker.
pub(super) struct Endpoint {
    instance: Rc<Instance>,
    files: StaticReader,
    rendered: Option<StaticReader>,
    heap: Gauge,
    failure: WorkerFailure,
    cors: Option<Arc<CorsPolicy>>,
    identity: Service,
}

/// What the file step found.
enum Step {
    Answered(Reply),
    File(PublicFile),
    Application,
}

impl App for Endpoint {
    fn call(&self, request: Request) -> impl Future<Output = Reply> + use<> {
        if self.instance.is_over_limit() {
            self.heap.set(self.instance.heap_bytes() as i64);
            self.failure.fail("script holds more memory than the heap limit");
        }
        if let Some(refused) = self.identity.refuse_acting(&request) {
            return Either::Left(Either::Left(std::future::ready(refused)));
        }
        if let Some(target) = self.for_identity(&request) {
            let service = self.identity.clone();
            let answer = async move { service.answer(request, &target).await };
            return Either::Left(Either::Right(answer));
        }
        let cors = self.cors.as_ref().map(|cors| (Arc::clone(cors), cors.grant(&request.headers)));
        let step = match self.options(&request) {
            Some(reply) => Step::Answered(reply),
            None => self.file_step(&request),
        };
        let begun = match step {
            Step::Application => Begun::Answer(self.instance.call(to_runtime(request))),
            Step::Answered(reply) => Begun::Reply(Box::new(reply)),
            Step::File(file) => Begun::File(Box::new((file, request, Rc::clone(&self.instance)))),
        };
        Either::Right(async move {
            let mut reply = match begun {
                Begun::Reply(reply) => *reply,
                Begun::Answer(answer) => to_server(answer.await),
                Begun::File(file) => {
                    let (file, request, instance) = *file;
                    match file.reply(&request.method, &request.headers).await {
                        Some(reply) => reply,
                        None => to_server(instance.call(to_runtime(request)).await),
                    }
                }
            };
            if let Some((cors, grant)) = cors {
                cors.apply(grant, &mut reply);
            }
            reply
        })
    }

    fn rest(&self) {
        self.instance.rest();
    }

    fn end(&self) {
        self.instance.end_all();
    }
}

enum Begun {
    Answer(Answer),
    // Rare and large: what the future holds is copied at each step of its way.
    Reply(Box<Reply>),
    File(Box<(PublicFile, Request, Rc<Instance>)>),
}

impl Endpoint {
    /// The automatic answer to OPTIONS; `None` where there is none, as without CORS.
    fn options(&self, request: &Request) -> Option<Reply> {
        let cors = self.cors.as_ref().filter(|_| request.method == http::Method::OPTIONS)?;
        let application = self.instance.application();
        let target = Target::new(request.target.as_str()).ok()?;
        let head = RequestHead { method: "OPTIONS", origin: "http://localhost", target };
        match application.pipeline().answer(head) {
            Outcome::Endpoint { index, .. } => {
                let exports = &application.manifest().routes[index].exports;
                cors.options(&request.method, &request.headers, exports)
            }
            _ => None,
        }
    }

    /// The target that the identity service is to answer for this request; `None` where it is the project's.
    fn for_identity(&self, request: &Request) -> Option<String> {
        let target = request.target.as_str();
        if Service::serves(target) {
            return Some(target.to_owned());
        }
        let own = self.identity.original(target)?;
        // Routes of the project win.
        let target = Target::new(target).ok()?;
        let method = request.method.as_str();
        let head = RequestHead { method, origin: "http://localhost", target };
        let outcome = self.instance.application().pipeline().answer(head);
        matches!(outcome, Outcome::NotFound { .. }).then_some(own)
    }

    fn find(&self, path: &str) -> Found {
        match (self.files.find(path), &self.rendered) {
            (Found::Nothing, Some(rendered)) => rendered.find(path),
            (found, _) => found,
        }
    }

    fn file_step(&self, request: &Request) -> Step {
        let pipeline = self.instance.application().pipeline();
        let Ok(target) = Target::new(request.target.as_str()) else { return Step::Application };
        let has_files = !self.files.is_empty() || self.rendered.is_some();
        if !has_files && !pipeline.file_step_redirects(&target) {
            return Step::Application;
        }
        if let Some(path) = pipeline.plain_file(&target) {
            return match self.find(path) {
                Found::File(file) | Found::Directory { index: Some(file) } => Step::File(file),
                _ => Step::Application,
            };
        }
        let file = pipeline.file_request(target);
        let is_folder = file.asks_for_folder() && {
            let path = file.folder_path();
            path == "/" || matches!(self.find(&path), Found::Directory { .. })
        };
        match file.decide(is_folder) {
            FileStep::Redirect { location } => {
                let mut reply = Reply::empty(StatusCode::MOVED_PERMANENTLY);
                if let Ok(location) = HeaderValue::from_str(&location) {
                    reply.headers.insert(header::LOCATION, location);
                }
                Step::Answered(reply)
            }
            FileStep::Try { path } => match self.find(&path) {
                // A folder only after decoding, and so not seen above.
                Found::Directory { .. } if !path.ends_with('/') => {
                    Step::Answered(folder_redirect(&path))
                }
                Found::File(file) | Found::Directory { index: Some(file) } => Step::File(file),
                _ => Step::Application,
            },
        }
    }
}

/// What npm `send` answers for a folder: the redirect, with the headers that it puts on its small pages.
fn folder_redirect(path: &str) -> Reply {
    let mut reply = Reply::empty(StatusCode::MOVED_PERMANENTLY);
    let collapsed = path.trim_start_matches('/');
    let fields = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'".to_owned()),
        (header::CONTENT_TYPE, "text/html; charset=UTF-8".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::LOCATION, format!("/{collapsed}/")),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(&value) {
            reply.headers.insert(name, value);
        }
    }
    reply.body = ReplyBody::Full(
        format!(
            "<!DOCTYPE html>\n<title>Redirecting</title>\n<pre>Redirecting to /{collapsed}/</pre>\n"
        )
        .into(),
    );
    reply
}

fn to_runtime(request: Request) -> transom_runtime::Request {
    let body = (!request.body.is_end())
        .then(|| request.body.map(|piece| piece.map_err(failure)).boxed_local());
    transom_runtime::Request {
        method: request.method,
        target: request.target.as_str().to_owned(),
        scheme: request.scheme.as_str(),
        local_port: request.local.port(),
        headers: request.headers,
        address: request.remote.ip(),
        body,
        gone: Some(Box::pin(request.gone)),
    }
}

fn failure(error: BodyError) -> BodyFailure {
    match error {
        BodyError::TooLarge { limit } => BodyFailure::TooLarge { limit },
        BodyError::TimedOut => BodyFailure::TimedOut,
        _ => BodyFailure::Disconnected,
    }
}

fn to_server(reply: transom_runtime::Reply) -> Reply {
    let transom_runtime::Reply { status, reason, headers, body } = reply;
    let Ok(status) = StatusCode::from_u16(status) else {
        return Reply {
            body: ReplyBody::Empty,
            headers: HeaderMap::new(),
            ..Reply::empty(StatusCode::INTERNAL_SERVER_ERROR)
        };
    };
    Reply {
        status,
        reason: reason.and_then(|reason| ReasonPhrase::try_from(reason).ok()),
        headers,
        body: match body {
            transom_runtime::ReplyBody::Empty => ReplyBody::Empty,
            transom_runtime::ReplyBody::Full(bytes) => ReplyBody::Full(bytes),
            transom_runtime::ReplyBody::Stream(channel) => {
                ReplyBody::Stream(Box::pin(channel.map(|piece| piece.map_err(|_| ReplyAborted))))
            }
        },
    }
}
