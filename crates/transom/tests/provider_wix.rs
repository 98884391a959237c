//! `identity.provider = "wix"`: what is asked of the real service, in the form in which it is asked, against a stand-in.

use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use transom_testkit::{Answer, Project, Received, Reply, Request, Server, Upstream};

const CLIENT: &str = "0c9a5b3e-0000-4000-8000-000000000001";
const SECRET: &str = "a-secret-that-nobody-guesses";
const INSTANCE: &str = "0c9a5b3e-0000-4000-8000-000000000002";

const ASK: &str = r#"
import { auth, httpClient } from "@wix/essentials";
const asApp = auth.elevate(httpClient.fetchWithAuth);
const attempt = (work) => work().catch((error) => error.message);
export const GET = async ({ url }) => {
  const answers = {};
  const asked = url.searchParams.get("what") ?? "info";
  if (asked.includes("info")) answers.info = await auth.getTokenInfo();
  if (asked.includes("call")) answers.call = await (await httpClient.fetchWithAuth("https://www.wixapis.com/stores/v1/x?a=1")).text();
  if (asked.includes("app")) answers.app = await attempt(async () => (await asApp("https://www.wixapis.com/stores/v1/x")).text());
  return Response.json(answers);
};
"#;

/// The service, and what it was asked: path and body, in order.
struct StandIn {
    upstream: Upstream,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl StandIn {
    fn start() -> Self {
        let asked: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let seen = Arc::clone(&asked);
        let upstream = Upstream::start(move |request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            seen.lock().expect("no panic").push((request.target.clone(), body.clone()));
            answer(request, &body)
        });
        Self { upstream, asked }
    }

    /// What was asked since the last time.
    fn asked(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.asked.lock().expect("no panic"))
    }

    fn project(&self) -> Project {
        let settings = format!(
            "server.workers = 1\n[identity]\nprovider = \"wix\"\napi = \"{}\"\nclient_id = \"{CLIENT}\"\nclient_secret = \"{SECRET}\"\ninstance_id = \"{INSTANCE}\"\n",
            self.upstream.origin()
        );
        Project::new(env!("CARGO_BIN_EXE_transom"))
            .file("transom.toml", settings)
            .file("src/pages/api/ask.ts", ASK)
    }
}

/// What the real service answers, as far as it is known.
fn answer(request: &Received, body: &Value) -> Answer {
    let json = |status: u16, value: Value| {
        Answer::new(status, value.to_string()).header("content-type", "application/json")
    };
    let is_json = request.header("content-type") == Some("application/json");
    match request.target.as_str() {
        "/oauth2/token-info" if is_json && request.header("authorization").is_none() => {
            let token = body["token"].as_str().unwrap_or_default();
            let (kind, id, client) = match token {
                "member-token" => ("MEMBER", "m1", CLIENT),
                "visitor-token" | "renewed-token" => ("VISITOR", "v1", CLIENT),
                "other-app" => ("MEMBER", "m1", "another-app"),
                _ => return json(400, json!({ "message": "bad token" })),
            };
            json(
                200,
                json!({ "active": true, "subjectType": kind, "subjectId": id, "exp": 2, "iat": 1, "clientId": client, "siteId": "s1", "instanceId": "i-of-token" }),
            )
        }
        "/oauth2/token" if is_json && request.header("authorization").is_none() => {
            let tokens = |token: &str| {
                json(
                    200,
                    json!({ "access_token": token, "refresh_token": "refresh", "expires_in": 14400, "token_type": "Bearer" }),
                )
            };
            if *body == json!({ "clientId": CLIENT, "grantType": "anonymous" }) {
                tokens("visitor-token")
            } else if *body
                == json!({ "clientId": CLIENT, "refreshToken": "refresh", "grantType": "refresh_token" })
            {
                tokens("renewed-token")
            } else if *body
                == json!({ "grant_type": "strip_bound_session", "client_secret": SECRET, "access_token": "member-token" })
            {
                tokens("unbound-token")
            } else if body["grant_type"] == "client_credentials"
                && body["client_secret"] == SECRET
                && body["client_id"] == CLIENT
                && body["instance_id"] != "gone"
            {
                tokens("app-token")
            } else {
                json(404, json!({ "message": "no" })).header("x-wix-request-id", "r7")
            }
        }
        _ => Answer::new(200, request.header("authorization").unwrap_or("nobody")),
    }
}

