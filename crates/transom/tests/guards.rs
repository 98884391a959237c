//! `transom:access`: who gets through which guard, and what the others are told.

use serde_json::json;
use transom_testkit::{Mode, Project, Reply, Request, Server};

const GUARDED: &str = r#"
import { allow, requireMember, requireOwner, requireUser } from "transom:access";

const handler = ({ params }) => Response.json({ id: params.id });

export const GET = requireMember(handler);
export const POST = allow("MEMBER", "USER")(handler);
export const PUT = requireOwner(async ({ params }) => (params.id === "none" ? null : params.id))(handler);
export const PATCH = allow("VISITOR", "APP")(handler);
export const DELETE = requireUser(handler);
"#;

const CALLERS: [&str; 5] = ["", "visitor:v1", "member:m1", "user:u1", "app"];

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom")).file("src/pages/api/[id].ts", GUARDED)
}

fn call(server: &Server, method: &str, id: &str, caller: &str) -> Reply {
    let request = Request::new(method, &format!("/api/{id}")).json(&json!({}));
    let request = if caller.is_empty() { request } else { request.header("x-transom-as", caller) };
    server.request(&request)
}

/// Each row: method, id of the item, and the status for nobody, a visitor, a member, a user and the app.
#[test]
fn guards_let_in_whom_they_name() {
    let server = project().serve(Mode::Dev);
    for (method, id, expected) in [
        ("GET", "x", [401, 401, 200, 403, 403]),
        ("POST", "x", [401, 401, 200, 200, 403]),
        ("PUT", "m1", [401, 401, 200, 403, 403]),
        ("PUT", "u1", [401, 401, 403, 200, 403]),
        ("PUT", "v1", [401, 401, 403, 403, 403]),
        ("PUT", "none", [401, 401, 403, 403, 403]),
        ("PATCH", "x", [200, 200, 403, 403, 200]),
        ("DELETE", "x", [401, 401, 403, 200, 403]),
    ] {
        for (caller, expected) in CALLERS.into_iter().zip(expected) {
            let reply = call(&server, method, id, caller);
            assert_eq!(reply.status, expected, "{method} {id} as {caller:?}: {}", reply.text());
            if expected == 200 {
                assert_eq!(reply.json(), json!({ "id": id }));
            }
        }
    }
}

#[test]
fn whoever_is_refused_learns_why() {
    let server = project().build_and_serve();
    let nobody = server.get("/api/x");
    assert_eq!(
        (nobody.status, nobody.header("www-authenticate")),
        (401, Some("Bearer realm=\"transom\""))
    );
    assert_eq!(nobody.header("content-type"), Some("application/problem+json"));
    assert_eq!(nobody.header("cache-control"), Some("no-store"));
    let body = nobody.json();
    assert_eq!((&body["title"], &body["status"]), (&json!("Unauthorized"), &json!(401)));
    let broken = server.request(&Request::get("/api/x").header("authorization", "Bearer x.y.z"));
    let challenge = "Bearer realm=\"transom\", error=\"invalid_token\"";
    assert_eq!((broken.status, broken.header("www-authenticate")), (401, Some(challenge)));
    let token = server.project().run(&["token", "--as", "user"]).stdout;
    let user = server.request(&Request::get("/api/x").header("authorization", token.trim()));
    assert_eq!((user.status, user.header("www-authenticate")), (403, None));
    assert_eq!(user.json()["title"], "Forbidden");
}

#[test]
fn a_guard_that_makes_no_sense_is_told() {
    for (line, expected) in [
        ("allow()(() => 1)", "at least one kind"),
        ("allow('KING')(() => 1)", "not `KING`"),
        ("allow('MEMBER')(7)", "takes a function"),
        ("requireOwner('m1')(() => 1)", "requireOwner takes a function"),
    ] {
        let module = format!(
            "import {{ allow, requireOwner }} from 'transom:access';\nexport const GET = {line};"
        );
        let server = Project::new(env!("CARGO_BIN_EXE_transom"))
            .file("src/pages/api/wrong.ts", module)
            .build_and_serve();
        assert_eq!(server.get("/api/wrong").status, 500, "{line}");
        server.log().wait_for(expected);
    }
}

#[test]
fn whoever_calls_too_often_has_to_wait() {
    const LIMITED: &str = r#"
        import { rateLimit, requireMember } from "transom:access";
        const answer = () => new Response("in");
        const twice = { limit: 2, window: "1h" };
        export const GET = rateLimit(twice)(answer);
        export const POST = rateLimit(twice)(requireMember(answer));
        export const PUT = rateLimit({ ...twice, by: "address" })(answer);
        export const PATCH = rateLimit({ ...twice, name: "shared" })(answer);
        export const DELETE = rateLimit({ ...twice, name: "shared" })(answer);
    "#;
    let server = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/api/[id].ts", LIMITED)
        .serve(Mode::Dev);
    let statuses = |method: &str, caller: &str, times: usize| -> Vec<u16> {
        (0..times).map(|_| call(&server, method, "x", caller).status).collect()
    };
    assert_eq!(statuses("GET", "member:m1", 3), [200, 200, 429]);
    assert_eq!(statuses("GET", "member:m2", 3), [200, 200, 429], "each member has their own");
    assert_eq!(statuses("GET", "", 3), [200, 200, 429], "whoever has no token has an address");
    assert_eq!(statuses("GET", "visitor:v1", 1), [429], "as has a visitor");
    assert_eq!(statuses("POST", "user:u1", 3), [403, 403, 429], "the outer guard comes first");
    assert_eq!(statuses("PUT", "member:m1", 2), [200, 200]);
    assert_eq!(statuses("PUT", "member:m2", 1), [429]);
    assert_eq!(statuses("PATCH", "member:m1", 1), [200]);
    assert_eq!(statuses("DELETE", "member:m1", 2), [200, 429]);
    let refused = call(&server, "GET", "x", "member:m1");
    let wait: u64 = refused.header("retry-after").expect("a time").parse().expect("a number");
    assert!((1..=1800).contains(&wait), "{wait}");
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
}
