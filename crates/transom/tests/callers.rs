//! Who is calling, as a handler sees it: `@wix/essentials` with nothing installed.

use serde_json::{Value, json};
use transom_testkit::{Answer, Mode, Project, Reply, Request, Server, Upstream};

/// Answers what `getTokenInfo()` says, in many ways.
const WHO: &str = r#"
import { auth, httpClient } from "@wix/essentials";

export const GET = async () => Response.json(await auth.getTokenInfo());

const later = (ms) => new Promise((done) => setTimeout(done, ms));

export const POST = async ({ url }) => {
  const seen = [];
  const look = async () => seen.push((await auth.getTokenInfo()).subjectId);
  await look();
  await later(Math.random() * 20);
  await look();
  await Promise.all([look(), later(1).then(look)]);
  for await (const _ of new ReadableStream({ start(c) { c.enqueue(1); c.close(); } })) await look();
  await new Promise((done) => queueMicrotask(() => look().then(done)));
  await fetch(url.origin + "/api/open");
  await look();
  const contextual = auth.getContextualAuth();
  seen.push((await contextual.getTokenInfo()).subjectId);
  return Response.json(seen);
};
"#;

const CALLS: &str = r#"
import { auth, httpClient, i18n, settings } from "@wix/essentials";

const elevated = auth.elevate(httpClient.fetchWithAuth);

const attempt = async (work) => {
  try {
    return await work();
  } catch (error) {
    return { name: error.name, message: error.message, details: error.details };
  }
};

const members = async (call) => {
  const response = await call("/_transom/api/members");
  return { status: response.status, body: await response.json() };
};

export const ALL = async ({ url, request }) => {
  const what = url.searchParams.get("what");
  const to = url.searchParams.get("to");
  switch (what) {
    case "members": return Response.json(await members(httpClient.fetchWithAuth));
    case "elevated": return Response.json(await members(elevated));
    case "elevated-info": return Response.json(await auth.elevate(auth.getTokenInfo)());
    case "plain": return Response.json(await attempt(() => auth.elevate(() => 1)()));
    case "graphql": return Response.json(await attempt(() => httpClient.graphql("{ x }")));
    case "api": {
      const response = await fetch("https://www.wixapis.com/stores/v1/products?x=1");
      return Response.json({ status: response.status, body: await response.json() });
    }
    case "token": {
      const response = await fetch("https://www.wixapis.com/oauth2/token-info", {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token: request.headers.get("x-token") }),
      });
      return Response.json(await response.json());
    }
    case "languages": return Response.json([i18n.getLanguage(), i18n.getLocale(), settings.getTimezone()]);
    case "form": {
      const form = new FormData();
      form.set("a", "b");
      await httpClient.fetchWithAuth(to, { method: "POST", body: form });
      return new Response();
    }
    case "json": await httpClient.fetchWithAuth(to, { method: "POST", body: "{}" }); return new Response();
    case "headers": await httpClient.fetchWithAuth(to, { headers: new Headers({ "x-own": "1" }) }); return new Response();
    case "own": await httpClient.fetchWithAuth(to, { headers: { authorization: "mine" } }); return new Response();
    default: return new Response(await (await httpClient.fetchWithAuth("/api/who")).text());
  }
};
"#;

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/api/who.ts", WHO)
        .file("src/pages/api/calls.ts", CALLS)
        .file("src/pages/api/open.ts", "export const GET = () => new Response('open');")
}

fn token(server: &Server, kind: &str, id: &str) -> String {
    let ended = server.project().run(&["token", "--as", kind, "--id", id]);
    assert!(ended.status.success(), "{}", ended.stderr);
    ended.stdout.trim().to_owned()
}

fn who(server: &Server, headers: &[(&str, &str)]) -> Reply {
    let request = headers
        .iter()
        .fold(Request::get("/api/who"), |request, (name, value)| request.header(name, value));
    let reply = server.request(&request);
    assert_eq!(reply.status, 200, "{headers:?}: {}", reply.text());
    reply
}

fn subject(info: &Value) -> String {
    format!(
        "{}:{}",
        info["subjectType"].as_str().unwrap_or(""),
        info["subjectId"].as_str().unwrap_or("")
    )
}

