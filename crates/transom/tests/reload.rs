//! What a project declares of its collections, changed while its server runs: SIGHUP in production, a saved file in
//! development.

use rustix::process::Signal;
use serde_json::json;
use transom_testkit::{Project, Request, Server};

/// Reads and writes as whoever calls; the code of the refusal, or how many items there are.
const ITEMS: &str = r#"
import { items } from "@wix/data";
const told = async (work) => {
  try {
    return Response.json(await work());
  } catch (error) {
    return Response.json(error.details?.applicationError?.code ?? error.message, { status: 403 });
  }
};
export const GET = () => told(async () => (await items.query("notes").find()).items.length);
export const POST = ({ request }) => told(async () => (await items.insert("notes", await request.json())).text);
"#;

fn declared(read: &str, indexes: &str) -> String {
    format!(
        "[collections.notes]\nindexes = {indexes}\n\
         permissions = {{ read = \"{read}\", insert = \"ANYONE\" }}\n"
    )
}

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/items.ts", ITEMS)
        .file("transom.toml", declared("ANYONE", "[]"))
}

fn insert(server: &Server, text: &str) -> u16 {
    server.request(&Request::post("/items").json(&json!({ "text": text }))).status
}

fn read(server: &Server) -> u16 {
    server.get("/items").status
}

#[test]
fn a_reload_brings_the_declared_collections_with_it() {
    let server = project().build_and_serve();
    assert_eq!((insert(&server, "a"), read(&server)), (200, 200));
    server.project().write("transom.toml", declared("PRIVILEGED", "[]"));
    server.project().build();
    server.process().signal(Signal::HUP);
    server.log().wait_for("reloaded: serving build 2");
    assert_eq!(read(&server), 403, "strangers read no more");
    // A child that takes the place of another goes by the same.
    for child in server.process().children() {
        server.process().end_child(child, Signal::KILL);
    }
    server.log().wait_for("restarted: serving again");
    assert_eq!(read(&server), 403);
    server.project().write("transom.toml", declared("ANYONE", "[\"text\"]"));
    server.process().signal(Signal::HUP);
    server.get_until("/items", |reply| reply.status == 200);
    assert_eq!(insert(&server, "b"), 200);
    // A collection that is not declared any more has the permissions of one that never was.
    server.project().write("transom.toml", "");
    server.process().signal(Signal::HUP);
    server.get_until("/items", |reply| reply.status == 403);
    assert_eq!(insert(&server, "c"), 403);
}

#[test]
fn a_reload_whose_declarations_the_items_violate_changes_nothing() {
    let server = project().build_and_serve();
    assert_eq!([insert(&server, "same"), insert(&server, "same")], [200, 200]);
    let unique = "[{ fields = [\"text\"], unique = true }]";
    server.project().write("transom.toml", declared("PRIVILEGED", unique));
    server.process().signal(Signal::HUP);
    let told = server.log().wait_for("not reloaded");
    assert!(told.contains("[text], which must be unique"), "{told}");
    assert_eq!((read(&server), insert(&server, "same")), (200, 200), "the old rules hold");
    // Nor is anything left of what is wrong in the file.
    server.project().write("transom.toml", "[collections.notes]\nindexes = 1\n");
    server.process().signal(Signal::HUP);
    server.log().wait_for("`collections.notes.indexes` is wrong");
    assert_eq!((read(&server), insert(&server, "same")), (200, 200));
}

#[test]
fn a_broken_build_keeps_the_declarations_of_the_old_one() {
    let server = project().build_and_serve();
    assert_eq!(insert(&server, "same"), 200);
    let unique = "[{ fields = [\"text\"], unique = true }]";
    server.project().write("transom.toml", declared("PRIVILEGED", unique));
    server.project().write(".transom/build/manifest.json", "{ not json");
    server.process().signal(Signal::HUP);
    server.log().wait_for("not reloaded");
    assert_eq!((insert(&server, "same"), read(&server)), (200, 200));
}

#[test]
fn in_development_changed_declarations_count_at_once() {
    let server = project().file("transom.toml", "").serve_dev();
    assert_eq!(insert(&server, "a"), 403, "nobody may insert into what is not declared");
    server.project().write("transom.toml", declared("ANYONE", "[]"));
    server.log().wait_for("updated in");
    assert_eq!((insert(&server, "a"), insert(&server, "a"), read(&server)), (200, 200, 200));
    let unique = "[{ fields = [\"text\"], unique = true }]";
    server.project().write("transom.toml", declared("PRIVILEGED", unique));
    server.log().wait_for("the stored data refuse the declared collections");
    assert_eq!((read(&server), insert(&server, "a")), (200, 200), "the last working state goes on");
    server.project().write("transom.toml", declared("PRIVILEGED", "[\"text\"]"));
    server.get_until("/items", |reply| reply.status == 403);
    assert_eq!(insert(&server, "a"), 200);
}
