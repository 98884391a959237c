//! HTTP/2 by prior knowledge; over TLS it is in `tls.rs`.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::harness::{TestServer, serve};

/// Runs `test` in an event loop of its own.
pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the system has resources").block_on(test);
}

/// Speaks HTTP/2 on an open stream.
pub async fn speak<S>(stream: S) -> SendRequest<Full<Bytes>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) =
        handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("the server answers");
    tokio::spawn(connection);
    sender
}

async fn connect(server: &TestServer) -> SendRequest<Full<Bytes>> {
    speak(TcpStream::connect(server.address).await.expect("the server listens")).await
}

pub fn get(target: &str) -> Request<Full<Bytes>> {
    let uri = format!("http://example.com{target}");
    Request::get(uri).body(Full::default()).expect("the request is valid")
}

pub async fn text(response: Response<Incoming>) -> String {
    let body = response.into_body().collect().await.expect("the body is whole").to_bytes();
    String::from_utf8(body.into()).expect("the body is text")
}

#[test]
fn streams_share_one_connection() {
    let server = serve();
    run(async {
        let sender = connect(&server).await;
        let slow = sender.clone().send_request(get("/wait"));
        let slow = tokio::spawn(slow);
        let mut other = sender.clone();
        for _ in 0..3 {
            let response = other.send_request(get("/head?x")).await.expect("an answer");
            let lines = text(response).await;
            assert_eq!(lines, "GET /head?x HTTP/2.0\nhttp\nhost: example.com\n");
        }
        assert_eq!(server.try_note().as_deref(), Some("waiting"));
        server.open_gate(1);
        let response = slow.await.expect("the task ends").expect("an answer");
        assert_eq!(text(response).await, "generation 1");
    });
}

#[test]
fn bodies_go_both_ways() {
    let server = serve();
    run(async {
        let mut sender = connect(&server).await;
        for target in ["/echo", "/echo-stream"] {
            let mut request = get(target);
            *request.method_mut() = http::Method::POST;
            *request.body_mut() = Full::new(Bytes::from(vec![b'x'; 500_000]));
            let response = sender.send_request(request).await.expect("an answer");
            assert_eq!(text(response).await.len(), 500_000);
        }
        let response = sender.send_request(get("/wrong-length")).await.expect("an answer");
        assert_eq!(response.headers()["content-length"], "5");
    });
}

#[test]
fn a_stream_that_is_reset_is_noticed() {
    let server = serve();
    run(async {
        let sender = connect(&server).await;
        let task = tokio::spawn(sender.clone().send_request(get("/hang")));
        let mut other = sender.clone();
        // The streams of one connection are opened in order.
        other.send_request(get("/generation")).await.expect("an answer");
        assert_eq!(server.note(), "hanging");
        task.abort();
        assert!(task.await.is_err());
        other.send_request(get("/generation")).await.expect("the connection lives on");
        assert_eq!(server.note(), "gone");
    });
}

#[test]
fn an_aborted_answer_resets_its_stream() {
    let server = serve();
    run(async {
        let mut sender = connect(&server).await;
        let response = sender.send_request(get("/abort")).await.expect("a head");
        assert!(response.into_body().collect().await.is_err());
        let response = sender.send_request(get("/generation")).await.expect("an answer");
        assert_eq!(text(response).await, "1");
    });
}

#[test]
fn a_shutdown_lets_streams_finish() {
    let mut server = serve();
    run(async {
        let mut sender = connect(&server).await;
        let slow = tokio::spawn(sender.send_request(get("/wait")));
        while server.try_note().is_none() {
            tokio::task::yield_now().await;
        }
        server.running().shutdown();
        server.open_gate(1);
        let response = slow.await.expect("the task ends").expect("an answer");
        assert_eq!(text(response).await, "generation 1");
    });
    server.stop();
}
