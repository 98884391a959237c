//! `context.session` through the server, in SQLite and in PostgreSQL: the same cases on both.

use std::time::Instant;

use rustix::process::Signal;
use serde_json::{Value, json};
use transom_testkit::{PATIENCE, Postgres, Project, Reply, Request, Server};

const PAGE: &str = r#"
export const GET = async ({ session }) => {
  const entries = Object.fromEntries(await session.entries());
  return Response.json({ id: session.sessionID ?? null, entries });
};
export const POST = async ({ session, request }) => {
  for (const [key, { value, ttl }] of Object.entries(await request.json())) session.set(key, value, { ttl });
  return Response.json({ id: session.sessionID });
};
export const PUT = async ({ session }) => {
  await session.regenerate();
  return Response.json({ id: session.sessionID });
};
export const DELETE = ({ session }) => {
  session.destroy();
  return Response.json({});
};
"#;

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/session.ts", PAGE)
        .file("src/pages/plain.ts", "export const GET = () => new Response('plain');")
}

/// Somebody with a browser: keeps the cookie that the server sets.
#[derive(Default)]
struct Visitor {
    cookie: Option<String>,
}

impl Visitor {
    fn send(&mut self, server: &Server, method: &str, body: Option<&Value>) -> Reply {
        let mut request = Request::new(method, "/session").header("origin", &server.origin());
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let reply = server.request(&request);
        assert_eq!(reply.status, 200, "{method}: {}", reply.text());
        if let Some(cookie) = reply.header("set-cookie") {
            let pair = cookie.split(';').next().expect("there is a first part");
            let is_removed = pair.ends_with('=') || pair.ends_with("=deleted");
            self.cookie = (!is_removed).then(|| pair.to_owned());
        }
        reply
    }

    fn set(&mut self, server: &Server, values: Value) -> String {
        let reply = self.send(server, "POST", Some(&values));
        reply.json()["id"].as_str().expect("a session has an id by now").to_owned()
    }

    fn entries(&mut self, server: &Server) -> Value {
        self.send(server, "GET", None).json()["entries"].clone()
    }
}

/// Runs a case with two ways to serve the same sessions: on SQLite one after the other, on PostgreSQL side by side.
fn on_both(case: impl Fn(&Server, &dyn Fn() -> Option<Server>)) {
    case(&project().build_and_serve(), &|| None);
    let database = Postgres::start();
    let serve = || project().env("TRANSOM_DATABASE_URL", &database.url()).build_and_serve();
    let server = serve();
    case(&server, &|| Some(serve()));
    assert!(!server.project().path(".transom/transom.db").exists());
}

#[test]
fn a_session_lives_and_ends_as_the_reference_says() {
    on_both(|server, another| {
        let (mut ann, mut bob) = (Visitor::default(), Visitor::default());
        assert_eq!(ann.entries(server), json!({}));
        assert_eq!(ann.cookie, None, "nothing was set");
        let reply = ann.send(server, "POST", Some(&json!({ "name": { "value": "ann" } })));
        let cookie = reply.header("set-cookie").expect("a cookie");
        assert!(cookie.starts_with("astro-session="), "{cookie}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let first = ann.set(server, json!({ "cart": { "value": [1, 2] } }));
        let all = json!({ "name": "ann", "cart": [1, 2] });
        assert_eq!(ann.entries(server), all);
        assert_eq!(bob.entries(server), json!({}));
        if let Some(other) = another() {
            assert_eq!(ann.entries(&other), all, "instances share the store");
        }

        let old = ann.cookie.clone();
        let id = ann.send(server, "PUT", None).json()["id"].clone();
        assert_ne!(id, json!(first), "a new id");
        assert_eq!(ann.entries(server), all, "with the data");
        let mut thief = Visitor { cookie: old };
        assert_eq!(thief.entries(server), json!({}), "the old id is void");
        // An id that is not known is not adopted: nobody can plant one.
        let planted = "00000000-0000-4000-8000-000000000000";
        thief.cookie = Some(format!("astro-session={planted}"));
        assert_ne!(thief.send(server, "GET", None).json()["id"], json!(planted));

        let kept = ann.cookie.clone();
        ann.send(server, "DELETE", None);
        assert_eq!(ann.cookie, None, "the cookie is removed");
        assert_eq!(Visitor { cookie: kept }.entries(server), json!({}), "and what it led to");
    });
}

#[test]
fn what_has_a_time_ends_by_itself() {
    on_both(|server, _| {
        let mut ann = Visitor::default();
        ann.set(
            server,
            json!({ "brief": { "value": 1, "ttl": 3600 }, "long": { "value": 2, "ttl": 3600 } }),
        );
        assert_eq!(ann.entries(server), json!({ "brief": 1, "long": 2 }));
        // From now on it may end before the next request.
        ann.set(server, json!({ "brief": { "value": 1, "ttl": 1 } }));
        let begun = Instant::now();
        while ann.entries(server) != json!({ "long": 2 }) {
            assert!(begun.elapsed() < PATIENCE, "it stays");
        }
    });
}

/// A request that has been answered has its session on disk, whatever happens to the server then.
#[test]
fn sessions_outlive_a_server_that_is_killed() {
    let server = project().build_and_serve();
    let mut visitors: Vec<Visitor> = (0..20).map(|_| Visitor::default()).collect();
    for (number, visitor) in visitors.iter_mut().enumerate() {
        visitor.set(&server, json!({ "number": { "value": number } }));
    }
    for child in server.process().children() {
        server.process().end_child(child, Signal::KILL);
    }
    server.log().wait_for("restarted: serving again");
    for (number, visitor) in visitors.iter_mut().enumerate() {
        assert_eq!(visitor.entries(&server), json!({ "number": number }));
    }
}

#[test]
fn while_the_database_is_away_a_session_is_told_to_come_again() {
    let mut database = Postgres::start();
    let server = project().env("TRANSOM_DATABASE_URL", &database.url()).build_and_serve();
    let mut ann = Visitor::default();
    ann.set(&server, json!({ "name": { "value": "ann" } }));
    database.stop();
    for method in ["GET", "PUT"] {
        let request = Request::new(method, "/session").header("origin", &server.origin());
        let reply = server.request(&request.header("cookie", ann.cookie.as_deref().expect("one")));
        assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")), "{method}");
    }
    assert_eq!(server.get("/plain").text(), "plain", "who needs no store is served");
    database.resume();
    let request = Request::get("/session").header("cookie", ann.cookie.as_deref().expect("one"));
    let begun = Instant::now();
    while server.request(&request).status != 200 {
        assert!(begun.elapsed() < PATIENCE, "it never came back");
    }
    assert_eq!(ann.entries(&server), json!({ "name": "ann" }));
}
