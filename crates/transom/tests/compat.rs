//! `[compat]`: answers that differ from Astro's, each only where it is asked for.

use serde_json::json;
use transom_testkit::{Project, Reply, Request, Server};

const ITEMS: &str = "export const GET = () => Response.json([1]);
    export const POST = async ({ request }) => new Response(await request.text());
    export const helper = () => 1;";

fn project(settings: &str) -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("transom.toml", settings)
        .file("src/pages/items.ts", ITEMS)
        .file("src/pages/p/[id].ts", "export const GET = ({ params }) => Response.json(params);")
        .file("src/pages/fails.ts", "export const GET = () => { throw new Error('secret'); };")
        .file("src/pages/nothing.ts", "export const GET = () => { throw undefined; };")
}

fn serve(settings: &str) -> Server {
    project(settings).build_and_serve()
}

fn json_post(server: &Server, path: &str, body: &str) -> Reply {
    server.request(&Request::post(path).header("content-type", "application/json").body(body))
}

#[test]
fn without_settings_the_answers_are_those_of_astro() {
    let server = serve("[limits]\nbody = 100");
    let reply = server.send("PATCH", "/items");
    assert_eq!(reply.status, 403, "no origin, no content type: {reply:?}");
    let reply = server.send("OPTIONS", "/items");
    assert_eq!((reply.status, reply.header("allow")), (404, None));
    assert_eq!(reply.header("content-type"), Some("text/html"));
    assert_eq!(server.get("/p/a%2Fb").json(), json!({ "id": "a%2Fb" }));
    let reply = json_post(&server, "/items", &"x".repeat(200));
    assert_eq!((reply.status, reply.text()), (500, ""));
    let reply = server.request(&Request::get("/items").header("origin", "https://a.test"));
    assert_eq!((reply.header("access-control-allow-origin"), reply.header("vary")), (None, None));
}

#[test]
fn a_missing_method_can_be_405() {
    let server = serve("[compat]\nmethod_not_allowed = true");
    for method in ["OPTIONS", "PROPFIND"] {
        let request = Request::new(method, "/items").same_origin();
        let reply = server.request(&request);
        assert_eq!((reply.status, reply.text()), (405, ""), "{method}");
        assert_eq!(reply.header("allow"), Some("GET, HEAD, POST"));
    }
    assert_eq!(server.send("HEAD", "/items").status, 200);
    assert_eq!(server.get("/nowhere").status, 404);
}

