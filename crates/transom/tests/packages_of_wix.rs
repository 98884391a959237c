//! The SDK's packages from npm, unmodified, beside the built-in `@wix/essentials`: every case runs with both, and the
//! answers are the same.
//!
//! The project is in `wix/`; `scripts/setup.sh test` installs its packages there.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use transom_testkit::{Answer, Mode, Project, Reply, Request, Server, Upstream};

const CLIENT_ID: &str = "0c9a5b3e-0000-4000-8000-000000000001";
const SECRET: &str = "a-secret-that-nobody-guesses";
const INSTANCE: &str = "0c9a5b3e-0000-4000-8000-000000000002";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wix")
}

/// The project without packages, and without what only they have.
fn plain() -> Project {
    let read = |name: &str| {
        let path = folder().join("src/pages/api").join(name);
        std::fs::read_to_string(path).expect("the file can be read")
    };
    let project = Project::new(env!("CARGO_BIN_EXE_transom"))
        .env("TRANSOM_IDENTITY_CLIENT_ID", CLIENT_ID)
        .env("TRANSOM_IDENTITY_CLIENT_SECRET", SECRET)
        .env("TRANSOM_IDENTITY_INSTANCE_ID", INSTANCE)
        .env("WIX_CLIENT_ID", CLIENT_ID)
        .env("WIX_CLIENT_SECRET", SECRET)
        .env("WIX_CLIENT_INSTANCE_ID", INSTANCE)
        .file("src/pages/api/essentials.ts", read("essentials.ts"))
        .file("src/pages/api/echo.ts", read("echo.ts"));
    // The variables are read while the project is built, too.
    project.file("astro.config.mjs", format!("export default {{ vite: {{ define: {{ 'import.meta.env.WIX_CLIENT_ID': JSON.stringify('{CLIENT_ID}') }} }} }};"))
}

fn with_packages() -> Project {
    let packages = folder().join("node_modules");
    let installed = packages.join("@wix/essentials/package.json");
    assert!(
        installed.exists(),
        "{} is not there; `scripts/setup.sh test` installs it",
        installed.display()
    );
    let sdk = std::fs::read_to_string(folder().join("src/pages/api/sdk.ts")).expect("readable");
    plain().file("src/pages/api/sdk.ts", sdk).link("node_modules", &packages)
}

fn token(server: &Server, kind: &str, id: &str) -> String {
    let ended = server.project().run(&["token", "--as", kind, "--id", id]);
    assert!(ended.status.success(), "{}", ended.stderr);
    ended.stdout.trim().to_owned()
}

/// What a caller of each kind gets from every case.
fn answers(server: &Server, headers: &[(&str, &str)], target: &str) -> Map<String, Value> {
    let request = Request::get(target);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let reply = server.request(&request);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let Value::Object(answers) = comparable(reply.json(), server) else { panic!("no object") };
    answers
}

/// What differs between two runs of the same program is replaced: the clock (a lifetime in minutes is left), ids
/// and addresses.
fn comparable(value: Value, server: &Server) -> Value {
    match value {
        Value::Object(mut object) => {
            if let (Some(exp), Some(iat)) = (time(&object, "exp"), time(&object, "iat")) {
                object.insert("exp".to_owned(), json!((exp - iat + 30) / 60));
                object.insert("iat".to_owned(), json!("now"));
            }
            if object.get("subjectType") == Some(&json!("VISITOR")) {
                let id = object.insert("subjectId".to_owned(), json!("a visitor"));
                assert!(
                    id.as_ref().and_then(Value::as_str).is_some_and(|id| id.len() > 20),
                    "{id:?}"
                );
            }
            if object.contains_key("siteId") {
                object.insert("siteId".to_owned(), json!("the site"));
            }
            let members = object.into_iter();
            Value::Object(members.map(|(name, value)| (name, comparable(value, server))).collect())
        }
        Value::Array(list) => list.into_iter().map(|value| comparable(value, server)).collect(),
        Value::String(text) => Value::String(text.replace(&server.address().to_string(), "HOST")),
        other => other,
    }
}

fn time(object: &Map<String, Value>, name: &str) -> Option<i64> {
    object.get(name).and_then(Value::as_i64).filter(|time| *time != 0)
}

