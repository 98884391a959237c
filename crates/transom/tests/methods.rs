//! Which handler of a file answers, and what a client sees when there is none.

use serde_json::json;
use transom_testkit::{Project, Request};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

#[test]
fn a_missing_method_is_not_found() {
    let server = project()
        .file("src/pages/api/items.ts", "export const GET = () => Response.json([1]);")
        .build_and_serve();

    for method in ["PUT", "PATCH", "DELETE", "POST", "OPTIONS"] {
        let request = Request::new(method, "/api/items").json(&json!({}));
        let reply = server.request(&request);
        assert_eq!(reply.status, 404, "{method}: Astro answers 404 here, not 405");
        assert_eq!(reply.header("allow"), None, "{method}");
        assert!(reply.text().contains("404: Not Found"), "{method}");
    }

    let log = server.stop().stderr; // Stopping flushes the log, so nothing has to wait.
    assert!(log.contains(r#"No API Route handler exists for the method "DELETE""#), "{log}");
    assert!(log.contains("/api/items"), "{log}");
}

#[test]
fn head_is_get_without_the_body() {
    let server = project()
        .file(
            "src/pages/a.ts",
            "export const GET = ({ request }) =>\n\
               new Response('body', { headers: { 'x-method': request.method } });",
        )
        .file(
            "src/pages/b.ts",
            "export const GET = () => new Response('get');\n\
             export const HEAD = () => new Response('dropped', { status: 202 });",
        )
        .build_and_serve();
    let mut connection = server.connect();
    let reply = connection.request(&Request::new("HEAD", "/a"));
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert_eq!(reply.header("x-method"), Some("HEAD"));
    assert_eq!(reply.header("content-type"), Some("text/plain;charset=UTF-8"));
    // The connection goes on, so no byte of a body was sent.
    let reply = connection.request(&Request::new("HEAD", "/b"));
    assert_eq!((reply.status, reply.body.len()), (202, 0));
    assert_eq!(connection.request(&Request::get("/b")).text(), "get");
}

#[test]
fn all_answers_what_has_no_handler_of_its_own() {
    let server = project()
        .file(
            "src/pages/a.ts",
            "export const GET = () => new Response('get');\n\
             export const ALL = ({ request }) =>\n\
               new Response('all', { headers: { 'x-by': `all ${request.method}` } });",
        )
        .build_and_serve();
    assert_eq!(server.get("/a").text(), "get");
    for method in ["POST", "DELETE", "OPTIONS", "PROPFIND", "PURGE"] {
        let reply = server.request(&Request::new(method, "/a").json(&json!({})));
        assert_eq!(reply.text(), "all", "{method}");
        assert_eq!(reply.header("x-by"), Some(format!("all {method}").as_str()));
    }
    let reply = server.send("HEAD", "/a");
    assert_eq!(reply.header("x-by"), Some("all HEAD"), "ALL comes before GET for HEAD");
}

#[test]
fn any_method_name_can_be_exported() {
    let server = project()
        .file(
            "src/pages/a.ts",
            "export const PURGE = () => new Response('purged');\n\
             export const QUERY = async ({ request }) => new Response(await request.text());",
        )
        .build_and_serve();
    let with_type = |method| Request::new(method, "/a").header("content-type", "application/json");
    assert_eq!(server.request(&with_type("PURGE")).text(), "purged");
    assert_eq!(server.request(&with_type("QUERY").body("asked")).text(), "asked");
}

#[test]
fn only_upper_case_exports_are_handlers() {
    let server = project()
        .file(
            "src/pages/a.ts",
            "export const get = () => new Response('get');\n\
             export const all = () => new Response('all');\n\
             export const del = () => new Response('del');\n\
             export const POST = null;\n\
             export default () => new Response('default');",
        )
        .build_and_serve();
    for method in ["GET", "DELETE", "POST"] {
        let reply = server.request(&Request::new(method, "/a").json(&json!({})));
        assert_eq!(reply.status, 404, "{method}");
    }
}

#[test]
fn a_form_from_another_site_is_refused() {
    let server = project()
        .file("src/pages/a.ts", "export const ALL = () => new Response('reached');")
        .build_and_serve();

    let form = || Request::post("/a").form("a=1");
    let reply = server.request(&form().header("origin", "https://elsewhere.example"));
    assert_eq!(reply.status, 403);
    assert_eq!(reply.text(), "Cross-site POST form submissions are forbidden");
    assert_eq!(server.request(&form()).status, 403, "no origin is not the same origin");
    assert_eq!(server.request(&form().same_origin()).text(), "reached");

    let reply = server.request(&Request::post("/a").json(&json!({})));
    assert_eq!(reply.text(), "reached", "a browser asks before it sends JSON elsewhere");
    let reply = server.send("DELETE", "/a");
    assert_eq!(reply.status, 403, "without a content type, the origin must fit");
    assert_eq!(reply.text(), "Cross-site DELETE form submissions are forbidden");
    assert_eq!(server.get("/a").text(), "reached");
}

#[test]
fn the_origin_check_can_be_turned_off() {
    let server = project()
        .file(
            "astro.config.mjs",
            "export default { output: 'server', security: { checkOrigin: false } };",
        )
        .file("src/pages/a.ts", "export const ALL = () => new Response('reached');")
        .build_and_serve();
    let request = Request::post("/a").form("a=1").header("origin", "https://elsewhere.example");
    assert_eq!(server.request(&request).text(), "reached");
}
