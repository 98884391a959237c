//! Handlers that go wrong in every way, in production: what the client sees, what the log says, and
//! that the next request is answered.

use transom_testkit::{Project, Request, Server};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/ok.ts", "export const GET = () => new Response('ok');")
}

#[track_caller]
fn is_alive(server: &Server) {
    assert_eq!(server.get("/ok").text(), "ok");
}

#[test]
fn a_throw_is_an_empty_500_and_the_log_names_file_and_line() {
    let server = project()
        .file(
            "src/lib/check.ts",
            "interface Nothing {}\n\nexport function check(value: string): Nothing {\n  \
               throw new RangeError(`not good: ${value}`);\n}\n",
        )
        .file(
            "src/pages/throw.ts",
            "import { check } from '../lib/check';\n\nexport const GET = () => {\n  \
               check('secret detail');\n  return new Response('unreachable');\n};\n",
        )
        .build_and_serve();
    let reply = server.get("/throw");
    assert_eq!((reply.status, reply.text(), reply.header("content-type")), (500, "", None));
    is_alive(&server);

    let log = server.stop().stderr;
    assert!(log.contains("RangeError: not good: secret detail"), "{log}");
    assert!(log.contains("src/lib/check.ts:4:"), "the place of the throw: {log}");
    assert!(log.contains("src/pages/throw.ts:4:"), "the caller: {log}");
}

#[test]
fn what_is_no_response_is_a_500() {
    for (returned, logged) in [
        ("undefined", "An endpoint must return either a `Response`"),
        ("null", "An endpoint must return either a `Response`"),
        ("({ body: 'legacy' })", "An endpoint must return either a `Response`"),
        ("'text'", "An endpoint must return either a `Response`"),
        ("new Response('x', { status: 204 })", "TypeError"),
        ("new Response('x', { status: 1000 })", "RangeError"),
        ("Promise.reject(new Error('rejected'))", "rejected"),
    ] {
        let server = project()
            .file("src/pages/bad.ts", format!("export const GET = () => {returned};"))
            .build_and_serve();
        let reply = server.get("/bad");
        assert_eq!((reply.status, reply.text()), (500, ""), "{returned}");
        is_alive(&server);
        let log = server.stop().stderr;
        assert!(log.contains(logged), "{returned}: {log}");
    }
}

#[test]
fn anything_can_be_thrown() {
    for (thrown, body) in [
        ("'a string'", ""),
        ("new Response('thrown', { status: 418 })", ""),
        ("{ code: 7 }", ""),
        ("undefined", "Internal Server Error"),
    ] {
        let server = project()
            .file("src/pages/bad.ts", format!("export const GET = () => {{ throw {thrown}; }};"))
            .build_and_serve();
        let reply = server.get("/bad");
        assert_eq!((reply.status, reply.text()), (500, body), "{thrown}");
        is_alive(&server);
    }
}