#[test]
fn headers_decide_who_is_calling_and_never_fail_a_request() {
    for mode in [Mode::Dev, Mode::Start] {
        let server = project().serve(mode);
        let member = token(&server, "member", "m1");
        for authorization in
            [member.clone(), format!("Bearer {member}"), format!("bearer {member}")]
        {
            let reply = who(&server, &[("authorization", &authorization)]);
            let info = reply.json();
            assert_eq!((subject(&info), &info["active"]), ("MEMBER:m1".to_owned(), &json!(true)));
            assert_eq!(reply.header("set-cookie"), None);
        }
        for foreign in
            ["Basic YTpi", "Bearer ghp_xyz", "x.y.z", "Bearer eyJ.e30.x", "AWS4-HMAC-SHA256 a=b"]
        {
            let reply = who(&server, &[("authorization", foreign)]);
            let info = reply.json();
            assert_eq!(
                (subject(&info), &info["active"]),
                ("UNKNOWN:".to_owned(), &json!(false)),
                "{foreign}"
            );
        }
    }
}

#[test]
fn a_visitor_is_the_same_as_long_as_its_cookie_lasts() {
    let server = project().build_and_serve();
    let first = who(&server, &[]);
    let visitor = subject(&first.json());
    assert!(visitor.starts_with("VISITOR:") && visitor.len() > 20, "{visitor}");
    let cookie = first.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax") && !cookie.contains("Max-Age"), "{cookie}");
    let pair = cookie.split(';').next().expect("a pair");
    let again = who(&server, &[("cookie", pair)]);
    assert_eq!((subject(&again.json()), again.header("set-cookie")), (visitor.clone(), None));
    assert_ne!(subject(&who(&server, &[]).json()), visitor);
    // Whoever does not ask gets no cookie, and makes no store.
    assert_eq!(server.get("/api/open").header("set-cookie"), None);
    let many = server.request(&Request::post("/api/who").json(&json!({})));
    let seen: Vec<String> =
        many.json().as_array().expect("a list").iter().map(Value::to_string).collect();
    assert!(
        seen.len() == 8 && seen.iter().all(|id| *id == seen[0]),
        "one visitor for one request: {seen:?}"
    );
}

/// Whoever happens to be the first to use a module is nobody to its top level, which lives longer than the request.
#[test]
fn the_top_level_of_a_module_belongs_to_no_caller() {
    const TOP: &str = r#"
        import { auth } from "@wix/essentials";
        const ask = () => auth.getTokenInfo().then((info) => info.subjectId, (error) => error.message);
        const early = [ask(), new Promise((done) => setTimeout(() => ask().then(done), 1))];
        // WAIT
        export const GET = async () => Response.json([...await Promise.all(early), await ask()]);
    "#;
    let waiting = TOP.replace("// WAIT", "await Promise.all(early); early.push(ask());");
    let server = project()
        .file("src/pages/api/top.ts", TOP)
        .file("src/pages/api/waiting.ts", waiting)
        .build_and_serve();
    let member = token(&server, "member", "m1");
    let nobody = "Wix context is not available. Make sure to initialize the Wix context before using SDK modules";
    for (path, early) in [("/api/top", 2), ("/api/waiting", 3)] {
        let reply = server.request(&Request::get(path).header("authorization", &member));
        let expected = [vec![nobody; early], vec!["m1"]].concat();
        assert_eq!(reply.json(), json!(expected), "{path}");
    }
}

fn call(server: &Server, query: &str, token: &str) -> Reply {
    let request = Request::get(&format!("/api/calls?{query}")).header("authorization", token);
    let reply = server.request(&request);
    assert_eq!(reply.status, 200, "{query}: {}", reply.text());
    reply
}

