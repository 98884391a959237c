//! Native half of `WebSocket`, over the crate `tokio-tungstenite`; the class is in `websocket.js`.
//!
//! Spec: <https://websockets.spec.whatwg.org/>, <https://www.rfc-editor.org/rfc/rfc6455>. Connections are opened by
//! the client of `fetch()`, so its TLS settings hold here too.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Uri, header};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use tokio_util::sync::CancellationToken;
use transom_engine::{Op, OpError};

use crate::fetch::client::{Connection, HttpClient, Security};
use crate::navigator::USER_AGENT;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("transom:internal/websocket/close_event", include_str!("close_event.js")),
    ("transom:internal/websocket/websocket", include_str!("websocket.js")),
];

/// How long the server may take to answer the handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long the server may take to answer a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the connection may stay open behind the last message.
const CLOSING_TIMEOUT: Duration = Duration::from_secs(2);
/// What the close event says of a close frame without a code.
const NO_STATUS: u32 = 1005;

const PROTOCOL_HEADER: &str = "sec-websocket-protocol";
const EXTENSIONS_HEADER: &str = "sec-websocket-extensions";

type Socket = WebSocketStream<Box<dyn Connection>>;

/// The sockets of one worker.
pub(crate) struct Sockets {
    http: Rc<dyn HttpClient>,
    open: RefCell<HashMap<u64, Rc<Ends>>>,
    last_handle: Cell<f64>,
}

/// What script can do with a socket.
struct Ends {
    given_up: CancellationToken,
    sink: Mutex<Option<SplitSink<Socket, Message>>>,
    stream: Mutex<Option<SplitStream<Socket>>>,
}

impl Sockets {
    pub(crate) fn new(http: Rc<dyn HttpClient>) -> Self {
        Self { http, open: RefCell::default(), last_handle: Cell::default() }
    }

    fn open(&self) -> f64 {
        let handle = self.last_handle.get() + 1.0;
        self.last_handle.set(handle);
        let ends = Ends {
            given_up: CancellationToken::new(),
            sink: Mutex::default(),
            stream: Mutex::default(),
        };
        self.open.borrow_mut().insert(handle.to_bits(), Rc::new(ends));
        handle
    }

    fn get(&self, handle: f64) -> Result<Rc<Ends>, OpError> {
        let found = self.open.borrow().get(&handle.to_bits()).cloned();
        found.ok_or_else(|| OpError::error("the socket is closed"))
    }

    fn give_up(&self, handle: f64) {
        if let Some(ends) = self.open.borrow_mut().remove(&handle.to_bits()) {
            ends.given_up.cancel();
        }
    }
}

pub(crate) fn ops(sockets: &Rc<Sockets>) -> Vec<Op> {
    let [opener, connector, receiver, sender, closer, ender] =
        std::array::from_fn(|_| Rc::clone(sockets));
    vec![
        Op::new("websocket_open", move || opener.open()),
        Op::future("websocket_connect", move |handle: f64, url: String, protocols: Vec<String>| {
            connect(Rc::clone(&connector), handle, url, protocols)
        }),
        Op::future("websocket_receive", move |handle: f64| receive(receiver.get(handle))),
        Op::future(
            "websocket_send",
            move |handle: f64, text: Option<String>, bytes: Option<Bytes>| {
                let message = match (text, bytes) {
                    (Some(text), _) => Message::text(text),
                    (None, bytes) => Message::binary(bytes.unwrap_or_default()),
                };
                send(sender.get(handle), message)
            },
        ),
        Op::future("websocket_close", move |handle: f64, code: Option<u32>, reason: String| {
            let frame = code
                .and_then(|code| u16::try_from(code).ok())
                .map(|code| CloseFrame { code: code.into(), reason: reason.into() });
            close(closer.get(handle), frame)
        }),
        Op::new("websocket_give_up", move |handle: f64| ender.give_up(handle)),
    ]
}

