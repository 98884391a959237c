//! The grants of the token endpoint, and attacks on refresh tokens and codes.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use transom_identity::Identity;

use crate::world::{
    PASSWORD, Reply, World, anonymous, info, kind, log_in, member, post, refresh, send,
};

crate::cases!(
    an_anonymous_visitor_keeps_its_id,
    a_replayed_refresh_token_ends_the_session,
    two_who_refresh_at_once,
    the_app_gets_tokens_for_its_credentials,
    a_bound_session_is_stripped,
    a_code_gets_tokens_once,
    a_stolen_code_is_of_no_use,
    codes_expire,
    who_may_ask_for_codes,
    wrong_requests,
);

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const BACK: &str = "http://shop.example/back";

async fn an_anonymous_visitor_keeps_its_id(world: World) {
    let identity = world.open().await;
    let (access, mut token) = anonymous(&identity).await;
    let visitor = info(&identity, &access).await["subjectId"].clone();
    let (other, _) = anonymous(&identity).await;
    assert_ne!(info(&identity, &other).await["subjectId"], visitor);
    for _ in 0..3 {
        let reply = refresh(&identity, &token).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["token_type"]), (200, &json!("Bearer")));
        assert_eq!(
            (&reply.json()["expires_in"], reply.header("cache-control")),
            (&json!(14400), Some("no-store"))
        );
        let info = info(&identity, &reply.field("access_token")).await;
        assert_eq!((&info["subjectType"], &info["subjectId"]), (&json!("VISITOR"), &visitor));
        token = reply.field("refresh_token");
    }
    world.clock.advance(Duration::from_secs(31 * 24 * 3600));
    assert_eq!(refresh(&identity, &token).await.refusal(), "400 invalid_grant");
}

async fn a_replayed_refresh_token_ends_the_session(world: World) {
    let identity = world.open().await;
    for renewals in 0..3 {
        let (mut access, mut token) = anonymous(&identity).await;
        let mut used = token.clone();
        for _ in 0..=renewals {
            let reply = refresh(&identity, &token).await;
            assert_eq!(reply.status, 200);
            used = std::mem::replace(&mut token, reply.field("refresh_token"));
            access = reply.field("access_token");
        }
        assert_eq!(kind(&identity, &access).await, "VISITOR");
        assert_eq!(refresh(&identity, &used).await.refusal(), "400 invalid_grant");
        assert_eq!(kind(&identity, &access).await, "UNKNOWN", "the family is revoked");
        assert_eq!(refresh(&identity, &token).await.refusal(), "400 invalid_grant");
    }
}