fn ask(server: &Server, what: &str, headers: &[(&str, &str)]) -> (Reply, Value) {
    let request = Request::get(&format!("/api/ask?what={what}"));
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let reply = server.request(&request);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let answers = reply.json();
    (reply, answers)
}

/// With the built-in module and with the packages.
fn both() -> Vec<(StandIn, Server)> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wix/node_modules");
    assert!(packages.exists(), "`scripts/setup.sh test` installs {}", packages.display());
    let (one, two) = (StandIn::start(), StandIn::start());
    let servers = [
        one.project().build_and_serve(),
        two.project().link("node_modules", &packages).build_and_serve(),
    ];
    [one, two].into_iter().zip(servers).collect()
}

fn paths(asked: &[(String, Value)]) -> Vec<&str> {
    asked.iter().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn a_callers_token_is_looked_up_and_exchanged() {
    for (service, server) in both() {
        let header = [("authorization", "Bearer member-token")];
        let (reply, answers) = ask(&server, "info,call,app", &header);
        assert_eq!(
            (&answers["info"]["subjectId"], &answers["info"]["siteId"]),
            (&json!("m1"), &json!("s1"))
        );
        assert_eq!(
            (&answers["call"], &answers["app"]),
            (&json!("unbound-token"), &json!("app-token"))
        );
        assert_eq!(reply.header("set-cookie"), None);
        let asked = service.asked();
        assert!(
            asked.contains(&("/oauth2/token-info".to_owned(), json!({ "token": "member-token" }))),
            "{asked:?}"
        );
        let elevation = json!({ "instance_id": "i-of-token", "client_id": CLIENT, "client_secret": SECRET, "grant_type": "client_credentials" });
        assert!(asked.contains(&("/oauth2/token".to_owned(), elevation)), "{asked:?}");
        assert!(paths(&asked).contains(&"/stores/v1/x?a=1"));
        // Tokens that were exchanged are kept; who is calling is asked for each request.
        ask(&server, "call,app", &header);
        assert!(!paths(&service.asked()).contains(&"/oauth2/token"));
    }
}

#[test]
fn a_header_that_is_not_accepted_fails_nothing() {
    for (_, server) in both() {
        for header in ["Basic YTpi", "Bearer nonsense", "other-app"] {
            let (_, answers) = ask(&server, "info,call", &[("authorization", header)]);
            let info = &answers["info"];
            assert_eq!(
                (&info["active"], &info["subjectType"], &answers["call"]),
                (&json!(false), &json!("UNKNOWN"), &json!("nobody")),
                "{header}"
            );
        }
    }
}

#[test]
fn whoever_has_no_token_is_a_visitor_whose_cookie_is_the_sdks() {
    for (service, server) in both() {
        let (reply, answers) = ask(&server, "info,call", &[]);
        assert_eq!(
            (&answers["info"]["subjectType"], &answers["call"]),
            (&json!("VISITOR"), &json!("visitor-token"))
        );
        assert_eq!(reply.header("set-cookie"), None, "only pages get one");
        let anonymous =
            service.asked().iter().filter(|(_, body)| body["grantType"] == "anonymous").count();
        assert_eq!(anonymous, 1, "one visitor for one request");

        let (reply, _) = ask(&server, "info", &[("accept", "text/html,*/*")]);
        let cookie = reply.header("set-cookie").expect("a cookie").to_owned();
        assert!(
            cookie.starts_with("wixSession=%7B%22clientId%22%3A")
                && cookie.ends_with("; Path=/; Secure"),
            "{cookie}"
        );
        service.asked();
        let pair = cookie.split(';').next().expect("a pair");
        let (_, answers) = ask(&server, "info,call", &[("cookie", pair)]);
        assert_eq!(answers["call"], "visitor-token");
        assert!(!paths(&service.asked()).contains(&"/oauth2/token"), "the cookie is enough");

        // Expired for a minute: renewed. Expired for an hour, or another client's: forgotten.
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("after 1970")
            .as_secs();
        for (client, expires, expected) in [
            (CLIENT, now - 60, "renewed-token"),
            (CLIENT, now - 3600, "visitor-token"),
            ("other", now + 60, "visitor-token"),
        ] {
            let session = json!({ "clientId": client, "tokens": { "accessToken": { "value": "old", "expiresAt": expires }, "refreshToken": { "value": "refresh", "role": "visitor" } } });
            let pair = format!(
                "wixSession={}",
                session.to_string().replace('"', "%22").replace(',', "%2C")
            );
            let (_, answers) = ask(&server, "call", &[("cookie", &pair)]);
            assert_eq!(answers["call"], expected);
        }
    }
}

#[test]
fn an_elevation_that_fails_says_why() {
    let service = StandIn::start();
    let settings = format!(
        "server.workers = 1\n[identity]\nprovider = \"wix\"\napi = \"{}\"\nclient_id = \"{CLIENT}\"\nclient_secret = \"{SECRET}\"\ninstance_id = \"gone\"\n",
        service.upstream.origin()
    );
    let server = service.project().file("transom.toml", settings).build_and_serve();
    let (_, answers) = ask(&server, "app", &[]);
    let text = "Failed to exchange instance ID for access token. Unexpected status code from Wix OAuth API: 404, request id: r7";
    assert_eq!(answers["app"], text);
    // transom's own service is not there beside it.
    assert_eq!(server.get("/_transom/oauth2/jwks").status, 404);
    let named = Request::get("/api/ask").header("x-transom-as", "member:m1");
    assert_eq!(server.request(&named).status, 403);
}

#[test]
fn what_the_service_wants_to_know_must_be_there() {
    for (settings, missing) in [
        ("provider = \"wix\"\n", "identity.client_id"),
        ("provider = \"wix\"\nclient_id = \"x\"\n", "identity.client_secret"),
        ("provider = \"wax\"\n", "neither `local` nor `wix`"),
        ("api = \"http://api.example.com\"\n", "no `https://` origin"),
    ] {
        let project = Project::new(env!("CARGO_BIN_EXE_transom"))
            .file("transom.toml", format!("[identity]\n{settings}"))
            .file("src/pages/api/ask.ts", ASK);
        let ended = project.run(&["dev"]);
        assert_eq!(ended.status.code(), Some(1), "{settings}");
        assert!(ended.stderr.contains(missing), "{settings}: {}", ended.stderr);
    }
}

/// The original's paths say where log-in is then, and give way to routes of the project.
#[test]
fn log_in_is_elsewhere() {
    let stand_in = StandIn::start();
    let own = "export const GET = () => Response.redirect('https://site.example/log-in');";
    let project = stand_in.project().file("src/pages/api/auth/login.ts", own);
    let server = project.env("TRANSOM_IDENTITY_ENABLED", "true").build_and_serve();
    for name in ["logout", "callback", "logout-callback"] {
        let answer = server.get(&format!("/api/auth/{name}?returnToUrl=https://evil.example"));
        assert_eq!((answer.status, answer.header("location")), (501, None), "{name}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert!(answer.text().contains("getAuthUrl"), "{}", answer.text());
    }
    assert_eq!(
        server.get("/api/auth/login").header("location"),
        Some("https://site.example/log-in")
    );
    assert_eq!(stand_in.asked(), [], "nobody was asked");
    assert_eq!(server.get("/_transom/oauth2/login").status, 404);
}
