//! The ops under `fetch()`: one exchange from its request to the last byte of its response.
//!
//! `fetch_open` gives an exchange its number, `fetch_start` runs it to the head of the response, and
//! `fetch_read` brings the body piece by piece: nothing is read ahead, so a slow reader slows the
//! server. `fetch_cancel` ends an exchange at any point, and dropping the whole state ends them all.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use transom_engine::{Op, OpError};

use crate::navigator::USER_AGENT;

use super::client::{ClientFailure, HttpClient, ResponseStream, UploadBody};
use super::decode::{ACCEPT_ENCODING, decode};
use super::incoming::decode_text;
use super::limits::FetchLimits;
use super::redirect::{Hop, RedirectMode, Replay};

/// Headers that belong to the connection and not to the message; the client sets its own.
const CONNECTION_HEADERS: [&str; 8] = [
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Status, reason phrase, flat header pairs, final URL, whether there was a redirect.
pub(crate) type Head = (f64, String, Vec<String>, String, bool);

/// The exchanges of one worker.
pub(crate) struct Exchanges {
    client: Rc<dyn HttpClient>,
    limits: FetchLimits,
    next_id: Cell<f64>,
    open: RefCell<HashMap<u64, Exchange>>,
}

struct Exchange {
    abort: AbortHandle,
    upload: Option<mpsc::Sender<Option<Bytes>>>,
    /// When script wrote the last piece of the upload.
    last_upload: Instant,
    /// Host and port, once the request is known.
    place: String,
    /// Of the upload, until `fetch_start` takes it.
    receiver: Option<mpsc::Receiver<Option<Bytes>>>,
    /// `None` before the head has come, and while one read is under way.
    body: Option<ResponseStream>,
}

/// The request as script describes it.
pub(crate) struct Outgoing {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: Option<Bytes>,
    /// The body comes through `fetch_upload_write`.
    pub(crate) streamed: bool,
    pub(crate) redirect: String,
}

impl Exchanges {
    pub(crate) fn new(client: Rc<dyn HttpClient>, limits: FetchLimits) -> Self {
        Self { client, limits, next_id: Cell::new(1.0), open: RefCell::default() }
    }

    pub(crate) fn open(&self) -> f64 {
        let id = self.next_id.get();
        self.next_id.set(id + 1.0);
        let (upload, receiver) = mpsc::channel(1);
        let (abort, _) = AbortHandle::new_pair();
        let exchange = Exchange {
            abort,
            upload: Some(upload),
            last_upload: Instant::now(),
            place: String::new(),
            receiver: Some(receiver),
            body: None,
        };
        self.open.borrow_mut().insert(id.to_bits(), exchange);
        id
    }

    /// Runs the request to the head of its final response.
    pub(crate) async fn start(&self, id: f64, outgoing: Outgoing) -> Result<Head, ClientFailure> {
        let receiver = self.open.borrow_mut().get_mut(&id.to_bits()).and_then(|exchange| {
            exchange.place = place(&outgoing.url);
            exchange.receiver.take()
        });
        let Some(receiver) = receiver else { return Err(aborted()) };
        let answered = self.in_time(id, self.run(outgoing, receiver));
        let result = self.abortable(id, answered).await;
        match result {
            Ok((head, body)) => {
                // Cancelled in this very moment: the body is dropped, and with it the connection.
                if let Some(exchange) = self.open.borrow_mut().get_mut(&id.to_bits()) {
                    exchange.body = Some(body);
                }
                Ok(head)
            }
            Err(failure) => {
                self.cancel(id);
                Err(failure)
            }
        }
    }

    async fn run(
        &self,
        outgoing: Outgoing,
        receiver: mpsc::Receiver<Option<Bytes>>,
    ) -> Result<(Head, ResponseStream), ClientFailure> {
        let mode = RedirectMode::from_web_name(&outgoing.redirect)
            .ok_or_else(|| ClientFailure::refused("unknown redirect mode"))?;
        let mut upload = outgoing.streamed.then_some(receiver);
        let mut hop = first_hop(outgoing)?;
        loop {
            let request = request(&hop, upload.take())?;
            let response = self.client.send(request).await?;
            let (parts, body) = response.into_parts();
            let Some(next) = hop.after(parts.status, &parts.headers, mode)? else {
                let reason = parts.extensions.get::<hyper::ext::ReasonPhrase>();
                let reason = match reason {
                    Some(reason) => latin1(reason.as_bytes()),
                    None => parts.status.canonical_reason().unwrap_or_default().to_owned(),
                };
                let head = (
                    f64::from(parts.status.as_u16()),
                    reason,
                    pairs(&parts.headers),
                    hop.url.clone(),
                    hop.redirects > 0,
                );
                return Ok((head, decode(body, &hop.method, parts.status, &parts.headers)));
            };
            // A short body is read to its end so that the connection can serve the next request.
            drain(body).await;
            hop = next;
        }
    }

    /// The next piece of the response's body; `None` at its end, after which the number is unknown.
    pub(crate) async fn read(&self, id: f64) -> Result<Option<Bytes>, ClientFailure> {
        let body =
            self.open.borrow_mut().get_mut(&id.to_bits()).and_then(|exchange| exchange.body.take());
        let Some(mut body) = body else { return Err(aborted()) };
        let read = async {
            loop {
                match body.next().await.transpose()? {
                    Some(piece) if piece.is_empty() => {}
                    other => return Ok(other),
                }
            }
        };
        let read = async {
            let late = |_| self.late(id, "did not send more of its body");
            timeout(self.limits.timeout, read).await.map_err(late).flatten()
        };
        let piece = self.abortable(id, read).await;
        match &piece {
            Ok(Some(_)) => {
                if let Some(exchange) = self.open.borrow_mut().get_mut(&id.to_bits()) {
                    exchange.body = Some(body);
                }
            }
            _ => self.cancel(id),
        }
        piece
    }

    /// All that is left of the response's body.
    pub(crate) async fn read_all(&self, id: f64) -> Result<Bytes, ClientFailure> {
        let place = self.place(id);
        let whole = timeout(self.limits.timeout, self.collect(id)).await;
        let whole =
            whole.unwrap_or_else(|_| Err(self.failed_late(place, "did not send its whole body")));
        if whole.is_err() {
            self.cancel(id);
        }
        whole
    }

    async fn collect(&self, id: f64) -> Result<Bytes, ClientFailure> {
        let limit = self.limits.body_bytes;
        let place = self.place(id);
        let fits = |length: usize| match u64::try_from(length).is_ok_and(|length| length <= limit) {
            true => Ok(()),
            false => Err(ClientFailure::TooLarge { place: place.clone(), limit }),
        };
        let Some(first) = self.read(id).await? else { return Ok(Bytes::new()) };
        fits(first.len())?;
        let Some(second) = self.read(id).await? else { return Ok(first) };
        fits(first.len() + second.len())?;
        let mut whole = BytesMut::from(first);
        whole.extend_from_slice(&second);
        while let Some(piece) = self.read(id).await? {
            fits(whole.len() + piece.len())?;
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    fn place(&self, id: f64) -> String {
        self.open
            .borrow()
            .get(&id.to_bits())
            .map(|exchange| exchange.place.clone())
            .unwrap_or_default()
    }

    fn late(&self, id: f64, what: &'static str) -> ClientFailure {
        self.failed_late(self.place(id), what)
    }

    fn failed_late(&self, place: String, what: &'static str) -> ClientFailure {
        ClientFailure::Late { place, what, seconds: self.limits.timeout.as_secs_f64() }
    }

    /// Waits for the head of an answer. What the upstream may take is counted from the last piece of the upload.
    async fn in_time<T>(
        &self,
        id: f64,
        answer: impl Future<Output = Result<T, ClientFailure>>,
    ) -> Result<T, ClientFailure> {
        let mut answer = std::pin::pin!(answer);
        let deadline = || {
            let last = self.open.borrow().get(&id.to_bits()).map(|exchange| exchange.last_upload);
            last.unwrap_or_else(Instant::now) + self.limits.timeout
        };
        let mut until = deadline();
        loop {
            tokio::select! {
                result = &mut answer => return result,
                () = sleep_until(until) => {}
            }
            until = deadline();
            if until <= Instant::now() {
                return Err(self.late(id, "did not answer"));
            }
        }
    }

    /// Ends the exchange; what is under way for it fails.
    pub(crate) fn cancel(&self, id: f64) {
        if let Some(exchange) = self.open.borrow_mut().remove(&id.to_bits()) {
            exchange.abort.abort();
        }
    }

    /// Hands one piece of the request's body over. False when nobody wants it any more.
    async fn upload(&self, id: f64, piece: Option<Bytes>) -> bool {
        let sender = self.open.borrow_mut().get_mut(&id.to_bits()).and_then(|exchange| {
            exchange.last_upload = Instant::now();
            exchange.upload.clone()
        });
        match sender {
            Some(sender) => sender.send(piece).await.is_ok(),
            None => false,
        }
    }

    fn end_upload(&self, id: f64) {
        if let Some(exchange) = self.open.borrow_mut().get_mut(&id.to_bits()) {
            exchange.upload = None;
        }
    }

    async fn abortable<T>(
        &self,
        id: f64,
        work: impl Future<Output = Result<T, ClientFailure>>,
    ) -> Result<T, ClientFailure> {
        let registration = {
            let mut open = self.open.borrow_mut();
            let Some(exchange) = open.get_mut(&id.to_bits()) else { return Err(aborted()) };
            let (handle, registration) = AbortHandle::new_pair();
            exchange.abort = handle;
            registration
        };
        Abortable::new(work, registration).await.unwrap_or_else(|_| Err(aborted()))
    }
}

/// Host and port of a URL, for messages.
fn place(url: &str) -> String {
    ada_url::Url::parse(url, None).map_or_else(|_| url.to_owned(), |url| url.host().to_owned())
}

fn aborted() -> ClientFailure {
    ClientFailure::refused("the exchange was aborted")
}

fn first_hop(outgoing: Outgoing) -> Result<Hop, ClientFailure> {
    let method = Method::from_bytes(outgoing.method.as_bytes())
        .map_err(|_| ClientFailure::refused(format!("`{}` is no method", outgoing.method)))?;
    let mut headers = HeaderMap::new();
    for pair in outgoing.headers.chunks_exact(2) {
        if CONNECTION_HEADERS.contains(&pair[0].as_str()) {
            continue;
        }
        let name = HeaderName::from_bytes(pair[0].as_bytes());
        // Script's header values are one byte a character.
        let bytes: Vec<u8> = pair[1].chars().map(|character| character as u8).collect();
        let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&bytes)) else {
            return Err(ClientFailure::refused(format!("the header `{}` cannot be sent", pair[0])));
        };
        headers.append(name, value);
    }
    for (name, value) in [
        (header::ACCEPT, "*/*"),
        (header::ACCEPT_ENCODING, ACCEPT_ENCODING),
        (header::ACCEPT_LANGUAGE, "*"),
        (header::USER_AGENT, USER_AGENT),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let body = if outgoing.streamed { Replay::Once } else { Replay::Bytes(outgoing.body) };
    Ok(Hop { method, url: outgoing.url, headers, body, redirects: 0 })
}

fn request(
    hop: &Hop,
    upload: Option<mpsc::Receiver<Option<Bytes>>>,
) -> Result<http::Request<UploadBody>, ClientFailure> {
    let (address, _fragment) = hop.url.split_once('#').unwrap_or((&hop.url, ""));
    let uri: Uri = without_credentials(address)
        .parse()
        .map_err(|_| ClientFailure::refused(format!("`{address}` cannot be requested")))?;
    let body = match (&hop.body, upload) {
        (Replay::Once, Some(receiver)) => UploadBody::Stream(receiver),
        (Replay::Bytes(Some(bytes)), _) => UploadBody::Full(bytes.clone()),
        _ => UploadBody::Empty,
    };
    let wants_length =
        matches!(hop.method, Method::POST | Method::PUT) && matches!(body, UploadBody::Empty);
    let mut request = http::Request::new(body);
    *request.method_mut() = hop.method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = hop.headers.clone();
    if wants_length {
        request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(request)
}

/// A redirect within one origin may carry user and password, which are no part of a request target.
fn without_credentials(address: &str) -> std::borrow::Cow<'_, str> {
    match ada_url::Url::parse(address, None) {
        Ok(mut url) if url.has_credentials() => {
            let cleared = url.set_username(Some("")).and_then(|()| url.set_password(Some("")));
            if cleared.is_ok() { url.href().to_owned().into() } else { address.into() }
        }
        _ => address.into(),
    }
}

async fn drain(mut body: ResponseStream) {
    const ENOUGH_BYTES: usize = 64 * 1024;
    let mut seen = 0;
    while let Some(Ok(piece)) = body.next().await {
        seen += piece.len();
        if seen > ENOUGH_BYTES {
            break;
        }
    }
}

fn pairs(headers: &HeaderMap) -> Vec<String> {
    let mut pairs = Vec::with_capacity(headers.len() * 2);
    for (name, value) in headers {
        pairs.push(name.as_str().to_owned());
        pairs.push(latin1(value.as_bytes()));
    }
    pairs
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Every other failure has this message, as in browsers and Node; the reason is its `cause`.
fn fetch_failed(failure: ClientFailure) -> OpError {
    // What the project forbids its author must see at once.
    if let ClientFailure::Denied(denied) = failure {
        return OpError::type_error(denied.to_string()).code("ERR_ACCESS_DENIED");
    }
    OpError::type_error("fetch failed").cause(failure.into_cause())
}

pub(crate) fn ops(exchanges: &Rc<Exchanges>) -> Vec<Op> {
    let [open, start, read, text, bytes, cancel] = std::array::from_fn(|_| Rc::clone(exchanges));
    let mut ops = vec![
        Op::new("fetch_open", move || open.open()),
        Op::future(
            "fetch_start",
            move |id: f64,
                  method: String,
                  url: String,
                  headers: Vec<String>,
                  body: Option<Bytes>,
                  streamed: bool,
                  redirect: String| {
                let exchanges = Rc::clone(&start);
                let outgoing = Outgoing { method, url, headers, body, streamed, redirect };
                async move { exchanges.start(id, outgoing).await.map_err(fetch_failed) }
            },
        ),
        Op::future("fetch_read", move |id: f64| {
            let exchanges = Rc::clone(&read);
            async move { exchanges.read(id).await.map_err(terminated) }
        }),
        Op::future("fetch_text", move |id: f64| {
            let exchanges = Rc::clone(&text);
            async move { exchanges.read_all(id).await.map(decode_text).map_err(terminated) }
        }),
        Op::future("fetch_bytes", move |id: f64| {
            let exchanges = Rc::clone(&bytes);
            async move { exchanges.read_all(id).await.map_err(terminated) }
        }),
        Op::new("fetch_cancel", move |id: f64| cancel.cancel(id)),
    ];
    ops.extend(upload_ops(exchanges));
    ops
}

fn upload_ops(exchanges: &Rc<Exchanges>) -> Vec<Op> {
    let [write, end, fail] = std::array::from_fn(|_| Rc::clone(exchanges));
    vec![
        Op::future("fetch_upload_write", move |id: f64, piece: Bytes| {
            let exchanges = Rc::clone(&write);
            async move { Ok::<bool, OpError>(exchanges.upload(id, Some(piece)).await) }
        }),
        Op::new("fetch_upload_end", move |id: f64| end.end_upload(id)),
        Op::future("fetch_upload_fail", move |id: f64| {
            let exchanges = Rc::clone(&fail);
            async move { Ok::<bool, OpError>(exchanges.upload(id, None).await) }
        }),
    ]
}

/// What reading a body fails with when the connection breaks, as in Node.
fn terminated(failure: ClientFailure) -> OpError {
    OpError::type_error("terminated").cause(failure.into_cause())
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
