//! What `transom dev` answers beside edits and crashes: as production, with errors explained. Rows L005, L008, L014, L020
//! and L022 of `conformance/astro/multi-step.md`, in substance; the others are in `dev.rs`.

use transom_testkit::{Project, Request};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/a.ts", "export const GET = () => new Response('a');")
}

/// L005
#[test]
fn what_is_no_response_is_named() {
    let server =
        project().file("src/pages/none.ts", "export const GET = () => undefined;").serve_dev();
    let reply = server.request(&Request::get("/none").header("accept", "text/html"));
    assert_eq!(reply.status, 500);
    assert!(reply.text().contains("EndpointDidNotReturnAResponse"), "{reply:?}");
    server.log().wait_for("An endpoint must return either a `Response`");
}

/// L008
#[test]
fn a_missing_method_is_logged() {
    let server = project().serve_dev();
    let reply = server.request(&Request::new("PUT", "/a").same_origin());
    assert_eq!((reply.status, reply.header("content-type")), (404, Some("text/html")));
    server
        .log()
        .wait_for(r#"No API Route handler exists for the method "PUT" for the route "/a"."#);
    server.log().wait_for(r#"Found handlers: "GET""#);
}

/// L014; and where Astro's dev server differs from production, production is followed.
#[test]
fn answers_are_those_of_production() {
    let server = project()
        .file("astro.config.mjs", "export default { output: 'server', trailingSlash: 'never' };")
        .serve_dev();
    let reply = server.get("/a//");
    assert_eq!((reply.status, reply.header("location")), (301, Some("/a")));
    assert_eq!(server.get("/a/").status, 301);
    assert_eq!(server.get("/a.html").status, 404);
    assert_eq!(server.get("/%").status, 400);
    assert_eq!(server.send("OPTIONS", "/a").status, 404);
}

/// L020
#[test]
fn a_second_one_in_the_same_project_is_refused() {
    let server = project().serve_dev();
    let ended = server.project().run(&["dev", ".", "--port", "0"]);
    assert_eq!(ended.status.code(), Some(1));
    let pid = server.process().pid().to_string();
    for part in ["already running", &server.origin(), &pid] {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
}

/// L022
#[test]
fn a_type_error_stops_nothing() {
    let server = project()
        .file(
            "src/pages/typed.ts",
            "const n: number = 'text'; export const GET = () => new Response(n);",
        )
        .serve_dev();
    assert_eq!(server.get("/typed").text(), "text");
}