#[test]
fn an_elevated_call_succeeds_where_the_callers_own_does_not() {
    let server = project().build_and_serve();
    let member = token(&server, "member", "m1");
    let own = call(&server, "what=members", &member).json();
    assert_eq!(own["status"], 403, "{own}");
    let elevated = call(&server, "what=elevated", &member).json();
    assert_eq!((&elevated["status"], &elevated["body"]), (&json!(200), &json!({ "members": [] })));
    assert_eq!(call(&server, "what=members", "Basic YTpi").json()["status"], 401);
    assert_eq!(call(&server, "what=elevated-info", &member).json()["active"], false);
    let plain = call(&server, "what=plain", &member).json();
    assert_eq!(plain["name"], "TypeError", "{plain}");
    // The token goes on to the project's own endpoints.
    let on = call(&server, "what=on", &member);
    let info: Value = serde_json::from_str(on.text()).expect("JSON");
    assert_eq!(subject(&info), "MEMBER:m1");
}

#[test]
fn the_sdks_hosts_are_answered_inside_of_the_process() {
    let server = project().build_and_serve();
    let member = token(&server, "member", "m1");
    let api = call(&server, "what=api", &member).json();
    assert_eq!(api["status"], 501);
    let name = "https://www.wixapis.com/stores/v1/products";
    assert_eq!(api["body"]["message"], format!("transom does not emulate {name}"));
    let graphql = call(&server, "what=graphql", &member).json();
    assert_eq!(graphql["details"]["applicationError"]["code"], "NOT_EMULATED", "{graphql}");
    let request =
        Request::get("/api/calls?what=token").header("x-token", &format!("Bearer {member}"));
    assert_eq!(subject(&server.request(&request).json()), "MEMBER:m1");
}

#[test]
fn tokens_go_to_the_project_and_to_nobody_else() {
    let other = Upstream::start(|_| Answer::new(200, "ok"));
    let server = project().build_and_serve();
    let member = token(&server, "member", "m1");
    let to = format!("to={}/x", other.origin());
    let received = |what: &str| {
        call(&server, &format!("what={what}&{to}"), &member);
        other.next()
    };
    let sent = received("json");
    assert_eq!(sent.header("authorization"), None);
    assert_eq!(sent.header("content-type"), Some("application/json"));
    let form = received("form");
    let kind = form.header("content-type").expect("a type");
    assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
    assert_eq!(received("headers").header("x-own"), Some("1"));
    assert_eq!(received("own").header("authorization"), Some("mine"));
    server.log().wait_for("fetchWithAuth sends no token to");
    let warnings = server.log().all().matches("fetchWithAuth sends no token to").count();
    assert_eq!(warnings, 1, "once");

    let toml = format!("identity.token_origins = [\"{}\"]", other.origin());
    let server = project().file("transom.toml", toml).build_and_serve();
    let member = token(&server, "member", "m1");
    call(&server, &format!("what=headers&{to}"), &member);
    let sent = other.next();
    let token = sent.header("authorization").expect("a token");
    assert!(!token.starts_with("Bearer") && token != member, "{token}");
}

/// Sends the token of the caller, or another, with `node:http` in several ways.
const HTTP: &str = r#"
import http from "node:http";

export const GET = ({ url, request }) => new Promise((resolve, reject) => {
  const token = url.searchParams.get("token") ?? request.headers.get("authorization");
  const how = url.searchParams.get("how");
  const headers = { "x-before": "1", Authorization: how === "bearer" ? `Bearer ${token}` : how === "two" ? [token, "mine"] : token, "X-After": "2" };
  const sent = http.request(url.searchParams.get("to"), { method: how === "get" ? "GET" : "POST", headers }, (response) => {
    response.resume().on("end", () => resolve(Response.json(sent.getHeader("authorization") ?? null)));
  });
  sent.on("error", reject);
  if (how === "flushed") sent.flushHeaders();
  if (how === "pieces") sent.write("bo");
  sent.end(how === "get" ? undefined : how === "pieces" ? "dy" : "body");
});
"#;

