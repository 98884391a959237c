//! `transom dev`: edits, mistakes, new and removed files, and how errors are shown.

use serde_json::json;
use transom_testkit::{Answer, Project, Request, Upstream};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

fn says(text: &str) -> String {
    format!(
        "import type {{ APIRoute }} from 'astro';\n\
         export const GET: APIRoute = () => new Response('{text}');\n"
    )
}

#[test]
fn an_edit_changes_the_answer() {
    let server = project().file("src/pages/a.ts", says("one")).serve_dev();
    assert_eq!(server.get("/a").text(), "one");
    for text in ["two", "three", "four"] {
        server.project().write("src/pages/a.ts", says(text));
        server.get_until("/a", |reply| reply.text() == text);
    }
}

#[test]
fn an_edit_of_an_imported_file_changes_the_answer() {
    let server = project()
        .file("src/lib/text.ts", "export const text: string = 'one';")
        .file("src/lib/data.json", r#"{ "text": "json one" }"#)
        .file(
            "src/pages/a.ts",
            "import data from '../lib/data.json';\n\
             import { text } from '../lib/text';\n\
             export const GET = () => Response.json([text, data.text]);",
        )
        .file("src/middleware.ts", "export const onRequest = (context, next) => next();")
        .serve_dev();
    assert_eq!(server.get("/a").json(), json!(["one", "json one"]));
    server.project().write("src/lib/text.ts", "export const text: string = 'two';");
    server.get_until("/a", |reply| reply.json()[0] == "two");
    server.project().write("src/lib/data.json", r#"{ "text": "json two" }"#);
    server.get_until("/a", |reply| reply.json()[1] == "json two");
    server.project().write(
        "src/middleware.ts",
        "export const onRequest = () => Response.json(['from', 'the middleware']);",
    );
    server.get_until("/a", |reply| reply.json()[1] == "the middleware");
}

#[test]
fn a_syntax_error_is_shown_and_goes_away_when_it_is_fixed() {
    let server = project()
        .file("src/pages/a.ts", says("one"))
        .file("src/pages/other.ts", says("other"))
        .serve_dev();
    assert_eq!(server.get("/a").text(), "one");

    server.project().write("src/pages/a.ts", "export const GET = () => {\n  const = 3;\n};\n");
    let reply = server.get_until("/a", |reply| reply.status == 500);
    assert!(reply.text().contains("src/pages/a.ts"), "{reply:?}");
    assert!(reply.text().contains("const = 3"), "the code frame: {reply:?}");
    server.log().wait_for("const = 3");

    server.project().write("src/pages/a.ts", says("fixed"));
    server.get_until("/a", |reply| reply.status == 200 && reply.text() == "fixed");
    assert_eq!(server.get("/other").text(), "other");
}

#[test]
fn it_starts_with_a_broken_project_and_waits_for_the_fix() {
    let server = project()
        .file("src/pages/a.ts", "import './missing';\nexport const GET = () => new Response('x');")
        .serve_dev();
    let reply = server.get("/a");
    assert_eq!(reply.status, 500);
    assert!(reply.text().contains("./missing"), "{reply:?}");
    server.project().write("src/pages/missing.ts", "export {};");
    server.get_until("/a", |reply| reply.status == 200);
}

#[test]
fn new_renamed_and_deleted_files_are_noticed() {
    let server = project().file("src/pages/a.ts", says("a")).serve_dev();
    assert_eq!(server.get("/b").status, 404);
    server.project().write("src/pages/b.ts", says("b"));
    server.get_until("/b", |reply| reply.status == 200);
    server.project().write("src/pages/deep/er/[id].ts", says("deep"));
    server.get_until("/deep/er/7", |reply| reply.status == 200);
    server.project().rename("src/pages/b.ts", "src/pages/c.ts");
    server.get_until("/c", |reply| reply.status == 200);
    server.get_until("/b", |reply| reply.status == 404);
    server.project().remove("src/pages/c.ts");
    server.get_until("/c", |reply| reply.status == 404);
    server.project().write("public/late.txt", "late");
    server.get_until("/late.txt", |reply| reply.status == 200);
    assert_eq!(server.get("/a").text(), "a");
}

#[test]
fn a_middleware_can_come_and_go() {
    let server = project().file("src/pages/a.ts", says("a")).serve_dev();
    assert_eq!(server.get("/a").text(), "a");
    let middleware = "export const onRequest = () => new Response('from the middleware');";
    server.project().write("src/middleware.ts", middleware);
    server.get_until("/a", |reply| reply.text() == "from the middleware");
    server.project().remove("src/middleware.ts");
    server.get_until("/a", |reply| reply.text() == "a");
}

#[test]
fn settings_and_variables_are_read_again() {
    let server = project()
        .file(".env", "PUBLIC_TEXT=one\n")
        .file("astro.config.mjs", "export default { output: 'server', base: '/one' };")
        .file(
            "src/pages/a.ts",
            "export const GET = () => Response.json([\n\
               import.meta.env.PUBLIC_TEXT, import.meta.env.BASE_URL]);",
        )
        .serve_dev();
    assert_eq!(server.get("/a").json(), json!(["one", "/one"]));
    server.project().write(".env", "PUBLIC_TEXT=two\n");
    server.get_until("/a", |reply| reply.json()[0] == "two");
    let config = "export default { output: 'server', base: '/two' };";
    server.project().write("astro.config.mjs", config);
    server.get_until("/a", |reply| reply.json()[1] == "/two");
}

#[test]
fn a_request_in_flight_finishes_with_the_code_it_began_with() {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let upstream = Upstream::start(move |_| {
        held.lock().expect("one request at a time").recv().ok();
        Answer::new(200, "released")
    });
    let waits = |text: &str| {
        format!(
            "export const GET = async ({{ url }}) => {{\n\
               if (url.searchParams.has('wait')) await (await fetch('{}')).text();\n\
               return new Response('{text}');\n}};",
            upstream.origin()
        )
    };
    let server = project().file("src/pages/a.ts", waits("old")).serve_dev();
    let mut early = server.connect();
    early.send(Request::get("/a?wait").to_bytes(early.host())).expect("the connection is open");
    let _ = upstream.next(); // The request is in its handler.

    server.project().write("src/pages/a.ts", waits("new"));
    server.get_until("/a", |reply| reply.text() == "new");
    release.send(()).expect("the upstream waits");
    assert_eq!(early.reply().text(), "old");
}

const BROKEN: &str = "interface Thing { name: string }\n\
                      \n\
                      export const POST = async () => {\n  \
                        const thing = undefined as unknown as Thing;\n  \
                        return new Response(thing.name);\n\
                      };\n";

#[test]
fn a_failed_request_explains_itself_as_json() {
    let server = project().file("src/pages/api/[id].ts", BROKEN).serve_dev();
    let request = Request::post("/api/7").header("accept", "application/json").json(&json!({}));
    let reply = server.request(&request);
    assert_eq!((reply.status, reply.header("content-type")), (500, Some("application/json")));
    let text = reply.json().to_string();
    for part in ["POST", "/api/[id]", "TypeError", "src/pages/api/[id].ts:5:", "thing.name"] {
        assert!(text.contains(part), "`{part}` is missing: {text}");
    }
    for part in ["POST", "/api/[id]", "TypeError", "src/pages/api/[id].ts:5:", "thing.name"] {
        server.log().wait_for(part);
    }
}

#[test]
fn a_failed_request_explains_itself_as_a_page() {
    let server = project()
        .file("src/pages/a.ts", "export const GET = () => { throw new Error('<b>bold</b>'); };")
        .serve_dev();
    let request = Request::get("/a").header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let reply = server.request(&request);
    assert_eq!(reply.status, 500);
    let content_type = reply.header("content-type").unwrap_or_default();
    assert!(content_type.starts_with("text/html"), "{content_type}");
    let page = reply.text();
    assert!(page.contains("&lt;b&gt;bold&lt;/b&gt;") && !page.contains("<b>bold"), "{page}");
    assert!(page.contains("src/pages/a.ts:1:"), "{page}");
}

#[test]
fn a_busy_port_is_passed_over() {
    let first = project().file("src/pages/a.ts", says("first")).serve_dev();
    let port = first.address().port().to_string();
    let second =
        project().file("src/pages/a.ts", says("second")).arg("--port").arg(&port).serve_dev();
    assert_ne!(second.address(), first.address());
    assert_eq!(second.get("/a").text(), "second");
    assert_eq!(first.get("/a").text(), "first");
    assert!(second.log().all().contains(&port), "it says which port was busy");
}

#[test]
fn an_installed_package_is_bundled() {
    let server = project()
        .file(
            "node_modules/greet/package.json",
            r#"{ "name": "greet", "version": "1.0.0", "exports": {
                 "browser": "./browser.js", "import": "./index.mjs", "require": "./index.cjs" } }"#,
        )
        .file("node_modules/greet/browser.js", "export default () => 'from a browser';")
        .file("node_modules/greet/index.mjs", "export default (name) => `hello ${name}`;")
        .file(
            "node_modules/old-style/index.js",
            "exports.double = (n) => 2 * n; exports.kind = typeof require;",
        )
        .file(
            "node_modules/old-style/package.json",
            r#"{ "name": "old-style", "version": "1.0.0" }"#,
        )
        .file("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }"#)
        .file("src/lib/name.ts", "export const name = 'you' as const;")
        .file(
            "src/pages/a.ts",
            "import greet from 'greet';\n\
             import { double } from 'old-style';\n\
             import { name } from '@/lib/name';\n\
             export const GET = async () => {\n  \
               const lazy = await import('../lib/lazy');\n  \
               return Response.json([greet(name), double(21), lazy.default]);\n};",
        )
        .file("src/lib/lazy.ts", "export default 'loaded when needed';")
        .serve_dev();
    let expected = json!(["hello you", 42, "loaded when needed"]);
    assert_eq!(server.get("/a").json(), expected);
}