#[test]
fn errors_can_be_json() {
    let server = serve("[compat]\njson_errors = true\nmethod_not_allowed = true");
    let problem = |reply: &Reply, status: u16, title: &str| {
        assert_eq!(reply.status, status, "{reply:?}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        let found = reply.json();
        assert_eq!((&found["status"], &found["title"]), (&json!(status), &json!(title)));
        assert_eq!(found["type"], "about:blank");
    };
    problem(&server.get("/nowhere"), 404, "Not Found");
    problem(&server.get("/fails"), 500, "Internal Server Error");
    assert!(!server.get("/fails").text().contains("secret"), "the error stays in the log");
    problem(&server.get("/nothing"), 500, "Internal Server Error");
    problem(&server.send("OPTIONS", "/items"), 405, "Method Not Allowed");
    let reply = server.request(&Request::post("/items").form("a=b"));
    problem(&reply, 403, "Forbidden");
    assert_eq!(reply.json()["detail"], "Cross-site POST form submissions are forbidden");
    let reply = server.send("HEAD", "/nowhere");
    assert_eq!((reply.status, reply.body.len()), (404, 0));
}

#[test]
fn the_projects_own_error_endpoints_are_stronger() {
    let server = project("[compat]\njson_errors = true")
        .file("src/pages/404.ts", "export const ALL = () => new Response('mine', { status: 404 });")
        .file(
            "src/pages/500.ts",
            "export const ALL = () => new Response('sorry', { status: 500 });",
        )
        .build_and_serve();
    assert_eq!(server.get("/nowhere").text(), "mine");
    assert_eq!(server.get("/fails").text(), "sorry");
}

#[test]
fn a_body_over_the_limit_can_be_413() {
    let server = serve("[limits]\nbody = 100\n[compat]\npayload_too_large = true");
    let reply = json_post(&server, "/items", &"x".repeat(200));
    assert_eq!((reply.status, reply.text()), (413, ""));
    assert_eq!(json_post(&server, "/items", "{}").text(), "{}");
    assert_eq!(server.get("/fails").status, 500, "other errors stay what they are");
}

#[test]
fn an_encoded_slash_can_be_decoded() {
    let server = serve("[compat]\ndecode_slash = true");
    assert_eq!(server.get("/p/a%2Fb%2fc%3Fd").json(), json!({ "id": "a/b/c%3Fd" }));
    assert_eq!(server.get("/p/a%252Fb").json(), json!({ "id": "a/b" }));
    assert_eq!(server.get("/p/a/b").status, 404, "a route is found by the path as it came");
}

const CORS: &str = "[compat.cors]
origins = ['https://app.test', 'https://*.shop.test']
credentials = true
expose = ['x-total']
max_age = '10m'";

fn preflight(server: &Server, path: &str, origin: &str) -> Reply {
    server.request(
        &Request::new("OPTIONS", path)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,x-a"),
    )
}

#[test]
fn a_preflight_is_answered_for_the_endpoint() {
    let server = serve(CORS);
    for origin in ["https://app.test", "https://eu.shop.test"] {
        let reply = preflight(&server, "/items", origin);
        assert_eq!((reply.status, reply.text()), (204, ""));
        for (name, value) in [
            ("access-control-allow-origin", origin),
            ("access-control-allow-methods", "GET, POST, HEAD"),
            ("access-control-allow-headers", "content-type,x-a"),
            ("access-control-allow-credentials", "true"),
            ("access-control-max-age", "600"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{name}");
        }
    }
    let refused = preflight(&server, "/items", "https://evil.test");
    assert_eq!(refused.status, 204);
    assert_eq!(refused.header("access-control-allow-origin"), None);
    assert_eq!(refused.header("access-control-allow-methods"), None);
    let plain = server.send("OPTIONS", "/items");
    assert_eq!((plain.status, plain.header("allow")), (204, Some("GET, POST, HEAD")));
    assert_eq!(preflight(&server, "/nowhere", "https://app.test").status, 404);
}

#[test]
fn an_answer_names_the_origin_that_may_read_it() {
    let server = project(CORS)
        .file("public/file.txt", "public")
        .file(
            "src/pages/own.ts",
            "export const GET = () => new Response('x', { headers: { 'access-control-allow-origin': '*' } });
             export const OPTIONS = () => new Response('mine');",
        )
        .build_and_serve();
    let get =
        |path: &str, origin: &str| server.request(&Request::get(path).header("origin", origin));
    for path in ["/items", "/file.txt", "/nowhere"] {
        let reply = get(path, "https://app.test");
        assert_eq!(reply.header("access-control-allow-origin"), Some("https://app.test"), "{path}");
        assert_eq!(reply.header("access-control-expose-headers"), Some("x-total"));
        assert_eq!(reply.header("vary"), Some("origin"));
        let other = get(path, "https://evil.test");
        assert_eq!(other.header("access-control-allow-origin"), None);
        assert_eq!(other.header("vary"), Some("origin"), "a cache must not mix them up");
    }
    assert_eq!(get("/own", "https://app.test").header("access-control-allow-origin"), Some("*"));
    assert_eq!(preflight(&server, "/own", "https://app.test").text(), "mine");
    let form = Request::post("/items").header("origin", "https://app.test").form("a=b");
    assert_eq!(server.request(&form).status, 403, "the origin check stays");
}

#[test]
fn every_origin_is_a_star() {
    let server = serve("[compat]\ncors = { origins = ['*'], methods = ['GET'] }");
    let reply = server.request(&Request::get("/items").header("origin", "https://a.test"));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("vary"), None);
    let reply = preflight(&server, "/items", "https://a.test");
    assert_eq!(reply.header("access-control-allow-methods"), Some("GET"));
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let rows = [
        ("[compat.cors]\norigins = ['*']\ncredentials = true", "credentials"),
        ("[compat.cors]\nmax_age = '5s'", "names no origin"),
        ("[compat.cors]\norigins = ['app.test']", "is not an origin"),
        ("[compat]\njson_error = true", "did you mean `json_errors`?"),
    ];
    for (settings, expected) in rows {
        let project = project("");
        project.build();
        project.write("transom.toml", settings);
        project.write(".transom/build/transom.toml", settings);
        let ended = project.run(&["start"]);
        assert_eq!(ended.status.code(), Some(1), "{settings}");
        assert!(ended.stderr.contains(expected), "{settings}: {}", ended.stderr);
    }
}