#[test]
fn the_built_in_module_and_the_packages_answer_alike() {
    for mode in [Mode::Dev, Mode::Start] {
        let (own, real) = (plain().serve(mode), with_packages().serve(mode));
        let all = |server: &Server, target: &str| {
            let member = token(server, "member", "m1");
            let bearer = format!("Bearer {}", token(server, "user", "u1"));
            [
                answers(server, &[("cookie", "bSession=abc")], target),
                answers(server, &[("authorization", &member)], target),
                answers(server, &[("authorization", &bearer)], target),
                answers(server, &[("authorization", "Basic YTpi")], target),
            ]
        };
        for target in ["/api/essentials", "/api/essentials?x=1&lang=fr", "/api/essentials?lang=xx"]
        {
            let (own, real) = (all(&own, target), all(&real, target));
            for (own, real) in own.iter().zip(&real) {
                let differ: Vec<_> =
                    own.iter().filter(|(case, answer)| real.get(*case) != Some(answer)).collect();
                let theirs: Vec<_> = differ.iter().map(|(case, _)| &real[*case]).collect();
                assert!(differ.is_empty(), "{target}: built in {differ:#?}, packages {theirs:#?}");
                assert_eq!(own.len(), real.len());
            }
            check_some(&own, target);
        }
        let at_start = |server: &Server| {
            server.request(&Request::post("/api/essentials").json(&json!({}))).json()
        };
        assert_eq!(at_start(&own), at_start(&real));
    }
}

/// That both are the same says nothing where both are wrong.
fn check_some(callers: &[Map<String, Value>], target: &str) {
    let [visitor, member, user, foreign] = callers else { panic!("four callers") };
    assert_eq!(visitor["token info"]["value"]["subjectType"], "VISITOR");
    assert_eq!(member["token info"]["value"]["subjectId"], "m1");
    assert_eq!(user["own endpoint"]["value"]["subjectId"], "u1");
    assert_eq!(foreign["token info"]["value"]["subjectType"], "UNKNOWN");
    for caller in callers {
        assert_eq!(caller["elevated echo"]["value"]["subjectType"], "APP");
        assert_eq!(caller["members as the app"]["value"]["status"], 200);
        assert_eq!(caller["elevated token info"]["value"]["active"], false);
        let graphql = &caller["graphql"]["response"];
        assert_eq!(graphql["status"], 501, "{caller:?}");
        assert_eq!(graphql["data"]["details"]["applicationError"]["code"], "NOT_EMULATED");
        assert_eq!(caller["an API that is not there"]["value"]["status"], 501);
        assert_eq!(caller["an ordinary function"]["value"], "TypeError");
        assert_eq!(caller["an application error"]["value"]["message"], "None left");
    }
    let linguist =
        |language: &str| json!(format!("{language}|false|00000000-0000-0000-0000-000000000000"));
    let expected = if target.contains("lang=fr") {
        "fr|fr-fr"
    } else if target.contains("lang=xx") {
        "xx|en-us"
    } else {
        "en|en-us"
    };
    let seen = &visitor["own endpoint"]["value"]["seen"];
    assert_eq!(seen["x-wix-linguist"], linguist(expected));
    assert_eq!(seen["commonconfig"], "%7B%22BSI%22%3A%22abc%22%7D");
    assert_eq!(member["own headers"]["value"]["seen"]["authorization"], "mine");
    assert_eq!(visitor["language"]["value"][2], "UTC");
}

/// Who may do what with collections; what is not declared is the app's and the staff's.
const COLLECTIONS: &str = r#"
[collections.open.permissions]
read = "ANYONE"
insert = "ANYONE"

[collections.people.permissions]
read = "SITE_MEMBER"

[collections.authors]

[collections.books.fields]
title = "text"
author = { type = "reference", to = "authors" }
readers = { type = "multi_reference", to = "authors" }
"#;

#[test]
fn the_built_in_collections_and_the_package_answer_alike() {
    let cases = std::fs::read_to_string(folder().join("src/pages/api/data.ts")).expect("readable");
    let serve = |project: Project| {
        project
            .file("transom.toml", COLLECTIONS)
            .file("src/pages/api/data.ts", &cases)
            .build_and_serve()
    };
    let (own, real) = (serve(plain()), serve(with_packages()));
    for (kind, id) in [("visitor", "v1"), ("member", "m1"), ("user", "u1"), ("app", "")] {
        let all = |server: &Server| {
            let arguments = ["token", "--as", kind, "--id", id];
            let arguments = if kind == "app" { &arguments[..3] } else { &arguments[..] };
            let ended = server.project().run(arguments);
            assert!(ended.status.success(), "{}", ended.stderr);
            answers(server, &[("authorization", ended.stdout.trim())], "/api/data")
        };
        let (own, real) = (all(&own), all(&real));
        let differ: Vec<_> =
            own.iter().filter(|(case, answer)| real.get(*case) != Some(answer)).collect();
        let theirs: Vec<_> = differ.iter().map(|(case, _)| &real[*case]).collect();
        assert!(differ.is_empty(), "{kind}: built in {differ:#?}, package {theirs:#?}");
        assert_eq!(own.len(), real.len());
        check_collections(&own, kind);
    }
}

