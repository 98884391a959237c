//! Projects of the Wix CLI: where their endpoints are, how they are called, and what stays private.

use serde_json::json;
use transom_testkit::{Mode, Project};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

const EXTENSIONS: &str = r#"{ "dependencies": { "@wix/custom-extensions": "^0.2.14" } }"#;

#[test]
fn endpoints_of_custom_extensions_are_mounted_at_the_base_path() {
    for (mode, folder) in [(Mode::Start, "src/endpoints"), (Mode::Dev, "src/api")] {
        let server = project()
            .file("package.json", EXTENSIONS)
            .file(
                &format!("{folder}/items/[id].ts"),
                "import type { Item } from '../types';
                 export const GET = ({ params, routePattern }: any) => Response.json([params.id, routePattern]);",
            )
            .file(&format!("{folder}/types.d.ts"), "export type Item = {};")
            .file(
                &format!("{folder}/env.ts"),
                "export const GET = () =>
                   Response.json([import.meta.env.WIX_SERVER_BASE_PATH, import.meta.env.BASE_API_URL]);",
            )
            .serve(mode);
        assert_eq!(server.get("/items/7").json(), json!(["7", "/items/[id]"]));
        assert_eq!(server.get("/types.d").status, 404);
        assert_eq!(server.get("/env").json(), json!(["/", "/functions"]));
    }
}

#[test]
fn functions_are_called_with_the_request() {
    let server = project()
        .file("package.json", r#"{ "devDependencies": { "@wix/cli-app": "^1.1.247" } }"#)
        .file(
            "src/backend/api/hello/api.ts",
            "export async function GET(req: Request) {
               return Response.json([req instanceof Request, new URL(req.url).pathname, req.method]);
             }
             export const POST = ({ headers }: Request) => new Response(headers.get('content-type'));",
        )
        .file("src/backend/api/hello/secret.ts", "export const GET = () => new Response('no');")
        .file("src/backend/other.web.ts", "export const GET = () => new Response('no');")
        .file("src/middleware.ts", "export const onRequest = (context, next) => next();")
        .build_and_serve();
    for _ in 0..2 {
        let expected = json!([true, "/functions/hello", "GET"]);
        assert_eq!(server.get("/functions/hello").json(), expected);
    }
    let post = transom_testkit::Request::post("/functions/hello").json(&json!({}));
    assert_eq!(server.request(&post).text(), "application/json");
    for path in ["/functions/hello/secret", "/functions/hello/api", "/functions", "/hello"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn client_code_in_src_api_stays_private() {
    let project = project()
        .file("package.json", r#"{ "dependencies": { "vue": "3" } }"#)
        .file("src/pages/index.ts", "export const GET = () => new Response('home');")
        .file("src/api/users.ts", "export const GET = () => fetch('/users');");
    let ended = project.run(&["routes"]);
    assert_eq!(ended.stdout, "GET  /  src/pages/index.ts\n");
    for part in ["`src/pages` at `/`", "not served: `src/api`", "@wix/custom-extensions"] {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
    assert_eq!(project.build_and_serve().get("/users").status, 404);
}

#[test]
fn a_folder_can_be_named() {
    let project = project()
        .file("transom.toml", "[routes]\ndir = 'server/http'\nmount = '/v1'\nform = 'endpoints'\n")
        .file("src/pages/index.ts", "export const GET = () => new Response('not this one');")
        .file("server/http/index.ts", "export const GET = () => new Response('root');")
        .file(
            "server/http/a/[...rest].ts",
            "export const GET = ({ params }) => Response.json(params);",
        );
    let ended = project.run(&["routes"]);
    assert!(ended.stderr.contains("`routes.dir` in transom.toml names it"), "{}", ended.stderr);
    let server = project.build_and_serve();
    assert_eq!(server.get("/v1").text(), "root");
    assert_eq!(server.get("/v1/a/b/c").json(), json!({ "rest": "b/c" }));
    assert_eq!(server.get("/").status, 404);
}

#[test]
fn the_base_is_in_the_variables() {
    let server = project()
        .file("package.json", EXTENSIONS)
        .file("astro.config.mjs", "export default { output: 'server', base: '/b/', site: 'https://shop.test/x' };")
        .file(
            "src/endpoints/env.ts",
            "export const GET = () =>
               Response.json([import.meta.env.WIX_SERVER_BASE_PATH, import.meta.env.BASE_API_URL]);",
        )
        .build_and_serve();
    assert_eq!(server.get("/b/env").json(), json!(["/b/", "https://shop.test/b/functions"]));
}

#[test]
fn a_package_that_is_added_makes_endpoints_in_dev() {
    let server = project()
        .file("package.json", "{}")
        .file("src/pages/index.ts", "export const GET = () => new Response('home');")
        .file("src/api/late.ts", "export const GET = () => new Response('late');")
        .serve_dev();
    assert_eq!(server.get("/late").status, 404);
    server.project().write("package.json", EXTENSIONS);
    server.get_until("/late", |reply| reply.status == 200);
}
