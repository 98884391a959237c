//! `src/middleware.ts`: what it sees, and what it can do to an answer.

use serde_json::json;
use transom_testkit::{Project, Request, Server};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

const PAGE: &str = "export const GET = ({ locals, url }) =>\n\
                      Response.json({ locals, path: url.pathname });";

/// Serves `/a` and `/b` behind a middleware whose function has this body.
#[track_caller]
fn serve(body: &str) -> Server {
    let middleware = format!(
        "import {{ defineMiddleware }} from 'astro:middleware';\n\
         export const onRequest = defineMiddleware(async (context, next) => {{\n{body}\n}});"
    );
    project()
        .file("src/middleware.ts", middleware)
        .file("src/pages/a.ts", PAGE)
        .file("src/pages/b.ts", PAGE)
        .build_and_serve()
}

#[test]
fn a_sequence_runs_in_order_in_and_in_reverse_out() {
    let server = project()
        .file(
            "src/middleware/index.ts",
            "import { sequence } from 'astro:middleware';\n\
             import type { MiddlewareHandler } from 'astro';\n\
             const step = (name: string): MiddlewareHandler => async (context, next) => {\n\
               context.locals.in = [...(context.locals.in ?? []), name];\n\
               const response = await next();\n\
               response.headers.append('x-out', name);\n\
               return response;\n\
             };\n\
             export const onRequest = sequence(step('one'), step('two'), step('three'));",
        )
        .file("src/pages/a.ts", PAGE)
        .build_and_serve();
    let reply = server.get("/a");
    assert_eq!(reply.json()["locals"], json!({ "in": ["one", "two", "three"] }));
    assert_eq!(reply.header("x-out"), Some("three, two, one"));
}

#[test]
fn an_early_answer_skips_the_endpoint() {
    let server = serve(
        "if (context.url.pathname === '/a') return new Response('stop', { status: 401 });\n\
         return next();",
    );
    let reply = server.get("/a");
    assert_eq!((reply.status, reply.text()), (401, "stop"));
    assert_eq!(server.get("/b").json()["path"], "/b");
}

#[test]
fn it_runs_for_unknown_paths() {
    let server = serve(
        "const response = await next();\n\
         response.headers.set('x-pattern', context.routePattern);\n\
         return response;",
    );
    assert_eq!(server.get("/a").header("x-pattern"), Some("/a"));
    let reply = server.get("/unknown");
    assert_eq!((reply.status, reply.header("x-pattern")), (404, Some("/404")));
}

#[test]
fn the_answer_of_next_counts_when_nothing_is_returned() {
    assert_eq!(serve("await next();").get("/a").json()["path"], "/a");
}

#[test]
fn a_middleware_that_gives_no_answer_fails_the_request() {
    for body in ["", "return 'text';", "throw new Error('from the middleware');"] {
        let server = serve(body);
        let reply = server.get("/a");
        assert_eq!((reply.status, reply.text()), (500, ""), "{body}");
    }
}

#[test]
fn it_can_replace_the_answer() {
    let server = serve(
        "context.cookies.set('before', '1');\n\
         const response = await next();\n\
         context.cookies.set('after', '2');\n\
         const text = (await response.text()).toUpperCase();\n\
         return new Response(text, { status: 202, headers: { 'x-kept': 'yes' } });",
    );
    let reply = server.get("/a");
    assert_eq!((reply.status, reply.text()), (202, r#"{"LOCALS":{},"PATH":"/A"}"#));
    assert_eq!(reply.all("set-cookie").collect::<Vec<_>>(), ["before=1", "after=2"]);
}

#[test]
fn next_with_a_path_rewrites() {
    let server = project()
        .file(
            "src/middleware.ts",
            "import { sequence } from 'astro:middleware';\n\
             const rewrite = (context, next) =>\n  \
               context.url.pathname === '/a' ? next('/p/7?by=middleware') : next();\n\
             const after = (context, next) => {\n  \
               context.locals.pattern = context.routePattern;\n  return next();\n};\n\
             export const onRequest = sequence(rewrite, after);",
        )
        .file("src/pages/a.ts", "export const GET = () => new Response('not rewritten');")
        .file(
            "src/pages/p/[id].ts",
            "export const GET = ({ params, url, locals, originPathname }) => Response.json(\n  \
               [params.id, url.pathname + url.search, locals.pattern, originPathname]);",
        )
        .build_and_serve();
    let expected = json!(["7", "/p/7?by=middleware", "/p/[id]", "/a/"]);
    assert_eq!(server.get("/a").json(), expected);
}

#[test]
fn the_request_can_be_read_in_the_middleware_through_a_clone() {
    let server = project()
        .file(
            "src/middleware.ts",
            "export const onRequest = async (context, next) => {\n\
               context.locals.seen = await context.request.clone().text();\n\
               return next();\n\
             };",
        )
        .file(
            "src/pages/a.ts",
            "export const POST = async ({ request, locals }) =>\n\
               Response.json([locals.seen, await request.text()]);",
        )
        .build_and_serve();
    let request = Request::post("/a").header("content-type", "application/json").body("once");
    assert_eq!(server.request(&request).json(), json!(["once", "once"]));
}

#[test]
fn locals_belong_to_one_request() {
    let server = project()
        .file(
            "src/middleware.ts",
            "export const onRequest = async (context, next) => {\n\
               context.locals.id = context.url.searchParams.get('id');\n\
               await new Promise((resolve) => setTimeout(resolve, Number(context.locals.id) % 3));\n\
               return next();\n\
             };",
        )
        .file(
            "src/pages/a.ts",
            "export const GET = async ({ locals }) => {\n\
               await new Promise((resolve) => setTimeout(resolve, Number(locals.id) % 2));\n\
               return new Response(locals.id);\n\
             };",
        )
        .arg("--workers")
        .arg("1")
        .build_and_serve();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let server = &server;
            scope.spawn(move || {
                let mut connection = server.connect();
                for turn in 0..25 {
                    let id = (client * 100 + turn).to_string();
                    let reply = connection.request(&Request::get(&format!("/a?id={id}")));
                    assert_eq!(reply.text(), id);
                }
            });
        }
    });
}