/// That both are the same says nothing where both are wrong.
fn check_collections(found: &Map<String, Value>, caller: &str) {
    for (case, expected) in [
        ("insert many", json!(["a", "b", "c", "d", "e"])),
        ("eq", json!(["a", "e"])),
        ("eq knows case", json!([[], ["a"]])),
        ("eq in a list", json!(["a", "b"])),
        ("eq of nothing", json!(["a", "b", "c", "d", "e"])),
        ("ne", json!(["b", "c", "d"])),
        ("ge", json!(["b", "c", "e"])),
        ("between", json!(["b"])),
        ("contains", json!(["b", "c"])),
        ("contains is no pattern", json!([[], []])),
        ("hasSome", json!(["a", "d"])),
        ("hasAll", json!(["a"])),
        ("isEmpty", json!(["d"])),
        ("isEmpty of empty text", json!([])),
        ("or", json!(["b", "c", "e"])),
        ("lone or", json!(["a", "b", "c", "d", "e"])),
        ("lone and", json!(["a"])),
        ("lone not", json!(["b", "c", "d", "e"])),
        ("count", json!(2)),
        ("include", json!([["Solaris", "Lem"], ["Rocannon", "Le Guin"]])),
        ("get none", Value::Null),
        ("remove none", Value::Null),
    ] {
        let answer = &found[case]["value"];
        let answer = if case == "insert many" { &answer["insertedItemIds"] } else { answer };
        assert_eq!(answer, &expected, "{case}: {:#?}", found[case]);
    }
    let code = |case: &str| &found[case]["error"]["details"]["applicationError"]["code"];
    for (case, expected) in [
        ("insert a duplicate", "WDE0074"),
        ("a regular expression", "WDE0070"),
        ("too high a limit", "WDE0036"),
        ("wrong limits", "WDE0020"),
        ("half of a pair", "WDE0004"),
        ("update none", "WDE0073"),
    ] {
        assert_eq!(code(case), expected, "{case}: {:#?}", found[case]);
    }
    assert_eq!(found["too large"]["error"]["code"], "WDE0109");
    assert_eq!(found["insert them again"]["value"]["skipped"], 5);
    assert_eq!(found["bulk update"]["value"]["skipped"], 1);
    assert_eq!(found["get one"]["value"]["born"], "date 2024-01-01T00:00:00.000Z");
    assert_eq!(found["drafts"]["error"]["details"]["applicationError"]["code"], "NOT_EMULATED");
    match caller {
        "app" => assert_eq!(found["read as the caller"]["value"]["name"], "Ann"),
        "visitor" => assert_eq!(code("read as the caller"), "WDE0027"),
        _ => assert_eq!(found["read as the caller"]["value"]["name"], "Ann"),
    }
    if caller != "app" {
        assert_eq!(code("write as the caller"), "WDE0027");
        assert_eq!(code("remove as the caller"), "WDE0027");
    }
}

#[test]
fn clients_of_the_sdk_work_with_transoms_service() {
    let server = with_packages().build_and_serve();
    let member = token(&server, "member", "m1");
    let found = answers(&server, &[("authorization", &member)], "/api/sdk");
    let m1 = json!({ "subjectType": "MEMBER", "subjectId": "m1" });
    let app = json!({ "subjectType": "APP", "subjectId": CLIENT_ID });
    for (case, expected) in [
        ("visitor", json!(["VISITOR", true])),
        ("renewed", json!(["visitor", true])),
        ("app", app.clone()),
        ("unbound", m1),
        ("elevated by hand", app),
        ("info by hand", json!("m1")),
        ("modules", json!(["m1", "m1"])),
        ("context of the SDK", json!(["m1", "APP"])),
    ] {
        assert_eq!(found[case], expected, "{case}: {found:#?}");
    }
    for case in ["wrong secret", "wrong instance"] {
        let text = found[case].as_str().expect("a text");
        assert!(text.contains("Failed to exchange instance ID for access token"), "{case}: {text}");
    }
}

#[test]
fn what_the_packages_send_elsewhere_carries_no_token_of_this_project() {
    let other = Upstream::start(|_| Answer::new(200, "ok"));
    let to = format!("/api/sdk?to={}/x", other.origin());
    let send = |server: &Server| -> Reply {
        let member = token(server, "member", "m1");
        let request = Request::post(&to).header("authorization", &member).json(&json!({}));
        server.request(&request)
    };
    let server = with_packages().build_and_serve();
    assert_eq!(send(&server).status, 200);
    for sender in ["a client of the SDK", "fetchWithAuth", "fetch"] {
        assert_eq!(other.next().header("authorization"), None, "{sender}");
    }
    assert!(
        other.next().header("authorization").is_some(),
        "a token of somebody else is not touched"
    );
    server.log().wait_for("sends no token to");

    let toml = format!("identity.token_origins = [\"{}\"]", other.origin());
    let server = with_packages().file("transom.toml", toml).build_and_serve();
    assert_eq!(send(&server).status, 200);
    for sender in ["a client of the SDK", "fetchWithAuth", "fetch"] {
        assert!(other.next().header("authorization").is_some(), "{sender}");
    }
}
