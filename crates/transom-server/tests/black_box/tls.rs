//! TLS with certificate files. The certificates in `fixtures` were made for these tests alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use transom_server::{Tls, TlsError};

use crate::harness::{TestServer, serve_with};
use crate::http2::{get, run, speak, text};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Connects as a client that trusts only the certificate of this name.
async fn connect(
    server: &TestServer,
    trusted: &str,
    protocol: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(fixture(trusted)).expect("a certificate");
    roots.add(certificate).expect("it can be trusted");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(server.address).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

fn serve_tls(tls: &Tls) -> TestServer {
    serve_with(1, |settings| settings.tls = Some(tls.clone()))
}

#[test]
fn both_protocols_are_agreed_on() {
    let tls = Tls::from_files(&fixture("certificate.pem"), &fixture("key.pem")).expect("a pair");
    let server = serve_tls(&tls);
    run(async {
        let mut stream = connect(&server, "certificate.pem", "http/1.1").await.expect("a session");
        let request = b"GET /head HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.expect("the server reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("the server answers");
        assert!(answer.ends_with("GET /head HTTP/1.1\nhttps\nhost: a\nconnection: close\n"));

        let stream = connect(&server, "certificate.pem", "h2").await.expect("a session");
        let mut sender = speak(stream).await;
        let response = sender.send_request(get("/head")).await.expect("an answer");
        assert_eq!(text(response).await, "GET /head HTTP/2.0\nhttps\nhost: example.com\n");
    });
}

#[test]
fn plain_http_on_a_tls_port_is_refused() {
    let tls = Tls::from_files(&fixture("certificate.pem"), &fixture("key.pem")).expect("a pair");
    let server = serve_tls(&tls);
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let rest = client.rest();
    assert!(!rest.starts_with(b"HTTP"), "{rest:?}");
    run(async {
        assert!(connect(&server, "certificate.pem", "http/1.1").await.is_ok(), "others are served");
    });
}

#[test]
fn a_new_certificate_is_used_after_a_reload() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (certificate, key) = (folder.path().join("certificate"), folder.path().join("key"));
    let put = |suffix: &str| {
        fs::copy(fixture(&format!("certificate{suffix}.pem")), &certificate).expect("copied");
        fs::copy(fixture(&format!("key{suffix}.pem")), &key).expect("copied");
    };
    put("");
    let tls = Tls::from_files(&certificate, &key).expect("a pair");
    let server = serve_tls(&tls);
    run(async {
        assert!(connect(&server, "certificate.pem", "h2").await.is_ok());
        assert!(connect(&server, "certificate_2.pem", "h2").await.is_err());
        put("_2");
        tls.reload().expect("a pair");
        assert!(connect(&server, "certificate_2.pem", "h2").await.is_ok());
        fs::write(&key, "no key").expect("files are written");
        assert!(tls.reload().is_err());
        assert!(connect(&server, "certificate_2.pem", "h2").await.is_ok(), "the old pair stays");
    });
}

#[test]
fn unusable_files_are_named() {
    let error = Tls::from_files(&fixture("nothing.pem"), &fixture("key.pem")).expect_err("missing");
    assert!(matches!(&error, TlsError::File { file, .. } if file.ends_with("nothing.pem")));
    let error =
        Tls::from_files(&fixture("key.pem"), &fixture("key.pem")).expect_err("no certificate");
    assert!(error.to_string().ends_with("it holds no certificate"), "{error}");
    let error = Tls::from_files(&fixture("certificate.pem"), &fixture("key_2.pem"));
    assert!(matches!(error, Err(TlsError::Pair { .. })));
}
