//! Node's modules print what they print in Node 22: each script in `tests/node` runs in an endpoint, and its output is
//! compared line by line with what `scripts/record-node-output.sh` has recorded.

use std::path::Path;

use transom_testkit::Project;

/// Runs a script while what it logs is collected.
const ENDPOINT: &str = r#"
import util from "node:util";
export const GET = async () => {
  const lines = [];
  const { log } = console;
  console.log = (...values) => lines.push(util.format(...values));
  try {
    await import("../node/SCRIPT.js");
  } catch (error) {
    lines.push(`FAILED ${util.inspect(error)}`);
  } finally {
    console.log = log;
  }
  return new Response(`${lines.join("\n")}\n`);
};
"#;

#[track_caller]
fn check(script: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
    let read = |name: String| std::fs::read_to_string(folder.join(name)).expect("it is there");
    let server = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("package.json", r#"{"type":"module"}"#)
        .file(&format!("src/node/{script}.js"), read(format!("{script}.js")))
        .file("src/node/shared/printing.js", read("shared/printing.js".to_owned()))
        .file("src/pages/index.ts", ENDPOINT.replace("SCRIPT", script))
        .build_and_serve();
    let reply = server.get("/");
    let found = reply.text();
    let expected = read(format!("{script}.txt"));
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {script}.txt", number + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{script}.txt: {found}");
}

#[test]
fn assertions() {
    check("assert");
}

#[test]
fn buffer() {
    check("buffer");
}

#[test]
fn events() {
    check("events");
}

#[test]
fn inspection() {
    check("inspect");
}

#[test]
fn paths() {
    check("path");
}

#[test]
fn the_smaller_modules() {
    check("misc");
}

#[test]
fn streams() {
    check("stream");
}

#[test]
fn streams_from_and_to_everything() {
    check("stream_more");
}

#[test]
fn urls() {
    check("url");
}

#[test]
fn util() {
    check("util");
}

#[test]
fn vm() {
    check("vm");
}
