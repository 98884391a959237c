//! Many callers at the same time: whatever a handler waits for, and whoever ends the wait, it goes on as its own caller.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use transom_testkit::{Connection, PATIENCE, Project, Request, Server};

const CLIENT_ID: &str = "0c9a5b3e-0000-4000-8000-000000000001";
/// Connections that send requests at the same time.
const AT_ONCE: usize = 64;

/// Asks who is calling after each kind of wait. The answer is a stream whose pieces are made while it is read.
const HANDLER: &str = r#"
import { items } from "@wix/data";
import { auth, httpClient } from "@wix/essentials";

const readAsApp = auth.elevate(items.get);
const own = new AsyncContext.Variable();
const later = (ms) => new Promise((done) => setTimeout(done, ms));

// Requests wait for each other here: one of them, or a timer of one of them, goes on for all.
let waiting = [];
const flush = () => {
  const ready = waiting;
  waiting = [];
  for (const done of ready) done();
};
const meet = () => new Promise((done) => {
  waiting.push(done);
  if (waiting.length >= 16) flush();
  else if (waiting.length === 1) setTimeout(flush, 3);
});
// One of them makes it, all of them wait for it.
let shared = null;
const together = () => (shared ??= later(2).then(() => { shared = null; }));

export const POST = ({ request, url }) => own.run({}, async () => {
  const seen = [];
  const look = async () => { seen.push((await auth.getTokenInfo()).subjectId); };
  const { body } = await request.json().then(async (value) => { await look(); return value; });
  await later(Math.random() * 10);
  await look();
  await meet();
  await look();
  await Promise.all([look(), together().then(look), later(1).then(look)]);
  await new Promise((done) => queueMicrotask(() => look().then(done)));
  await crypto.subtle.digest("SHA-256", new Uint8Array(1000));
  await look();
  for await (const _ of new Response(body).body.pipeThrough(new TransformStream())) await look();
  await new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); done(); };
    port2.postMessage(1);
  });
  await look();
  const response = await httpClient.fetchWithAuth(url.origin + "/api/id");
  seen.push(await response.text());
  await look();
  // Who owns what is written, and who goes on after the database has answered.
  const { _id, _owner } = await items.insert("notes", { body });
  seen.push(_owner);
  await look();
  seen.push((await readAsApp("notes", _id))._owner);
  await Promise.all([items.query("notes").eq("_id", _id).find().then(look), items.get("notes", _id).then(look)]);
  let left = 2;
  return new Response(new ReadableStream({
    async pull(controller) {
      await (left === 2 ? meet() : later(1));
      await look();
      if (--left > 0) controller.enqueue(new TextEncoder().encode(" "));
      else {
        controller.enqueue(new TextEncoder().encode(JSON.stringify(seen)));
        controller.close();
      }
    },
  }));
});
"#;

/// How often it looks.
const LOOKS: usize = 19;

const ID: &str = r#"
import { auth } from "@wix/essentials";
export const GET = async () => new Response((await auth.getTokenInfo()).subjectId);
"#;

const NOTES: &str = r#"
[collections.notes.permissions]
read = "ANYONE"
insert = "ANYONE"
"#;

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .env("TRANSOM_IDENTITY_CLIENT_ID", CLIENT_ID)
        .file("transom.toml", NOTES)
        .file("src/pages/api/all.ts", HANDLER)
        .file("src/pages/api/id.ts", ID)
}

/// A token of somebody new, and their id.
fn caller(connection: &mut Connection) -> (String, String) {
    let asked = json!({ "clientId": CLIENT_ID, "grantType": "anonymous" });
    let reply = connection.request(&Request::post("/_transom/oauth2/token").json(&asked));
    assert_eq!(reply.status, 200, "{}", reply.text());
    let token = reply.json()["access_token"].as_str().expect("a token").to_owned();
    let claims = token.split('.').nth(1).expect("three parts");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    let id = claims["sub"].as_str().expect("a subject").to_owned();
    (token, id)
}

fn interleave(server: &Server, count: usize) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let mut connection =
                    Connection::open_with(server.address(), 2 * PATIENCE).expect("a connection");
                while next.fetch_add(1, Ordering::Relaxed) < count {
                    let (token, id) = caller(&mut connection);
                    let request = Request::post("/api/all")
                        .header("authorization", &token)
                        .json(&json!({ "body": "x" }));
                    let reply = connection.request(&request);
                    assert_eq!(reply.status, 200, "{}", reply.text());
                    let seen: Vec<String> = serde_json::from_str(reply.text()).expect("JSON");
                    assert_eq!(seen, vec![id; LOOKS]);
                }
            });
        }
    });
}

#[test]
fn ten_thousand_callers_never_see_each_other() {
    interleave(&project().build_and_serve(), 10_000);
}

#[test]
fn nor_do_they_with_the_packages() {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wix/node_modules");
    assert!(packages.exists(), "`scripts/setup.sh test` installs {}", packages.display());
    interleave(&project().link("node_modules", &packages).build_and_serve(), 2000);
}