async fn two_who_refresh_at_once(world: World) {
    let identity = world.open().await;
    let (_, token) = anonymous(&identity).await;
    let (one, two) = tokio::join!(refresh(&identity, &token), refresh(&identity, &token));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

async fn the_app_gets_tokens_for_its_credentials(world: World) {
    let identity = world.open().await;
    let body = |secret: &str, instance: &str| {
        json!({ "instance_id": instance, "client_id": identity.client_id(), "client_secret": secret,
                "grant_type": "client_credentials" })
    };
    let reply =
        post(&identity, "token", body(identity.client_secret(), identity.instance_id())).await;
    let info = info(&identity, &reply.field("access_token")).await;
    assert_eq!((&info["subjectType"], reply.json().get("refresh_token")), (&json!("APP"), None));
    assert_eq!(reply.json()["expires_in"], 14400);
    for (body, expected) in [
        (body("wrong", identity.instance_id()), "401 invalid_client"),
        (body("", identity.instance_id()), "401 invalid_client"),
        (
            body(identity.client_secret(), "00000000-0000-0000-0000-000000000000"),
            "400 invalid_grant",
        ),
        (
            json!({ "grant_type": "client_credentials", "client_id": identity.client_id() }),
            "401 invalid_client",
        ),
    ] {
        let reply = post(&identity, "token", body).await;
        assert_eq!(reply.refusal(), expected);
        assert_eq!(reply.header("www-authenticate").is_some(), expected.starts_with("401"));
    }
    let basic = STANDARD.encode(format!("{}:{}", identity.client_id(), identity.client_secret()));
    let headers = [
        &*format!("authorization: Basic {basic}"),
        "content-type: application/x-www-form-urlencoded",
    ];
    let reply = send(
        &identity,
        "POST",
        "/_transom/oauth2/token",
        &headers,
        "grant_type=client_credentials",
    )
    .await;
    assert_eq!(kind(&identity, &reply.field("access_token")).await, "APP");
}

async fn a_bound_session_is_stripped(world: World) {
    let identity = world.open().await;
    let (access, token) = anonymous(&identity).await;
    let strip = |token: &str, secret: &str| {
        let body = json!({ "grant_type": "strip_bound_session", "client_secret": secret, "access_token": token });
        post(&identity, "token", body)
    };
    let reply = strip(&format!("Bearer {access}"), identity.client_secret()).await;
    let stripped = reply.field("access_token");
    assert_ne!(stripped, access);
    let (before, after) = (info(&identity, &access).await, info(&identity, &stripped).await);
    assert_eq!(after["subjectId"], before["subjectId"]);
    assert!(after["exp"].as_i64() <= before["exp"].as_i64(), "it does not outlive the other");
    assert_eq!(strip(&access, "wrong").await.refusal(), "401 invalid_client");
    assert_eq!(strip("x.y.z", identity.client_secret()).await.refusal(), "400 invalid_grant");
    // It ends with the session.
    assert_eq!(refresh(&identity, &token).await.status, 200);
    assert_eq!(refresh(&identity, &token).await.status, 400);
    assert_eq!(kind(&identity, &stripped).await, "UNKNOWN");
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()))
}

async fn authorize(identity: &Identity, session: &str, redirect: &str) -> Reply {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", identity.client_id())
        .append_pair("redirect_uri", redirect)
        .append_pair("response_type", "code")
        .append_pair("code_challenge", &challenge())
        .append_pair("code_challenge_method", "S256")
        .append_pair("state", "a b")
        .finish();
    let cookie = format!("cookie: transom_session={session}");
    send(identity, "GET", &format!("/_transom/oauth2/authorize?{query}"), &[&cookie], "").await
}

