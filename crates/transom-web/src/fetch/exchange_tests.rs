//! The exchanges over the real client and a small server on the loopback: what arrives, what fails and how.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use transom_permissions::{Permissions, Rules};

use super::{Exchanges, Outgoing};
use crate::fetch::client::ClientFailure;
use crate::fetch::hyper_client::{HyperClient, SharedTls};
use crate::fetch::limits::FetchLimits;

/// A server that answers the n-th request, on whatever connection, with the n-th canned reply and keeps what it got.
struct Server {
    address: SocketAddr,
    requests: Rc<RefCell<Vec<String>>>,
}

impl Server {
    async fn start(replies: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let requests = Rc::new(RefCell::new(Vec::new()));
        let seen = Rc::clone(&requests);
        tokio::task::spawn_local(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::task::spawn_local(serve(connection, Rc::clone(&seen), replies));
            }
        });
        Self { address, requests }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn serve(
    mut connection: TcpStream,
    seen: Rc<RefCell<Vec<String>>>,
    replies: &'static [&'static str],
) {
    let mut buffer = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let Ok(length @ 1..) = connection.read(&mut piece).await else { return };
        buffer.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&buffer).into_owned();
        if !is_whole(&text) {
            continue;
        }
        buffer.clear();
        let index = seen.borrow().len();
        seen.borrow_mut().push(text);
        let reply = replies.get(index).copied().unwrap_or_default();
        if connection.write_all(reply.as_bytes()).await.is_err() || reply.ends_with("CUT") {
            return;
        }
    }
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    if head.contains("transfer-encoding: chunked") {
        return body.ends_with("0\r\n\r\n");
    }
    let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
        rest.split("\r\n").next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
    });
    body.len() >= length
}

fn outgoing(method: &str, url: String) -> Outgoing {
    Outgoing {
        method: method.to_owned(),
        url,
        headers: Vec::new(),
        body: None,
        streamed: false,
        redirect: "follow".to_owned(),
    }
}

fn exchanges() -> Rc<Exchanges> {
    let permissions = Permissions::new(Rules::open(), Path::new("/"), Path::new("/nowhere"));
    let client = Rc::new(HyperClient::new(&SharedTls::default(), Arc::new(permissions)));
    Rc::new(Exchanges::new(client, FetchLimits::default()))
}

async fn text(exchanges: &Exchanges, id: f64) -> String {
    String::from_utf8(exchanges.read_all(id).await.expect("the whole body").to_vec())
        .expect("UTF-8")
}