/// `websocket_connect(handle, url, protocols)`: the protocol and the extensions that the server chose.
async fn connect(
    sockets: Rc<Sockets>,
    handle: f64,
    url: String,
    protocols: Vec<String>,
) -> Result<(String, String), OpError> {
    let ends = sockets.get(handle)?;
    let opening = handshake(Rc::clone(&sockets.http), url, protocols);
    let opened = ends.given_up.run_until_cancelled(timeout(HANDSHAKE_TIMEOUT, opening)).await;
    let opened = opened.ok_or_else(|| OpError::error("the socket was closed"))?;
    let (socket, response) = opened.map_err(|_| OpError::error("the server does not answer"))??;
    let (sink, stream) = socket.split();
    *ends.sink.lock().await = Some(sink);
    *ends.stream.lock().await = Some(stream);
    let chosen = |name| {
        let value = response.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    Ok((chosen(PROTOCOL_HEADER), chosen(EXTENSIONS_HEADER)))
}

async fn handshake(
    http: Rc<dyn HttpClient>,
    url: String,
    protocols: Vec<String>,
) -> Result<(Socket, Response), OpError> {
    let failed = |error: Error| OpError::error(format!("the handshake failed: {error}"));
    let uri: Uri = url.parse().map_err(|error| OpError::error(format!("{error}")))?;
    let security = if uri.scheme_str() == Some("wss") { Security::Tls } else { Security::Plain };
    let port = uri.port_u16().unwrap_or(if security == Security::Tls { 443 } else { 80 });
    let host = uri.host().unwrap_or_default().to_owned();
    let mut request = uri.into_client_request().map_err(failed)?;
    let headers = request.headers_mut();
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    if !protocols.is_empty() {
        let list = HeaderValue::from_str(&protocols.join(", "));
        headers.insert(PROTOCOL_HEADER, list.map_err(|error| OpError::error(error.to_string()))?);
    }
    let stream =
        http.connect(host, port, security).await.map_err(|failure| failure.into_cause())?;
    client_async_with_config(request, stream, None).await.map_err(failed)
}

/// Kind of what was received, its text or bytes; for the end its code and reason.
type Received = (&'static str, Option<String>, Option<Bytes>, u32, String);

/// `websocket_receive(handle)`: the next message, or how the connection ended.
async fn receive(ends: Result<Rc<Ends>, OpError>) -> Result<Received, OpError> {
    let ends = ends?;
    let mut stream = ends.stream.lock().await;
    let Some(stream) = stream.as_mut() else { return Err(OpError::error("not connected")) };
    loop {
        let Some(next) = ends.given_up.run_until_cancelled(stream.next()).await else {
            return Err(OpError::error("the socket was closed"));
        };
        return match next {
            Some(Ok(Message::Text(text))) => {
                Ok(("text", Some(text.as_str().to_owned()), None, 0, String::new()))
            }
            Some(Ok(Message::Binary(bytes))) => Ok(("binary", None, Some(bytes), 0, String::new())),
            Some(Ok(Message::Close(frame))) => {
                // The rest of the handshake: the answer is sent, and the server closes the connection.
                let rest = async { while let Some(Ok(_)) = stream.next().await {} };
                let _ = timeout(CLOSING_TIMEOUT, rest).await;
                let (code, reason) = match frame {
                    Some(frame) => (u32::from(u16::from(frame.code)), frame.reason.to_string()),
                    None => (NO_STATUS, String::new()),
                };
                Ok(("close", None, None, code, reason))
            }
            Some(Ok(_)) => continue, // Pings are answered below.
            Some(Err(error)) => Err(OpError::error(error.to_string())),
            None => Err(OpError::error("the connection was lost")),
        };
    }
}

async fn send(ends: Result<Rc<Ends>, OpError>, message: Message) -> Result<(), OpError> {
    let ends = ends?;
    let mut sink = ends.sink.lock().await;
    let Some(sink) = sink.as_mut() else { return Err(OpError::error("not connected")) };
    match ends.given_up.run_until_cancelled(sink.send(message)).await {
        Some(sent) => sent.map_err(|error| OpError::error(error.to_string())),
        None => Err(OpError::error("the socket was closed")),
    }
}

/// `websocket_close(handle, code, reason)`: begins the closing handshake, and gives it up when nobody answers.
async fn close(ends: Result<Rc<Ends>, OpError>, frame: Option<CloseFrame>) -> Result<(), OpError> {
    let ends = ends?;
    send(Ok(Rc::clone(&ends)), Message::Close(frame)).await?;
    if timeout(CLOSE_TIMEOUT, ends.given_up.cancelled()).await.is_err() {
        ends.given_up.cancel();
    }
    Ok(())
}
