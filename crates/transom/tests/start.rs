//! Starting a built server: variables, secrets, addresses. The rows Z014 to Z020 and K020 to K023 of
//! `conformance/astro/multi-step.md`; Z017 and Z018 are better here than in Astro, see `docs/compatibility.md`.

use std::path::Path;

use transom_testkit::{Process, Project, Request};

fn fixture(name: &str) -> Project {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/astro/fixtures");
    Project::copy_of(env!("CARGO_BIN_EXE_transom"), &folder.join(name))
}

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/index.ts", "export const GET = () => new Response('up');")
}

/// Builds `env` without variables, then starts it with these.
fn started_with(variables: &[(&str, &str)]) -> transom_testkit::Server {
    let project = fixture("env");
    project.build();
    variables.iter().fold(project, |project, (name, value)| project.env(name, value)).start()
}

/// Z014
#[test]
fn a_missing_secret_fails_what_imports_it_and_nothing_else() {
    let server = started_with(&[]);
    let reply = server.get("/schema");
    assert_eq!((reply.status, reply.text(), reply.header("content-type")), (500, "", None));
    assert_eq!(server.get("/bad").status, 500, "whichever variable it uses");
    assert_eq!(server.get("/meta").status, 200);
    let log = server.stop().stderr;
    assert!(log.contains("- API_SECRET is missing"), "{log}");
}

/// Z015, Z016
#[test]
fn a_secret_of_the_wrong_kind_is_named() {
    let rows = [
        (("FLAG", "yes"), "/bad", "- FLAG's type is invalid, expected: boolean"),
        (("MODE_E", "c"), "/schema", "- MODE_E's type is invalid, expected: 'a' | 'b'"),
    ];
    for (variable, path, expected) in rows {
        let server = started_with(&[("API_SECRET", "s"), variable]);
        assert_eq!(server.get(path).status, 500);
        assert_eq!(server.get("/meta").status, 200);
        let log = server.stop().stderr;
        assert!(log.contains(expected), "{log}");
    }
}

/// Z019
#[test]
fn a_rejection_after_the_answer_is_logged() {
    let server = project()
        .file(
            "src/pages/later.ts",
            "export const GET = () => { Promise.reject(new Error('later')); return new Response('ok'); };",
        )
        .build_and_serve();
    assert_eq!(server.get("/later").text(), "ok");
    server.log().wait_for("later");
    assert_eq!(server.get("/").text(), "up");
}

/// Z020, with a time to live that a test can wait for.
#[test]
fn a_session_ends_with_its_time_to_live() {
    let config = "import { defineConfig } from 'astro/config';
        export default defineConfig({ output: 'server', session: { ttl: 1 } });";
    let server = fixture("sess").file("astro.config.mjs", config).build_and_serve();
    let written = server.get("/update");
    let cookie = written.header("set-cookie").expect("a session has a cookie");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let read = || server.request(&Request::get("/read").header("cookie", &cookie));
    let fresh = read().text().to_owned();
    let empty = server.get("/read").text().to_owned();
    assert_ne!(fresh, empty, "what was written is there");
    while read().text() != empty {
        std::thread::yield_now();
    }
}

/// The address that a server says it listens on, when it is started without `--host`.
fn listening(project: &Project) -> (Process, String) {
    project.build();
    let process = project.spawn(["start", ".", "--port", "0"]);
    let line = process.log().find(|line| Some(line.split_once("http://")?.1.to_owned()));
    let address = line.expect("it listens");
    (process, address)
}

/// K020
#[test]
fn the_host_of_the_config_counts() {
    for (host, expected) in
        [("true", "0.0.0.0:"), ("false", "localhost:"), ("'127.0.0.1'", "127.0.0.1:")]
    {
        let config = format!("export default {{ output: 'server', server: {{ host: {host} }} }};");
        let project = project().file("astro.config.mjs", config);
        let (_process, address) = listening(&project);
        assert!(address.starts_with(expected), "host {host}: {address}");
    }
}

/// K021
#[test]
fn port_0_is_a_free_port_that_is_printed() {
    let (_process, address) = listening(&project());
    let port = address.rsplit(':').next().and_then(|port| port.trim().parse::<u16>().ok());
    assert!(port.is_some_and(|port| port > 0), "{address}");
}

/// K022
#[test]
fn a_port_that_is_none_ends_the_start() {
    let project = project().env("PORT", "abc");
    project.build();
    let ended = project.run(&["start"]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.stderr.contains("`PORT`") && ended.stderr.contains("`abc`"), "{}", ended.stderr);
}

/// K023: a second server is the client.
#[test]
fn a_certificate_makes_it_https() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../transom-server/tests/fixtures");
    let file = |name: &str| files.join(name).to_str().expect("a path in UTF-8").to_owned();
    let secure = project()
        .file("src/pages/url.ts", "export const GET = ({ url }) => new Response(url.href);")
        .env("SERVER_CERT_PATH", &file("certificate.pem"))
        .env("SERVER_KEY_PATH", &file("key.pem"));
    secure.build();
    let process = secure.spawn(["start", ".", "--port", "0"]);
    let line = process.log().find(|line| Some(line.split_once("https://localhost:")?.1.to_owned()));
    let port = line.expect("it listens").trim().to_owned();
    let source = format!(
        "export const GET = async () => new Response(await (await fetch('https://localhost:{port}/url')).text());"
    );
    let client = project()
        .file("src/pages/ask.ts", source)
        .env("SSL_CERT_FILE", &file("certificate.pem"))
        .build_and_serve();
    assert_eq!(client.get("/ask").text(), format!("https://localhost:{port}/url"));
}

/// What a build compiled in advance is a help, never a condition.
#[test]
fn a_build_serves_with_whatever_became_of_its_compiled_code() {
    let half = |mut code: Vec<u8>| code.split_off(code.len() / 2);
    let damaged = |code: Vec<u8>| code.iter().map(|byte| byte ^ 1).collect();
    type Change = Box<dyn Fn(Vec<u8>) -> Vec<u8>>;
    let rows: [(&str, Option<Change>, bool); 5] = [
        ("whole", Some(Box::new(|code| code)), false),
        ("missing", None, false),
        ("half", Some(Box::new(half)), true),
        ("damaged", Some(Box::new(damaged)), true),
        ("empty", Some(Box::new(|_| Vec::new())), true),
    ];
    for (name, change, told) in rows {
        let project = project();
        project.build();
        let file = project.path(".transom/build/code.bin");
        let code = std::fs::read(&file).expect("the build has compiled code");
        match change {
            Some(change) => std::fs::write(&file, change(code)).expect("writable"),
            None => std::fs::remove_file(&file).expect("is there"),
        }
        let server = project.start();
        assert_eq!(server.get("/").text(), "up", "{name}");
        let log = server.stop().stderr;
        assert_eq!(log.contains("run `transom build` again"), told, "{name}: {log}");
    }
}
