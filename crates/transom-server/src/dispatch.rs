//! The way of one request: from hyper, through the checks, to the application and back.
//!
//! This is the hot path. The work before the application is a plain function, and the future holds
//! only what is needed afterwards, because large values that move through an `async fn` are copied
//! at every step.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use http::{HeaderValue, StatusCode, Version, header};
use hyper::body::Incoming;
use pin_project_lite::pin_project;

use crate::app::{App, Reply, Request};
use crate::body::{Expectation, RequestBody};
use crate::connection::Connection;
use crate::exchange::InFlight;
use crate::head::{self, Fields, Refusal};
use crate::outgoing::{self, Outgoing, Persistence, Wanted};
use crate::target::Target;
use crate::worker::{Worker, panic_message};

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub(crate) struct Closed;

pin_project! {
    /// The answer to one request, while it is being made.
    #[project = AnsweringProjection]
    pub(crate) enum Answering<A, F> {
        /// The application has the request. The books are dropped first, so that the application
        /// already knows that its client is gone when its future is dropped.
        Called { books: Option<Books<A>>, #[pin] call: F },
        /// The application was not asked, or panicked before it returned a future.
        Refused { refusal: Refusal, in_flight: Option<InFlight> },
    }
}

/// What is needed when the application has answered.
pub(crate) struct Books<A> {
    app: Rc<A>,
    wanted: Wanted,
    in_flight: InFlight,
}

/// Checks one request of `connection` and gives it to the application.
pub(crate) fn answer<A: App>(
    worker: &Worker<A>,
    connection: &Rc<Connection>,
    request: hyper::Request<Incoming>,
) -> Answering<A, impl Future<Output = Reply> + use<A>> {
    let (mut parts, incoming) = request.into_parts();
    if parts.version == Version::HTTP_2 {
        add_host(&mut parts.headers, &parts.uri);
    }
    let fields = Fields::of(&parts.headers);
    let (checked, target) = connection.request_begins(|raw| {
        let checked = head::check(&parts.method, parts.version, &fields, raw.bytes);
        let checked = checked.and_then(|()| fields.check_first_read(&parts.headers, raw.bytes));
        let target = match parts.version {
            Version::HTTP_2 => Target::from_http2(parts.uri),
            _ => Target::new(parts.uri, raw),
        };
        (checked, target)
    });
    let mut in_flight = InFlight::begin(&worker.state, connection);
    in_flight.describe(&parts.method, target.as_ref());
    let target = match (checked, target) {
        (Ok(()), Some(target)) => target,
        // Node reads the whole request line before any header.
        (Err(refusal), Some(_)) | (Err(refusal @ Refusal::Close), None) => {
            return Answering::Refused { refusal, in_flight: Some(in_flight) };
        }
        (_, None) => {
            let refusal = Refusal::Status(StatusCode::BAD_REQUEST);
            return Answering::Refused { refusal, in_flight: Some(in_flight) };
        }
    };
    let settings = &worker.state.settings;
    let announced = parts.version == Version::HTTP_11 && !fields.close;
    let wanted = Wanted {
        head_only: parts.method == http::Method::HEAD,
        version: parts.version,
        accept_encoding: fields.accept_encoding.filter(|_| settings.compression.is_on()).cloned(),
        persistence: if announced { Persistence::Announced } else { Persistence::Silent },
    };
    let expectation = match fields.expect {
        Some(_) => Expectation::Continue,
        None => Expectation::None,
    };
    let request = Request {
        method: parts.method,
        target,
        headers: parts.headers,
        version: parts.version,
        scheme: connection.scheme.get(),
        local: connection.local,
        remote: connection.remote,
        id: in_flight.id(),
        body: RequestBody::new(incoming, connection, &settings.limits, expectation),
        gone: in_flight.gone(),
    };
    let app = worker.app();
    match catch_unwind(AssertUnwindSafe(|| app.call(request))) {
        Ok(call) => Answering::Called { books: Some(Books { app, wanted, in_flight }), call },
        Err(panic) => {
            worker.state.fail(panic_message(&*panic));
            let refusal = Refusal::Status(StatusCode::INTERNAL_SERVER_ERROR);
            Answering::Refused { refusal, in_flight: Some(in_flight) }
        }
    }
}

impl<A: App, F: Future<Output = Reply>> Future for Answering<A, F> {
    type Output = Result<hyper::Response<Outgoing>, Closed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        const ONCE: &str = "a future is not polled after it is done";
        match self.project() {
            AnsweringProjection::Called { books, call } => {
                let polled = catch_unwind(AssertUnwindSafe(|| call.poll(cx)));
                let reply = match polled {
                    Ok(polled) => Ok(ready!(polled)),
                    Err(panic) => Err(panic),
                };
                let Books { app, wanted, in_flight } = books.take().expect(ONCE);
                let reply = reply.unwrap_or_else(|panic| {
                    // What the application left behind cannot be trusted: this worker ends.
                    in_flight.worker().fail(panic_message(&*panic));
                    Reply::empty(StatusCode::INTERNAL_SERVER_ERROR)
                });
                let app: Rc<dyn Any> = app;
                Poll::Ready(Ok(outgoing::respond(reply, &wanted, in_flight, app)))
            }
            AnsweringProjection::Refused { refusal, in_flight } => {
                let in_flight = in_flight.take().expect(ONCE);
                Poll::Ready(match *refusal {
                    Refusal::Status(status) => Ok(outgoing::refuse(status, in_flight)),
                    Refusal::Close => Err(Closed),
                })
            }
        }
    }
}

/// HTTP/2 has `:authority` in place of `host`; applications know only the header.
fn add_host(headers: &mut http::HeaderMap, uri: &http::Uri) {
    if let Some(authority) = uri.authority()
        && let header::Entry::Vacant(host) = headers.entry(header::HOST)
        && let Ok(value) = HeaderValue::from_str(authority.as_str())
    {
        host.insert(value);
    }
}
