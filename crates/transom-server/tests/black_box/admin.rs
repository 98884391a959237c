//! The operator's listener.

use std::net::SocketAddr;

use crate::harness::{Client, serve_with};

#[test]
fn health_readiness_and_metrics_have_an_address_of_their_own() {
    let mut server = serve_with(2, |settings| {
        settings.admin = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    });
    let admin = server.running().admin_address().expect("it was asked for");
    let get = |path: &str| Client::connect(admin).get(path);
    assert_eq!(get("/_transom/health").text(), "ok\n");
    assert_eq!(get("/_transom/ready").text(), "ready\n");
    assert_eq!(get("/").status, 404);
    assert_eq!(server.get("/_transom/health").text(), "nothing here", "no project path is taken");

    let mut client = server.connect();
    client.post("/echo", b"12345");
    client.get("/big?100");
    client.send("nonsense\r\n\r\n");
    client.answer();
    let mut waiting = server.connect();
    waiting.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(server.note(), "waiting");

    let metrics = get("/_transom/metrics");
    assert!(metrics.header("content-type").is_some_and(|it| it.contains("openmetrics")));
    let text = metrics.text();
    for line in [
        "transom_requests_total{status=\"2xx\"} 2",
        "transom_requests_total{status=\"4xx\"} 1",
        "transom_requests_in_flight 1",
        "transom_sent_bytes_total 117",
        "transom_received_bytes_total 5",
        "transom_refused_total 1",
        "transom_worker_restarts_total 0",
        "transom_test_instances 2",
        "transom_request_duration_seconds_count 3",
        "transom_request_duration_seconds_bucket{le=\"+Inf\"} 3",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
    }

    server.running().shutdown();
    assert_eq!(waiting.stream.peer_addr().ok(), Some(server.address));
    server.open_gate(1);
    assert_eq!(waiting.answer().text(), "generation 1");
    server.stop();
}