#[test]
fn node_http_sends_tokens_to_the_project_and_to_nobody_else() {
    let other = Upstream::start(|_| Answer::new(200, "ok"));
    let http = |toml: &str| {
        project().file("src/pages/http.ts", HTTP).file("transom.toml", toml).build_and_serve()
    };
    let ask = |server: &Server, query: &str, token: &str| {
        let target = format!("/http?to={}/x&{query}", other.origin());
        let reply = server.request(&Request::get(&target).header("authorization", token));
        assert_eq!(reply.status, 200, "{}", reply.text());
        other.next()
    };
    let server = http("");
    let member = token(&server, "member", "m1");
    for how in ["get", "bearer", "flushed", "pieces", "body"] {
        let sent = ask(&server, &format!("how={how}"), &member);
        assert_eq!(sent.header("authorization"), None, "{how}");
        assert_eq!((sent.header("x-before"), sent.header("x-after")), (Some("1"), Some("2")));
        assert_eq!(sent.body, if how == "get" { &b""[..] } else { b"body" }, "{how}");
    }
    let sent = ask(&server, "how=two", &member);
    let values = sent.headers.iter().filter(|(name, _)| name == "authorization");
    assert_eq!(values.map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["mine"]);
    server.log().wait_for("http.request sends no token to");
    // What is no token of this project is nobody's business.
    let foreign = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJvdGhlciJ9.c2ln";
    let sent = ask(&server, &format!("token={foreign}"), &member);
    assert_eq!(sent.header("authorization"), Some(foreign));

    let server = http(&format!("identity.token_origins = [\"{}\"]", other.origin()));
    let member = token(&server, "member", "m1");
    let sent = ask(&server, "how=bearer", &member);
    assert_eq!(sent.header("authorization"), Some(format!("Bearer {member}").as_str()));
}

#[test]
fn the_host_tells_its_languages() {
    let server = project().build_and_serve();
    let tell = |query: &str| server.get(&format!("/api/calls?what=languages{query}")).json();
    assert_eq!(tell(""), json!(["en", "en-US", "UTC"]));
    assert_eq!(tell("&lang=fr"), json!(["fr", "fr-FR", "UTC"]));
}

#[test]
fn in_development_a_header_names_the_caller() {
    let server = project().serve(Mode::Dev);
    for (acting, expected) in [
        ("member:m1", "MEMBER:m1"),
        ("user:u1", "USER:u1"),
        ("user:u1:admin", "USER:u1"),
        ("Visitor:v1", "VISITOR:v1"),
        ("member:a:b", "MEMBER:a:b"),
    ] {
        let reply = server.request(&Request::get("/api/who").header("x-transom-as", acting));
        let text = reply.text().to_owned();
        if acting == "member:a:b" {
            assert_eq!(reply.status, 500, "`b` is no role: {text}");
        } else {
            assert_eq!(subject(&reply.json()), expected);
        }
    }
    for wrong in ["king:k1", "member", "app:x", ""] {
        let reply = server.request(&Request::get("/api/who").header("x-transom-as", wrong));
        assert_eq!(reply.status, 500, "{wrong}: {}", reply.text());
        assert!(reply.text().contains("X-Transom-As"), "{}", reply.text());
    }
    for (name, value) in [
        ("host", "evil.example"),
        ("host", "localhost.evil.example"),
        ("x-forwarded-for", "1.2.3.4"),
    ] {
        let request =
            Request::get("/api/who").header("x-transom-as", "member:m1").header(name, value);
        assert_eq!(server.request(&request).status, 403, "{name}: {value}");
    }
}

#[test]
fn outside_of_development_the_header_is_refused_loudly() {
    let server = project().build_and_serve();
    for path in ["/api/who", "/api/open", "/nowhere"] {
        let reply = server.request(&Request::get(path).header("x-transom-as", "member:m1"));
        assert_eq!((reply.status, reply.header("set-cookie")), (403, None), "{path}");
    }
    server.log().wait_for("refused a request from 127.0.0.1 with the header `X-Transom-As`");
}

#[test]
fn development_prints_tokens_where_the_project_asks_who_calls() {
    let server = project().serve(Mode::Dev);
    let line = server.log().wait_for("MEMBER:m1");
    let token = line.split_whitespace().last().expect("a token").to_owned();
    assert_eq!(subject(&who(&server, &[("authorization", &token)]).json()), "MEMBER:m1");
    let plain = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/api/open.ts", "export const GET = () => new Response('open');")
        .serve(Mode::Dev);
    assert_eq!(plain.get("/api/open").text(), "open");
    assert!(!plain.stop().stderr.contains("tokens for calls"));
}
