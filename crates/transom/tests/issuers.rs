//! Tokens of other issuers, whose keys are fetched from an address. The other issuer is another project.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use transom_testkit::{Answer, Project, Request, Server, Upstream};

const WHO: &str = r#"
import { auth } from "@wix/essentials";
export const GET = async () => Response.json(await auth.getTokenInfo());
"#;

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom")).file("src/pages/api/who.ts", WHO)
}

/// Another project, whose tokens are to be accepted.
struct Other {
    server: Server,
    key_set: Vec<u8>,
    issuer: String,
    audience: String,
}

impl Other {
    fn start() -> Self {
        let server = project().build_and_serve();
        let key_set = server.get("/_transom/oauth2/jwks").body;
        let token = token(&server, "x");
        let claims = token.split('.').nth(1).expect("three parts");
        let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64url");
        let claims: Value = serde_json::from_slice(&claims).expect("JSON");
        let text = |name: &str| claims[name].as_str().expect("a text").to_owned();
        Self { key_set, issuer: text("iss"), audience: text("aud"), server }
    }

    /// A project that accepts its tokens with the keys at `jwks`.
    fn accepted_with(&self, jwks: &str) -> Server {
        let Self { issuer, audience, .. } = self;
        let settings = format!(
            "[[identity.issuer]]\nissuer = \"{issuer}\"\naudience = \"{audience}\"\njwks = \"{jwks}\"\n"
        );
        project().file("transom.toml", settings).build_and_serve()
    }
}

fn token(server: &Server, id: &str) -> String {
    let ended = server.project().run(&["token", "--as", "member", "--id", id]);
    assert!(ended.status.success(), "{}", ended.stderr);
    ended.stdout.trim().to_owned()
}

fn who(server: &Server, token: &str) -> String {
    let info = server.request(&Request::get("/api/who").header("authorization", token)).json();
    let text = |name: &str| info[name].as_str().unwrap_or_default().to_owned();
    format!("{}:{}", text("subjectType"), text("subjectId"))
}

#[test]
fn a_key_set_is_fetched_once_and_serves_when_it_goes_away() {
    let other = Other::start();
    let (fetched, is_there) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(true)));
    let upstream = {
        let (fetched, is_there, keys) =
            (Arc::clone(&fetched), Arc::clone(&is_there), other.key_set.clone());
        Upstream::start(move |_| {
            fetched.fetch_add(1, Ordering::Relaxed);
            let is_there = *is_there.lock().expect("no panic");
            if is_there { Answer::new(200, keys.clone()) } else { Answer::new(503, "gone") }
        })
    };
    let jwks = format!("{}/keys", upstream.origin());
    let server = other.accepted_with(&jwks);
    // Whoever comes while the keys are on their way waits for them.
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (server, other) = (&server, &other);
            scope.spawn(move || {
                let id = format!("m{number}");
                assert_eq!(who(server, &token(&other.server, &id)), format!("MEMBER:{id}"));
            });
        }
    });
    assert_eq!(fetched.load(Ordering::Relaxed), 1);
    let request = upstream.next();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/keys"));
    assert_eq!(request.header("authorization"), None);

    *is_there.lock().expect("no panic") = false;
    assert_eq!(who(&server, &token(&other.server, "late")), "MEMBER:late");
    // Keys that nobody knows do not make it ask again and again.
    for number in 0..20 {
        let header = json!({ "alg": "EdDSA", "kid": format!("k{number}") }).to_string();
        let known = token(&other.server, "x");
        let (_, rest) = known.split_once('.').expect("three parts");
        let unknown = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
        assert_eq!(who(&server, &unknown), "UNKNOWN:");
    }
    assert_eq!(fetched.load(Ordering::Relaxed), 1);

    // Whoever starts without the keys knows nobody, says so, and still answers.
    let late = other.accepted_with(&jwks);
    assert_eq!(who(&late, &token(&other.server, "x")), "UNKNOWN:");
    late.log().wait_for("cannot be fetched: the answer has the status 503");
}

#[test]
fn a_key_set_that_is_none_is_refused_and_stops_nobody() {
    let other = Other::start();
    let large = [other.key_set.as_slice(), &vec![b' '; 600 << 10]].concat();
    let keys = other.key_set.clone();
    let moved = Upstream::start(move |request| match request.target.as_str() {
        "/large" => Answer::new(200, large.clone()),
        "/moved" => Answer::new(302, "").header("location", "/keys"),
        "/keys" => Answer::new(200, keys.clone()),
        "/never" => loop {
            std::thread::park(); // The test ends before it does.
        },
        _ => Answer::new(200, "no key set"),
    });
    for (path, reason) in [
        ("large", "it has more than 524288 bytes"),
        ("moved", "the answer has the status 302"),
        ("never", "it took longer than 5 s"),
    ] {
        let server = other.accepted_with(&format!("{}/{path}", moved.origin()));
        assert_eq!(who(&server, &token(&other.server, "x")), "UNKNOWN:", "{path}");
        server.log().wait_for(&format!("cannot be fetched: {reason}"));
        assert_eq!(who(&server, &token(&server, "own")), "MEMBER:own", "{path}");
    }
    let server = other.accepted_with(&format!("{}/other", moved.origin()));
    assert_eq!(who(&server, &token(&other.server, "x")), "UNKNOWN:");
    let nobody = other.accepted_with("http://127.0.0.1:1/keys");
    assert_eq!(who(&nobody, &token(&other.server, "x")), "UNKNOWN:");
    nobody.log().wait_for("127.0.0.1:1 cannot be reached");
}