#[test]
fn a_file_that_throws_while_it_loads_fails_alone() {
    let server = project()
        .file("src/pages/bad.ts", "throw new Error('while loading');\nexport const GET = 1;")
        .file("src/pages/value.ts", "export const GET = 'not a function';")
        .build_and_serve();
    for _ in 0..2 {
        assert_eq!(server.get("/bad").status, 500);
    }
    assert_eq!(server.get("/value").status, 500);
    is_alive(&server);
    let log = server.stop().stderr;
    assert!(log.contains("while loading"), "{log}");
    assert!(log.contains(r#"exports a value for the method "GET""#), "{log}");
}

#[test]
fn a_stream_that_fails_is_cut_off() {
    let server = project()
        .file(
            "src/pages/stream.ts",
            "export const GET = ({ url }) => new Response(new ReadableStream({\n\
               start(controller) { controller.enqueue(new TextEncoder().encode('first')); },\n\
               async pull(controller) {\n\
                 await new Promise((resolve) => setTimeout(resolve, 1));\n\
                 if (url.searchParams.has('throw')) throw new Error('in the stream');\n\
                 controller.error(new Error('in the stream'));\n\
               },\n\
             }));",
        )
        .build_and_serve();
    for target in ["/stream", "/stream?throw"] {
        let reply = server
            .connect()
            .try_request(&Request::get(target))
            .expect("the head came before the failure");
        assert_eq!(reply.status, 200);
        assert!(reply.text().starts_with("first"), "{reply:?}");
        assert!(!reply.complete, "the client must be able to tell: {reply:?}");
    }
    is_alive(&server);
    let log = server.stop().stderr;
    assert!(log.contains("in the stream"), "{log}");
}

#[test]
fn an_endless_loop_is_ended() {
    let server = project()
        .file("src/pages/loop.ts", "export const GET = () => { while (true) {} };")
        .file(
            "src/pages/jobs.ts",
            "export const GET = async () => { while (true) await Promise.resolve(); };",
        )
        .file(
            "src/pages/caught.ts",
            "export const GET = () => { while (true) { try { while (true) {} } catch {} } };",
        )
        .file(
            "src/pages/regexp.ts",
            "export const GET = () => Response.json(/(a+)+$/.test('a'.repeat(40) + 'b'));",
        )
        .env("TRANSOM_LIMIT_CPU", "200ms")
        .arg("--workers")
        .arg("1")
        .build_and_serve();
    for path in ["/loop", "/jobs", "/caught", "/regexp"] {
        let reply = server.get(path);
        assert_eq!((reply.status, reply.text()), (500, ""), "{path}");
        is_alive(&server);
    }
    let log = server.stop().stderr;
    assert!(log.contains("/loop"), "{log}");
}

#[test]
fn endless_allocation_is_ended() {
    let server = project()
        .file(
            "src/pages/objects.ts",
            "export const GET = () => { const all = []; while (true) all.push({ a: [all.length] }); };",
        )
        .file(
            "src/pages/buffers.ts",
            "export const GET = () => {\n  const all = [];\n  \
               while (true) all.push(new Uint8Array(1 << 20).fill(1));\n};",
        )
        .file(
            "src/pages/strings.ts",
            "export const GET = () => {\n  let text = 'x';\n  \
               while (true) { text += text; text.charCodeAt(text.length - 1); }\n};",
        )
        .env("TRANSOM_LIMIT_HEAP", "64MB")
        .arg("--workers")
        .arg("1")
        .build_and_serve();
    for path in ["/objects", "/buffers", "/strings", "/objects"] {
        let reply = server.get(path);
        assert_eq!((reply.status, reply.text()), (500, ""), "{path}");
        is_alive(&server);
    }
}

#[test]
fn endless_recursion_is_an_ordinary_error() {
    let server = project()
        .file(
            "src/pages/deep.ts",
            "const deep = (n: number): number => deep(n + 1) + 1;\n\
             export const GET = () => {\n  try { return Response.json(deep(0)); }\n  \
               catch (error) { return Response.json(error.name, { status: 418 }); }\n};",
        )
        .build_and_serve();
    assert_eq!(server.get("/deep").status, 418);
    is_alive(&server);
}

#[test]
fn a_handler_that_never_settles_holds_up_nobody() {
    let server = project()
        .file(
            "src/pages/never.ts",
            "export const GET = () => { console.log('never called'); return new Promise(() => {}); };",
        )
        .arg("--workers")
        .arg("1")
        .build_and_serve();
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let mut connection = server.connect();
        let request = Request::get("/never").to_bytes(connection.host());
        connection.send(request).expect("the connection is open");
        waiting.push(connection);
    }
    server.log().wait_for("never called");
    is_alive(&server);
    drop(waiting); // The clients give up.
    is_alive(&server);
    assert!(server.stop().status.success());
}

#[test]
fn a_rejection_that_nobody_handles_is_logged_and_survived() {
    let server = project()
        .file(
            "src/pages/late.ts",
            "export const GET = () => {\n  \
               setTimeout(() => { throw new Error('in a timer'); }, 0);\n  \
               Promise.reject(new Error('nobody listens'));\n  \
               return new Response('fine');\n};",
        )
        .build_and_serve();
    assert_eq!(server.get("/late").text(), "fine");
    server.log().wait_for("nobody listens");
    server.log().wait_for("in a timer");
    is_alive(&server);
}

#[test]
fn the_projects_own_error_endpoints_answer() {
    let server = project()
        .file(
            "src/pages/404.ts",
            "export const GET = ({ url }) =>\n\
               Response.json({ missing: url.pathname }, { status: 404 });",
        )
        .file(
            "src/pages/500.ts",
            "export const GET = ({ props }) =>\n\
               Response.json({ failed: props.error?.message }, { status: 500 });",
        )
        .file("src/pages/bad.ts", "export const GET = () => { throw new Error('why'); };")
        .build_and_serve();
    let reply = server.get("/nowhere");
    assert_eq!((reply.status, reply.json()["missing"].as_str()), (404, Some("/nowhere")));
    let reply = server.get("/bad");
    assert_eq!((reply.status, reply.json()["failed"].as_str()), (500, Some("why")));
}