fn parameter(location: &str, name: &str) -> Option<String> {
    let (_, query) = location.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// A code for the member `m1`.
async fn code(identity: &Identity) -> String {
    let session = log_in(identity, "ann@example.org", PASSWORD).await.session().expect("a cookie");
    let reply = authorize(identity, &session, BACK).await;
    assert_eq!(reply.status, 303, "{reply:?}");
    let location = reply.header("location").expect("an address");
    assert!(location.starts_with("http://shop.example/back?"), "{location}");
    assert_eq!(parameter(location, "state").as_deref(), Some("a b"));
    parameter(location, "code").expect("a code")
}

async fn redeem(identity: &Identity, code: &str, redirect: &str, verifier: &str) -> Reply {
    let body = json!({ "clientId": identity.client_id(), "grantType": "authorization_code", "code": code,
                       "redirectUri": redirect, "codeVerifier": verifier });
    post(identity, "token", body).await
}

async fn a_code_gets_tokens_once(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let code = code(&identity).await;
    let reply = redeem(&identity, &code, BACK, VERIFIER).await;
    let access = reply.field("access_token");
    let info = info(&identity, &access).await;
    assert_eq!((&info["subjectType"], &info["subjectId"]), (&json!("MEMBER"), &json!("m1")));
    let renewed = refresh(&identity, &reply.field("refresh_token")).await;
    assert_eq!(kind(&identity, &renewed.field("access_token")).await, "MEMBER");
    assert_eq!(redeem(&identity, &code, BACK, VERIFIER).await.refusal(), "400 invalid_grant");
    for token in [access, renewed.field("access_token")] {
        assert_eq!(
            kind(&identity, &token).await,
            "UNKNOWN",
            "a second use revokes what came of the first"
        );
    }
}

async fn a_stolen_code_is_of_no_use(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let attempts = [
        (BACK, "another-verifier-of-the-attacker-0123456789-abc"),
        (BACK, ""),
        ("https://evil.example/back", VERIFIER),
    ];
    for (redirect, verifier) in attempts {
        let code = code(&identity).await;
        let reply = redeem(&identity, &code, redirect, verifier).await;
        assert!(
            matches!(&*reply.refusal(), "400 invalid_grant" | "400 invalid_request"),
            "{reply:?}"
        );
        if !verifier.is_empty() {
            let late = redeem(&identity, &code, BACK, VERIFIER).await;
            assert_eq!(late.refusal(), "400 invalid_grant", "an attempt uses it up");
        }
    }
    let body = json!({ "clientId": "another", "grantType": "authorization_code", "code": code(&identity).await,
                       "redirectUri": BACK, "codeVerifier": VERIFIER });
    assert_eq!(post(&identity, "token", body).await.refusal(), "401 invalid_client");
}

async fn codes_expire(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let code = code(&identity).await;
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(redeem(&identity, &code, BACK, VERIFIER).await.refusal(), "400 invalid_grant");
}

async fn who_may_ask_for_codes(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let session = log_in(&identity, "ann@example.org", PASSWORD).await.session().expect("a cookie");
    for elsewhere in
        ["https://evil.example/back", "http://shop.example.evil.example/", "//evil.example"]
    {
        let reply = authorize(&identity, &session, elsewhere).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (400, None), "{elsewhere}");
    }
    let (visitor, _) = identity.begin_visit().expect("it can sign");
    for session in ["", "x.y.z", &visitor] {
        let reply = authorize(&identity, session, BACK).await;
        let location = reply.header("location").expect("an address");
        assert!(
            location.starts_with("/_transom/oauth2/login?return=%2F_transom%2Foauth2%2Fauthorize"),
            "{location}"
        );
    }
    let path = format!(
        "/_transom/oauth2/authorize?client_id={}&redirect_uri=http://shop.example/back&response_type=code\
         &code_challenge=plain-text&code_challenge_method=plain",
        identity.client_id()
    );
    let reply =
        send(&identity, "GET", &path, &[&format!("cookie: transom_session={session}")], "").await;
    let location = reply.header("location").expect("an address");
    assert_eq!(parameter(location, "error").as_deref(), Some("invalid_request"), "{location}");
}

async fn wrong_requests(world: World) {
    let identity = world.open().await;
    let id = identity.client_id();
    for (body, expected) in [
        (json!({}), "400 invalid_request"),
        (json!({ "grantType": "anonymous" }), "401 invalid_client"),
        (json!({ "grantType": "anonymous", "clientId": "another" }), "401 invalid_client"),
        (json!({ "grantType": "password", "clientId": id }), "400 unsupported_grant_type"),
        (json!({ "grantType": "refresh_token" }), "400 invalid_request"),
        (json!({ "grantType": "refresh_token", "refreshToken": "x" }), "400 invalid_grant"),
        (
            json!({ "grantType": "refresh_token", "refreshToken": "x", "clientId": "y" }),
            "401 invalid_client",
        ),
        (
            json!({ "grantType": "anonymous", "grant_type": "anonymous", "clientId": id }),
            "400 invalid_request",
        ),
        (json!([]), "400 invalid_request"),
    ] {
        let reply = post(&identity, "token", body.clone()).await;
        assert_eq!(reply.refusal(), expected, "{body}");
    }
    for (method, path, expected) in [
        ("GET", "/_transom/oauth2/token", 405),
        ("POST", "/_transom/oauth2/jwks", 405),
        ("DELETE", "/_transom/oauth2/login", 405),
        ("GET", "/_transom/oauth2/nothing", 404),
    ] {
        let reply = send(&identity, method, path, &[], "").await;
        assert_eq!(
            (reply.status.as_u16(), reply.headers.contains_key("allow")),
            (expected, expected == 405)
        );
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    }
}
