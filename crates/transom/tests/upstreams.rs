//! Upstreams that misbehave, TLS and proxies: what a handler's `fetch()` says, and that it says it in time.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use transom_testkit::{Answer, Project, Server, Upstream};

/// Fetches `?url=` and reads the body as `?as=` says; answers with what it got, or with what failed.
const HANDLER: &str = r"
export const GET = async ({ url }) => {
  const get = (name) => url.searchParams.get(name);
  try {
    const response = await fetch(get('url'));
    if (get('as') !== 'stream') return Response.json({ body: await response.text() });
    let length = 0;
    for await (const piece of response.body) length += piece.length;
    return Response.json({ length });
  } catch (error) {
    const { name, message, cause } = error;
    return Response.json({ failure: `${name}: ${message}`, cause: cause?.message, code: cause?.code });
  }
};
";

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/ask.ts", HANDLER)
        .env("TRANSOM_LIMIT_FETCH_BODY", "1MiB")
}

/// What the handler says of `url`: failure, cause and code.
#[track_caller]
fn failure(server: &Server, url: &str, kind: &str) -> (String, String, String) {
    let reply = server.get(&format!("/ask?as={kind}&url={}", url.replace('&', "%26"))).json();
    let text = |name: &str| reply[name].as_str().unwrap_or_default().to_owned();
    assert!(!text("failure").is_empty(), "it did not fail: {reply}");
    (text("failure"), text("cause"), text("code"))
}

/// Hands each connection, after its request's head, to `answer`, which writes until that fails.
fn hostile(
    answer: impl Fn(TcpStream) -> std::io::Result<()> + Clone + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("it has an address");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || {
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
                    head.push(byte[0]);
                }
                answer(stream).ok();
            });
        }
    });
    address
}

