//! Prerendered endpoints: answers that are written once, while the project is built.

use transom_testkit::{Mode, Project, Request};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

const DOG: &str = "export const prerender = true;
    export const getStaticPaths = () => [
        { params: { dog: 'fido' } },
        { params: { dog: 'rover' }, props: { good: true } },
    ];
    export const GET = ({ params, props, isPrerendered }) => Response.json({ params, props, isPrerendered });";

#[test]
fn answers_become_files() {
    for mode in [Mode::Start, Mode::Dev] {
        let server = project()
            .file("src/pages/dogs/[dog].json.ts", DOG)
            .file(
                "src/pages/plain.ts",
                "export const prerender = true;
                 export const GET = () => new Response('once', { status: 201, headers: { 'x-a': '1' } });
                 export const POST = () => new Response('never');",
            )
            .serve(mode);
        let reply = server.get("/plain");
        assert_eq!((reply.status, reply.text()), (200, "once"));
        assert_eq!(reply.header("content-type"), Some("application/octet-stream"));
        assert_eq!(reply.header("x-a"), None, "a file has no headers of its own");
        assert_eq!(server.send("POST", "/plain").text(), "once", "a file answers every method");
        let reply = server.get("/dogs/rover.json");
        assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(
            reply.text(),
            r#"{"params":{"dog":"rover"},"props":{"good":true},"isPrerendered":true}"#
        );
        assert_eq!(server.get("/dogs/rex.json").status, 404, "only the listed paths exist");
    }
}

#[test]
fn a_handler_runs_once_with_the_site_as_its_origin() {
    let server = project()
        .file(
            "astro.config.mjs",
            "export default { site: 'https://shop.test/x', base: '/b', output: 'server' };",
        )
        .file(
            "src/pages/where.ts",
            "export const prerender = true;
             export const GET = ({ url, request, originPathname, clientAddress }) =>
               Response.json([url.href, request.url, request.method, originPathname]);",
        )
        .file(
            "src/middleware.ts",
            "export const onRequest = async (context, next) => {
               console.log('rendering', context.url.pathname, context.isPrerendered);
               return next();
             };",
        );
    let built = project_output(&server, true);
    assert!(built.contains("`/where` cannot be prerendered"), "clientAddress throws: {built}");
    server.write(
        "src/pages/where.ts",
        "export const prerender = true;
         export const GET = ({ url, request, originPathname }) =>
           Response.json([url.href, request.url, request.method, originPathname]);",
    );
    let built = project_output(&server, false);
    assert!(built.contains("rendering /b/where true"), "{built}");
    let server = server.start();
    let expected = r#"["https://shop.test/b/where","https://shop.test/b/where","GET","/where/"]"#;
    assert_eq!(server.get("/b/where").text(), expected);
}

/// Runs a build that ends as expected, and returns what it printed.
#[track_caller]
fn project_output(project: &Project, fails: bool) -> String {
    let ended = project.run(&["build"]);
    assert_eq!(!ended.status.success(), fails, "{}", ended.output());
    ended.output()
}

#[test]
fn paginate_gives_a_path_for_each_page() {
    let server = project()
        .file(
            "src/pages/list/[...page].json.ts",
            "export const prerender = true;
             export const getStaticPaths = ({ paginate }) => paginate(['a', 'b', 'c'], { pageSize: 2 });
             export const GET = ({ props: { page } }) => Response.json([page.data, page.url]);",
        )
        .build_and_serve();
    let first =
        r#"[["a","b"],{"current":"/list/.json","next":"/list/2.json","last":"/list/2.json"}]"#;
    assert_eq!(
        server.get("/list/2.json").text(),
        r#"[["c"],{"current":"/list/2.json","prev":"/list/.json","first":"/list/.json"}]"#
    );
    let built = server.project().path(".transom/build/client/list/.json");
    assert_eq!(std::fs::read_to_string(built).expect("it was written"), first);
}

#[test]
fn what_cannot_be_a_file_fails_the_build() {
    /// A file, its text, and what the build says.
    const CASES: &[(&str, &str, &str)] = &[
        (
            "[id].ts",
            "export const prerender = true; export const GET = () => new Response('');",
            "GetStaticPathsRequired",
        ),
        (
            "api/[...slug].ts",
            "export const prerender = true;
             export const getStaticPaths = () => [{ params: { slug: undefined } }];
             export const GET = () => new Response('x');",
            "Rename `src/pages/api/[...slug].ts` to `src/pages/api/[...slug].json.ts`",
        ),
        (
            "[id].ts",
            "export const prerender = true;
             export const getStaticPaths = () => [{ params: { id: 7 } }];
             export const GET = () => new Response('x');",
            "GetStaticPathsInvalidRouteParam",
        ),
        (
            "[id].ts",
            "export const prerender = true;
             export const getStaticPaths = () => [{ params: { id: '%41' } }];
             export const GET = () => new Response('x');",
            "NoMatchingStaticPathFound",
        ),
        (
            "boom.ts",
            "export const prerender = true;
             export const GET = () => { throw new TypeError('no luck'); };",
            "src/pages/boom.ts:2:",
        ),
        (
            "index.ts",
            "export const prerender = true; export const GET = () => new Response('x');",
            "the answer for `/` cannot be a file",
        ),
    ];
    for (file, text, expected) in CASES {
        let project = project().file(&format!("src/pages/{file}"), text);
        let printed = project_output(&project, true);
        assert!(printed.contains(expected), "{file}: expected {expected:?} in\n{printed}");
        assert!(!project.path(".transom/build").exists(), "{file}: nothing was written");
    }
}

#[test]
fn a_rewrite_does_not_reach_what_was_prerendered() {
    let server = project()
        .file("src/pages/dogs/[dog].json.ts", DOG)
        .file("src/pages/go.ts", "export const GET = ({ rewrite }) => rewrite('/dogs/fido.json');")
        .build_and_serve();
    assert_eq!(server.get("/go").status, 500);
    let ended = server.stop();
    assert!(ended.stderr.contains("ForbiddenRewrite"), "{}", ended.stderr);
}

#[test]
fn in_development_an_edit_renders_again_and_a_failure_is_shown() {
    let text =
        |body: &str| format!("export const prerender = true;\nexport const GET = () => {body};");
    let server = project().file("src/pages/a.ts", text("new Response('first')")).serve_dev();
    assert_eq!(server.get("/a").text(), "first");
    server.project().write("src/pages/a.ts", text("new Response('second')"));
    server.get_until("/a", |reply| reply.text() == "second");
    server.project().write("src/pages/a.ts", text("nowhere()"));
    let reply = server.get_until("/a", |reply| reply.status == 500);
    assert!(reply.text().contains("nowhere is not defined"), "{reply:?}");
    server.project().write("src/pages/a.ts", text("new Response('third')"));
    server.get_until("/a", |reply| reply.text() == "third");
    let reply = server.request(&Request::post("/a").same_origin());
    assert_eq!(reply.text(), "third");
}
