//! The end of a program as `process` shows it: `exit` listeners, and calls that ask for the end.

use rustix::process::Signal;
use transom_testkit::{Project, Server};

/// Says on standard output what it sees of its end.
const LISTENING: &str = r#"
process.on("exit", (code) => console.log(`VERSION: first sees ${code} ${process.exitCode}`));
process.once("exit", async () => {
  await null;
  console.log("VERSION: a job after the end");
});
process.on("exit", () => {
  setTimeout(() => console.log("VERSION: a timer after the end"), 0);
  process.nextTick(() => console.log("VERSION: a tick after the end"));
  console.log(`VERSION: last sees ${process._exiting}`);
});
const removed = () => console.log("VERSION: a removed listener");
process.on("exit", removed);
process.off("exit", removed);
const kept = (globalThis.kept = { name: "kept" });
process.finalization.register(kept, (object, event) => console.log(`VERSION: ${object.name} at ${event}`));
const given = (globalThis.given = {});
process.finalization.register(given, () => console.log("VERSION: an object that was taken back"));
process.finalization.unregister(given);
export const GET = ({ url }) => {
  if (url.searchParams.has("code")) process.exitCode = 3;
  return new Response("VERSION");
};
"#;

fn listening(version: &str) -> String {
    LISTENING.replace("VERSION", version)
}

fn project(source: impl AsRef<[u8]>) -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom")).file("src/pages/index.ts", source)
}

/// The lines of `output` that the program `version` wrote.
fn lines<'a>(output: &'a str, version: &str) -> Vec<&'a str> {
    let mark = format!("{version}: ");
    output.lines().filter_map(|line| line.split_once(&mark)).map(|(_, rest)| rest).collect()
}

#[test]
fn exit_listeners_are_called_when_the_server_has_drained() {
    for (signal, path, code) in [(Signal::TERM, "/", "0 undefined"), (Signal::INT, "/?code", "3 3")]
    {
        let server = project(listening("one")).build_and_serve();
        assert_eq!(server.get(path).text(), "one");
        server.process().signal(signal);
        let ended = server.wait();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        let first = format!("first sees {code}");
        let expected = [first.as_str(), "last sees true", "kept at exit"];
        assert_eq!(lines(&ended.output(), "one"), expected, "{}", ended.output());
    }
}

#[test]
fn a_reload_ends_the_program_before_it() {
    let server = project(listening("one")).build_and_serve();
    assert_eq!(server.get("/").text(), "one");
    server.project().write("src/pages/index.ts", listening("two"));
    server.project().build();
    server.process().signal(Signal::HUP);
    server.log().wait_for("one: kept at exit");
    assert_eq!(server.get("/").text(), "two");
    let ended = server.stop();
    let expected = ["first sees 0 undefined", "last sees true", "kept at exit"];
    for version in ["one", "two"] {
        assert_eq!(lines(&ended.output(), version), expected, "{}", ended.output());
    }
}

#[test]
fn an_edit_in_development_ends_the_program_before_it() {
    let server = project(listening("one")).serve_dev();
    assert_eq!(server.get("/").text(), "one");
    server.project().write("src/pages/index.ts", listening("two"));
    server.get_until("/", |reply| reply.text() == "two");
    server.log().wait_for("one: kept at exit");
    let ended = server.stop();
    assert_eq!(lines(&ended.output(), "two").first(), Some(&"first sees 0 undefined"));
}

#[test]
fn a_listener_cannot_hang_or_break_the_end() {
    let cases = [
        ("for (;;);", "script ran longer than the CPU budget"),
        ("throw new Error('at the end');", "at the end"),
    ];
    for (body, said) in cases {
        let source = format!(
            "process.on('exit', () => {{ {body} }});\n\
             process.on('exit', () => console.log('mark: after it'));\n\
             export const GET = () => new Response('ok');"
        );
        let server =
            project(source).file("transom.toml", "[limits]\ncpu = \"300ms\"\n").build_and_serve();
        assert_eq!(server.get("/").text(), "ok");
        let ended = server.stop();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.output());
        assert!(
            ended.output().contains("a listener of process.on(\"exit\")"),
            "{}",
            ended.output()
        );
        assert!(ended.output().contains(said), "{}", ended.output());
        assert!(lines(&ended.output(), "mark").is_empty(), "{}", ended.output());
    }
}

/// As in Node, a listener that asks for the end is the last that is called; that is no failure.
#[test]
fn a_listener_may_ask_for_the_end_that_is_under_way() {
    let source = "process.on('exit', () => { console.log('mark: asks'); process.exit(1); });\n\
        process.on('exit', () => console.log('mark: after it'));\n\
        export const GET = () => new Response('ok');";
    let server = project(source).build_and_serve();
    assert_eq!(server.get("/").text(), "ok");
    let ended = server.stop();
    assert_eq!(lines(&ended.output(), "mark"), ["asks"], "{}", ended.output());
    assert!(!ended.output().contains("failed"), "{}", ended.output());
}

fn exits(server: &Server) {
    let reply = server.get("/");
    assert_eq!(reply.status, 500);
    server.log().wait_for("process.exit() is not available in transom");
    // Neither the server nor the program has gone, and nobody was told that it does.
    let reply = server.get("/alive");
    assert_eq!((reply.status, reply.text()), (200, "undefined"));
    assert!(!server.log().all().contains("mark: exit"), "{}", server.log().all());
}

#[test]
fn a_handler_cannot_end_the_server() {
    let of = || {
        project(
            "process.on('exit', () => console.log('mark' + ': exit'));\n\
             export const GET = () => { process.exit(1); return new Response('never'); };",
        )
        .file("src/pages/alive.ts", "export const GET = () => new Response(`${process.exitCode}`);")
    };
    exits(&of().build_and_serve());
    exits(&of().serve_dev());
}
