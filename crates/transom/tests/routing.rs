//! Which file answers which path, as a client sees it.

use serde_json::json;
use transom_testkit::{Project, Request, Server};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

/// An endpoint that answers its own name and its parameters.
fn named(name: &str) -> String {
    format!(
        "export const GET = ({{ params, routePattern }}) =>\n\
           Response.json({{ file: '{name}', params, routePattern }});"
    )
}

/// A project with one such endpoint for each file, served.
#[track_caller]
fn serve(files: &[&str]) -> Server {
    let mut project = project();
    for file in files {
        project = project.file(&format!("src/pages/{file}"), named(file));
    }
    project.build_and_serve()
}

#[track_caller]
fn answers(server: &Server, path: &str, file: &str, params: &serde_json::Value) {
    let reply = server.get(path);
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    let body = reply.json();
    assert_eq!((&body["file"], &body["params"]), (&json!(file), params), "{path}");
}

#[test]
fn a_file_answers_at_its_path() {
    let files = ["index.ts", "users.ts", "docs/index.js", "data.json.ts", "feed/index.xml.ts"];
    let server = serve(&files);
    answers(&server, "/", "index.ts", &json!({}));
    answers(&server, "/users", "users.ts", &json!({}));
    answers(&server, "/users/", "users.ts", &json!({}));
    answers(&server, "/users?a=1", "users.ts", &json!({}));
    answers(&server, "/docs", "docs/index.js", &json!({}));
    answers(&server, "/data.json", "data.json.ts", &json!({}));
    answers(&server, "/feed/index.xml", "feed/index.xml.ts", &json!({}));
    for path in ["/index", "/data", "/USERS", "/docs/index", "/data.json/", "/feed"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn parameters_are_decoded_parts_of_the_path() {
    let files = ["p/[id].ts", "[lang]-[version].ts", "path/[...path].ts", "img/[name].png.ts"];
    let server = serve(&files);
    answers(&server, "/p/7", "p/[id].ts", &json!({ "id": "7" }));
    answers(&server, "/p/a%20b", "p/[id].ts", &json!({ "id": "a b" }));
    answers(&server, "/p/a+b", "p/[id].ts", &json!({ "id": "a+b" }));
    answers(&server, "/p/%C3%A4", "p/[id].ts", &json!({ "id": "ä" }));
    answers(&server, "/p/%2Fx", "p/[id].ts", &json!({ "id": "%2Fx" }));
    answers(&server, "/p//7", "p/[id].ts", &json!({ "id": "7" }));
    let both = json!({ "lang": "en", "version": "us-1.0" });
    answers(&server, "/en-us-1.0", "[lang]-[version].ts", &both);
    answers(&server, "/path/a/b.txt", "path/[...path].ts", &json!({ "path": "a/b.txt" }));
    answers(&server, "/path", "path/[...path].ts", &json!({}));
    answers(&server, "/img/cat.png", "img/[name].png.ts", &json!({ "name": "cat" }));
    assert_eq!(server.get("/p/").status, 404, "a parameter never matches nothing");
    assert_eq!(server.get("/p/7/8").status, 404, "a parameter is one segment");
}

#[test]
fn the_more_specific_file_answers() {
    let files = ["posts/[pid].ts", "posts/[...slug].ts", "posts/index.ts", "posts/new.ts"];
    let server = serve(&files);
    answers(&server, "/posts/new", "posts/new.ts", &json!({}));
    answers(&server, "/posts/7", "posts/[pid].ts", &json!({ "pid": "7" }));
    answers(&server, "/posts/7/edit", "posts/[...slug].ts", &json!({ "slug": "7/edit" }));
    answers(&server, "/posts", "posts/index.ts", &json!({}));
    assert_eq!(server.get("/posts/7").json()["routePattern"], "/posts/[pid]");
}

#[test]
fn private_files_do_not_answer() {
    let files = ["a.ts", "_draft.ts", "_lib/tool.ts", ".hidden.ts", "notes.mjs", "page.tsx"];
    let server = serve(&files);
    answers(&server, "/a", "a.ts", &json!({}));
    for path in ["/_draft", "/draft", "/_lib/tool", "/.hidden", "/notes", "/page"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn an_unknown_path_gets_the_built_in_page() {
    let server = serve(&["a.ts"]);
    let reply = server.get("/no/<such>/path");
    assert_eq!((reply.status, reply.header("content-type")), (404, Some("text/html")));
    assert!(reply.text().contains("404: Not Found"));
    assert!(!reply.text().contains("<such>"), "the path is escaped");
    assert_eq!(server.send("HEAD", "/no").body, b"");
}

#[test]
fn a_target_that_cannot_be_decoded_is_a_bad_request() {
    let server = serve(&["a.ts", "p/[id].ts"]);
    for target in ["/a?q=100%", "/p/%", "/p/%E0%A4%A", "/p/%ff"] {
        let reply = server.get(target);
        assert_eq!((reply.status, reply.text()), (400, "Bad request."), "{target}");
        assert_eq!(reply.header("content-type"), None, "{target}");
    }
}

#[test]
fn dots_do_not_lead_out_of_a_folder() {
    let server = project()
        .file("src/pages/a.ts", named("a.ts"))
        .file("public/in.txt", "inside")
        .file("outside.txt", "outside")
        .build_and_serve();
    assert_eq!(server.get("/in.txt").text(), "inside");
    answers(&server, "/x/../a", "a.ts", &json!({}));
    for target in
        ["/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/x/../../outside.txt"]
    {
        let reply = server.get(target);
        assert_eq!(reply.status, 404, "{target}: {reply:?}");
    }
}

#[test]
fn a_public_file_answers_before_an_endpoint() {
    let server = project()
        .file("src/pages/note.txt.ts", named("note.txt.ts"))
        .file("public/note.txt", "0123456789")
        .file("public/page/index.html", "<p>page</p>")
        .build_and_serve();
    let reply = server.get("/note.txt");
    assert_eq!((reply.status, reply.text()), (200, "0123456789"));
    let content_type = reply.header("content-type").expect("a text file has a type");
    assert!(content_type.starts_with("text/plain"), "{content_type}");
    let tag = reply.header("etag").expect("a file has a tag");
    assert!(reply.header("last-modified").is_some());

    let again = server.request(&Request::get("/note.txt").header("if-none-match", tag));
    assert_eq!((again.status, again.body.len()), (304, 0));
    let part = server.request(&Request::get("/note.txt").header("range", "bytes=2-4"));
    assert_eq!((part.status, part.text()), (206, "234"));
    assert_eq!(part.header("content-range"), Some("bytes 2-4/10"));
    let beyond = server.request(&Request::get("/note.txt").header("range", "bytes=50-"));
    assert_eq!(beyond.status, 416);
    assert_eq!(server.get("/page/").text(), "<p>page</p>");
    assert_eq!(server.send("HEAD", "/note.txt").header("content-length"), Some("10"));
}

#[test]
fn the_trailing_slash_setting_redirects() {
    let config = |setting: &str| {
        format!(
            "import {{ defineConfig }} from 'astro/config';\n\
             export default defineConfig({{ output: 'server', trailingSlash: '{setting}' }});"
        )
    };
    let server = project()
        .file("astro.config.mjs", config("never"))
        .file("src/pages/a.ts", named("a.ts"))
        .build_and_serve();
    let reply = server.get("/a/?q=1");
    assert_eq!((reply.status, reply.header("location")), (301, Some("/a?q=1")));
    assert_eq!(server.send("POST", "/a/").status, 308);
    answers(&server, "/a", "a.ts", &json!({}));

    let server = project()
        .file("astro.config.mjs", config("always"))
        .file("src/pages/a.ts", named("a.ts"))
        .build_and_serve();
    let reply = server.get("/a?q=1");
    assert_eq!((reply.status, reply.header("location")), (301, Some("/a/?q=1")));
    answers(&server, "/a/", "a.ts", &json!({}));
}

#[test]
fn a_base_and_redirects_come_from_the_astro_config() {
    let server = project()
        .file(
            "astro.config.mjs",
            "import { defineConfig } from 'astro/config';\n\
             import node from '@astrojs/node';\n\
             import nothing from 'not-installed';\n\
             export default defineConfig({\n\
               output: 'server', adapter: node({ mode: 'standalone' }), base: '/docs',\n\
               site: 'https://example.com', integrations: [nothing({ a: [1] })],\n\
               redirects: { '/old/[id]': '/new/[id]' },\n\
             });",
        )
        .file("src/pages/a.ts", named("a.ts"))
        .build_and_serve();
    answers(&server, "/docs/a", "a.ts", &json!({}));
    assert_eq!(server.get("/docsX/a").status, 404);
    let reply = server.get("/docs/old/7");
    assert_eq!(reply.status, 301, "{reply:?}");
    assert_eq!(reply.header("location"), Some("/new/7"));
}

#[test]
fn a_file_name_that_is_no_route_stops_the_build() {
    for (file, message) in [
        ("[a][b].ts", "parameters must be separated"),
        ("[a.ts", "brackets are unbalanced"),
        ("[a-b].ts", "parameter name must match"),
    ] {
        let ended = project().file(&format!("src/pages/{file}"), named(file)).run(&["build"]);
        assert_eq!(ended.status.code(), Some(1), "{file}");
        assert!(ended.stderr.contains(message), "{file}: {}", ended.stderr);
        assert!(ended.stderr.contains(file), "{file}: {}", ended.stderr);
    }
}