/// Writes `piece` again and again, slowly.
fn drip(mut stream: TcpStream, start: &str, piece: &str) -> std::io::Result<()> {
    stream.write_all(start.as_bytes())?;
    loop {
        stream.write_all(piece.as_bytes())?;
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_upstream_that_is_too_slow_is_given_up() {
    let server = project().env("TRANSOM_LIMIT_FETCH_TIMEOUT", "300ms").build_and_serve();
    let silent = hostile(|mut stream| stream.read(&mut [0]).map(drop));
    let slow_head = hostile(|stream| drip(stream, "HTTP/1.1 200 OK\r\nx: ", "y"));
    for address in [silent, slow_head] {
        let (failure, cause, code) = failure(&server, &format!("http://{address}/"), "text");
        assert_eq!(failure, "TypeError: fetch failed");
        assert_eq!(
            cause,
            format!("{address} did not answer within 0.3 s (`limits.fetch_timeout`)")
        );
        assert_eq!(code, "ETIMEDOUT");
    }
    let start = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
    let slow_body = hostile(move |stream| drip(stream, start, "y"));
    let (why, cause, _) = failure(&server, &format!("http://{slow_body}/"), "text");
    assert_eq!(why, "TypeError: terminated");
    assert!(cause.contains("did not send its whole body within 0.3 s"), "{cause}");
    let stalled = hostile(move |mut stream| {
        stream.write_all(start.as_bytes())?;
        stream.read(&mut [0]).map(drop)
    });
    let (why, cause, _) = failure(&server, &format!("http://{stalled}/"), "stream");
    assert_eq!(why, "TypeError: terminated");
    assert!(cause.contains("did not send more of its body within 0.3 s"), "{cause}");
}

#[test]
fn an_upload_is_not_an_upstream_that_waits() {
    let upload = r"
    export const GET = async ({ url }) => {
      const body = ReadableStream.from((async function* () {
        for (let i = 0; i < 25; i++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          yield new TextEncoder().encode('piece ');
        }
      })());
      const sent = { method: 'POST', body, duplex: 'half' };
      return new Response((await fetch(url.searchParams.get('url'), sent)).body);
    };";
    let upstream = Upstream::start(|request| Answer::new(200, request.body.clone()));
    // Each piece comes in time, all of them do not.
    let server = project()
        .file("src/pages/upload.ts", upload)
        .env("TRANSOM_LIMIT_FETCH_TIMEOUT", "2s")
        .build_and_serve();
    let reply = server.get(&format!("/upload?url={}", upstream.origin()));
    assert_eq!(reply.text(), "piece ".repeat(25));
}

#[test]
fn an_endless_body_fails_when_it_is_read_at_once() {
    let server = project().build_and_serve();
    let endless = hostile(|mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        loop {
            stream.write_all(chunk.as_bytes())?;
        }
    });
    let (failure, cause, _) = failure(&server, &format!("http://{endless}/"), "text");
    assert_eq!(failure, "TypeError: terminated");
    assert_eq!(
        cause,
        format!(
            "the body from {endless} has more than 1048576 bytes (`limits.fetch_body`); read it piece by piece from `body`"
        )
    );
}

#[test]
fn a_decompression_bomb_fails_when_it_is_read_at_once_and_can_be_streamed() {
    let bomb = r"
    export const GET = () => {
      let left = 1024;
      const zeros = new ReadableStream({
        pull(controller) {
          if (left-- > 0) controller.enqueue(new Uint8Array(64 * 1024));
          else controller.close();
        },
      });
      const headers = { 'content-encoding': 'gzip' };
      return new Response(zeros.pipeThrough(new CompressionStream('gzip')), { headers });
    };";
    let server = project().file("src/pages/bomb.ts", bomb).build_and_serve();
    let url = format!("{}/bomb", server.origin());
    let (failure, cause, _) = failure(&server, &url, "text");
    assert_eq!(failure, "TypeError: terminated");
    assert!(cause.contains("has more than 1048576 bytes (`limits.fetch_body`)"), "{cause}");
    let reply = server.get(&format!("/ask?as=stream&url={url}"));
    assert_eq!(reply.text(), r#"{"length":67108864}"#);
}

fn pem(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// A server with a certificate that only `tls/cert.pem` vouches for.
fn secure() -> Server {
    let path = |name| pem(name).to_string_lossy().into_owned();
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/index.ts", "export const GET = ({ url }) => new Response('secret');")
        .env("TRANSOM_CERT", &path("cert.pem"))
        .env("TRANSOM_KEY", &path("key.pem"))
        .build_and_serve()
}

#[test]
fn a_tls_failure_names_the_host_and_the_reason() {
    let plain = Upstream::start(|_| Answer::new(200, "plain"));
    let untrusted = secure();
    let server = project().build_and_serve();
    let address = plain.origin().replace("http://", "");
    let (failed, cause, _) = failure(&server, &format!("https://{address}/"), "text");
    assert_eq!(failed, "TypeError: fetch failed");
    assert!(cause.starts_with(&format!("{address} cannot be reached: ")), "{cause}");
    let address = untrusted.address();
    let (failed, cause, _) = failure(&server, &format!("https://{address}/"), "text");
    assert_eq!(failed, "TypeError: fetch failed");
    assert!(
        cause.starts_with(&format!("{address} cannot be reached: invalid peer certificate")),
        "{cause}"
    );
}

#[test]
fn extra_certificates_are_trusted_besides_the_systems() {
    let upstream = secure();
    let url = format!("https://{}/", upstream.address());
    for variable in ["TRANSOM_EXTRA_CA", "NODE_EXTRA_CA_CERTS"] {
        let certificate = pem("cert.pem").to_string_lossy().into_owned();
        let server = project().env(variable, &certificate).build_and_serve();
        assert_eq!(server.get(&format!("/ask?as=text&url={url}")).text(), r#"{"body":"secret"}"#);
    }
    let server = project().env("TRANSOM_EXTRA_CA", "/nowhere/ca.pem").build_and_serve();
    let (failed, cause, _) = failure(&server, &url, "text");
    assert_eq!(failed, "TypeError: fetch failed");
    assert!(cause.contains("`server.extra_ca` cannot be read from `/nowhere/ca.pem`"), "{cause}");
}

#[test]
fn a_proxy_forwards_requests_and_is_told_who_asks() {
    let proxy = Upstream::start(|request| Answer::new(200, format!("for {}", request.target)));
    let own = Upstream::start(|_| Answer::new(200, "straight"));
    let server = project()
        .env("HTTP_PROXY", &proxy.origin().replace("http://", "http://user:pass@"))
        .env("NO_PROXY", "127.0.0.1,example.org")
        .build_and_serve();
    let reply = server.get("/ask?as=text&url=http://nowhere.test:81/a?b");
    assert_eq!(reply.text(), r#"{"body":"for http://nowhere.test:81/a?b"}"#);
    let received = proxy.next();
    assert_eq!(received.header("host"), Some("nowhere.test:81"));
    assert_eq!(received.header("proxy-authorization"), Some("Basic dXNlcjpwYXNz"));
    let reply = server.get(&format!("/ask?as=text&url={}", own.origin()));
    assert_eq!(reply.text(), r#"{"body":"straight"}"#);
    assert_eq!(own.next().header("proxy-authorization"), None);
}

#[test]
fn https_goes_through_a_tunnel() {
    let upstream = secure();
    let target = upstream.address();
    let tunnel = hostile(move |mut stream| {
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
        let mut there = TcpStream::connect(target)?;
        let (mut from, mut to) = (there.try_clone()?, stream.try_clone()?);
        thread::spawn(move || std::io::copy(&mut from, &mut to));
        std::io::copy(&mut stream, &mut there).map(drop)
    });
    let server = project()
        .env("https_proxy", &format!("http://{tunnel}"))
        .env("TRANSOM_EXTRA_CA", &pem("cert.pem").to_string_lossy())
        .build_and_serve();
    // Only the proxy knows where this name leads.
    let reply = server.get("/ask?as=text&url=https://tls.test/");
    assert_eq!(reply.text(), r#"{"body":"secret"}"#);

    let refusing = hostile(|mut stream| stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n"));
    let server = project().env("ALL_PROXY", &format!("http://{refusing}")).build_and_serve();
    let (_, cause, _) = failure(&server, "https://tls.test/", "text");
    assert!(cause.contains(&format!("the proxy {refusing} does not connect")), "{cause}");
}
