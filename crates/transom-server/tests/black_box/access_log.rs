//! The access log, as its sink receives it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use transom_server::{AccessLog, LogFormat};

use crate::harness::{TestServer, serve_with};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Makes requests, stops the server, which flushes the log, and returns the lines.
fn lines(format: LogFormat, requests: impl FnOnce(&TestServer)) -> Vec<String> {
    let sink = Sink::default();
    let log = AccessLog { format, sink: Box::new(sink.clone()) };
    let mut server = serve_with(1, |settings| settings.access_log = Some(log));
    requests(&server);
    server.stop();
    let bytes = sink.0.lock().expect("no test panics here").clone();
    String::from_utf8(bytes).expect("lines are text").lines().map(str::to_owned).collect()
}

#[test]
fn a_person_reads_method_target_status_and_time() {
    let lines = lines(LogFormat::Human, |server| {
        server.get("/big?10");
        server.get("/nothing?\"x\"");
        server.get("/abort");
    });
    let rest: Vec<_> = lines.iter().map(|line| line.split_once(' ').expect("a time").1).collect();
    assert!(rest[0].starts_with("GET /big?10 200 ") && rest[0].ends_with("ms"), "{rest:?}");
    assert!(rest[1].starts_with("GET /nothing?\"x\" 404 "), "{rest:?}");
    assert!(rest[2].starts_with("GET /abort 200 ") && rest[2].ends_with("(aborted)"), "{rest:?}");
}

#[test]
fn a_machine_reads_json() {
    let lines = lines(LogFormat::Json, |server| {
        let mut client = server.connect();
        client.get("/big?10");
        client.send("get / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.answer();
        let mut client = server.connect();
        client.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(server.note(), "hanging");
        drop(client);
        assert_eq!(server.note(), "gone");
    });
    assert_eq!(lines.len(), 3);
    for (line, parts) in lines.iter().zip([
        vec![r#""method":"GET","target":"/big?10","status":200,"bytes":10,"#],
        vec![r#""method":"get","target":"/","status":400,"bytes":0,"#],
        vec![r#""target":"/hang","bytes":0,"#, r#""outcome":"client gone"}"#],
    ]) {
        assert!(line.starts_with("{\"time_ms\":") && line.ends_with('}'), "{line}");
        for part in parts {
            assert!(line.contains(part), "{line} has {part}");
        }
    }
}