#[tokio::test]
async fn a_response_arrives_with_its_head_and_body() {
    LocalSet::new()
        .run_until(async {
            let server = Server::start(&[
                "HTTP/1.1 201 Made Up\r\ncontent-length: 5\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nx-latin: \u{e9}\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            ])
            .await;
            let exchanges = exchanges();
            let id = exchanges.open();
            let mut first = outgoing("POST", server.url("/a?q#f"));
            first.headers = ["x-own", "1", "connection", "close", "content-length", "99"].map(str::to_owned).to_vec();
            first.body = Some(Bytes::from_static(b"body"));
            let (status, reason, headers, url, redirected) = exchanges.start(id, first).await.expect("a response");
            assert_eq!((status, reason.as_str(), redirected), (201.0, "Made Up", false));
            assert_eq!(url, server.url("/a?q#f"));
            let expected =
                ["content-length", "5", "set-cookie", "a=1", "set-cookie", "b=2", "x-latin", "\u{c3}\u{a9}"];
            assert_eq!(headers, expected, "values are one byte a character");
            assert_eq!(text(&exchanges, id).await, "hello");
            assert!(exchanges.read(id).await.is_err(), "the number is unknown after the end");

            let id = exchanges.open();
            exchanges.start(id, outgoing("GET", server.url("/b"))).await.expect("a response");
            assert_eq!(text(&exchanges, id).await, "abc");

            let requests = server.requests.borrow();
            assert!(requests[0].starts_with("POST /a?q HTTP/1.1\r\n"), "{}", requests[0]);
            for line in ["x-own: 1\r\n", "content-length: 4\r\n", "accept: */*\r\n", "accept-encoding: gzip, "] {
                assert!(requests[0].contains(line), "{line:?} in {}", requests[0]);
            }
            assert!(!requests[0].contains("connection:"), "{}", requests[0]);
            assert!(requests[0].ends_with("\r\n\r\nbody"), "{}", requests[0]);
        })
        .await;
}

#[tokio::test]
async fn redirects_are_followed_and_reported() {
    LocalSet::new()
        .run_until(async {
            let server = Server::start(&[
                "HTTP/1.1 302 Found\r\nlocation: /next\r\ncontent-length: 4\r\n\r\nmoved",
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n",
            ])
            .await;
            let exchanges = exchanges();
            let id = exchanges.open();
            let mut request = outgoing("POST", server.url("/first"));
            request.body = Some(Bytes::from_static(b"form"));
            let (status, _, _, url, redirected) =
                exchanges.start(id, request).await.expect("a response");
            assert_eq!((status, url, redirected), (200.0, server.url("/next"), true));
            assert_eq!(text(&exchanges, id).await, "ok");
            assert!(server.requests.borrow()[1].starts_with("GET /next HTTP/1.1\r\n"));

            let id = exchanges.open();
            let mut request = outgoing("GET", server.url("/"));
            request.redirect = "manual".to_owned();
            assert_eq!(exchanges.start(id, request).await.expect("a response").0, 307.0);
        })
        .await;
}

#[tokio::test]
async fn a_streamed_body_is_sent_piece_by_piece() {
    LocalSet::new()
        .run_until(async {
            let server = Server::start(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
            let exchanges = exchanges();
            let id = exchanges.open();
            let mut request = outgoing("PUT", server.url("/"));
            request.streamed = true;
            let writer = Rc::clone(&exchanges);
            let upload = async move {
                for piece in ["one", "two", "three"] {
                    assert!(writer.upload(id, Some(Bytes::from_static(piece.as_bytes()))).await);
                }
                writer.end_upload(id);
            };
            let (response, ()) = tokio::join!(exchanges.start(id, request), upload);
            assert_eq!(response.expect("a response").0, 200.0);
            let requests = server.requests.borrow();
            assert!(
                requests[0].ends_with("3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n"),
                "{}",
                requests[0]
            );
        })
        .await;
}

#[tokio::test]
async fn failures_name_host_port_and_reason() {
    LocalSet::new()
        .run_until(async {
            let closed = TcpListener::bind("127.0.0.1:0")
                .await
                .expect("a free port")
                .local_addr()
                .expect("bound");
            let exchanges = exchanges();
            let id = exchanges.open();
            let failure = exchanges
                .start(id, outgoing("GET", format!("http://{closed}/")))
                .await
                .expect_err("refused");
            assert!(
                matches!(&failure, ClientFailure::Connect { code: Some("ECONNREFUSED"), .. }),
                "{failure:?}"
            );
            let message = failure.to_string();
            assert!(message.starts_with(&format!("{closed} cannot be reached: ")), "{message}");

            let id = exchanges.open();
            let url = "http://does-not-exist.invalid/".to_owned();
            let failure = exchanges.start(id, outgoing("GET", url)).await.expect_err("unknown");
            assert!(
                failure.to_string().contains("does-not-exist.invalid:80 cannot be reached"),
                "{failure}"
            );

            let server = Server::start(&[
                "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nCUT",
                "no http at all CUT",
            ])
            .await;
            let id = exchanges.open();
            exchanges.start(id, outgoing("GET", server.url("/"))).await.expect("a head");
            let failure = exchanges.read_all(id).await.expect_err("cut off");
            assert!(matches!(failure, ClientFailure::Broken { .. }), "{failure:?}");

            let id = exchanges.open();
            let failure =
                exchanges.start(id, outgoing("GET", server.url("/"))).await.expect_err("no HTTP");
            assert!(matches!(failure, ClientFailure::Broken { .. }), "{failure:?}");
        })
        .await;
}

#[tokio::test]
async fn a_cancel_ends_what_is_under_way() {
    LocalSet::new()
        .run_until(async {
            let server =
                Server::start(&["", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"]).await;
            let exchanges = exchanges();
            let id = exchanges.open();
            let canceller = Rc::clone(&exchanges);
            let requests = Rc::clone(&server.requests);
            let cancel = async move {
                while requests.borrow().is_empty() {
                    tokio::task::yield_now().await;
                }
                canceller.cancel(id);
            };
            let (response, ()) =
                tokio::join!(exchanges.start(id, outgoing("GET", server.url("/"))), cancel);
            assert!(response.is_err(), "cancelled before the head");
            assert!(exchanges.open.borrow().is_empty());

            let id = exchanges.open();
            exchanges.start(id, outgoing("GET", server.url("/"))).await.expect("a head");
            assert_eq!(exchanges.read(id).await.expect("a piece").as_deref(), Some(&b"ab"[..]));
            let canceller = Rc::clone(&exchanges);
            let (rest, ()) = tokio::join!(exchanges.read(id), async move { canceller.cancel(id) });
            assert!(rest.is_err(), "cancelled while reading");
        })
        .await;
}
