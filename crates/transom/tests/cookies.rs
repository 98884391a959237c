//! Cookies through `context.cookies`, as they look on the wire.

use serde_json::json;
use transom_testkit::{Project, Reply, Request, Server};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

/// Serves one endpoint, `/`, whose handler has this body.
#[track_caller]
fn serve(body: &str) -> Server {
    let source = format!(
        "import type {{ APIRoute }} from 'astro';\n\
         export const GET: APIRoute = ({{ cookies }}) => {{\n{body}\n}};"
    );
    project().file("src/pages/index.ts", source).build_and_serve()
}

fn set_cookies(reply: &Reply) -> Vec<&str> {
    reply.all("set-cookie").collect()
}

#[test]
fn cookies_of_the_request_can_be_read() {
    let server = serve(
        "const read = (name) => cookies.get(name)?.value ?? null;\n\
         return Response.json({\n\
           plain: read('plain'), encoded: read('encoded'), quoted: read('quoted'),\n\
           twice: read('twice'), broken: read('broken'), missing: read('missing'),\n\
           json: cookies.get('json')?.json(), number: cookies.get('number')?.number(),\n\
           yes: cookies.get('number')?.boolean(), no: cookies.get('no')?.boolean(),\n\
           empty: [read('empty'), cookies.has('empty')], has: cookies.has('plain'),\n\
         });",
    );
    let request = Request::get("/").header(
        "cookie",
        "plain=a; encoded=a%20b%3B; quoted=\"q\"; twice=first; twice=second; broken=%zz; \
         json=%7B%22a%22%3A1%7D; number=42; no=false; empty=; nonsense;  spaced  =  1 ",
    );
    let expected = json!({
        "plain": "a", "encoded": "a b;", "quoted": "\"q\"", "twice": "first", "broken": "%zz",
        "missing": null, "json": { "a": 1 }, "number": 42, "yes": true, "no": false,
        "empty": [null, true], "has": true,
    });
    assert_eq!(server.request(&request).json(), expected);
}

#[test]
fn each_cookie_that_is_set_has_its_own_line_in_order() {
    let server = serve(
        "cookies.set('b', 'hello world');\n\
         cookies.set('a', { x: [1] }, { path: '/', httpOnly: true, secure: true, maxAge: 60,\n\
           sameSite: 'strict', domain: 'example.com', expires: new Date(0) });\n\
         cookies.set('b', 'http://localhost/p');\n\
         cookies.set('n', 100, { sameSite: true, partitioned: true });\n\
         return new Response('', { headers: { 'set-cookie': 'first=1; Path=/x' } });",
    );
    let reply = server.get("/");
    let expected = [
        "first=1; Path=/x",
        "b=http://localhost/p",
        "a=%7B%22x%22%3A%5B1%5D%7D; Max-Age=60; Domain=example.com; Path=/; \
         Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Strict",
        "n=100; Partitioned; SameSite=Strict",
    ];
    assert_eq!(set_cookies(&reply), expected);
}

#[test]
fn a_cookie_that_was_set_can_be_read_in_the_same_request() {
    let server = serve(
        "cookies.set('a', 'new value');\n\
         const seen = [cookies.get('a').value, cookies.has('a')];\n\
         cookies.delete('b', { path: '/p' });\n\
         return Response.json([...seen, cookies.get('b') ?? null, cookies.has('b')]);",
    );
    let reply = server.request(&Request::get("/").header("cookie", "a=old; b=there"));
    assert_eq!(reply.json(), json!(["new value", true, null, false]));
    let expected = ["a=new%20value", "b=deleted; Path=/p; Expires=Thu, 01 Jan 1970 00:00:00 GMT"];
    assert_eq!(set_cookies(&reply), expected);
}

#[test]
fn reading_cookies_sets_none() {
    let server = serve("return new Response(cookies.get('a')?.value ?? 'none');");
    let reply = server.request(&Request::get("/").header("cookie", "a=1"));
    assert_eq!((reply.text(), set_cookies(&reply)), ("1", vec![]));
}

#[test]
fn an_invalid_cookie_fails_the_request_and_sets_nothing() {
    for call in [
        "cookies.set('a b', 'x')",
        "cookies.set('', 'x')",
        "cookies.set('a', 'x', { maxAge: 1.5 })",
        "cookies.set('a', 'x', { path: '/;x' })",
        "cookies.set('a', 'x', { sameSite: 'sometimes' })",
    ] {
        let server = serve(&format!("{call}; return new Response('ok');"));
        let reply = server.get("/");
        assert_eq!((reply.status, set_cookies(&reply)), (500, vec![]), "{call}");
    }
}

#[test]
fn cookies_of_two_clients_are_never_mixed() {
    let server = serve(
        "const before = cookies.get('who')?.value;\n\
         cookies.set('who', before);\n\
         return Promise.resolve().then(() => new Response(cookies.get('who').value));",
    );
    std::thread::scope(|scope| {
        for client in 0..4 {
            let server = &server;
            scope.spawn(move || {
                let mut connection = server.connect();
                for turn in 0..50 {
                    let value = format!("{client}-{turn}");
                    let request = Request::get("/").header("cookie", &format!("who={value}"));
                    let reply = connection.request(&request);
                    assert_eq!(reply.text(), value);
                    assert_eq!(set_cookies(&reply), [format!("who={value}")]);
                }
            });
        }
    });
}
