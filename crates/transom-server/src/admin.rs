//! The operator's listener: `/_transom/health`, `/_transom/ready` and `/_transom/metrics`.
//!
//! It has an address of its own, so that no path of a project is taken, and a thread of its own, so
//! that it answers while the workers are busy. The numbers come from `metrics.rs`.

use std::convert::Infallible;
use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderValue, Method, Response, StatusCode, header};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::oneshot;

use crate::limits::HEADER_TIME;
use crate::listener::{BindError, Listeners};
use crate::metrics::{BOUNDS_MICROS, CLASSES, Gauges, ServerCounters};

/// The content type of the OpenMetrics text format.
const METRICS_TYPE: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// The running listener; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Admin {
    address: SocketAddr,
    _stop: oneshot::Sender<Infallible>,
}

impl Admin {
    /// Listens on `address`. `ready` says whether the server takes requests.
    pub(crate) fn start(
        address: SocketAddr,
        counters: Arc<ServerCounters>,
        ready: Arc<AtomicBool>,
    ) -> Result<Self, BindError> {
        let failed = |source| BindError::Other { address, source };
        let listeners = Listeners::bind(&[address], 1)?;
        let bound = listeners.addresses()[0];
        let mut sockets = listeners.for_worker(0).map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let mut registry = Registry::with_prefix("transom");
        registry.register_collector(Box::new(ServerMetrics(counters)));
        let state = Arc::new(State { registry, ready });
        thread::Builder::new()
            .name("transom-admin".to_owned())
            .spawn(move || {
                if let Some(socket) = sockets.pop() {
                    run(socket, &state, stopped);
                }
            })
            .map_err(failed)?;
        Ok(Self { address: bound, _stop: stop })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

struct State {
    registry: Registry,
    ready: Arc<AtomicBool>,
}

fn run(socket: TcpListener, state: &Arc<State>, stopped: oneshot::Receiver<Infallible>) {
    let Ok(runtime) =
        Builder::new_current_thread().enable_all().build_local(LocalOptions::default())
    else {
        return;
    };
    runtime.block_on(async move {
        let Ok(listener) = tokio::net::TcpListener::from_std(socket) else { return };
        let mut stopped = stopped;
        loop {
            let accepting = std::pin::pin!(listener.accept());
            let accepted = match select(accepting, &mut stopped).await {
                Either::Left((accepted, _)) => accepted,
                Either::Right(_) => return,
            };
            let Ok((stream, _)) = accepted else { continue };
            let state = Arc::clone(state);
            tokio::task::spawn_local(async move {
                let service = service_fn(move |request| {
                    let response = answer(&state, &request);
                    async { Ok::<_, Infallible>(response) }
                });
                let mut http = http1::Builder::new();
                http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME);
                // An operator's broken connection concerns nobody else.
                drop(http.serve_connection(TokioIo::new(stream), service).await);
            });
        }
    });
}

fn answer<B>(state: &State, request: &http::Request<B>) -> Response<Full<Bytes>> {
    let text = |status, text: &'static str| {
        let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
        *response.status_mut() = status;
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, plain);
        response
    };
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "only GET\n");
    }
    match request.uri().path() {
        "/_transom/health" => text(StatusCode::OK, "ok\n"),
        "/_transom/ready" if state.ready.load(Relaxed) => text(StatusCode::OK, "ready\n"),
        "/_transom/ready" => text(StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
        "/_transom/metrics" => {
            let mut page = String::new();
            if encode(&mut page, &state.registry).is_err() {
                return text(StatusCode::INTERNAL_SERVER_ERROR, "cannot be encoded\n");
            }
            let mut response = Response::new(Full::new(page.into()));
            response.headers_mut().insert(header::CONTENT_TYPE, METRICS_TYPE);
            response
        }
        _ => text(StatusCode::NOT_FOUND, "not found\n"),
    }
}

/// Reads the counters whenever somebody asks.
#[derive(Debug)]
struct ServerMetrics(Arc<ServerCounters>);

impl Collector for ServerMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let counters = &*self.0;
        let mut descriptor = encoder.encode_descriptor(
            "requests",
            "Answered requests by class of status",
            None,
            MetricType::Counter,
        )?;
        for (class, name) in CLASSES.iter().enumerate() {
            let count = counters.sum(|worker| &worker.answers[class]);
            let labels = [("status", *name)];
            ConstCounter::new(count).encode(descriptor.encode_family(&labels)?)?;
        }
        let answered: u64 =
            (0..CLASSES.len()).map(|class| counters.sum(|worker| &worker.answers[class])).sum();
        let begun = counters.sum(|worker| &worker.begun);
        let opened = counters.sum(|worker| &worker.connections_opened);
        let closed = counters.sum(|worker| &worker.connections_closed);
        // Two counters are never read at the same instant, so a difference may be off by a few.
        let gauges = [
            ("requests_in_flight", "Requests not yet completely answered", begun, answered),
            ("connections_open", "Open connections", opened, closed),
        ];
        for (name, help, more, less) in gauges {
            let value = i64::try_from(more.saturating_sub(less)).unwrap_or(i64::MAX);
            gauge(&mut encoder, name, help, value)?;
        }
        let totals = [
            ("connections", "Accepted connections", None, opened),
            (
                "refused",
                "Connections ended because of broken or late heads or handshakes",
                None,
                counters.sum(|worker| &worker.refused),
            ),
            (
                "sent",
                "Bytes of answer bodies before framing and encryption",
                Some(Unit::Bytes),
                counters.sum(|worker| &worker.sent_bytes),
            ),
            (
                "received",
                "Bytes of request bodies",
                Some(Unit::Bytes),
                counters.sum(|worker| &worker.received_bytes),
            ),
            ("worker_restarts", "Lost workers", None, counters.restarts.load(Relaxed)),
            ("reloads", "Reloads of the application", None, counters.reloads.load(Relaxed)),
            (
                "access_log_lost",
                "Access log lines dropped because the sink was too slow",
                None,
                counters.lost_log_lines.load(Relaxed),
            ),
        ];
        for (name, help, unit, value) in totals {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(
                name,
                help,
                unit.as_ref(),
                counter.metric_type(),
            )?)?;
        }
        for (name, help, value) in Gauges(Arc::clone(&counters.gauges)).sums() {
            gauge(&mut encoder, name, help, value)?;
        }
        encode_durations(counters, &mut encoder)
    }
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: i64) -> fmt::Result {
    let gauge = ConstGauge::new(value);
    gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
}

fn encode_durations(counters: &ServerCounters, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let buckets: Vec<(f64, u64)> = (0..=BOUNDS_MICROS.len())
        .map(|index| {
            // The last bucket has no bound; the encoder writes `f64::MAX` as `+Inf`.
            let bound = BOUNDS_MICROS.get(index).map_or(f64::MAX, |&micros| micros as f64 / 1e6);
            (bound, counters.sum(|worker| &worker.durations[index]))
        })
        .collect();
    let count = buckets.iter().map(|(_, count)| count).sum();
    let seconds = counters.sum(|worker| &worker.duration_micros) as f64 / 1e6;
    encoder
        .encode_descriptor(
            "request_duration",
            "Time from the head of a request to the end of its answer",
            Some(&Unit::Seconds),
            MetricType::Histogram,
        )?
        .encode_histogram::<NoLabelSet>(seconds, count, &buckets, None)
}
